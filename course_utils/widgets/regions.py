"""A picture whose regions can be chosen by clicks: where a dream, or a style, goes."""

from __future__ import annotations

from collections.abc import Callable

import ipywidgets as widgets
import numpy as np

from course_utils.pictures.regions import outlined, region_mask, superpixels
from course_utils.widgets.parts import Canvas
from course_utils.widgets.studio import row, slider


class RegionPicker(widgets.VBox):
    """Superpixels of a picture, chosen and let go by clicks or drags.

    While no region is chosen, all of the picture is meant.

    changed: called whenever the mask has changed. what: what goes where the mask is light, for the words. rule: a
    sentence about what is done with the regions. guarded: makes of a callback one whose exceptions are told.
    """

    def __init__(
        self,
        changed: Callable[[], None] = lambda: None,
        what: str = "the dream",
        rule: str = "",
        guarded: Callable[[Callable], Callable] = lambda callback: callback,
    ) -> None:
        self.changed, self.what = changed, what
        self.picture: np.ndarray | None = None
        self.labels: np.ndarray | None = None
        self.chosen: set[int] = set()
        self._adding = True
        self.canvas = Canvas(
            mode="click",
            width=380,
            alt=f"The picture, divided into regions, to say where {what} goes.",
            hint="Click a region to choose it or to let it go; drag over several.",
        )
        self.fine = slider("regions", 120, 20, 400, 20, "About how many regions the picture is divided into")
        self.feather = slider("feather", 4.0, 0.0, 20.0, 1.0, "How many pixels wide the border is softened")
        self.words = widgets.Label()
        self.canvas.on("click", guarded(lambda message, _: self._begin(message["place"])))
        self.canvas.on("drag", guarded(lambda message, _: self._drag(message["place"])))
        self.fine.observe(guarded(lambda _: self._divide()), "value")
        self.feather.observe(guarded(lambda _: self._tell()), "value")
        buttons = [
            self._button("Invert", guarded(self.invert), "Choose what is not chosen, and let go what is"),
            self._button("Clear", guarded(self.clear), f"Choose no region: {what} goes everywhere"),
        ]
        told = widgets.HTML(f"Click a region, or drag over several. {rule}")
        super().__init__([told, self.canvas, row(*buttons, self.words), self.fine, self.feather])

    def _button(self, label: str, pressed: Callable[[], None], tooltip: str) -> widgets.Button:
        made = widgets.Button(description=label, tooltip=tooltip, layout=widgets.Layout(width="auto"))
        made.on_click(lambda _: pressed())
        return made

    def masks(self) -> list[np.ndarray]:
        """The mask as a picture (h, w), whole numbers 0..255, as a file holds them; none while no region is chosen."""
        if self.labels is None or not self.chosen:
            return []
        return [np.rint(255 * region_mask(self.labels, self.chosen, self.feather.value))]

    def state(self) -> tuple[np.ndarray | None, int, float, frozenset[int]]:
        """What `restore` needs."""
        return self.picture, self.fine.value, self.feather.value, frozenset(self.chosen)

    def restore(self, state: tuple[np.ndarray | None, int, float, frozenset[int]]) -> None:
        """Be as at the time of a `state`."""
        picture, self.fine.value, self.feather.value, chosen = state
        if picture is not None and picture is not self.picture:
            self.divide(picture)
        self.chosen = set(chosen)
        self._tell()

    def divide(self, picture: np.ndarray) -> None:
        """Take another picture (h, w, 3). Nothing of it is chosen."""
        self.picture = picture
        self._divide()

    def _divide(self) -> None:
        had = bool(self.chosen)
        self.chosen = set()
        if self.picture is not None:
            self.labels = superpixels(self.picture, self.fine.value)
        self._draw()
        if had:
            self.changed()

    def invert(self) -> None:
        """Choose the regions that are not chosen."""
        if self.labels is not None:
            self.chosen = set(range(self.labels.max() + 1)) - self.chosen
            self._tell()

    def clear(self) -> None:
        """Choose no region."""
        self.chosen = set()
        self._tell()

    def _begin(self, place: tuple[float, float]) -> None:
        if self.labels is not None:
            self._adding = _region_at(self.labels, place) not in self.chosen
            self._drag(place)

    def _drag(self, place: tuple[float, float]) -> None:
        if self.labels is None:
            return
        region = _region_at(self.labels, place)
        if (region in self.chosen) != self._adding:
            (self.chosen.add if self._adding else self.chosen.discard)(region)
            self._tell()

    def _tell(self) -> None:
        self._draw()
        self.changed()

    def _draw(self) -> None:
        if self.picture is None or self.labels is None:
            return
        mask = np.ones(self.labels.shape) if not self.chosen else region_mask(self.labels, self.chosen)
        self.canvas.show(outlined(self.picture, self.labels, mask))
        count = self.labels.max() + 1
        share = f", {mask.mean():.0%} of the picture" if self.chosen else f": {self.what} goes everywhere"
        self.words.value = f"{len(self.chosen)} of {count} regions chosen{share}"


def _region_at(labels: np.ndarray, place: tuple[float, float]) -> int:
    height, width = labels.shape
    x, y = place
    return int(labels[min(int(y * height), height - 1), min(int(x * width), width - 1)])
