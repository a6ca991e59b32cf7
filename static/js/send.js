/* Sends the forms of a patient's page, so that a gap in the Wi-Fi loses nothing: what could not be sent stays on the page,
   in memory alone, and is tried again until it has gone. Links ask first whether the clinic can be reached.
   Without this file the browser sends and goes by itself. */

const words = document.getElementById("sending").dataset;
const state = document.documentElement.dataset; // `lost`, `unsent` and `closed` are read and written by idle.js too
const watch = document.getElementById("still-here");
const ping = watch?.querySelector("form");
const PAUSES = [2_000, 4_000, 8_000, 15_000];
const PATIENCE = 15_000;
const PATIENCE_WITH_A_LINK = 5_000;

const waiting = new Map(); // the forms and links that were pressed, in that order → the button
const labels = new Map();
const places = new Map();
let underway = null;
let failures = 0;
let timer;
let leaving = false;
let natively = false;

/** A place that screen readers listen to, made before it is needed. */
function place(beside, within) {
  const made = document.createElement("p");
  made.className = "visually-hidden";
  made.setAttribute("role", "status");
  if (beside) beside.after(made);
  else within.append(made);
  return made;
}

for (const form of document.forms) {
  if (form.method === "post" && form !== ping) places.set(form, place(form.querySelector(".buttons"), form));
}
const buttons = document.querySelector("main .buttons");
const forLinks = places.get(buttons?.closest("form")) ?? place(buttons, document.querySelector("main"));
const placeOf = (pressed) => places.get(pressed.closest("form")) ?? forLinks;

function say(pressed, text, seen) {
  const spot = placeOf(pressed);
  spot.className = seen ? "notice unsent" : "visually-hidden";
  if (spot.textContent !== text) spot.textContent = text;
}

function relabel(button) {
  labels.set(button, [...button.childNodes]);
  button.setAttribute("aria-disabled", "true");
  button.style.minInlineSize = `${button.offsetWidth}px`;
  button.replaceChildren(document.body.dataset.sending);
}

function restore() {
  for (const [button, label] of labels) {
    button.removeAttribute("aria-disabled");
    button.replaceChildren(...label);
  }
  labels.clear();
}

function mark() {
  if (waiting.size) state.unsent = "";
  else delete state.unsent;
}

function press(pressed, button) {
  if (leaving || (underway && waiting.has(pressed))) return;
  if (pressed.href) for (const other of waiting.keys()) if (other.href) waiting.delete(other);
  waiting.delete(pressed);
  waiting.set(pressed, button);
  mark();
  if (!pressed.href) {
    const seen = button?.matches(".visually-hidden") ? pressed.querySelector(".button.main") : button;
    if (seen && !labels.has(seen)) relabel(seen);
    say(pressed, document.body.dataset.sending, false);
  }
  if (!underway) run();
}

async function post(pressed, button) {
  const form = pressed.href ? ping : pressed;
  const body = new FormData(form);
  if (button?.name) body.append(button.name, button.value);
  const address = button?.getAttribute("formaction") || form.getAttribute("action") || window.location.href;
  const headers = { "Sent-By": "page" };
  const at = Date.now();
  if (state.lost) headers["Out-Of-Reach"] = Math.round((at - state.lost) / 1000);
  const giveUp = new AbortController();
  const patience = setTimeout(() => giveUp.abort(), pressed.href ? PATIENCE_WITH_A_LINK : PATIENCE);
  underway = giveUp;
  try {
    const answer = await fetch(address, { method: "POST", body, headers, redirect: "manual", signal: giveUp.signal });
    if (answer.status >= 500) throw new Error(String(answer.status));
    delete state.lost;
    return answer;
  } catch (error) {
    state.lost ??= at;
    throw error;
  } finally {
    clearTimeout(patience);
    underway = null;
  }
}

/** One after the other; handing back comes last, whenever it was pressed. */
async function run() {
  clearTimeout(timer);
  let go = null;
  try {
    while (waiting.size) {
      const [pressed] = [...waiting.keys()].sort((a, b) => ("last" in a.dataset) - ("last" in b.dataset));
      const button = waiting.get(pressed);
      const { status, headers } = await post(pressed, button);
      if (!waiting.delete(pressed)) continue;
      const instead = headers.get("Go-Instead-To") ?? (status === 410 && watch?.dataset.closed);
      if (pressed.href) go = () => window.location.assign(pressed.href);
      else if (instead) return leave(() => window.location.replace(instead));
      else if (headers.has("Go-To")) go = () => window.location.assign(headers.get("Go-To"));
      else return leave(() => submit(pressed, button)); // a page, with errors perhaps: the browser may fetch it itself
    }
    if (go) leave(go);
  } catch {
    unsent();
  }
}

function unsent() {
  restore();
  for (const pressed of waiting.keys()) {
    if (pressed.href) {
      waiting.delete(pressed);
      say(pressed, words.offline, true);
    }
  }
  for (const form of waiting.keys()) say(form, words.unsent, true);
  mark();
  if (waiting.size) timer = setTimeout(run, PAUSES[Math.min(failures++, PAUSES.length - 1)]);
}

function submit(form, button) {
  natively = true;
  form.requestSubmit(button);
}

function leave(go) {
  leaving = true;
  waiting.clear();
  if (!("closed" in state)) go();
  else delete state.unsent; // the page is empty already, and idle.js leaves it
}

/** Whoever changes an answer has not finished: it goes with the next press, as it stands then. */
function cancel(form) {
  if (leaving || !waiting.has(form)) return;
  waiting.delete(form);
  restore();
  say(form, words.again, true);
  mark();
  underway?.abort();
}

document.addEventListener("submit", (event) => {
  if (event.defaultPrevented || !places.has(event.target)) return;
  if (natively) natively = false;
  else {
    event.preventDefault();
    press(event.target, event.submitter);
  }
});
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[href]");
  if (!link || !ping || event.defaultPrevented || link.target || link.origin !== window.location.origin) return;
  if (event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  if (link.getAttribute("href").startsWith("#")) return;
  event.preventDefault();
  press(link);
});
document.addEventListener("input", (event) => cancel(event.target.form));
document.addEventListener("pointerdown", (event) => cancel(event.target.closest("[data-pad]")?.closest("form")));
window.addEventListener("online", () => underway || run());
window.addEventListener("beforeunload", (event) => {
  if (waiting.size) event.preventDefault();
});
