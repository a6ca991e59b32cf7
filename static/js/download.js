/* A form whose answer is a download: its button says at once what is being prepared, and nothing is sent again until the
   download has begun. The form sends a random name; the answer sets a cookie of that name, which holds how many there are.
   An answer that is a page (with an error, say) takes the place of this one. Without this file the browser just downloads. */

const EVERY = 250;
const PATIENCE = 10 * 60_000; // then the download was stopped, or nothing came: it may be tried again
const form = document.querySelector("form[data-download]");
const told = form.querySelector("[data-download-told]");
const name = form.elements.download;
const words = form.dataset;
const buttons = [...form.querySelectorAll('button[type="submit"]')];
let pressed = null;
let timer;

function counted(one, many, count) {
  return count === 1 ? one : many.replace("%s", count);
}

/** How many will leave: those ticked, or all on the page where it has them all. */
function wanted(button) {
  const ticks = [...form.elements].filter((field) => field.name === "ticked");
  if (button.value === "ticked") return ticks.filter((tick) => tick.checked).length;
  return "whole" in words ? ticks.length : null;
}

function say(text, seen) {
  told.className = seen ? "notice" : "visually-hidden";
  told.textContent = text;
}

function ready(text) {
  clearInterval(timer);
  for (const button of buttons) button.removeAttribute("aria-disabled");
  pressed.button.textContent = pressed.label;
  pressed = null;
  say(text, Boolean(text));
}

function begun() {
  const found = document.cookie.split("; ").find((one) => one.startsWith(`${name.value}=`));
  if (found) {
    document.cookie = `${name.value}=; path=${words.download}; max-age=0; samesite=strict`;
    const count = Number(found.split("=")[1]);
    ready(counted(words.begunOne, words.begun, count));
  } else if (Date.now() - pressed.at > PATIENCE) ready("");
}

form.addEventListener("submit", (event) => {
  if (pressed) {
    event.preventDefault();
    return;
  }
  const button = event.submitter;
  const count = wanted(button);
  if (count === 0) return; // the answer says what is missing
  const random = crypto.getRandomValues(new Uint8Array(16));
  name.value = `export-${[...random].map((byte) => byte.toString(16).padStart(2, "0")).join("")}`;
  pressed = { button, label: button.textContent, at: Date.now() };
  const text = count === null ? words.preparingAll : counted(words.preparingOne, words.preparing, count);
  // Not `disabled`: a disabled button would not be sent with the form.
  for (const one of buttons) one.setAttribute("aria-disabled", "true");
  button.textContent = text;
  say(text, false);
  timer = setInterval(begun, EVERY);
});

window.addEventListener("pageshow", () => pressed && ready(""));
