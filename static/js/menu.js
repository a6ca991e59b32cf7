/* The list of languages closes with Escape and when another part of the page is used; without this file, by its own
   button. */

const menu = document.querySelector(".language");

menu?.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !menu.open) return;
  menu.open = false;
  menu.querySelector("summary").focus();
});

for (const used of ["pointerdown", "focusin"]) {
  document.addEventListener(used, (event) => {
    if (menu?.open && !menu.contains(event.target)) menu.open = false;
  });
}
