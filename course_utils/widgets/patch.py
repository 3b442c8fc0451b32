"""A picture, or a patch of it that is picked with the mouse or the keys."""

from __future__ import annotations

from collections.abc import Callable

import ipywidgets as widgets
import numpy as np

from course_utils.widgets.chooser import LARGEST, Chooser
from course_utils.widgets.parts import Canvas
from course_utils.widgets.studio import Studio, row

HINT = "Drag over a patch. With keys: arrows move, Enter sets one corner and then the other."


class PatchPicker(widgets.VBox):
    """A chooser, the picture on which a box is drawn, and a button that takes the whole picture again.

    studio: whose status line is written in. label: what the picture is for. first: a name or a path. size: pixels on
    the longest side with which it is looked at. least: the shortest side, in those pixels, that a patch may have.
    changed: called when another picture or patch has been picked.
    """

    def __init__(
        self, studio: Studio, label: str, first: str, size: int, least: int, changed: Callable[[], None]
    ) -> None:
        self.studio, self.label, self.size, self.least, self.changed = studio, label, size, least, changed
        self.box: tuple[int, int, int, int] | None = None  # Top, bottom, left and right of the patch, in pixels.
        self.chooser = Chooser(label, first, say=studio.say, complain=studio.complain,
                               changed=studio.guarded(self._another), order=("paintings", "photographs"))  # fmt: skip
        self.canvas = Canvas(mode="box", width=300, hint=HINT)
        self.canvas.on("box", lambda message, _: studio.guarded(self._picked)(message["box"]))
        self.whole = studio.button("Whole picture", self.take_whole, f"{label}: leave the patch, take all of it again")
        self.words = widgets.HTML()
        super().__init__([self.chooser, self.canvas, row(self.whole, self.words)])
        self._draw()

    @property
    def picture(self) -> np.ndarray:
        """What is picked, (h, w, 3), 0..255, in the pixels that are looked at."""
        whole = self.chooser.sized(self.size)
        if self.box is None:
            return whole
        top, bottom, left, right = self.box
        return whole[top:bottom, left:right]

    @property
    def name(self) -> str:
        """What is picked, in words."""
        return self.chooser.source if self.box is None else f"a patch of {self.chooser.source}"

    @property
    def code(self) -> str:
        """Python that gives `picture`; see the chooser's `note`."""
        source, picture = repr(self.chooser.source), self.chooser.picture
        if max(picture.shape[:2]) < LARGEST:
            whole = f"load_picture({source}, {self.size})"
        else:  # The chooser has made it smaller already, and the pixels are those of two steps.
            whole = f"resize(load_picture({source}, {LARGEST}), {self.size})"
        return whole if self.box is None else whole + "[{}:{}, {}:{}]".format(*self.box)

    def too_small(self) -> str:
        """What is wrong with the size of what is picked, and what to do; empty if nothing is."""
        height, width = self.picture.shape[:2]
        if min(height, width) >= self.least:
            return ""
        return (
            f"{self.label}: {self.chooser.source} has {width} x {height} pixels here, and every side needs at least "
            f"{self.least}: choose a larger or less narrow picture."
        )

    def take_whole(self) -> None:
        """Leave the patch."""
        self.box = None
        self._draw()
        self.changed()

    def _another(self) -> None:
        self.box = None
        self._draw()
        self.changed()

    def _picked(self, shares: list[float]) -> None:
        height, width = self.chooser.sized(self.size).shape[:2]
        left, top, right, bottom = (round(share * side) for share, side in zip(shares, (width, height) * 2))
        self.canvas.boxes = [shares]  # The browser has drawn it already; now both sides agree, whatever comes next.
        if min(bottom - top, right - left) >= self.least:
            self.box = (top, bottom, left, right)
            self._draw()
            self.changed()
            return
        self._draw()
        if max(bottom - top, right - left) <= 2:  # A click that brings the keys here, and no drag.
            self.studio.say(f"{self.label}: {HINT}")
            return
        self.studio.complain(
            f"{self.label}: a patch of {right - left} x {bottom - top} pixels is too small, every side needs at least "
            f"{self.least} of the {width} x {height} that are looked at: draw a larger one."
        )

    def _draw(self) -> None:
        whole, source = self.chooser.sized(self.size), self.chooser.source
        height, width = whole.shape[:2]
        if self.box is None:
            self.canvas.boxes, said = [], f"the whole picture, {width} x {height} pixels"
        else:
            top, bottom, left, right = self.box
            self.canvas.boxes = [[left / width, top / height, right / width, bottom / height]]
            said = f"a patch of {right - left} x {bottom - top} pixels, from ({left}, {top}) of {width} x {height}"
        self.canvas.show(whole)
        self.canvas.alt = f"{self.label}: {source}, {said}."
        self.words.value = f"<span>{said}</span>"
        self.whole.disabled = self.box is None
