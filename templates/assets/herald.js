// Keeps a page of results up to date: asks for the page itself, and puts the
// regions marked data-live in place when a later release has arrived. The page
// is complete without it.
"use strict";
(() => {
  const page = document.getElementById("page");
  if (!page || !page.dataset.poll) return;
  const words = page.dataset;
  const at = (id) => document.getElementById(id);
  const regions = (doc) => [...doc.querySelectorAll("[data-live]")];
  const code = (doc) => doc.querySelector("script[src]")?.getAttribute("src");

  const longest = 300e3; // between two polls after errors
  const minute = 60e3; // between two announcements, two reads of status.json
  const late = 180e3; // after which a check of the source is too long ago

  let every = words.poll * 1e3;
  let release = +words.release;
  let tag = "";
  let fails = 0;
  let renewed = false; // the page has a new form that this script does not know
  let lateSince = 0; // last check of the source, when that is too long ago
  let answered = Date.now();
  let asked = 0; // when status.json was last asked for
  let due = Date.now() + Math.random() * every;
  let timer = 0;
  let busy = false;
  let saidAt = -minute;
  let saying = 0;
  let paused = remembered() ?? Boolean(navigator.connection?.saveData);

  function remembered() {
    try {
      const v = localStorage.getItem("herald-paused");
      return v === null ? null : v === "1";
    } catch {
      return null; // storage may be switched off
    }
  }

  function remember() {
    try {
      localStorage.setItem("herald-paused", paused ? "1" : "0");
    } catch {
      // then the choice holds for this page alone
    }
  }

  function clock(t) {
    const o = { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZoneName: "short" };
    if (words.zone) o.timeZone = words.zone;
    try {
      return new Date(t).toLocaleTimeString(document.documentElement.lang, o);
    } catch {
      return new Date(t).toISOString();
    }
  }

  function show(id, stamp) {
    const t = Date.parse(stamp);
    if (!t) return;
    const e = document.createElement("time");
    e.dateTime = new Date(t).toISOString();
    e.textContent = clock(t);
    at(id).querySelector("dd").replaceChildren(e);
    at(id).hidden = false;
  }

  // The one warning that matters most, or none.
  function warn() {
    let text = "";
    if (fails) text = words.stale.replace("{t}", clock(answered));
    else if (renewed) text = words.reload;
    else if (lateSince) text = words.late.replace("{t}", clock(lateSince));
    at("stale").textContent = text;
    at("stale").hidden = !text;
  }

  // One short sentence, at most once a minute; the latest one wins.
  function say() {
    clearTimeout(saying);
    saying = setTimeout(() => {
      saidAt = Date.now();
      const parts = [words.news, at("progress")?.textContent, at("outcome").textContent];
      at("say").textContent = parts.filter(Boolean).join(" ");
    }, Math.max(0, saidAt + minute - Date.now()));
  }

  // The same place in a fresh region: by id, else by address.
  function counterpart(fresh, e) {
    if (e.id) return fresh.querySelector("#" + CSS.escape(e.id));
    const href = e.getAttribute("href");
    return href && [...fresh.querySelectorAll("a")].find((a) => a.getAttribute("href") === href);
  }

  function put(old, fresh) {
    const focus = old.contains(document.activeElement) && counterpart(fresh, document.activeElement);
    for (const d of old.querySelectorAll("details[open]")) {
      const same = counterpart(fresh, d);
      if (same) same.open = true;
    }
    for (const row of fresh.querySelectorAll("tr[id]")) {
      const before = old.querySelector("#" + CSS.escape(row.id));
      if (before && before.textContent !== row.textContent) row.classList.add("new");
    }
    old.replaceChildren(...fresh.childNodes);
    if (focus) focus.focus({ preventScroll: true });
  }

  // Reports whether the reader is in the middle of something that a change
  // would disturb.
  function reading(old, fresh) {
    const s = getSelection();
    if (s && !s.isCollapsed && s.containsNode(old, true)) return true;
    return old.contains(document.activeElement) && !counterpart(fresh, document.activeElement);
  }

  // Takes a page over, unless it is older than what is shown or must wait.
  function take(doc) {
    const next = doc.getElementById("page");
    if (!next || !(+next.dataset.release > release)) return true;
    const pairs = regions(document).map((old) => [old, doc.getElementById(old.id)]);
    renewed = code(doc) !== code(document) || pairs.some(([, fresh]) => !fresh);
    if (renewed) return true;
    if (pairs.some(([old, fresh]) => reading(old, fresh))) return false;
    for (const [old, fresh] of pairs) put(old, fresh);
    release = page.dataset.release = +next.dataset.release;
    say();
    return true;
  }

  function get(address) {
    return fetch(address, { cache: "no-cache", credentials: "omit", signal: AbortSignal.timeout(20e3) });
  }

  // The time by the server's clock, which readers' clocks need not follow.
  function now(r) {
    const t = Date.parse(r.headers.get("date"));
    return t ? t + (+r.headers.get("age") || 0) * 1e3 : Date.now();
  }

  async function status() {
    if (!words.status || Date.now() - asked < minute) return;
    asked = Date.now();
    const r = await get(words.status);
    if (!r.ok) return;
    const s = await r.json();
    show("checked", s.checked);
    if (s.published && at("published").hidden) show("published", s.published);
    if (s.poll_after_s > 0) every = s.poll_after_s * 1e3;
    const old = Date.parse(s.checked);
    lateSince = old && now(r) - old > late ? old : 0;
  }

  async function poll() {
    busy = true;
    let wait = 0;
    try {
      const r = await get(location.pathname);
      if (!r.ok) {
        wait = +r.headers.get("retry-after") * 1e3 || 0;
        throw new Error(r.status);
      }
      show("published", r.headers.get("x-amz-meta-published"));
      const etag = r.headers.get("etag");
      if (!etag || etag !== tag) {
        const doc = new DOMParser().parseFromString(await r.text(), "text/html");
        if (take(doc)) tag = etag;
      }
      fails = 0;
      answered = Date.now();
      await status().catch(() => {}); // a courtesy: the page itself was read
    } catch {
      fails++;
    }
    warn();
    busy = false;
    const jitter = 0.75 + Math.random() / 2;
    due = Date.now() + Math.max(wait, Math.min(every * 2 ** fails, Math.max(longest, every))) * jitter;
    plan(0);
  }

  function plan(least) {
    clearTimeout(timer);
    if (busy || paused || document.hidden) return;
    timer = setTimeout(poll, Math.max(due - Date.now(), least));
  }

  function label() {
    at("pause").textContent = paused ? words.resume : words.pause;
  }

  at("pause").addEventListener("click", () => {
    paused = !paused;
    remember();
    label();
    plan(0);
  });
  document.addEventListener("visibilitychange", () => plan(Math.random() * 3e3));

  label();
  at("pause").hidden = false;
  plan(0);
})();
