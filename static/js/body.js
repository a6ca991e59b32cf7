/* The body map: a tap on the drawing ticks or unticks a box of the list, and drawing and words follow the boxes.
   The boxes alone are sent. Without this file there is only the list. */

const FORGIVEN = [3, 6, 9, 12]; // px beside an area
const AROUND = 24;
const TICK = "m-18 0l13 15l24-30";

/** The area at a spot of the screen, or the nearest one that a finger may have meant. */
function areaAt(drawing, x, y) {
  for (const away of [0, ...FORGIVEN]) {
    for (let step = 0; step < (away ? AROUND : 1); step += 1) {
      const angle = (2 * Math.PI * step) / AROUND;
      const found = document.elementFromPoint(x + away * Math.cos(angle), y + away * Math.sin(angle));
      const area = found?.closest("[data-area]");
      if (area && drawing.contains(area)) return area;
    }
  }
  return null;
}

function tick(shape) {
  const mark = document.createElementNS("http://www.w3.org/2000/svg", "path");
  mark.setAttribute("class", "body-tick");
  mark.setAttribute("d", TICK);
  mark.setAttribute("transform", `translate(${shape.dataset.at})`);
  shape.ownerSVGElement.append(mark);
  return mark;
}

function enhance(body) {
  const part = (name) => body.querySelector(`[data-${name}]`);
  const [drawing, said, marks, restore, alone] = ["drawing", "said", "marks", "restore", "alone"].map(part);
  const boxes = [...body.querySelectorAll(".body-list input")];
  const ticks = new Map();
  let takenAway = [];
  let unticked = false;

  const nameOf = (box) => box.labels[0].textContent.trim();
  const listed = (some) => some.map(nameOf).join(body.dataset.comma);
  const say = (sentence, some) => body.dataset[sentence].replace(/%\(places?\)s/, () => listed(some));
  const marked = () => boxes.filter((box) => box.checked);

  const draw = (box) => {
    for (const shape of drawing.querySelectorAll(`[data-area="${box.value}"]`)) {
      shape.classList.toggle("marked", box.checked);
      if (box.checked && !ticks.has(shape)) ticks.set(shape, tick(shape));
      if (!box.checked && ticks.has(shape)) {
        ticks.get(shape).remove();
        ticks.delete(shape);
      }
    }
  };
  const sentences = () => {
    const here = marked();
    if (takenAway.length) return [say("taken", takenAway)];
    if (alone.checked && !here.length) return [say("apart", [])];
    return [here.length ? say("marked", here) : say("nothing", []), ...(unticked ? [say("unticked", [])] : [])];
  };
  const write = () => {
    const lines = sentences();
    if (lines.join() === [...said.children].map((line) => line.textContent).join()) return;
    said.replaceChildren(...lines.map((line) => Object.assign(document.createElement("p"), { textContent: line })));
  };
  const offer = () => {
    const buttons = marked().map((box) => {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "button body-remove";
      button.value = box.value;
      button.textContent = say("remove", [box]);
      const item = document.createElement("li");
      item.append(button);
      return item;
    });
    marks.replaceChildren(...buttons);
    marks.hidden = !buttons.length;
    restore.hidden = !takenAway.length;
  };
  const show = () => {
    boxes.forEach(draw);
    write();
    offer();
  };

  /** As if the box had been pressed, for all that listen to the form. */
  const turn = (box, checked) => {
    box.checked = checked;
    for (const kind of ["input", "change"]) box.dispatchEvent(new Event(kind, { bubbles: true }));
  };

  const giveBack = () => {
    takenAway.forEach((box) => (box.checked = true));
    takenAway = [];
  };

  body.addEventListener("change", ({ target }) => {
    if (target === alone && alone.checked) {
      takenAway = marked();
      takenAway.forEach((box) => (box.checked = false));
      unticked = false;
    } else if (target === alone) {
      giveBack();
    } else if (target.checked) {
      unticked = alone.checked;
      takenAway = [];
      alone.checked = false;
    }
    show();
  });
  drawing.addEventListener("click", (event) => {
    const area = areaAt(drawing, event.clientX, event.clientY);
    const box = area && boxes.find((one) => one.value === area.dataset.area);
    if (box) turn(box, !box.checked);
  });
  marks.addEventListener("click", ({ target }) => {
    const box = boxes.find((one) => one.value === target.closest("button")?.value);
    if (!box) return;
    const at = marked().indexOf(box);
    turn(box, false);
    (marks.querySelectorAll("button")[at] ?? marks.querySelector("li:last-child button") ?? said).focus();
  });
  restore.addEventListener("click", () => {
    turn(alone, false);
    said.focus();
  });
  body.closest("form")?.addEventListener("reset", () => setTimeout(show));
  window.addEventListener("pageshow", show);

  const list = part("list");
  list.open = "problem" in list.dataset;
  body.dataset.ready = "";
  show();
}

document.querySelectorAll("[data-body]").forEach(enhance);
