// Shows the map of a place: fetches the drawing, colours its areas by the rows
// of the table, and follows the table when its numbers change. herald.js loads
// it at the first click on #map.
"use strict";
(() => {
  const button = document.getElementById("map");
  const words = button.dataset;
  const svgSpace = "http://www.w3.org/2000/svg";
  const showWord = button.textContent;

  // Lines that tell classes apart beside their colours: distance, turn, how
  // many. Classes that are not here are plain.
  const lines = { s: [18, 45], 1: [22, 45], 2: [22, -45], 3: [22, 0], 4: [22, 90], o: [12, 45], l: [12, 0], x: [40, 45] };

  let figure = null;
  let elsewhere = new Map(); // rows of the other parts of the table
  let busy = false;

  function make(name, attributes, ...children) {
    const e = document.createElementNS(svgSpace, name);
    for (const [k, v] of Object.entries(attributes)) e.setAttribute(k, v);
    e.append(...children);
    return e;
  }

  // One pattern for each class. The picture is a thousand units wide.
  function patterns() {
    return make("defs", {}, ..."n s d 0 1 2 3 4 o l x".split(" ").map((c) => {
      const [far, turn] = lines[c] || [20, 0];
      const p = make("pattern", { id: "m-" + c, class: "m" + c, width: far, height: far, patternUnits: "userSpaceOnUse", patternTransform: "rotate(" + turn + ")" },
        make("rect", { width: far, height: far }));
      if (lines[c]) p.append(make("path", { d: "M0 0H" + far }));
      return p;
    }));
  }

  async function get(address, options) {
    const patience = new AbortController();
    setTimeout(() => patience.abort(), 20e3);
    const r = await fetch(address, { credentials: "omit", signal: patience.signal, ...options });
    if (!r.ok) throw r.status;
    return r.text();
  }

  async function draw() {
    const text = await get(words.map, { integrity: words.sum });
    const svg = document.importNode(new DOMParser().parseFromString(text, "image/svg+xml").documentElement, true);
    if (svg.localName !== "svg") throw svg.localName;
    for (const path of svg.querySelectorAll("path")) {
      path.dataset.u = path.id; // the id belongs to the row of the table
      path.removeAttribute("id");
      path.append(make("title", {}));
    }
    svg.setAttribute("aria-hidden", "true");
    svg.prepend(patterns());
    const made = document.createElement("figure");
    const caption = document.createElement("figcaption");
    caption.textContent = words.text;
    made.append(svg, caption);
    svg.addEventListener("click", (event) => {
      const link = rowOf(event.target)?.querySelector("a");
      if (link) location.assign(link.href);
    });
    return made;
  }

  // The rows of a table that is too long for one page stand on several.
  async function look() {
    const found = new Map();
    for (const address of (words.parts || "").split(" ").filter(Boolean)) {
      const doc = new DOMParser().parseFromString(await get(address, { cache: "no-cache" }), "text/html");
      for (const row of doc.querySelectorAll("tr[data-c]")) found.set(row.id, row);
    }
    elsewhere = found;
  }

  const rowOf = (path) => path.dataset?.u && (document.getElementById(path.dataset.u) || elsewhere.get(path.dataset.u));

  function swatch(item) {
    if (item.querySelector("svg")) return;
    item.prepend(make("svg", { viewBox: "0 0 84 52", "aria-hidden": "true" }, make("rect", { width: 84, height: 52, fill: "url(#m-" + item.dataset.c + ")" })));
  }

  function colour() {
    const key = document.getElementById("map-key");
    const list = key.querySelector("ul");
    const used = new Set();
    for (const path of figure.querySelectorAll("path[data-u]")) {
      const row = rowOf(path);
      const c = row?.dataset.c || "x";
      used.add(c);
      path.setAttribute("fill", "url(#m-" + c + ")");
      const says = row ? list.querySelector('[data-c="' + CSS.escape(c) + '"]')?.textContent : words.away;
      const name = row?.querySelector("th bdi, th")?.textContent.trim();
      path.firstChild.textContent = [name, says].filter(Boolean).join(": ");
    }
    if (used.has("x") && !list.querySelector('[data-c="x"]')) {
      const item = document.createElement("li");
      item.dataset.c = "x";
      item.textContent = words.away;
      list.append(item);
    }
    for (const item of list.children) {
      swatch(item);
      item.hidden = !used.has(item.dataset.c); // it would say nothing
    }
    key.hidden = figure.hidden;
  }

  async function toggle() {
    if (busy) return;
    busy = true;
    try {
      if (!figure) {
        const [made] = await Promise.all([draw(), look()]);
        figure = made;
        button.after(figure);
      } else {
        figure.hidden = !figure.hidden;
      }
      colour();
      button.textContent = figure.hidden ? showWord : words.hide;
      button.setAttribute("aria-expanded", !figure.hidden);
    } catch {
      button.textContent = words.lost;
    }
    busy = false;
  }

  button.addEventListener("click", toggle);
  document.addEventListener("herald:swap", () => {
    if (!figure) return;
    colour();
    if (words.parts && !figure.hidden) look().then(colour, () => {});
  });
  toggle();
})();
