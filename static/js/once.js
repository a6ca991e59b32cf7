/* One press, one sending: later submits of the same form are ignored until the page is shown again. A button whose work takes
   a moment says what is done by data-sending.
   A form whose answer is a download stays on its page and opts out with data-again. */

const word = document.body.dataset.sending || "…";
const sent = new Map();

/** A place that screen readers listen to, made before it is needed. */
function announcer(form) {
  const place = document.createElement("span");
  place.className = "visually-hidden";
  place.setAttribute("role", "status");
  form.append(place);
  return place;
}

const places = new Map(
  [...document.forms]
    .filter((form) => form.method === "post" && !("again" in form.dataset))
    .map((form) => [form, announcer(form)]),
);

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || !places.has(form)) return;
  if (sent.has(form)) {
    event.preventDefault();
    return;
  }
  const button = event.submitter;
  sent.set(form, button && [button, button.textContent]);
  const said = button?.dataset.sending ?? word;
  places.get(form).textContent = said;
  if (button) {
    // Not `disabled`: a disabled button would not be sent with the form.
    button.setAttribute("aria-disabled", "true");
    button.textContent = said;
  }
});

window.addEventListener("pageshow", () => {
  for (const [form, pressed] of sent) {
    places.get(form).textContent = "";
    if (!pressed) continue;
    const [button, label] = pressed;
    button.removeAttribute("aria-disabled");
    button.textContent = label;
  }
  sent.clear();
});
