"""What the studios that make a picture share: run, stop, undo, start again, save, and the code that makes the same."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import ipywidgets as widgets
import numpy as np

from course_utils.optimize.states import State
from course_utils.pictures.saving import save_picture, to_image
from course_utils.widgets.chooser import Chooser
from course_utils.widgets.parts import Canvas, CopyText
from course_utils.widgets.recipes import Recipe, with_imports
from course_utils.widgets.regions import RegionPicker
from course_utils.widgets.studio import Studio, free_stem, row
from course_utils.widgets.worker import DONE

MOST_UNDONE, REGIONS_SIZE = 10, 256  # Pictures to go back to; longest side of the picture of regions, in pixels.


@dataclass(frozen=True)
class Moment:
    """A picture (h, w, 3), 0..255, and the recipes of the lines of code that make it.

    masks: (h, w), 0..255, by the ends of the names of the files that the lines read, after the stem. command: the
    recipe of a command that makes the same, if there is one. fresh: whether no run has led here. controls: what the
    controls said.
    """

    picture: np.ndarray
    lines: tuple[Recipe, ...] = ()
    masks: dict[str, np.ndarray] = field(default_factory=dict)
    command: Recipe | None = None
    fresh: bool = False
    controls: dict[Any, Any] = field(default_factory=dict)


class Maker(Studio):
    """A studio in which a picture grows.

    A subclass says what a run is: `settings` reads the controls (with "masks" among them, as a Moment has them),
    `steps` is the run as an iterator of States, `line` the recipe of the line of code that does the same. Controls that
    are given to `live` take effect while it runs: the run ends, and another goes on from the picture as it is. Those in
    `remembered` come back with a moment. now: the moment that is shown.
    """

    source: Chooser  # Of the picture that is begun with.
    regions: RegionPicker
    kind = "picture"  # Stem of the files that it saves.
    verb = "Run"

    def __init__(self, alt: str) -> None:
        super().__init__()
        self.canvas = Canvas(alt=alt, width=640)
        self.now = Moment(np.zeros((1, 1, 3), "float32"))
        self.past: list[Moment] = []
        self.remembered: list[Any] = []  # Controls, and choosers and pickers, that a moment remembers.
        self.working = False
        self._state: State | None = None
        self._settings: dict[str, Any] = {}
        self._count = 0
        self.run_button = self.button(self.verb, self.run, "Go on from the picture as it is", button_style="primary")
        self.stop_button = self.button("Stop", self.stop, "End here and keep the picture", disabled=True)
        self.undo_button = self.button("Undo", self.undo, "Back to the picture before the last run", disabled=True)
        self.again_button = self.button("Start again", self.start_again, "Go back to the picture as it was chosen")
        self.save_button = self.button("Save PNG", self.save, "Write picture and settings beside the notebook")
        self.bar = widgets.FloatProgress(0, min=0, max=1, tooltip="How much of the run is done",
                                         layout=widgets.Layout(flex="1 1 80px", min_width="60px"))  # fmt: skip
        self.code = CopyText(label="Copy the code", hint="Copy the code that makes this picture")
        self.command = CopyText(label="Copy the command", hint="Copy the command that makes this picture")
        buttons = (self.run_button, self.stop_button, self.undo_button, self.again_button, self.save_button)
        self.made = widgets.VBox([self.canvas, row(*buttons, self.bar), self.status])
        self.opens_with(self.canvas)

    # What a subclass says

    def settings(self) -> dict[str, Any]:
        """What the controls ask for now. Raises CourseError for what does not fit."""
        raise NotImplementedError

    def total(self, settings: dict[str, Any]) -> int:
        """How many steps a run has at most."""
        raise NotImplementedError

    def steps(self, picture: np.ndarray, settings: dict[str, Any]) -> Iterator[State]:
        """A run, from a picture."""
        raise NotImplementedError

    def line(self, settings: dict[str, Any], last: State, count: int, whole: bool) -> Recipe:
        """The recipe of a run that ended with a State, the count-th, by itself or before its time."""
        raise NotImplementedError

    def first(self) -> Moment:
        """The moment before the first run."""
        raise NotImplementedError

    def command_for(self, settings: dict[str, Any], last: State) -> Recipe | None:
        """The command for a picture that one whole run has made, if there is one."""
        return None

    # What a person does

    def run(self) -> None:
        """Begin, or go on; while it works, nothing."""
        if self.working:
            return
        settings = self.settings()
        self._remember()
        self._go(settings)

    def stop(self) -> None:
        """End the run and keep the picture."""
        self.worker.stop()

    def live(self) -> None:
        """A control has moved: a run goes on from the picture as it is, with what the controls say now."""
        if self.working:
            settings = self.settings()
            self.worker.stop()
            self._go(settings)

    def undo(self) -> None:
        """Go back to the picture before the last run."""
        self.stop()
        if self.past:
            self.go_back(self.past.pop())
            self.say("Back at the picture before the last run, with the controls as they were.")

    def go_back(self, moment: Moment) -> None:
        """Be as at an earlier moment, the controls too."""
        for control, value in moment.controls.items():
            if isinstance(control, widgets.ValueWidget):
                control.value = value
            else:
                control.restore(value)
        self._become(moment)

    def start_again(self) -> None:
        """Go back to the beginning, with the controls as they are. That can be undone."""
        self.stop()
        self._remember()
        self._become(self.first())
        self.say("Back at the beginning.")

    def save(self) -> Path:
        """Write the picture, with its settings, beside the notebook."""
        self.stop()
        stem = free_stem(self.kind)
        path = Path(f"{stem}.png")
        save_masks(self.now.masks, stem)
        self._write_code(stem)
        words = {"code": self.code.text} | ({"command": self.command.text} if self.command.text else {})
        save_picture(self.now.picture, path, words)
        self.say(f"Saved as {path}, with its settings, in the folder of the notebook.")
        return path

    def picture_chosen(self) -> None:
        """Begin with another picture. That can be undone."""
        self.stop()
        self._remember()
        self._become(self.first())
        self.divide(anew=True)

    def divide(self, anew: bool = False) -> None:
        """Divide the picture into regions, for the first time or anew: not before somebody wants to see them."""
        if (self.regions.picture is not None) == anew:
            self.regions.divide(self.source.sized(REGIONS_SIZE))

    # How it goes on

    def _go(self, settings: dict[str, Any]) -> None:
        self._settings, self._state, self._count = settings, None, 0
        self._busy(True)
        self.say("Working. Move any control: it goes on from the picture as it is.")
        start = self.now.picture
        self.worker.submit(lambda: self.steps(start, settings), self._step, self._ended)

    def _step(self, state: State) -> None:
        self._state, self._count = state, self._count + 1
        self.bar.value = state.step / self.total(self._settings)
        if self.canvas.due():
            self.show(state.picture)

    def show(self, picture: np.ndarray) -> None:
        """Send a picture to the browser."""
        self.canvas.show(picture, 80)

    def _ended(self, how: str) -> None:
        try:
            if (last := self._state) is not None:
                self._become(self.moment(last, how == DONE))
                self.say(f"{'Done' if how == DONE else 'Stopped'}, after {last.step} steps.")
            else:
                self.say("Stopped before the first step.")
        finally:
            self._state = None
            self._busy(False)

    def moment(self, state: State, whole: bool) -> Moment:
        """What a State of the present run has come to. whole: whether the run ended there by itself."""
        settings = self._settings
        line = self.line(settings, state, self._count, whole)
        command = self.command_for(settings, state) if whole and self.now.fresh else None
        masks = self.now.masks | settings["masks"]
        picture, lines = np.clip(state.picture, 0, 255), (*self.now.lines, line)
        return Moment(picture, lines, masks, command, controls=self.controls())

    def controls(self) -> dict[Any, Any]:
        """What the controls say, by control, for `go_back`."""
        return {one: one.value if isinstance(one, widgets.ValueWidget) else one.state() for one in self.remembered}

    def failed(self, error: Exception) -> None:
        """Tell what went wrong, and keep what there is."""
        try:
            if self.working:
                self._ended("failed")
        finally:
            super().failed(error)

    def _busy(self, working: bool) -> None:
        self.working = working
        self.run_button.disabled, self.stop_button.disabled = working, not working
        if not working:
            self.bar.value = 0

    def _remember(self) -> None:
        self.past = [*self.past, self.now][-MOST_UNDONE:]
        self.undo_button.disabled = False

    def _become(self, moment: Moment) -> None:
        self.now = moment
        self.undo_button.disabled = not self.past
        self.show(moment.picture)
        self._write_code(free_stem(self.kind))

    def _write_code(self, stem: str) -> None:
        """Show the code and the command, with the stem of the files that they name."""
        code = "\n".join(line(stem) for line in self.now.lines)
        self.code.text = with_imports(code) if code else ""
        self.command.text = self.now.command(stem) if self.now.command else ""
        for part in (self.code, self.command):
            part.layout.display = None if part.text else "none"


def save_masks(masks: dict[str, np.ndarray], stem: str) -> None:
    """Write masks (h, w), 0..255, into files whose names are the stem and the end that is given."""
    for end, mask in masks.items():
        save_picture(np.repeat(mask[..., None], 3, 2), f"{stem}{end}")


def as_bytes(picture: np.ndarray) -> np.ndarray:
    """A picture as whole numbers, which take a quarter of the memory."""
    return np.asarray(to_image(picture))
