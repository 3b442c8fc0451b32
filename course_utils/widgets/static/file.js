// A file from the reader's machine, sent in parts: a server refuses long messages, and cuts the connection at one.

const PART = 1 << 20;

function render({ model, el }) {
  const label = document.createElement("label");
  const input = document.createElement("input");
  const text = document.createElement("span");
  label.className = "course-file";
  label.title = model.get("hint");
  input.type = "file";
  input.accept = model.get("accept");
  text.textContent = model.get("label");
  label.append(input, text);
  el.append(label);

  let file = null;
  let sent = 0;
  const start = (chosen) => {
    if (!chosen) return;
    file = null;
    if (chosen.size > model.get("largest")) return model.send({ event: "too large", name: chosen.name, size: chosen.size });
    file = chosen;
    sent = 0;
    next();
  };
  const next = async () => {
    const now = file;
    if (!now) return;
    const part = await now.slice(sent, sent + PART).arrayBuffer();
    if (file !== now) return; // Another file was chosen meanwhile.
    const first = sent === 0;
    sent += part.byteLength;
    const last = sent >= now.size;
    model.send({ event: "part", name: now.name, size: now.size, first, last }, undefined, [part]);
    if (last) file = null;
  };

  input.addEventListener("change", () => {
    start(input.files[0]);
    input.value = ""; // The same file can be chosen again.
  });
  for (const kind of ["dragover", "drop"]) {
    label.addEventListener(kind, (event) => {
      event.preventDefault();
      event.stopPropagation(); // Or JupyterLab would take the file into its own list.
      if (kind === "drop") start(event.dataTransfer.files[0]);
    });
  }
  model.on("msg:custom", (message) => message.event === "next" && next());
}

export default { render };
