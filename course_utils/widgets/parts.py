"""What the studios are built of and ipywidgets has not: a picture to click on, tiles, a line to copy, a file to choose.

Each is an anywidget: a class here with the traits that both sides share, and a script in static/ that draws it.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import anywidget
import traitlets

from course_utils.pictures.saving import encode
from course_utils.widgets.failures import guarded, in_one_line

STATIC = Path(__file__).resolve().parent / "static"
LARGEST_FILE = 256 << 20  # Bytes that are taken from a browser; they are held in memory, and more is no picture.


def _static(name: str) -> str:
    """The text of a script or style: a path becomes, in anywidget, a watched file that holds every widget for ever."""
    return (STATIC / name).read_text(encoding="utf-8")


class _Part(anywidget.AnyWidget):
    """An anywidget whose messages go to functions by the name of their event."""

    _css = _static("studio.css")

    def __init__(self, **traits: Any) -> None:
        super().__init__(**traits)
        self._listeners: dict[str, list[Callable]] = {}
        self.on_msg(self._heard)

    def on(self, event: str, listener: Callable[..., None]) -> None:
        """Call a function whenever the browser sends an event."""
        self._listeners.setdefault(event, []).append(listener)

    def _heard(self, _: Any, message: dict, buffers: list) -> None:
        for listener in self._listeners.get(message.get("event", ""), ()):
            listener(message, buffers)


class Canvas(_Part):
    """A picture in the browser.

    width: the most that it takes, in pixels of the page. alt: what it shows. mode: "" to look at only; "click": the
    events "click" and "drag" bring place, (x, y) as shares of width and height; "box": the event "box" brings box,
    (left, top, right, bottom). All are told by mouse, finger and keyboard alike. hint: what a click does.
    boxes: rectangles drawn on top. The event "ready" comes when a browser has drawn it.
    """

    _esm = _static("canvas.js")
    data = traitlets.Bytes().tag(sync=True)
    alt = traitlets.Unicode().tag(sync=True)
    width = traitlets.Int(384).tag(sync=True)
    mode = traitlets.Enum(["", "click", "box"], "").tag(sync=True)
    hint = traitlets.Unicode().tag(sync=True)
    pixelated = traitlets.Bool(False).tag(sync=True)
    boxes: traitlets.List[Any] = traitlets.List().tag(sync=True)

    _sent = 0.0

    def show(self, picture: Any, quality: int = 85) -> None:
        """Show a picture (h, w, 3), 0..255, as a JPEG."""
        self.data = encode(picture, quality=quality)
        self._sent = time.monotonic()

    def due(self) -> bool:
        """Whether another picture can be sent: a server carries about 1 MB a second, and drops what is more."""
        return time.monotonic() - self._sent >= max(0.1, len(self.data) / 4e5)


class Tiles(_Part):
    """Things to choose one of. names, and as far as they have them pictures (JPEG) or bars (width, height in pixels).

    look: "network" one under the other, "pictures" small pictures side by side, "words". value: the chosen one's
    number, or -1. The event "chosen" comes at each choice, of the same one too.
    """

    _esm = _static("tiles.js")
    label = traitlets.Unicode().tag(sync=True)
    names = traitlets.List(traitlets.Unicode()).tag(sync=True)
    pictures = traitlets.List(traitlets.Bytes()).tag(sync=True)
    bars: traitlets.List[Any] = traitlets.List().tag(sync=True)
    hints = traitlets.List(traitlets.Unicode()).tag(sync=True)
    look = traitlets.Enum(["network", "pictures", "words"], "words").tag(sync=True)
    value = traitlets.Int(-1).tag(sync=True)


class CopyText(_Part):
    """A text with a button that copies it."""

    _esm = _static("copy.js")
    text = traitlets.Unicode().tag(sync=True)
    label = traitlets.Unicode("Copy").tag(sync=True)
    hint = traitlets.Unicode("Copy the text beside").tag(sync=True)


class FileInput(_Part):
    """A button, on which a file can be dropped too, for a file of any size up to `largest` bytes.

    taken: called with the name and the bytes of a file. progress: with the name and the share, 0..1, that is here.
    refused: with a sentence, of any exception too.
    """

    _esm = _static("file.js")
    label = traitlets.Unicode("Your own picture").tag(sync=True)
    hint = traitlets.Unicode().tag(sync=True)
    accept = traitlets.Unicode("image/*,.heic,.heif").tag(sync=True)
    largest = traitlets.Int(LARGEST_FILE).tag(sync=True)

    def __init__(
        self,
        taken: Callable[[str, bytes], None],
        refused: Callable[[str], None],
        progress: Callable[[str, float], None] = lambda name, share: None,
        **traits: Any,
    ) -> None:
        super().__init__(**traits)
        self.taken, self.refused, self.progress = taken, refused, progress
        self._received = bytearray()
        self.on("part", guarded(self._part, lambda error: self.refused(in_one_line(error))))
        self.on("too large", self._too_large)

    def _part(self, message: dict, buffers: list) -> None:
        if message["first"]:
            self._received = bytearray()
        self._received += buffers[0]
        if message["last"]:
            whole, self._received = bytes(self._received), bytearray()
            self.taken(message["name"], whole)
            return
        self.progress(message["name"], len(self._received) / message["size"])
        self.send({"event": "next"})

    def _too_large(self, message: dict, _: list) -> None:
        self.refused(
            f"{message['name']} has {message['size'] / 2**20:,.0f} MiB, and a browser sends up to "
            f"{self.largest / 2**20:,.0f}: copy it beside the notebook and give its path."
        )
