// Fills in the page of the state from status.json, once a minute, and builds
// the code with which other pages show a race. herald.js loads it on the pages
// that hold #heartbeat or #builder.
"use strict";
(() => {
  const at = (id) => document.getElementById(id);
  const locale = document.documentElement.dataset.locale || document.documentElement.lang;

  const heart = at("heartbeat");
  if (heart) heartbeat(heart.dataset);
  if (at("builder")) builder(at("builder").dataset);

  function element(name, text) {
    const e = document.createElement(name);
    e.textContent = text;
    return e;
  }

  function heartbeat(words) {
    const o = { day: "numeric", month: "long", hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23", timeZoneName: "short" };
    if (words.zone) o.timeZone = words.zone;

    // A time or a number as people write it; "" for what was not stated.
    function plain(value) {
      if (typeof value === "number") return value.toLocaleString(locale);
      const t = Date.parse(value);
      if (!t) return "";
      try {
        return new Date(t).toLocaleString(locale, o);
      } catch {
        return value;
      }
    }

    function row(source) {
      const tr = document.createElement("tr");
      const th = element("th", "");
      th.scope = "row";
      th.append(element("bdi", source.feed));
      const cells = [words[source.state] || source.state, plain(source.last_read) || words.never, plain(source.last_change) || words.never];
      tr.append(th, ...cells.map((c) => element("td", c)));
      return tr;
    }

    // What scripts make needless goes, unless the reader is just there.
    function bare(shown) {
      const e = at("status-plain");
      if (shown || !e.contains(document.activeElement)) e.hidden = !shown;
    }

    async function ask() {
      if (document.hidden) return;
      try {
        const r = await fetch(words.status, { cache: "no-cache", credentials: "omit" });
        if (!r.ok) throw new Error(r.status);
        const s = await r.json();
        for (const box of heart.querySelectorAll("[id^=status-]")) {
          const text = plain(s[box.id.slice("status-".length)]);
          box.hidden = !text;
          box.querySelector("dd").textContent = text;
        }
        const rows = s.sources.map(row);
        at("sources").textContent = "";
        at("sources").append(...rows);
        at("heartbeat-said").textContent = "";
        bare(false);
      } catch {
        at("heartbeat-said").textContent = words.failed;
        bare(true);
      }
    }

    ask();
    setInterval(ask, 60e3);
    document.addEventListener("visibilitychange", ask);
  }

  function builder(words) {
    const origin = words.origin || location.origin;
    const input = at("embed-race");
    const result = at("embed-result");
    const look = at("embed-look");
    const under = at("embed-lang");
    const escape = (s) => s.replace(/[&<>"]/g, (c) => "&#" + c.charCodeAt(0) + ";");
    let turn = 0; // of what was asked for last

    // The path of a race's page in whatever language, "" for anything else.
    function raceOf(address) {
      const bases = under ? [...under.options].map((l) => l.value) : [words.base];
      try {
        const { pathname } = new URL(address.trim(), location.href);
        const base = bases.find((b) => pathname.startsWith(b + "race/"));
        return base && pathname.endsWith(".html") ? pathname.slice(base.length) : "";
      } catch {
        return "";
      }
    }

    // What the page is called. The page is read here, so that nobody copies
    // code that leads nowhere.
    async function titleOf(path) {
      const r = await fetch(path, { credentials: "omit" });
      if (!r.ok) throw new Error(r.status);
      const doc = new DOMParser().parseFromString(await r.text(), "text/html");
      return [...doc.querySelectorAll("h1 bdi")].map((e) => e.textContent).join(" · ");
    }

    async function build() {
      const mine = ++turn;
      const race = raceOf(input.value);
      const path = (under ? under.value : words.base) + race;
      let title = "";
      try {
        if (race) title = await titleOf(path);
      } catch {
        // no title, no code
      }
      if (mine !== turn) return;
      at("embed-said").textContent = title || !input.value.trim() ? "" : words.wrong;
      look.hidden = !title;
      result.value = "";
      if (!title) return;
      const page = path + at("embed-theme").value;
      look.href = page;
      result.value =
        `<iframe data-herald src="${escape(origin + page)}" title="${escape(title)}" width="100%" height="480" loading="lazy" style="border:0"></iframe>\n` +
        `<script async src="${escape(origin + words.embed)}"></script>`;
    }

    async function copy() {
      if (!result.value) return;
      result.select();
      try {
        await navigator.clipboard.writeText(result.value);
        at("embed-said").textContent = words.copied;
      } catch {
        // it is selected: the reader copies it
      }
    }

    for (const e of [input, at("embed-theme"), under]) e?.addEventListener("input", build);
    at("embed-copy").addEventListener("click", copy);
    build();
  }
})();
