// A picture that can be clicked, dragged over, and walked on with the arrow keys. Places are sent as shares of its sides.

function render({ model, el }) {
  const frame = document.createElement("div");
  const image = document.createElement("img");
  const cursor = document.createElement("div");
  const marks = document.createElement("div");
  frame.className = "course-canvas";
  cursor.className = "course-cursor";
  marks.className = "course-marks";
  image.draggable = false;
  frame.append(image, marks, cursor);
  el.append(frame);

  // A picture is let go only when a later one is there: pictures come faster than a slow browser draws them.
  let urls = [];
  const draw = () => {
    urls.push(URL.createObjectURL(new Blob([model.get("data")])));
    image.src = urls.at(-1);
  };
  image.addEventListener("load", () => {
    const shown = urls.indexOf(image.currentSrc);
    urls.splice(0, shown).forEach((url) => URL.revokeObjectURL(url));
  });
  const dress = () => {
    const mode = model.get("mode");
    image.alt = model.get("alt");
    frame.style.maxWidth = `${model.get("width")}px`;
    frame.dataset.mode = mode;
    frame.classList.toggle("course-pixelated", model.get("pixelated"));
    frame.title = mode ? model.get("hint") : "";
    if (mode) {
      frame.tabIndex = 0;
      frame.setAttribute("role", "application");
      frame.setAttribute("aria-label", `${model.get("alt")} ${model.get("hint")}`);
    }
  };
  const mark = () => {
    marks.replaceChildren(
      ...model.get("boxes").map(([left, top, right, bottom]) => {
        const box = document.createElement("div");
        const percent = (share) => `${100 * share}%`;
        Object.assign(box.style, { left: percent(left), top: percent(top) });
        Object.assign(box.style, { width: percent(right - left), height: percent(bottom - top) });
        return box;
      }),
    );
  };

  // The cursor is where the keys are; `corner` is where a box was begun, by mouse or key.
  let at = [0.5, 0.5];
  let corner = null;
  let pressed = false;
  const within = (share) => Math.min(1, Math.max(0, share));
  const place = (event) => {
    const r = image.getBoundingClientRect();
    return [within((event.clientX - r.left) / r.width), within((event.clientY - r.top) / r.height)];
  };
  const show = () => {
    cursor.style.left = `${100 * at[0]}%`;
    cursor.style.top = `${100 * at[1]}%`;
    if (corner) model.set("boxes", [spanned()]), mark();
  };
  const spanned = () => [0, 1].map((k) => Math.min(corner[k], at[k])).concat([0, 1].map((k) => Math.max(corner[k], at[k])));
  const end = () => {
    const box = spanned();
    corner = null;
    model.send({ event: "box", box });
  };
  const send = (event) => model.send({ event, place: at });

  frame.addEventListener("pointerdown", (event) => {
    if (!model.get("mode") || event.button) return;
    frame.focus({ preventScroll: true });
    frame.setPointerCapture(event.pointerId);
    at = place(event);
    pressed = true;
    if (model.get("mode") === "box") corner = at;
    else send("click");
    show();
  });
  frame.addEventListener("pointermove", (event) => {
    if (!pressed) return;
    const now = place(event);
    if (Math.hypot(now[0] - at[0], now[1] - at[1]) < 0.01) return;
    at = now;
    if (model.get("mode") === "click") send("drag");
    show();
  });
  frame.addEventListener("pointerup", () => {
    if (pressed && corner) end();
    pressed = false;
  });
  frame.addEventListener("pointercancel", () => {
    pressed = false;
    corner = null;
  });
  frame.addEventListener("keydown", (event) => {
    const step = event.shiftKey ? 0.1 : 0.02;
    const moves = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] };
    const move = moves[event.key];
    if (!model.get("mode") || !(move || ["Enter", " ", "Escape"].includes(event.key))) return;
    event.preventDefault();
    event.stopPropagation(); // Or the notebook would take the key for a command of its own.
    if (move) at = [within(at[0] + move[0]), within(at[1] + move[1])];
    else if (event.key === "Escape") corner = null;
    else if (model.get("mode") === "click") send("click");
    else if (corner) end();
    else corner = at;
    show();
  });

  model.on("change:data", draw);
  model.on("change:boxes", mark);
  for (const name of ["alt", "width", "mode", "hint", "pixelated"]) model.on(`change:${name}`, dress);
  draw();
  dress();
  mark();
  show();
  model.send({ event: "ready" });
  return () => urls.forEach((url) => URL.revokeObjectURL(url));
}

export default { render };
