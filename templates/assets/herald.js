// Keeps a page of results up to date: asks for the page itself, and puts the
// regions marked data-live in place when a later release has arrived. Loads
// the other scripts when they are wanted, and tells a page that holds this one
// in a frame how high it is. The page is complete without it.
"use strict";
(() => {
  const page = document.getElementById("page");
  if (!page || !window.fetch || !window.DOMParser) return;
  const root = document.documentElement;
  const words = page.dataset;
  const at = (id) => document.getElementById(id);
  const all = (inside, what) => [...inside.querySelectorAll(what)];

  // Scripts on demand.

  const loaded = {};

  function load(e) {
    const src = e.dataset.script;
    if (loaded[src]) return;
    loaded[src] = true;
    const s = document.createElement("script");
    s.src = src;
    s.integrity = e.dataset.integrity;
    s.onerror = () => (loaded[src] = false);
    document.head.append(s);
  }

  function wake(event) {
    const e = event.target.closest?.("[data-script]");
    if (e?.dataset.on === event.type) load(e);
  }

  function offer() {
    for (const e of all(document, "[data-script]")) {
      e.hidden = false;
      if (!e.dataset.on) load(e);
    }
  }

  document.addEventListener("click", wake);
  document.addEventListener("focusin", wake);
  offer();

  // In a frame: the height, in the form that Pym has, and links that leave it.

  if (parent !== window && location.hash.startsWith("#embed")) {
    const id = new URLSearchParams(location.search).get("childId") || "";
    const tell = () => parent.postMessage("pymxPYMx" + id + "xPYMxheightxPYMx" + root.offsetHeight, "*");
    addEventListener("message", tell); // somebody asks
    addEventListener("load", tell);
    addEventListener("resize", tell);
    if (window.ResizeObserver) new ResizeObserver(tell).observe(root);
    document.addEventListener("click", (event) => {
      const a = event.target.closest("a");
      if (a && a.pathname !== location.pathname) Object.assign(a, { target: "_blank", rel: "noopener" });
    }, true);
  }

  // Live.

  if (!words.poll || !at("pause")) return;

  const minute = 60e3; // between two announcements, two reads of status.json
  const longest = 300e3; // between two polls after errors
  const late = 180e3; // after which a check of the source is too long ago
  const quiet = 600e3; // without a change, after which a page asks less
  const nap = 900e3; // the longest that a page sleeps until an expected update

  const rate = "slow" in words ? 2e3 : 1e3;
  const form = shape(document);
  const link = navigator.connection || {};
  const shown = () => +words.release;

  let every = words.poll * rate;
  let tag = "";
  let fails = 0;
  let cut = false; // the browser says that there is no network
  let renewed = false; // the page has a new form that this script does not know
  let waits = false; // a later release waits for the reader
  let held = false; // rows stand in an older order
  let lateSince = 0; // last check of the source, when that is too long ago
  let expected = 0; // the next update, when the source announced one
  let changed = Date.now();
  let answered = changed;
  let asked = 0; // when status.json was last asked for
  let timer = 0;
  let busy = false;
  let saidAt = -minute;
  let saying = 0;

  const address = "herald:" + location.pathname;
  const seen = +stored("sessionStorage", address) || 0;
  let due = changed + (seen > shown() ? 0 : Math.random() * every);
  const choice = stored("localStorage", "herald-paused");
  let paused = choice ? choice === "1" : Boolean(link.saveData || /2g/.test(link.effectiveType));

  // Reads or keeps a value. Storage may be switched off: then it holds for
  // this page alone.
  function stored(area, key, value) {
    try {
      if (value === undefined) return window[area].getItem(key);
      window[area].setItem(key, value);
    } catch {
      return null;
    }
  }

  // What must not change while a page is open: its style and script, and
  // which regions it has.
  function shape(doc) {
    const files = all(doc, "link[rel=stylesheet],head script[src][defer]");
    return files.map((e) => e.getAttribute("href") || e.getAttribute("src")) + all(doc, "[data-live]").map((e) => e.id);
  }

  function clock(t) {
    const o = { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZoneName: "short" };
    if (words.zone) o.timeZone = words.zone;
    if (Math.abs(t - Date.now()) > 12 * 60 * minute) Object.assign(o, { day: "numeric", month: "short" });
    try {
      return new Date(t).toLocaleString(root.dataset.locale || root.lang, o);
    } catch {
      return new Date(t).toISOString();
    }
  }

  // Changes the page and leaves what the reader has before them where it is:
  // the first thing on the screen that the page has afterwards, too. Browsers do
  // so for what stays, and not all of them.
  function steady(change) {
    const top = (e) => e.getBoundingClientRect().top;
    const folded = (e) => e.closest("details:not([open])") && e.nodeName !== "SUMMARY";
    const e = scrollY > 0 && all(document, "[data-live] [id], [data-live] a[href]").find((e) => top(e) >= 0 && !folded(e));
    if (!e || top(e) > innerHeight) return change();
    const region = e.closest("[data-live]");
    const before = top(e);
    change();
    const same = counterpart(region, e);
    const moved = same ? top(same) - before : 0;
    if (moved) scrollBy(0, moved);
  }

  function show(id, stamp) {
    const t = Date.parse(stamp);
    const box = at(id);
    if (!box) return;
    const e = document.createElement("time");
    if (t) {
      e.dateTime = new Date(t).toISOString();
      e.textContent = clock(t);
    }
    steady(() => {
      box.hidden = !t;
      fill(box.querySelector("dd"), [e]);
    });
  }

  function fill(e, nodes) {
    e.textContent = "";
    e.append(...nodes);
  }

  // The one warning that matters most, or none.
  function warn() {
    const when = (word, t) => word.replace("{t}", clock(t));
    let text = "";
    if (cut) text = when(words.offline, answered);
    else if (fails) text = when(words.stale, answered);
    else if (renewed) text = words.reload;
    else if (seen > shown()) text = words.older;
    else if (waits) text = words.waiting;
    else if (lateSince) text = when(words.late, lateSince);
    steady(() => {
      at("stale").textContent = text;
      at("stale").hidden = !text;
      at("pause").textContent = paused ? words.resume : words.pause;
      at("pause").hidden = "final" in words;
      at("now").hidden = !(paused || renewed);
    });
  }

  // One short sentence, at most once a minute; the latest one wins.
  function say() {
    clearTimeout(saying);
    saying = setTimeout(() => {
      saidAt = Date.now();
      const parts = [words.news, at("progress")?.textContent, at("outcome")?.textContent];
      steady(() => (at("say").textContent = parts.filter(Boolean).join(" ")));
    }, Math.max(0, saidAt + minute - Date.now()));
  }

  // The same place in a fresh region: by id, else by address.
  function counterpart(fresh, e) {
    if (e.id) return fresh.querySelector("#" + CSS.escape(e.id));
    const href = e.getAttribute("href");
    return href && all(fresh, "a").find((a) => a.getAttribute("href") === href);
  }

  const within = (e) => e.contains(document.activeElement);

  // Gives the rows of fresh the order that the reader has before them, and
  // reports whether that is another one; null when it cannot be done.
  function keep(old, fresh) {
    const order = all(old, "tr[id]").map((r) => r.id);
    const rows = all(fresh, "tr[id]");
    const sorted = order.map((id) => rows.find((r) => r.id === id));
    if (sorted.length !== rows.length || !sorted.every(Boolean)) return null;
    if (sorted.every((r, i) => r === rows[i])) return false;
    const slots = rows.map((r) => {
      const s = document.createComment("");
      r.replaceWith(s);
      return s;
    });
    slots.forEach((s, i) => s.replaceWith(sorted[i]));
    return true;
  }

  function put(old, fresh) {
    const focus = within(old) && counterpart(fresh, document.activeElement);
    for (const d of all(old, "details[id]")) {
      const same = counterpart(fresh, d);
      if (same) same.open = d.open;
    }
    for (const row of all(fresh, "tr[id]")) {
      const before = counterpart(old, row);
      if (before && before.textContent !== row.textContent) row.classList.add("new");
    }
    fill(old, fresh.childNodes);
    if (focus) focus.focus({ preventScroll: true });
  }

  // Reports whether the reader is in the middle of something that a change
  // would disturb.
  function reading(old, fresh) {
    const s = getSelection();
    if (s && !s.isCollapsed && s.containsNode(old, true)) return true;
    return within(old) && !counterpart(fresh, document.activeElement);
  }

  // Takes a page over, unless it is older than what is shown, and reports
  // whether nothing of it has to wait.
  function take(doc) {
    const next = doc.getElementById("page");
    const later = next && next.dataset.release - shown();
    waits = false;
    if (!(later > 0 || (later === 0 && held))) return true;
    renewed = shape(doc) !== form;
    if (renewed) return true;
    const pairs = all(document, "[data-live]").map((old) => [old, doc.getElementById(old.id)]);
    const kept = pairs.map(([old, fresh]) => (within(old) ? keep(old, fresh) : false));
    waits = kept.includes(null) || pairs.some(([old, fresh]) => reading(old, fresh));
    if (waits) return false;
    held = kept.includes(true);
    steady(() => pairs.forEach(([old, fresh]) => put(old, fresh)));
    if (later) {
      words.release = next.dataset.release;
      if ("final" in next.dataset) words.final = "";
      stored("sessionStorage", address, words.release);
      changed = Date.now();
      say();
    }
    offer();
    document.dispatchEvent(new Event("herald:swap"));
    return !held;
  }

  function get(address) {
    const patience = new AbortController();
    setTimeout(() => patience.abort(), 20e3);
    return fetch(address, { cache: "no-cache", credentials: "omit", signal: patience.signal });
  }

  // How far the server's clock is ahead, since readers' clocks may be wrong.
  function ahead(r) {
    const t = Date.parse(r.headers.get("date"));
    return t ? t + (+r.headers.get("age") || 0) * 1e3 - Date.now() : 0;
  }

  async function status() {
    if (!words.status || Date.now() - asked < minute) return;
    asked = Date.now();
    const r = await get(words.status);
    if (!r.ok) return;
    const s = await r.json();
    const skew = ahead(r);
    expected = Date.parse(s.next_expected) - skew || 0;
    if (expected < Date.now()) expected = 0;
    show("checked", s.checked);
    show("next", expected ? s.next_expected : "");
    if (s.published && at("published")?.hidden) show("published", s.published);
    if (s.poll_after_s > 0) every = s.poll_after_s * rate;
    const old = Date.parse(s.checked);
    lateSince = old && Date.now() + skew - old > late ? old : 0;
  }

  // How long to wait after an answer, or after none for so long as was asked.
  function pause(least) {
    const jitter = 0.75 + Math.random() / 2;
    if (fails) return Math.max(least, every * 0.75 + Math.random() * Math.min(longest, every * 2 ** fails));
    const now = Date.now();
    if (expected && now > expected) {
      expected = 0;
      changed = now; // it may come late
    }
    if (now - changed < quiet) return every * jitter;
    const calm = Math.max(every, minute);
    if (expected - now > 2 * calm) return Math.min(expected - now, nap) + Math.random() * minute;
    return calm * jitter;
  }

  async function poll() {
    busy = true;
    let least = 0;
    try {
      const r = await get(location.pathname);
      if (!r.ok) {
        const after = r.headers.get("retry-after");
        least = after * 1e3 || Date.parse(after) - Date.now() || 0;
        throw r.status;
      }
      show("published", r.headers.get("x-amz-meta-published"));
      const etag = r.headers.get("etag");
      if (!etag || etag !== tag) {
        const doc = new DOMParser().parseFromString(await r.text(), "text/html");
        if (take(doc)) tag = etag;
      }
      fails = 0;
      cut = false;
      answered = Date.now();
      await status().catch(() => {}); // a courtesy: the page itself was read
    } catch {
      fails++;
    }
    warn();
    busy = false;
    due = Date.now() + Math.min(pause(least), 60 * minute);
    plan(0);
  }

  function plan(least) {
    clearTimeout(timer);
    if (busy || paused || document.hidden || "final" in words) return;
    timer = setTimeout(poll, Math.max(due - Date.now(), least));
  }

  // Asks soon: after a while in which nobody asked.
  function soon() {
    if (!fails && Date.now() - answered > every) due = 0;
    plan(Math.random() * 3e3);
  }

  at("pause").addEventListener("click", () => {
    paused = !paused;
    stored("localStorage", "herald-paused", paused ? "1" : "0");
    warn();
    plan(0);
  });
  document.addEventListener("visibilitychange", soon);
  addEventListener("offline", () => {
    cut = true;
    warn();
  });
  addEventListener("online", () => {
    cut = false;
    fails = 0;
    due = 0;
    warn();
    soon();
  });

  at("now").href = location.pathname;
  at("now").addEventListener("click", (event) => {
    event.preventDefault(); // which would be content with a copy of ten seconds ago
    location.reload();
  });
  if (seen <= shown()) stored("sessionStorage", address, words.release);
  // Long lists are laid out as far as they are seen, so that they appear soon;
  // once they have, all of it is, so that nothing changes its height later.
  addEventListener("load", () => setTimeout(() => steady(() => all(document, "[data-live]").forEach((e) => e.classList.add("whole"))), 200));
  warn();
  plan(0);
})();
