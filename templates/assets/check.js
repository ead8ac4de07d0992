// Checks what a page shows when its reader asks: that the head is signed with
// the publication's key, that the release is the one the head names, that the
// page and the data of its race belong to that release, and that what is on
// the screen is what they say. Says in words what was found. herald.js loads
// it at the first click on #check.
"use strict";
(() => {
  const button = document.getElementById("check");
  const list = document.getElementById("checked-list");
  const { root, key, zone } = button.dataset;
  const words = { ...button.dataset };
  const language = document.documentElement.lang;
  const locale = document.documentElement.dataset.locale || language;

  // What ends a check with a word for the reader.
  class Verdict extends Error {}

  const encode = (s) => new TextEncoder().encode(s);
  const decode = (raw) => new TextDecoder().decode(raw);
  const hex = (raw) => [...new Uint8Array(raw)].map((b) => b.toString(16).padStart(2, "0")).join("");
  const base64 = (s) => [...atob(s)].map((c) => c.charCodeAt(0));
  const sha256 = async (raw) => hex(await crypto.subtle.digest("SHA-256", raw));
  const has = (what) => {
    if (!what) throw new Verdict("damaged");
    return what;
  };

  // Reads a file. One that is named by its hash must have it.
  async function read(address, hash) {
    const patience = new AbortController();
    setTimeout(() => patience.abort(), 20e3);
    const r = await fetch(address, { cache: hash ? "default" : "no-cache", credentials: "omit", signal: patience.signal });
    if (!r.ok) throw new Error(address + ": " + r.status);
    const raw = await r.arrayBuffer();
    if (hash && (await sha256(raw)) !== hash) throw new Verdict("damaged");
    return raw;
  }

  const object = async (path, hash) => JSON.parse(decode(await read(root + path, hash)));

  // Reports whether the key signed a C2SP note, whose text it is. A key is
  // "name+id+base64 of algorithm and bytes", the id the start of a hash.
  async function open(note) {
    const [, name, id, code] = /^([^+]+)\+([0-9a-f]{8})\+(.+)$/.exec(key);
    const raw = base64(code);
    const own = await sha256(Uint8Array.from([...encode(name + "\n"), ...raw]));
    const end = note.lastIndexOf("\n\n") + 1;
    const text = note.slice(0, end);
    if (!own.startsWith(id) || raw[0] !== 1) throw new Verdict("forged");
    const verifier = await crypto.subtle.importKey("raw", Uint8Array.from(raw.slice(1)), "Ed25519", false, ["verify"]);
    for (const line of note.slice(end + 1).split("\n")) {
      const [dash, who, stamp] = line.split(" ");
      if (dash !== "—" || who !== name || !stamp) continue;
      const signature = base64(stamp);
      if (hex(signature.slice(0, 4)) !== id) continue;
      if (await crypto.subtle.verify("Ed25519", verifier, Uint8Array.from(signature.slice(4)), encode(text))) return text;
    }
    throw new Verdict("forged");
  }

  // Reads the head into facts and returns how it is signed. What was signed
  // must be what the fields beside it say.
  async function head(facts) {
    const h = Object.assign(facts, await object("head.json"));
    if (h.election !== root.split("/")[1]) throw new Verdict("damaged");
    if (!key) return "unsigned";
    let text;
    try {
      text = await open(h.note || "");
    } catch (e) {
      if (e.name === "NotSupportedError") return "unable";
      throw new Verdict("forged");
    }
    const said = {};
    for (const line of text.split("\n")) {
      const space = line.indexOf(" ");
      said[line.slice(0, space)] ??= line.slice(space + 1);
    }
    const relied = ["election", "mode", "seq", "number", "release", "published", "next_update_by"];
    if (said.herald !== "head v1" || !relied.every((f) => String(h[f]) === said[f])) throw new Verdict("forged");
    return "signed";
  }

  // What the release says of this page: the hash of its bytes, the number of
  // the release that made it, and of a race the hash of its data.
  async function entry(release) {
    const path = decodeURI(location.pathname.slice(location.pathname.indexOf(root) + root.length)) || "index.html";
    const hashOf = (e) => has(e.html[language]).hash;
    const named = (pages) => {
      const e = pages.find((p) => p.path === path);
      return e && { page: hashOf(e), changed: e.changed_release };
    };
    const race = /^race\/([^/]+)\/([^/]+)\.html$/.exec(path);
    if (!race && named(release.pages)) return named(release.pages);
    // The group is most likely that of a place above this one.
    const places = new Set([...document.querySelectorAll("nav a")].map((a) => /\/in\/([^/]+)\.html$/.exec(a.pathname)?.[1]));
    places.add(path.split(/[/.]/)[1]);
    const near = (g) => places.has(g.region);
    for (const g of [...release.groups.filter(near), ...release.groups.filter((g) => !near(g))]) {
      const index = await object("groups/" + g.id + "/index/" + g.index + ".json", g.index);
      const e = race && index.races.find((r) => r.id === race[1] + "--" + race[2]);
      if (e) return { page: hashOf(e), changed: e.changed_release, race: e.id, json: e.json.hash };
      const found = !race && named(index.pages);
      if (found) return found;
    }
    throw new Verdict("pageBad");
  }

  // What a page says, region by region: the text of each row and of the rest,
  // in whatever order the rows stand and without what scripts added.
  function sayings(doc) {
    const plain = (e) => e.textContent.replace(/\s+/g, " ").trim();
    return [...doc.querySelectorAll("[data-live]")].map((region) => {
      const copy = region.cloneNode(true);
      for (const e of copy.querySelectorAll("svg,button,[data-added]")) e.remove();
      const rows = [...copy.querySelectorAll("tr")].map((row) => {
        row.remove();
        return plain(row);
      });
      return [region.id, plain(copy), ...rows.sort()].join("\n");
    }).join("\n");
  }

  // A number as it is written, in any of the digits that pages use.
  function numberOf(s) {
    const zeros = [0x30, 0x660, 0x6f0];
    const digitOf = (c) => zeros.map((zero) => c.charCodeAt(0) - zero).find((d) => d >= 0 && d < 10);
    const digits = [...s].map(digitOf).filter((d) => d !== undefined);
    return digits.length ? +digits.join("") : null;
  }

  // Whether the votes on the screen are those of the data of the race.
  function sameVotes(race) {
    return race.result.choices.every((c) => {
      const row = document.getElementById("c-" + c.id);
      return !row || numberOf(row.querySelector("td")?.textContent || "") === c.votes;
    });
  }

  function moment(stamp) {
    const o = { day: "numeric", month: "long", year: "numeric", hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZoneName: "short" };
    if (zone) o.timeZone = zone;
    try {
      return new Date(stamp).toLocaleString(locale, o);
    } catch {
      return stamp;
    }
  }

  // Says the findings: a mark, and a word with its places filled in.
  function say(findings, facts) {
    list.textContent = "";
    for (const [mark, word] of findings) {
      const item = document.createElement("li");
      const name = key && key.split("+").slice(0, 2).join("+");
      const time = moment(word === "frozen" ? facts.next_update_by : facts.published);
      const fill = { "{n}": facts.number?.toLocaleString(locale), "{t}": time, "{k}": name };
      item.textContent = mark + " " + words[word].replace(/\{[ntk]\}/g, (place) => fill[place]);
      list.append(item);
    }
  }

  const good = "✓";
  const bad = "✗";
  const note = "–";

  // One look at everything. What is found stands in findings, also when a
  // verdict ends it.
  async function look(findings, facts) {
    const how = await head(facts);
    findings.push([how === "signed" ? good : note, how]);
    if (Date.parse(facts.next_update_by) < Date.now() - 60e3) findings.push([bad, "frozen"]);
    const release = await object("releases/" + facts.release + ".json", facts.release);
    if (release.number !== facts.number || release.election !== facts.election) throw new Verdict("damaged");
    const raw = await read(location.pathname);
    const doc = new DOMParser().parseFromString(decode(raw), "text/html");
    const releaseOf = (d) => +d.getElementById("page")?.dataset.release;
    const want = await entry(release);
    if ((await sha256(raw)) !== want.page) throw new Verdict(releaseOf(doc) === want.changed ? "pageBad" : "behind");
    if (releaseOf(document) !== releaseOf(doc)) throw new Verdict("behind");
    findings.push([good, "page"]);
    const seen = sayings(doc) === sayings(document);
    findings.push(seen ? [good, "seen"] : [bad, "seenBad"]);
    let data = true;
    if (want.race) {
      data = sameVotes(await object("races/" + want.race + "/" + want.json + ".json", want.json));
      findings.push(data ? [good, "json"] : [bad, "jsonBad"]);
    }
    if (seen && data) findings.push([note, how === "signed" ? "means" : "hashes"]);
  }

  // Caches and a publish under way can be of two moments for a while.
  const tries = 3;

  async function check() {
    list.textContent = words.working;
    try {
      const doc = new DOMParser().parseFromString(decode(await read(words.words)), "text/html");
      Object.assign(words, doc.getElementById("check-words").dataset);
    } catch {
      return say([[note, "failed"]], {});
    }
    if (!window.crypto?.subtle) return say([[note, "insecure"]], {});
    for (let n = 1; n <= tries; n++) {
      const findings = [];
      const facts = {};
      try {
        await look(findings, facts);
        return say(findings, facts);
      } catch (e) {
        const word = e instanceof Verdict ? e.message : "failed";
        findings.push([word === "behind" || word === "failed" ? note : bad, word]);
        if (word !== "behind" || n === tries) return say(findings, facts);
      }
      await new Promise((done) => setTimeout(done, 4e3));
    }
  }

  let under = false;
  async function ask() {
    if (under) return;
    under = true;
    await check();
    under = false;
  }
  button.addEventListener("click", ask);
  ask();
})();
