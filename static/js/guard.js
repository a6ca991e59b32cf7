/* A patient page kept in the browser's memory may show someone else's answers: it is left hidden, and brought back it asks
   the clinic again. */

window.addEventListener("pagehide", (event) => {
  if (event.persisted) document.body.hidden = true;
});

window.addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  document.body.hidden = true;
  // Without the fragment: an address that differs by nothing else would not be asked for.
  window.location.replace(window.location.pathname + window.location.search);
});
