/* Follow-up questions: hidden and not sent while no lead question asks for them. Without this file they are always shown. */

const followUps = [...document.querySelectorAll("[data-follows], [data-shown-when]")];
const controls = "input, select, textarea, button";
const alwaysDisabled = new WeakSet(document.querySelectorAll(":disabled"));

/** The pairs [lead question, replies that ask for the follow-up]. */
function pairs(followUp) {
  const { follows, when = "", shownWhen } = followUp.dataset;
  return shownWhen ? JSON.parse(shownWhen) : [[follows, when.split(/\s+/)]];
}

/** What is answered to a question now; a question that is not asked answers nothing. */
function replies(form, name) {
  return [...form.elements]
    .filter((control) => control.name === name && !control.disabled)
    .filter((control) => control.checked || !["radio", "checkbox"].includes(control.type))
    .map((control) => control.value)
    .filter((value) => value !== "");
}

function asked(followUp) {
  const outer = followUp.parentElement.closest("[data-follows], [data-shown-when]");
  if (outer?.hidden) return false;
  const form = followUp.closest("form");
  return pairs(followUp).some(([name, when]) =>
    replies(form, name).some((reply) => when.includes(reply) || when.includes("*")),
  );
}

/** In the order of the page, so that a follow-up of a follow-up sees its lead already settled. */
function update() {
  for (const followUp of followUps) {
    const shown = asked(followUp);
    followUp.hidden = !shown;
    for (const control of followUp.querySelectorAll(controls)) {
      if (!alwaysDisabled.has(control)) control.disabled = !shown;
    }
  }
}

if (followUps.length) {
  document.addEventListener("input", update);
  document.addEventListener("change", update);
  window.addEventListener("pageshow", update);
  update();
}
