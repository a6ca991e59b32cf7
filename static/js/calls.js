/* Calls for help from patients' tablets: asked for every ten seconds while the page is looked at, and each told once.
   What a person reads or has in focus stays where it is. Without this file calls come when the page is loaded again. */

const EVERY = 10_000;
const PATIENCE = 8_000;
const section = document.querySelector("[data-calls]");
const list = section.querySelector("ol");
const pattern = section.querySelector("template").content.firstElementChild;
const told = document.querySelector("[data-calls-told]");
const lost = document.querySelector("[data-calls-lost]");
let timer;
let failures = 0;

function row(call) {
  const made = pattern.cloneNode(true);
  made.dataset.call = call.key;
  made.querySelector("[data-call-name]").textContent = call.name;
  made.querySelector("[data-call-since]").textContent = call.since;
  made.querySelector("form").action = call.answer;
  return made;
}

/** Rows that stay are not touched, so that nobody's finger or focus loses its button. */
function show(calls) {
  const rows = new Map([...list.children].map((shown) => [shown.dataset.call, shown]));
  const wanted = new Set(calls.map((call) => call.key));
  const gone = [...rows].filter(([key]) => !wanted.has(key)).map(([, shown]) => shown);
  const added = calls.filter((call) => !rows.has(call.key)).map(row);
  const focused = gone.some((shown) => shown.contains(document.activeElement));
  gone.forEach((shown) => shown.remove());
  list.append(...added);
  section.hidden = !calls.length;
  if (focused) (section.hidden ? document.querySelector("main") : section).focus({ preventScroll: true });
  told.textContent = added.map((shown) => shown.querySelector("p").textContent).join(". ");
}

/** The lists below stay in place under the eyes of a person who has scrolled to them. */
function inPlace(change) {
  const below = lost.nextElementSibling;
  const before = below?.getBoundingClientRect().top;
  change();
  if (below && window.scrollY > 0) window.scrollBy(0, below.getBoundingClientRect().top - before);
}

async function ask() {
  clearTimeout(timer);
  if (document.hidden) return;
  try {
    const headers = { "Page-Of": document.body.dataset.clinic };
    const options = { headers, redirect: "manual", signal: AbortSignal.timeout(PATIENCE) };
    const response = await fetch(section.dataset.calls, options);
    if (!response.ok) throw new Error(String(response.status));
    const { calls } = await response.json();
    failures = 0;
    inPlace(() => {
      show(calls);
      lost.hidden = true;
    });
  } catch {
    // The first may only be a page that is being left.
    failures += 1;
    if (failures > 1) {
      inPlace(() => {
        lost.hidden = false;
      });
    }
  }
  clearTimeout(timer);
  timer = setTimeout(ask, EVERY);
}

timer = setTimeout(ask, EVERY);
document.addEventListener("visibilitychange", ask);
