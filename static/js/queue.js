/* The first page's lists, asked for every few seconds while they are looked at. Rows that stay are filled in place, so
   focus, scrolling and what is open stay where they are. Without this file the lists are new when the page is loaded again. */

const EVERY = 5_000;
const PATIENCE = 8_000;
const main = document.querySelector("[data-queue]");
const told = document.querySelector("[data-queue-told]");
const lost = document.querySelector("[data-queue-lost]");
const shown = new WeakMap();
let timer;
let failures = 0;

function pattern(group) {
  const kind = group === "day" ? "visit" : "case";
  return document.querySelector(`[data-pattern="${kind}"]`).content.firstElementChild;
}

function badge({ code, words }) {
  const made = document.createElement("span");
  made.className = `badge badge-${code}`;
  made.textContent = words;
  return made;
}

function setText(place, text) {
  if (place.textContent !== text) place.textContent = text;
  if (!place.closest("a, button")) place.hidden = !text;
}

function fill(item, row) {
  const now = JSON.stringify(row);
  if (shown.get(item) === now) return;
  shown.set(item, now);
  item.dataset.key = row.key;
  item.className = row.edge ? `edge-${row.edge}` : "";
  for (const place of item.querySelectorAll("[data-field]")) setText(place, row[place.dataset.field] ?? "");
  for (const link of item.querySelectorAll("[data-link]")) {
    const there = row[link.dataset.link];
    link.hidden = !there;
    if (there) link.setAttribute("href", there);
  }
  for (const form of item.querySelectorAll("[data-post]")) {
    form.hidden = !row[form.dataset.post];
    form.setAttribute("action", row[form.dataset.post]);
  }
  item.querySelector("[data-badges]")?.replaceChildren(...row.badges.map(badge));
}

/** Puts the rows in their order; a row is moved only where it stands wrong, and gets its focus back. Says how many are new. */
function show(section, found) {
  const list = section.querySelector("[data-rows]");
  const before = new Map([...list.children].map((item) => [item.dataset.key, item]));
  const wanted = new Set(found.rows.map((row) => row.key));
  const focused = list.contains(document.activeElement) ? document.activeElement : null;
  let added = 0;
  for (const [key, item] of before) if (!wanted.has(key)) item.remove();
  found.rows.forEach((row, at) => {
    const known = before.get(row.key);
    const item = known ?? pattern(section.dataset.group).cloneNode(true);
    if (!known) added += 1;
    fill(item, row);
    if (list.children[at] !== item) list.insertBefore(item, list.children[at] ?? null);
  });
  section.querySelector("[data-count]").textContent = found.count;
  section.querySelector("[data-empty]").hidden = found.rows.length > 0;
  list.hidden = !found.rows.length;
  section.hidden = section.hidden && !found.rows.length;
  showMore(section.querySelector("[data-more]"), found.more);
  if (focused && document.activeElement !== focused) {
    (focused.isConnected && focused.checkVisibility() ? focused : section.querySelector("h2")).focus({ preventScroll: true });
  }
  return added;
}

function showMore(link, query) {
  if (!link) return;
  link.hidden = !query;
  if (query) link.setAttribute("href", location.pathname + query);
}

/** The row in use, or else the first in sight, stays where it is under the eyes. */
function inPlace(change) {
  const items = [...document.querySelectorAll("[data-rows] > li")];
  const held = items.find((item) => item.matches(":focus-within, :hover")) ?? items.find((item) => item.getBoundingClientRect().top >= 0);
  const before = held?.getBoundingClientRect().top;
  change();
  if (held?.isConnected && window.scrollY > 0) window.scrollBy(0, held.getBoundingClientRect().top - before);
}

function tell(groups, added) {
  if (!added) return;
  const count = groups.reduce((sum, group) => sum + group.count, 0);
  const words = count === 1 ? told.dataset.saidOne : told.dataset.said;
  told.textContent = words.replace("{count}", count).replace("{new}", added);
}

function update({ groups = [], day }) {
  const visits = day ? [{ ...day, code: "day" }] : [];
  const counted = groups.length ? groups : visits;
  let added = 0;
  inPlace(() => {
    for (const group of [...groups, ...visits]) {
      const section = document.querySelector(`[data-group="${group.code}"]`);
      const fresh = section ? show(section, group) : 0;
      if (counted.includes(group)) added += fresh;
    }
  });
  tell(counted, added);
}

async function ask() {
  clearTimeout(timer);
  if (document.hidden) return;
  try {
    const headers = { "Page-Of": document.body.dataset.clinic };
    const options = { headers, redirect: "manual", signal: AbortSignal.timeout(PATIENCE) };
    const response = await fetch(main.dataset.queue + location.search, options);
    if (!response.ok) throw new Error(String(response.status));
    update(await response.json());
    failures = 0;
    lost.hidden = true;
  } catch {
    // The first may only be a page that is being left.
    failures += 1;
    lost.hidden = failures < 2;
  }
  clearTimeout(timer);
  timer = setTimeout(ask, EVERY);
}

if (document.querySelector("[data-group]")) {
  timer = setTimeout(ask, EVERY);
  document.addEventListener("visibilitychange", ask);
}
