// A line of code with a button that copies it.

function render({ model, el }) {
  const box = document.createElement("div");
  const button = document.createElement("button");
  const code = document.createElement("pre");
  box.className = "course-copy";
  button.type = "button";
  button.textContent = model.get("label");
  button.title = model.get("hint");
  code.className = "course-code";
  code.tabIndex = 0;
  box.append(button, code);
  el.append(box);

  const draw = () => {
    code.textContent = model.get("text");
    button.disabled = !model.get("text");
  };
  const copied = () => {
    button.textContent = "Copied";
    setTimeout(() => (button.textContent = model.get("label")), 1500);
  };
  // A page that is not served from this machine nor by https has no clipboard: the text is marked, for Ctrl-C.
  const mark = () => {
    getSelection().selectAllChildren(code);
    if (document.execCommand("copy")) copied();
  };
  button.addEventListener("click", () => {
    if (navigator.clipboard) navigator.clipboard.writeText(model.get("text")).then(copied, mark);
    else mark();
  });
  model.on("change:text", draw);
  draw();
}

export default { render };
