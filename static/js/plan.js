/* The plan: muscles are found by typing or on the body map, put in and taken out on the page, and looked at by the server
   at once. Nothing is on record until the plan is saved. Without this file the form's own buttons do the same, page by page. */

const FORGIVEN = [0, 3, 6, 9];
const AROUND = 16;

const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
const element = (name, words = "", classes = "") =>
  Object.assign(document.createElement(name), { textContent: words, className: classes });

/** The area of the map at a spot of the screen, or the nearest one that a finger may have meant. */
function areaAt(map, x, y) {
  for (const away of FORGIVEN) {
    for (let step = 0; step < (away ? AROUND : 1); step += 1) {
      const angle = (2 * Math.PI * step) / AROUND;
      const at = document.elementFromPoint(x + away * Math.cos(angle), y + away * Math.sin(angle));
      const area = at?.closest("[data-area]");
      if (area && map.contains(area)) return area.dataset.area;
    }
  }
  return "";
}

/** A box to type in with a list below it, in place of the select, which goes on carrying the value. */
function combobox(select, form, chosen) {
  const box = element("input");
  Object.assign(box, { type: "text", id: `${select.id}-box`, autocomplete: "off" });
  const list = element("ul", "", "muscles");
  Object.assign(list, { id: `${select.id}-list`, hidden: true });
  list.setAttribute("role", "listbox");
  const said = element("p", "", "hint");
  said.setAttribute("role", "status");
  const label = form.querySelector(`label[for="${select.id}"]`);
  label.htmlFor = box.id;
  list.setAttribute("aria-label", label.textContent);
  for (const [name, value] of [["role", "combobox"], ["aria-autocomplete", "list"], ["aria-expanded", "false"],
    ["aria-controls", list.id], ["spellcheck", "false"]]) box.setAttribute(name, value);
  const describedby = select.getAttribute("aria-describedby");
  if (describedby) box.setAttribute("aria-describedby", describedby);
  select.hidden = true;
  select.after(box, list, said);

  const muscles = [...select.options].filter((one) => one.value).map((one, at) => {
    const item = element("li", one.textContent);
    item.id = `${select.id}-${at}`;
    item.setAttribute("role", "option");
    return { item, value: one.value, name: one.textContent, regions: one.dataset.regions.split(" "),
      text: plain(`${one.textContent} ${one.dataset.also}`) };
  });
  let found = [];
  let active = -1;

  const close = () => {
    list.hidden = true;
    active = -1;
    box.setAttribute("aria-expanded", "false");
    box.removeAttribute("aria-activedescendant");
  };
  const mark = (at) => {
    found[active]?.item.setAttribute("aria-selected", "false");
    active = at;
    found[active]?.item.setAttribute("aria-selected", "true");
    found[active]?.item.scrollIntoView({ block: "nearest" });
    if (found[active]) box.setAttribute("aria-activedescendant", found[active].item.id);
  };
  const open = (some, words) => {
    found = some;
    active = -1;
    for (const { item } of muscles) item.setAttribute("aria-selected", "false");
    list.replaceChildren(...found.map(({ item }) => item));
    list.hidden = !found.length;
    box.setAttribute("aria-expanded", String(!list.hidden));
    box.removeAttribute("aria-activedescendant");
    said.textContent = words ?? (found.length ? form.dataset.many.replace("%(number)s", found.length) : form.dataset.none);
  };
  const search = () => {
    const parts = plain(box.value).split(/\s+/).filter(Boolean);
    const some = muscles.filter(({ text }) => parts.every((part) => text.includes(part)));
    const first = ({ text }) => (text.startsWith(parts[0] ?? "") ? 0 : 1);
    open(some.sort((one, other) => first(one) - first(other) || one.name.localeCompare(other.name)));
  };
  const take = (muscle) => {
    select.value = muscle.value;
    box.value = muscle.name;
    close();
    said.textContent = form.dataset.chosen.replace("%(muscle)s", muscle.name);
    chosen(muscle);
  };

  box.addEventListener("input", () => {
    select.value = "";
    search();
  });
  box.addEventListener("click", () => list.hidden && search());
  box.addEventListener("blur", () => setTimeout(close, 150));
  box.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (list.hidden) search();
      const step = event.key === "ArrowDown" ? 1 : -1;
      if (found.length) mark((active + step + found.length + (active < 0 && step < 0 ? 1 : 0)) % found.length);
    } else if (event.key === "Enter") {
      event.preventDefault();
      if (!list.hidden && (found[active] ?? found[0])) take(found[active] ?? found[0]);
    } else if (event.key === "Escape" && !list.hidden) {
      event.preventDefault();
      close();
    }
  });
  list.addEventListener("pointerdown", (event) => event.preventDefault()); // the box keeps the focus
  list.addEventListener("click", ({ target }) => {
    const muscle = muscles.find(({ item }) => item === target.closest("li"));
    if (muscle) take(muscle);
  });
  if (select.value) box.value = select.selectedOptions[0].textContent;
  return {
    box,
    at: (region, words) => {
      box.value = "";
      select.value = "";
      box.focus();
      open(muscles.filter(({ regions }) => regions.includes(region)), words);
    },
    clear: () => {
      box.value = "";
      select.value = "";
      said.textContent = "";
    },
  };
}

function enhance(form) {
  const part = (name) => form.querySelector(`[data-${name}]`);
  const [sites, empty, said, unsaved, entry, pattern, check] =
    ["sites", "empty", "said", "unsaved", "entry", "row", "check"].map(part);
  const map = form.closest("section").querySelector(".body-map");
  const field = (name) => form.elements.namedItem(name);
  const sides = [...form.querySelectorAll('[name="add"]')];
  const rows = () => [...sites.children];
  let dirty = "pending" in form.dataset;
  let warned = false;
  let side = "";
  let turn = 0;

  const press = (value) => sides.forEach((button) => button.classList.toggle("meant", button.value === value));
  const muscle = combobox(field("muscle"), form, ({ regions }) => {
    entry.hidden = regions.length < 2;
    field("entry").value = "";
    for (const option of field("entry").querySelectorAll("option"))
      option.hidden = Boolean(option.value) && !regions.includes(option.value);
    const meant = sides.find((button) => button.value === side) ?? sides[0];
    meant.focus();
  });
  entry.hidden = !field("entry").value;
  check.hidden = true;

  const lined = ([kind, cite, text, to]) => {
    const line = element("p", "", "site-line");
    const link = element("a", `${kind === "hit" ? "■" : "▲"} ${cite}`, kind);
    link.href = `#part-${to}`;
    line.append(link, ` ${text}`);
    return line;
  };
  const fill = (row, made) => {
    const words = element("span", made.words, "site-words");
    if (made.nearLung) words.append(" ", element("span", form.dataset.lung, "care"));
    else if (!made.lines.length) words.append(" ", element("span", "", "met"));
    row.querySelector("[data-site]").replaceChildren(words, ...made.lines.map(lined));
    for (const name of row.querySelectorAll("[data-words]")) name.textContent = made.words;
    const ways = row.querySelector("[data-ways]");
    ways.querySelectorAll("button").forEach((button) => button.remove());
    ways.append(...made.ways.map(([token, name]) => {
      const button = element("button", name, "button");
      Object.assign(button, { type: "submit", name: "replace", value: `${made.token} ${token}` });
      return button;
    }));
    ways.hidden = !made.ways.length;
  };
  const rowOf = (made) => {
    const row = pattern.content.firstElementChild.cloneNode(true);
    row.dataset.token = made.token;
    row.querySelector('[name="site"]').value = made.token;
    row.querySelector('[name="number-"]').name = `number-${made.token}`;
    row.querySelector('[name="depth-"]').name = `depth-${made.token}`;
    row.querySelector('[name="remove"]').value = made.token;
    return row;
  };
  const notice = (words) => element("p", words, "notice notice-warning");
  const show = (answer) => {
    const kept = new Map(rows().map((row) => [row.dataset.token, row]));
    const now = answer.rows.map((made) => {
      const row = kept.get(made.token) ?? rowOf(made);
      fill(row, made);
      return row;
    });
    sites.replaceChildren(...now);
    empty.hidden = Boolean(now.length);
    said.replaceChildren(...[answer.notice, ...answer.void].filter(Boolean).map(notice));
    const planned = new Set(answer.rows.flatMap(({ areas }) => areas));
    for (const shape of map.querySelectorAll("[data-area]")) {
      const here = planned.has(shape.dataset.area);
      shape.classList.toggle("picked", here);
      shape.classList.toggle("unpicked", !here && shape.classList.contains("planned"));
    }
  };
  const soil = () => {
    dirty = true;
    unsaved.hidden = false;
  };

  /** Ask the server what the picks come to; `changes` are what a button would have sent. */
  const look = async (changes) => {
    const mine = ++turn;
    const body = new FormData(form);
    for (const [name, value] of Object.entries(changes)) body.append(name, value);
    try {
      const answer = await fetch(form.dataset.look, { method: "POST", body, redirect: "error" });
      const made = await answer.json();
      if (mine !== turn) return false;
      if (made.problem) {
        said.replaceChildren(Object.assign(element("p", made.problem, "field-error")));
        return false;
      }
      show(made);
      soil();
      return true;
    } catch {
      if (mine === turn) said.replaceChildren(notice(form.dataset.failed));
      return false;
    }
  };

  form.addEventListener("click", async (event) => {
    const button = event.target.closest("button");
    if (!button || !["add", "remove", "replace"].includes(button.name)) return;
    event.preventDefault();
    if (button.name === "add") {
      if (await look({ add: button.value })) {
        if (button.value === "area") field("area").value = "";
        else muscle.clear();
        entry.hidden = true;
        side = "";
        press("");
        if (button.value !== "area") muscle.box.focus();
      }
      return;
    }
    if (await look({ [button.name]: button.value })) muscle.box.focus();
  });
  form.addEventListener("change", ({ target }) => {
    if (target.matches('[name="needles"], [name="technique"], [name^="number-"], [name^="depth-"]')) soil();
  });

  map.classList.add("tapped");
  map.addEventListener("click", ({ clientX, clientY }) => {
    const area = areaAt(map, clientX, clientY);
    if (!area) return;
    const [, region, of] = area.match(/^(.*?)(?:_(left|right))?$/);
    side = of ?? "";
    press(side);
    const shape = map.querySelector(`[data-area="${area}"] title`);
    muscle.at(region, form.dataset.here.replace("%(place)s", shape?.textContent ?? ""));
    muscle.box.scrollIntoView({ block: "nearest" });
  });

  document.addEventListener("submit", (event) => {
    if (event.target === form || warned) dirty = false;
    else if (dirty && event.target.method === "post") {
      warned = true;
      event.preventDefault();
      event.stopImmediatePropagation();
      soil();
      unsaved.scrollIntoView({ block: "center" });
      unsaved.focus();
    }
  }, true);
  window.addEventListener("beforeunload", (event) => {
    if (dirty) event.preventDefault();
  });
}

document.querySelectorAll("[data-plan]").forEach(enhance);
