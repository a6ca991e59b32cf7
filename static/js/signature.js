/* The signature pad: a list of strokes, each a list of [x, y] on a sheet of 1000 by 350, whatever the size of the screen.
   Kept in the form's hidden field alone, at the end of each stroke. Without this file only the typed name is shown. */

const WIDTH = 1000;
const HEIGHT = 350;
const MOST_POINTS = 2000;
const APART = 3;
const PALM = 1000; // milliseconds after a pen in which a touch is the hand that holds it

const count = (strokes) => strokes.reduce((sum, stroke) => sum + stroke.length, 0);
const within = (value, most) => Math.min(most, Math.max(0, Math.round(value)));
const isStroke = (stroke) =>
  Array.isArray(stroke) && stroke.length > 0 && stroke.every((point) => Array.isArray(point) && point.every(Number.isFinite));

/** Every second point of each stroke, its ends kept. */
const thinned = (strokes) =>
  strokes.map((stroke) => stroke.filter((_, i) => i % 2 === 0 || i === stroke.length - 1));

function earlier(field) {
  try {
    const strokes = JSON.parse(field.value);
    return Array.isArray(strokes) ? strokes.filter(isStroke) : [];
  } catch {
    return [];
  }
}

function trace(pen, stroke) {
  const [first, ...rest] = stroke;
  const last = stroke.at(-1);
  pen.beginPath();
  pen.moveTo(...first);
  rest.forEach((point, i) => {
    const before = stroke[i];
    pen.quadraticCurveTo(...before, (before[0] + point[0]) / 2, (before[1] + point[1]) / 2);
  });
  pen.lineTo(last[0] + (rest.length ? 0 : 0.1), last[1]);
  pen.stroke();
}

function enhance(pad) {
  const part = (name) => pad.querySelector(`[data-pad-${name}]`);
  const canvas = pad.querySelector("canvas");
  const field = pad.querySelector(`input[name="${pad.dataset.name}"]`);
  const typed = part("typed").querySelector("input");
  let strokes = earlier(field);
  let current = null; // the stroke being drawn, and the pointer that draws it
  let pointer = null;
  let penAt = -Infinity;

  const save = () => {
    field.value = strokes.length && !part("drawn").hidden ? JSON.stringify(strokes) : "";
    const left = [part("undo"), part("clear")].includes(document.activeElement) && !strokes.length;
    part("undo").disabled = part("clear").disabled = !strokes.length;
    if (left) pad.focus({ preventScroll: true });
  };
  const draw = () => {
    const sharp = window.devicePixelRatio || 1;
    canvas.width = Math.round(canvas.clientWidth * sharp);
    canvas.height = Math.round(canvas.clientHeight * sharp);
    const pen = canvas.getContext("2d");
    pen.scale(canvas.width / WIDTH, canvas.height / HEIGHT);
    pen.strokeStyle = getComputedStyle(canvas).color;
    Object.assign(pen, { lineWidth: 6, lineCap: "round", lineJoin: "round" });
    strokes.forEach((stroke) => trace(pen, stroke));
  };
  const room = () => {
    if (count(strokes) >= MOST_POINTS) strokes = thinned(strokes);
    return count(strokes) < MOST_POINTS;
  };
  const add = (event) => {
    if (!room()) return;
    current = strokes.at(-1);
    const box = canvas.getBoundingClientRect();
    const point = [
      within(((event.clientX - box.left) / box.width) * WIDTH, WIDTH),
      within(((event.clientY - box.top) / box.height) * HEIGHT, HEIGHT),
    ];
    const last = current.at(-1);
    if (!last || Math.hypot(point[0] - last[0], point[1] - last[1]) >= APART) current.push(point);
  };
  const change = (next) => {
    strokes = next;
    draw();
    save();
  };
  const way = (drawing) => {
    part("drawn").hidden = !drawing;
    part("typed").hidden = typed.disabled = drawing;
    part("undo").hidden = part("clear").hidden = !drawing;
    part("draw").setAttribute("aria-pressed", drawing);
    part("type").setAttribute("aria-pressed", !drawing);
    draw();
    save();
  };
  /** One stroke at a time: a second finger is ignored, and so is the hand below a pen, even when it came first. */
  const mayBegin = (event) => {
    if (event.button !== 0) return false;
    if (event.pointerType === "pen") {
      if (current && penAt !== Infinity) strokes = strokes.slice(0, -1);
      penAt = Infinity;
      return true;
    }
    return !current && !(event.pointerType === "touch" && event.timeStamp - penAt < PALM);
  };

  canvas.addEventListener("pointerdown", (event) => {
    if (!mayBegin(event) || !room()) return;
    event.preventDefault();
    canvas.setPointerCapture(event.pointerId);
    pointer = event.pointerId;
    strokes.push([]);
    add(event);
    draw();
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!current || event.pointerId !== pointer) return;
    (event.getCoalescedEvents?.() ?? [event]).forEach(add);
    draw();
  });
  const lift = (event) => {
    if (!current || event.pointerId !== pointer) return;
    if (event.pointerType === "pen") penAt = event.timeStamp;
    current = null;
    save();
  };
  canvas.addEventListener("pointerup", lift);
  canvas.addEventListener("pointercancel", lift);
  canvas.addEventListener("lostpointercapture", lift);
  part("undo").addEventListener("click", () => change(strokes.slice(0, -1)));
  part("clear").addEventListener("click", () => change([]));
  part("type").addEventListener("click", () => {
    way(false);
    typed.focus();
  });
  part("draw").addEventListener("click", () => way(true));
  new ResizeObserver(draw).observe(canvas);
  part("tools").hidden = false;
  way(strokes.length > 0 || !typed.value);
}

document.querySelectorAll("[data-pad]").forEach(enhance);
