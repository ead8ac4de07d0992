// The type-ahead: finds places and races by any of their words in a static
// index, whatever their accents and case, and lists links to them. herald.js
// loads it when focus first enters #find; docs/formats.md has the form of the
// index.
"use strict";
(() => {
  const box = document.getElementById("find");
  const input = document.getElementById("find-text");
  const list = document.getElementById("find-list");
  const says = document.getElementById("find-says");
  const where = document.getElementById("find-in");
  const words = box.dataset;
  const root = words.search.slice(0, words.search.lastIndexOf("/") + 1);
  const most = 20; // links that are shown
  const many = 8; // words that are looked for

  // Letters that are typed for others, and have no accent to take off.
  const same = { ł: "l", đ: "d", ð: "d", ø: "o", ħ: "h", ı: "i", ß: "ss", æ: "ae", œ: "oe", þ: "th", ى: "ي", ة: "ه", ـ: "" };
  const fold = (s) => s.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().replace(/[łđðøħıßæœþىةـ]/g, (c) => same[c]);
  const parts = (s) => s.split(/[^\p{L}\p{N}]+/u).filter(Boolean);
  // "O’Brien" is found as "brien" and as "obrien".
  const split = (s) => {
    const all = fold(s);
    const whole = all.replace(/['’ʼ]/g, "");
    return all === whole ? parts(all) : parts(all).concat(parts(whole));
  };

  // Every file that was read: its lists, folded, and the places that have a
  // file of their own.
  const files = [];
  const asked = {};

  async function take(path) {
    if (asked[path]) return;
    asked[path] = true;
    try {
      const r = await fetch(root + path, { credentials: "omit" });
      if (!r.ok) throw new Error(r.status);
      add(await r.json(), path === words.search.slice(root.length));
    } catch {
      asked[path] = false; // the next letter asks again
      says.textContent = words.failed;
      return;
    }
    look();
  }

  function add(f, first) {
    const { places, contests } = f;
    files.push({
      ...f, first,
      placeWords: places.names.map(split),
      contestWords: contests.names.map((name, i) => split(name + " " + f.heads[contests.heads[i]])),
    });
    for (const [place, path] of Object.entries(f.files || {})) {
      where.append(new Option(places.names[place], path));
      where.parentNode.hidden = false;
    }
  }

  // Which of the words begin one of a text's words, as bits.
  const mask = (wanted, text) => wanted.reduce((bits, w, i) => bits | (text.some((t) => t.startsWith(w)) << i), 0);

  // What fits all words: places first, then those whose name begins with what
  // was typed, then what lies higher.
  function search(wanted) {
    const full = (1 << wanted.length) - 1;
    const found = [];
    for (const f of files) {
      const { places, contests, sets } = f;
      const inContest = f.contestWords.map((text) => mask(wanted, text));
      places.ids.forEach((id, i) => {
        if (i === 0 && !f.first) return; // it stands in the file above
        const inPlace = mask(wanted, f.placeWords[i]);
        const up = places.up[i] > 0 ? places.names[places.up[i]] : "";
        const begins = f.placeWords[i][0]?.startsWith(wanted[0]) ? 0 : 1;
        if (inPlace === full) {
          const path = f.first && i === 0 ? "index.html" : "in/" + id + ".html";
          found.push({ rank: begins, name: places.names[i], about: up, path });
        }
        for (const c of sets[places.sets[i]]) {
          if ((inPlace | inContest[c]) !== full || !inContest[c]) continue;
          const path = "race/" + id + "/" + contests.ids[c].replace("*", id) + ".html";
          found.push({ rank: 2 + (inPlace ? begins : 1) + (i > 0), name: contests.names[c], about: places.names[i], path });
        }
      });
    }
    return found.sort((a, b) => a.rank - b.rank);
  }

  function item(e) {
    const li = document.createElement("li");
    const a = document.createElement("a");
    const name = document.createElement("bdi");
    a.href = words.base + e.path;
    name.textContent = e.name;
    a.append(name);
    li.append(a);
    if (e.about) {
      const about = document.createElement("i");
      about.append(document.createElement("bdi"));
      about.firstChild.textContent = e.about;
      li.append(" ", about);
    }
    return li;
  }

  function look() {
    const wanted = split(input.value).slice(0, many);
    const found = wanted.length ? search(wanted) : [];
    list.textContent = "";
    list.append(...found.slice(0, most).map(item));
    const count = found.length.toLocaleString(document.documentElement.dataset.locale || document.documentElement.lang);
    says.textContent = !wanted.length || !files.length ? "" : found.length ? words.found.replace("{n}", count) : words.none;
  }

  input.addEventListener("input", () => (files.length ? look() : take(words.search.slice(root.length))));
  input.addEventListener("keydown", (event) => {
    const first = list.querySelector("a");
    if (!first || event.isComposing) return;
    if (event.key === "Enter") location.href = first.href;
    if (event.key === "ArrowDown") {
      first.focus();
      event.preventDefault();
    }
  });
  where.addEventListener("change", () => where.value && take(where.value));
  take(words.search.slice(root.length));
})();
