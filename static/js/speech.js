/* Reads the page aloud, only with a voice that the browser says is on this device: what stands here is never sent away
   to be spoken. Where there is none for the page's language, and without this file, there is no button. */

const SLOWLY = 0.9;
const CHINESE_OF_THE_MAINLAND = /^(zh|cmn)(-hans)?(-(cn|sg))?$/;
const SILENT = "script, style, template, canvas, svg, select, textarea, input, [aria-hidden='true']";

const speech = window.speechSynthesis;
const button = document.querySelector("[data-read-aloud]");
const words = { read: button?.textContent, stop: button?.dataset.stop };
let queue = []; // held here: an utterance that nobody holds may be forgotten before it has told its end

/** Some devices write zh_CN, some add the script after a #. */
const tag = (language) => language.toLowerCase().replaceAll("_", "-").replace("-#", "-");

function speaks(voice, language) {
  const spoken = tag(voice.lang);
  if (language === "zh-hans") return CHINESE_OF_THE_MAINLAND.test(spoken) || /^(zh|cmn)-(cn|sg)-hans$/.test(spoken);
  return spoken.split("-")[0] === language.split("-")[0];
}

/** The person's own kind of the language first, then what the device prefers. */
function voice() {
  const local = speech.getVoices().filter((one) => one.localService === true);
  const fitting = local.filter((one) => speaks(one, tag(document.documentElement.lang)));
  const own = fitting.find((one) => tag(one.lang) === tag(navigator.language));
  return own ?? fitting.find((one) => one.default) ?? fitting[0];
}

const isShown = (element) => element.checkVisibility?.() ?? true;

/** What is shown, in its order, one string for each block. */
function passages() {
  const blocks = [];
  const gather = (element) => {
    for (const node of element.childNodes) {
      if (node.nodeType === Node.TEXT_NODE) {
        if (!blocks.length) blocks.push("");
        blocks.push(blocks.pop() + node.textContent);
      } else if (node.nodeType === Node.ELEMENT_NODE && !node.matches(SILENT) && isShown(node)) {
        const inline = ["inline", "contents"].includes(getComputedStyle(node).display);
        if (!inline) blocks.push("");
        gather(node);
        if (!inline) blocks.push("");
      }
    }
  };
  document.querySelectorAll(".called, main").forEach((part) => {
    blocks.push("");
    gather(part);
  });
  return blocks.map((block) => block.replace(/\s+/g, " ").trim()).filter(Boolean);
}

function stop() {
  queue = [];
  speech.cancel();
  button.textContent = words.read;
}

function utterance(passage, chosen) {
  const made = new SpeechSynthesisUtterance(passage);
  return Object.assign(made, { voice: chosen, lang: chosen.lang, rate: SLOWLY });
}

function start(chosen) {
  speech.cancel();
  queue = passages().map((passage) => utterance(passage, chosen));
  const reading = queue;
  const over = () => reading === queue && stop();
  queue.at(-1).addEventListener("end", over);
  for (const passage of queue) {
    passage.addEventListener("error", over);
    // Who listens uses the page, and it does not close for want of a touch.
    passage.addEventListener("start", () => window.dispatchEvent(new Event("scroll")));
    speech.speak(passage);
  }
  button.textContent = words.stop;
}

function offer() {
  button.hidden = !voice();
  if (button.hidden && queue.length) stop();
}

if (speech && button) {
  button.addEventListener("click", () => {
    const chosen = voice();
    if (queue.length || !chosen) stop();
    else start(chosen);
  });
  speech.addEventListener?.("voiceschanged", offer);
  window.addEventListener("pagehide", stop);
  document.addEventListener("submit", (event) => event.target.closest("dialog") || stop());
  new MutationObserver(() => button.isConnected || stop()).observe(document.body, { childList: true });
  document.addEventListener("visibilitychange", () => document.hidden && stop());
  speech.cancel(); // what a page before this one may have left
  offer();
}
