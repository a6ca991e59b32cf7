/* A patient page brought back from the browser's memory may show someone else's answers: hide it and ask the clinic again. */

window.addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  document.body.hidden = true;
  window.location.replace(window.location.href);
});
