"""A button to choose a picture with."""

from __future__ import annotations

import base64
from typing import Any

import ipywidgets as widgets

from course_utils.errors import CourseError
from course_utils.pictures.loading import Source, load_picture
from course_utils.pictures.saving import encode
from course_utils.pictures.sizes import resize
from course_utils.portfolio import remember_picture
from course_utils.widgets.closing import close_all, replace_of_same_cell
from course_utils.widgets.failures import refusal
from course_utils.widgets.parts import FileInput

PREVIEW = 260


class Upload(widgets.VBox):
    """A button that takes a picture file from the reader's machine, with a preview under it.

    picture: the chosen picture (h, w, 3), float32, 0..255, or the one to use instead until a file is chosen.
    instead: that one, anything that `load_picture` takes. size: longest side; larger pictures are made smaller.
    remember: a chosen picture is the one that `my_picture` gives from then on.
    """

    def __init__(self, instead: Source = "coffee", size: int = 512, remember: bool = False) -> None:
        self.size = size
        self.remember = remember
        self.button = FileInput(
            self._choose,
            self._say,
            lambda name, share: self._say(f"{name}: {share:.0%} is here"),
            label="Choose a picture",
            hint="A JPEG, PNG, WebP, TIFF or GIF, or a phone's HEIC",
        )
        self.words = widgets.Label()
        self.preview = widgets.Image(format="jpeg", layout=widgets.Layout(width=f"{PREVIEW}px"))
        super().__init__([widgets.HBox([self.button, self.words]), self.preview])
        replace_of_same_cell(self)
        self._take(instead, str(instead) if isinstance(instead, str) else "a picture")

    def close(self) -> None:
        """Take it off the page. Its picture stays."""
        close_all(self, keep=["picture"])

    def _say(self, words: str) -> None:
        self.words.value = words

    def _choose(self, name: str, data: bytes) -> None:
        if self._take(data, name) and self.remember:
            try:
                remember_picture(self.picture)
            except CourseError as error:
                self._say(str(error))

    def _take(self, source: Source, name: str) -> bool:
        """Show a picture; False, with a word why, if it cannot be read."""
        try:
            picture = load_picture(source)
        except Exception as error:  # A decoder may raise anything: it is the file that cannot be read.
            self._say(refusal(name, error))
            return False
        height, width = picture.shape[:2]
        self.picture = resize(picture, self.size) if max(height, width) > self.size else picture
        smaller = f", made {self.picture.shape[1]} x {self.picture.shape[0]}" if self.picture is not picture else ""
        self.words.value = f"{name}: {width} x {height}{smaller}"
        self.preview.value = encode(resize(self.picture, PREVIEW))
        return True

    def _repr_mimebundle_(self, **options: Any) -> Any:
        """The widget, and a picture of it for pages on which no widget lives."""
        bundle = super()._repr_mimebundle_(**options)
        data, meta = bundle if isinstance(bundle, tuple) else (bundle, {})
        still = base64.b64encode(self.preview.value).decode()
        words = "A button to choose a picture, and the picture that is chosen."
        return {**data, "image/jpeg": still, "text/plain": words}, meta | {"image/jpeg": {"alt": words}}
