/* Works out the file's SHA-256 here and asks whether it is on record; the file itself is sent only when asked for. Without
   this file, or where the browser cannot hash, the form sends it. */

const form = document.getElementById("verifying");
const input = form.querySelector("input[type=file]");
const button = form.querySelector("button");
const verdict = document.getElementById("verdict");
const parts = Object.fromEntries([...verdict.querySelectorAll("[data-part]")].map((part) => [part.dataset.part, part]));
let closely = false;

function show(found) {
  verdict.hidden = false;
  verdict.className = `card verdict edge-${found.edge}`;
  parts.explains.textContent = found.explains;
  parts.about.textContent = found.number ? [found.kind, found.number, found.clinic, found.sealed].join(" · ") : "";
  parts.today.textContent = found.today ? `Today: ${found.today}` : "";
  parts.sha256.textContent = found.sha256 ? `SHA-256 ${found.sha256}` : "";
  verdict.focus();
}

/** A file that no record can be is told of at once, and neither read nor sent. */
function isTooLarge(file) {
  if (file.size <= Number(form.dataset.largest)) return false;
  show({ edge: "contraindicated", explains: form.dataset.large });
  return true;
}

async function fingerprint(file) {
  const digest = await crypto.subtle.digest("SHA-256", await file.arrayBuffer());
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

async function look() {
  const [file] = input.files;
  if (!file || !globalThis.crypto?.subtle) return false;
  if (isTooLarge(file)) return true;
  parts.explains.textContent = form.dataset.looking;
  verdict.hidden = false;
  const sha256 = await fingerprint(file).catch(() => "");
  if (!sha256) {
    show({ edge: "contraindicated", explains: form.dataset.unreadable });
    return true;
  }
  const body = new FormData();
  body.append("sha256", sha256);
  body.append("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
  const answer = await fetch(form.dataset.hash, { method: "POST", body });
  const found = await answer.json();
  if (found.on_record) {
    show(found);
  } else {
    show({ edge: "contraindicated", explains: form.dataset.unknown, sha256 });
    closely = true;
    button.textContent = form.dataset.closely;
  }
  return true;
}

/** The file stays here, whatever happens on the way. */
function tellAway() {
  show({ edge: "contraindicated", explains: form.dataset.away });
}

input.addEventListener("change", () => {
  closely = false;
  if (input.files.length) look().catch(tellAway);
});

form.addEventListener("submit", (event) => {
  if (!input.files.length) return;
  if (isTooLarge(input.files[0])) event.preventDefault();
  if (event.defaultPrevented || closely || !globalThis.crypto?.subtle) return;
  event.preventDefault();
  look().catch(tellAway);
});

for (const name of ["dragover", "dragleave", "drop"]) {
  form.addEventListener(name, (event) => {
    event.preventDefault();
    form.classList.toggle("over", name === "dragover");
    if (name !== "drop" || !event.dataTransfer.files.length) return;
    input.files = event.dataTransfer.files;
    input.dispatchEvent(new Event("change"));
  });
}
