/* Pages that nobody uses close by themselves after three minutes, with a warning after two; and all close when the half hour
   is over. The clinic looks at the time too: it is told of every use, twice a minute at most. */

const dialog = document.getElementById("still-here");
const form = dialog.querySelector("form");
const seconds = dialog.querySelector("[data-seconds]");
const spoken = dialog.querySelector("[role=status]");
const soon = document.querySelector(".closing-soon");
const state = document.documentElement.dataset; // `lost`, `unsent` and `closed` are read and written by send.js too
const { now, expires, back, closed } = dialog.dataset;
const SECOND = 1_000;
const WARN = 120 * SECOND;
const IDLE = 180 * SECOND;
const APART = 30 * SECOND;
const PAUSE = 5 * SECOND;
const SPOKEN = [30, 10];

const ends = Date.now() + (expires - now) * SECOND;
let used = Date.now();
let told = used;
let tried = 0;
let telling = false;

async function post(address, because) {
  const body = new FormData(form);
  if (because) body.append("because", because);
  const headers = { "Sent-By": "page" };
  tried = Date.now();
  const at = tried;
  if (state.lost) headers["Out-Of-Reach"] = Math.round((at - state.lost) / SECOND);
  try {
    const signal = AbortSignal.timeout(10 * SECOND);
    const answer = await fetch(address, { method: "POST", body, headers, redirect: "manual", signal });
    if (answer.status >= 500) throw new Error(String(answer.status));
    delete state.lost;
    told = at;
    return answer;
  } catch {
    state.lost ??= at;
    return null;
  }
}

async function tell() {
  if (telling) return;
  telling = true;
  const answer = await post(form.action);
  telling = false;
  // While something is being sent, its own answer says where to go.
  if (answer?.status === 410 && !("unsent" in state)) close();
}

/** Nothing stays on the screen, even when the clinic cannot be reached; what is still to be sent goes first. */
function close() {
  if ("closed" in state) return;
  state.closed = "";
  clearInterval(clock);
  window.speechSynthesis?.cancel(); // nor is anything read on aloud
  document.body.replaceChildren(document.getElementById("closed").content);
  document.title = document.querySelector("h1").textContent;
  farewell(Date.now() >= ends ? "expired" : "idle");
}

async function farewell(because) {
  if ("unsent" in state || !(await post(back, because))) setTimeout(farewell, PAUSE, because);
  else window.location.replace(closed);
}

function ask(left) {
  if (!dialog.open) dialog.showModal();
  seconds.textContent = left;
  if (SPOKEN.includes(left)) spoken.textContent = seconds.parentElement.textContent;
}

function look() {
  const at = Date.now();
  const left = Math.ceil((Math.min(used + IDLE, ends) - at) / SECOND);
  if (left <= 0) return close();
  if (at - used >= WARN) ask(left);
  if (ends - at <= WARN && !soon.textContent) soon.textContent = soon.dataset.words;
  if (used > told && at - told >= APART && at - tried >= PAUSE) tell();
}

function use() {
  if ("closed" in state) return;
  if (Date.now() - used >= IDLE) close();
  else if (!dialog.open) used = Date.now();
}

const clock = setInterval(look, SECOND);
for (const sign of ["pointerdown", "keydown", "input", "wheel", "scroll"]) {
  window.addEventListener(sign, use, { capture: true, passive: true });
}
document.addEventListener("visibilitychange", look);
window.addEventListener("online", () => used > told && tell());
form.addEventListener("submit", (event) => {
  event.preventDefault();
  used = Date.now();
  dialog.close();
});
dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
dialog.addEventListener("close", () => {
  spoken.textContent = "";
  used = Date.now();
  tell();
});
