"""A picture to be chosen: one of the course's, a file of one's own, or a path."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence

import ipywidgets as widgets
import numpy as np

from course_utils.pictures.loading import Source, load_picture
from course_utils.pictures.saving import to_image
from course_utils.pictures.shipped import names
from course_utils.pictures.sizes import resize
from course_utils.widgets.failures import guarded, in_one_line, refusal
from course_utils.widgets.parts import FileInput

LARGEST = 4096  # Pixels on the longest side that are kept of a picture.
OWN = "(my own)"


class Chooser(widgets.VBox):
    """A list of names, a button for a file, and a line for a path.

    picture: what is chosen, (h, w, 3), as bytes, its longest side at most LARGEST. source: its name, its path, or, of
    an uploaded file, the name of the file. uploaded: whether it was. A bad choice is told, and changes nothing.

    label: what the picture is for. first: anything that `load_picture` takes. say, complain: where words and complaints
    go. changed: called when a picture has been chosen. order: of the groups in the list.
    """

    def __init__(
        self,
        label: str,
        first: Source,
        *,
        say: Callable[[str], None],
        complain: Callable[[str], None],
        changed: Callable[[], None] = lambda: None,
        order: Sequence[str] = ("photographs", "paintings"),
    ) -> None:
        known = [name for group in order for name in names()[group]]
        named = isinstance(first, str | os.PathLike)
        self.say, self.complain, self.changed = say, complain, changed
        self.names = widgets.Dropdown(
            options=[*known, OWN],
            value=first if named and first in known else OWN,
            description=label,
            tooltip=f"{label}: one of the course's pictures",
            layout=widgets.Layout(width="240px"),
        )
        self.file = FileInput(
            self._upload,
            complain,
            lambda name, share: say(f"{name}: {share:.0%} is here"),
            hint="Choose a picture file, or drop one here: JPEG, PNG, WebP, TIFF, GIF, or a phone's HEIC",
        )
        self.path = widgets.Text(
            placeholder="or a path, and Enter",
            continuous_update=False,
            tooltip="The path of a picture file, of any size, on the machine that runs the notebook",
            layout=widgets.Layout(width="180px"),
        )
        self.picture = _kept(load_picture(first))
        self.source, self.uploaded = str(first) if named else "of your own", not named
        named_ = guarded(self._named, lambda error: complain(in_one_line(error)))
        self.names.observe(lambda change: named_(change["new"]), "value")
        self.path.observe(lambda change: named_(change["new"].strip()), "value")
        look = widgets.Layout(flex_flow="row wrap", align_items="center")
        row = widgets.HBox([self.names, self.file, self.path], layout=look)
        super().__init__([row])

    def sized(self, size: int) -> np.ndarray:
        """The picture (h, w, 3), float32, 0..255, with `size` pixels on its longest side."""
        return resize(self.picture, size)

    def note(self) -> str:
        """What a line of code that loads the picture has to say of it."""
        return "  # Your file: it has to lie beside the notebook." if self.uploaded else ""

    def take(self, source: Source, name: str, uploaded: bool = False) -> bool:
        """Choose a picture by hand; whether it could be read."""
        try:
            picture = load_picture(source)
        except Exception as error:  # A decoder may raise anything: it is the file that cannot be read.
            self.complain(refusal(name, error))
            return False
        height, width = picture.shape[:2]
        self.picture = _kept(picture)
        smaller = f", made {self.picture.shape[1]} x {self.picture.shape[0]}" if max(height, width) > LARGEST else ""
        self.source, self.uploaded = name, uploaded
        self.say(f"{name}: {width} x {height} pixels{smaller}.")
        if uploaded or name not in self.names.options:
            self.names.value = OWN
        self.changed()
        return True

    def state(self) -> tuple[np.ndarray, str, bool]:
        """What `restore` needs."""
        return self.picture, self.source, self.uploaded

    def restore(self, state: tuple[np.ndarray, str, bool]) -> None:
        """Be as at the time of a `state`; nobody is told."""
        self.picture, self.source, self.uploaded = state
        self.names.value = OWN if self.uploaded or self.source not in self.names.options else self.source

    def _named(self, name: str) -> None:
        if name == OWN and self.source in self.names.options:
            self.say("Choose a file of your own with the button, or write its path beside it.")
        elif name and name not in (OWN, self.source) and self.take(name, name):
            self.path.value = name if name not in self.names.options else ""

    def _upload(self, name: str, data: bytes) -> None:
        self.take(data, name, uploaded=True)


def _kept(picture: np.ndarray) -> np.ndarray:
    """A picture as bytes, its longest side at most LARGEST."""
    return np.asarray(to_image(resize(picture, LARGEST) if max(picture.shape[:2]) > LARGEST else picture))
