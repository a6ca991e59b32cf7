/* Says every few seconds that this case is open here, while it is looked at, and shows who else has it open. */

const EVERY = 15_000;
const PATIENCE = 8_000;
const form = document.querySelector("[data-presence]");
const line = document.querySelector("[data-present]");
const told = document.querySelector("[data-present-told]");
let timer;

/** Told once when somebody comes or goes. What stands below stays in place under the eyes of a person who has scrolled. */
function show(words) {
  const place = line.querySelector("bdi");
  if (place.textContent === words) return;
  const height = document.documentElement.scrollHeight;
  place.textContent = words;
  told.textContent = words;
  line.hidden = !words;
  if (window.scrollY > 0) window.scrollBy(0, document.documentElement.scrollHeight - height);
}

async function say() {
  clearTimeout(timer);
  if (document.hidden) return;
  try {
    const options = { method: "POST", body: new FormData(form), redirect: "manual", signal: AbortSignal.timeout(PATIENCE) };
    const response = await fetch(form.action, options);
    if (response.ok) show((await response.json()).words);
  } catch {
    // Said again in a moment.
  }
  clearTimeout(timer);
  timer = setTimeout(say, EVERY);
}

function leave() {
  clearTimeout(timer);
  const data = new FormData(form);
  data.append("left", "1");
  navigator.sendBeacon(form.action, data);
}

say();
window.addEventListener("pagehide", leave);
window.addEventListener("pageshow", (event) => event.persisted && say());
document.addEventListener("visibilitychange", () => (document.hidden ? leave() : say()));
