/* Follows a consent on the tablet: asked for every few seconds while the page is looked at. Nothing that is being typed or
   drawn is touched; when it is the clinician's turn, a link says so. Without this file the page shows what was when it came. */

const EVERY = 3_000;
const PATIENCE = 8_000;
const live = document.querySelector("[data-progress]");
const list = live.querySelector("[data-steps]");
const heard = live.querySelector("[data-heard]");
const told = live.querySelector("[data-progress-told]");
const next = live.querySelector("[data-progress-next]");
const lost = live.querySelector("[data-progress-lost]");
let before;
let timer;
let failures = 0;

const copy = (name) => live.querySelector(`[data-pattern="${name}"]`).content.firstElementChild.cloneNode(true);

function show(place, there) {
  place.hidden = !there;
}

function fillStep(item, step) {
  item.className = step.state === "done" ? "done" : "";
  if (step.state === "now") item.setAttribute("aria-current", "step");
  else item.removeAttribute("aria-current");
  for (const place of item.querySelectorAll("[data-field]")) place.textContent = step[place.dataset.field];
  show(item.querySelector("[data-state]"), step.state === "done");
  return item;
}

function oneTry(pattern, one) {
  const item = pattern.cloneNode(true);
  show(item.querySelector("[data-right]"), one.right);
  show(item.querySelector("[data-missed]"), !one.right);
  item.querySelector("[data-said]").textContent = one.said;
  const own = item.querySelector("[data-own]");
  own.lang = one.language;
  own.firstElementChild.textContent = one.own;
  show(own, one.own);
  return item;
}

function card(item) {
  const made = copy("heard");
  made.className = item.missed ? `card edge-${item.understood ? "informational" : "unsure"}` : "";
  show(made.querySelector('[data-when="late"]'), item.missed && item.understood);
  show(made.querySelector('[data-when="not"]'), item.missed && !item.understood);
  show(made.querySelector('[data-when="right"]'), !item.missed);
  made.querySelector('[data-field="question"]').textContent = item.question;
  const asked = made.querySelector("[data-asked]");
  asked.lang = item.language;
  asked.firstElementChild.textContent = item.asked;
  show(asked, item.asked && item.missed);
  const tries = made.querySelector("[data-tries]");
  tries.replaceChildren(...item.tries.map((one) => oneTry(tries.firstElementChild, one)));
  show(tries, item.missed);
  return made;
}

/** A step that is done or begun is said once. */
function changes(steps) {
  const known = new Map(before.steps.map((step) => [step.words + step.name, step.state + step.note]));
  return steps.filter((step) => step.state !== "todo" && known.get(step.words + step.name) !== step.state + step.note);
}

function update(found) {
  if (before && JSON.stringify(before) === JSON.stringify(found)) return;
  if (before) told.textContent = changes(found.steps).map((step) => `${step.words} ${step.name} ${step.note}`).join(". ");
  const height = document.documentElement.scrollHeight;
  const items = [...list.children];
  list.replaceChildren(...found.steps.map((step, at) => fillStep(items[at] ?? copy("step"), step)));
  if (heard && JSON.stringify(before?.heard) !== JSON.stringify(found.heard)) heard.replaceChildren(...found.heard.map(card));
  const stale = found.stage !== live.dataset.stage && !(live.dataset.stage === "unopened" && found.stage === "open");
  show(next, stale);
  show(next.querySelector('[data-for="ready"]'), found.stage === "ready");
  show(next.querySelector('[data-for="changed"]'), found.stage !== "ready");
  if (window.scrollY > 0) window.scrollBy(0, document.documentElement.scrollHeight - height);
  before = found;
}

async function ask() {
  clearTimeout(timer);
  if (document.hidden) return;
  try {
    const response = await fetch(live.dataset.progress, { redirect: "manual", signal: AbortSignal.timeout(PATIENCE) });
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

timer = setTimeout(ask, EVERY);
document.addEventListener("visibilitychange", ask);
