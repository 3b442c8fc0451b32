// Things to choose one of, each a tile with a picture or a bar: radio buttons that look like what they stand for.

function render({ model, el }) {
  const group = document.createElement("div");
  group.setAttribute("role", "radiogroup");
  el.append(group);
  let urls = [];

  const build = () => {
    const old = urls; // They may still be loading.
    setTimeout(() => old.forEach((url) => URL.revokeObjectURL(url)), 5000);
    urls = model.get("pictures").map((data) => URL.createObjectURL(new Blob([data])));
    group.className = `course-tiles course-tiles-${model.get("look")}`;
    group.setAttribute("aria-label", model.get("label"));
    const tiles = model.get("names").map((name, k) => {
      const tile = document.createElement("button");
      tile.type = "button";
      tile.setAttribute("role", "radio");
      tile.title = model.get("hints")[k] ?? name;
      if (urls[k]) {
        const image = document.createElement("img");
        image.src = urls[k];
        image.alt = "";
        tile.append(image);
      }
      const bar = model.get("bars")[k];
      if (bar) {
        const drawn = document.createElement("i");
        Object.assign(drawn.style, { width: `${bar[0]}px`, height: `${bar[1]}px` });
        tile.append(drawn);
      }
      const text = document.createElement("span");
      text.textContent = name;
      tile.append(text);
      tile.addEventListener("click", () => choose(k));
      return tile;
    });
    group.replaceChildren(...tiles);
    mark();
  };
  const mark = () => {
    const chosen = model.get("value");
    [...group.children].forEach((tile, k) => {
      tile.setAttribute("aria-checked", k === chosen);
      tile.tabIndex = k === Math.max(0, chosen) ? 0 : -1;
    });
  };
  const choose = (k) => {
    model.set("value", k);
    model.save_changes();
    model.send({ event: "chosen", value: k }); // Told even if it is the same: a moment may be gone back to twice.
    mark();
  };
  group.addEventListener("keydown", (event) => {
    const move = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 }[event.key];
    const count = group.children.length;
    if (!move || !count) return;
    event.preventDefault();
    event.stopPropagation();
    const next = ([...group.children].indexOf(document.activeElement) + move + count) % count;
    group.children[next].focus();
    choose(next);
  });

  for (const name of ["names", "pictures", "bars", "hints", "look", "label"]) model.on(`change:${name}`, build);
  model.on("change:value", mark);
  build();
  return () => urls.forEach((url) => URL.revokeObjectURL(url));
}

export default { render };
