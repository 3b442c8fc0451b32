"""What the layer explorer shows: pictures to click on, and words about them."""

from __future__ import annotations

import html
from collections.abc import Sequence

import ipywidgets as widgets
import numpy as np

from course_utils.explore.maps import (
    Grid,
    as_picture,
    distribution,
    enlarged,
    grid_of,
    map_grid,
    nearly_largest,
    side_by_side,
)
from course_utils.explore.patches import Box, Patch, cut
from course_utils.widgets.parts import Canvas
from course_utils.widgets.studio import columns

IN_A_ROW, MAP_WIDTH = 6, 96  # Of the grid of maps: how many in a row, pixels of each.
PATCHES_IN_A_ROW, PATCH_WIDTH = 9, 112
CLOSE_UP = 116  # Pixels of the two small pictures of what a neuron sees and asks for.


class Views:
    """The pictures of the explorer, and what each shows now.

    channels: those whose maps are in the grid, which lie as `layout` says. patches: those that are shown.
    """

    def __init__(self) -> None:
        small = {"width": CLOSE_UP, "pixelated": True}
        self.picture = Canvas(mode="click", hint="A click chooses the neuron at that place.", width=420)
        self.delta = Canvas(width=420, alt="What the chosen neuron asks of each pixel.")
        self.grid = Canvas(mode="click", pixelated=True, hint="A click chooses a map.", width=640)
        self.map = Canvas(mode="click", pixelated=True, hint="A click chooses a neuron.", width=320)
        self.sees, self.asks = Canvas(**small, alt="What it sees."), Canvas(**small, alt="What it asks for.")
        self.patches = Canvas(mode="click", hint="A click opens the picture at that place.", width=800)
        self.about_grid, self.about_map, self.histogram, self.about_patches = (widgets.HTML() for _ in range(4))
        self.about_delta = widgets.HTML(
            "Grey: the pixel does not matter. Lighter: it would excite the neuron if it rose; darker: if it fell."
        )
        self.channels: list[int] = []
        self.layout = Grid(1, 1, 1, 1)
        self.shown_patches: list[Patch] = []
        nothing = np.full((8, 12, 3), 127.5, "float32")
        for canvas in (self.delta, self.grid, self.map, self.sees, self.asks, self.patches):
            canvas.show(nothing)

    def page(self, layers: widgets.Widget, rule: widgets.Widget, pages: widgets.Widget) -> widgets.VBox:
        """All of it, with the controls where they belong."""
        close_up = widgets.HBox([_titled("It sees", self.sees), _titled("It asks for", self.asks)])
        for part in close_up.children:
            part.layout.margin = "4px 6px 0 0"
        left = widgets.VBox([_titled("Layers", layers), close_up])
        pictures = widgets.VBox(
            [
                _titled("The picture: click a place", self.picture),
                _titled("The delta of the neuron there, sent back", rule, self.delta, self.about_delta),
            ]
        )
        chosen = columns(widgets.VBox([self.about_map, self.map]), widgets.VBox([self.histogram]), least=200)
        maps = widgets.VBox([pages, self.about_grid, self.grid, chosen])
        top = columns(left, pictures, maps, least=420)
        left.layout.flex, left.layout.min_width, left.layout.width = "0 0 auto", None, "250px"
        pictures.layout.flex, pictures.layout.min_width = "1 1 330px", "min(330px, 100%)"
        pictures.layout.max_width = "440px"
        return widgets.VBox([top, _titled("What excites the channel most", self.about_patches, self.patches)])

    def show_picture(self, pixels: np.ndarray, name: str) -> None:
        """The picture, on which nothing is chosen yet."""
        self.picture.boxes, self.picture.alt = [], f"The picture {name}."
        self.picture.show(pixels)

    def show_grid(self, layer: str, features: np.ndarray, channels: list[int]) -> None:
        """Maps of an output (1, h, w, channels) of a layer."""
        self.channels, self.layout = channels, grid_of(features, len(channels), IN_A_ROW, MAP_WIDTH)
        self.grid.boxes = []
        self.grid.alt = f"Maps of {layer}, in rows of {self.layout.columns}: {', '.join(map(str, channels))}."
        self.grid.show(map_grid(features, channels=channels, columns=IN_A_ROW, width=MAP_WIDTH))
        self.about_grid.value = f"<b>{layer}: click a map.</b> Black is 0, white the map's own largest value."

    def show_map(self, one: np.ndarray, channel: int, cell: tuple[int, int]) -> None:
        """The chosen map (h, w), its cell and its histogram."""
        rows, cells = one.shape
        self.grid.boxes = [self.layout.box(self.channels.index(channel))] if channel in self.channels else []
        self.map.boxes = [shares((cell[0], cell[1], cell[0] + 1, cell[1] + 1), one.shape)]
        self.map.alt = f"Map {channel}, {rows} x {cells} cells."
        self.map.show(enlarged(as_picture(one, float(one.max()) or 1.0), 2 * self.map.width), quality=92)
        self.about_map.value = f"<b>Map {channel}</b>, {rows} x {cells} cells: click one"
        self.histogram.value = _histogram(one, float(one[cell]))

    def show_field(self, pixels: np.ndarray, box: Box) -> None:
        """What a neuron sees: a box on the picture."""
        self.picture.boxes = [shares(box, pixels.shape)]
        self.sees.show(enlarged(cut(pixels, box), 2 * CLOSE_UP))

    def show_delta(self, gradient: np.ndarray, box: Box, rule: str) -> None:
        """What a neuron asks of the pixels: (h, w, 3)."""
        asks = cut(gradient, box, 0)
        strongest = nearly_largest(asks)
        self.delta.boxes = [shares(box, gradient.shape)]
        self.delta.alt = f"What the neuron asks of each pixel by the {rule} rule: lighter or darker; grey is nothing."
        self.delta.show(as_picture(gradient, strongest, signed=True))
        self.asks.show(enlarged(as_picture(asks, strongest, signed=True), 2 * CLOSE_UP))

    def show_patches(self, patches: list[Patch], waiting: int) -> None:
        """Patches that excite a channel, unless pictures are still to be searched: then how many."""
        self.shown_patches = [] if waiting else patches
        if waiting:
            self.about_patches.value = f"The course's pictures are being searched: {waiting} to go."
            return
        names = [f"{html.escape(str(one.picture))} <b>{one.activation:.1f}</b>" for one in patches]
        self.about_patches.value = "Of each picture the strongest place, and the activation there: " + (
            ", ".join(names) + ". Click one." if names else "no picture excites it."
        )
        self.patches.alt = f"Patches from {', '.join(str(one.picture) for one in patches) or 'no picture'}."
        blank = np.full((8, 8 * PATCHES_IN_A_ROW, 3), 127.5, "float32")
        pixels = [one.pixels for one in patches]
        self.patches.width = len(patches) * (PATCH_WIDTH + 4) or 1
        self.patches.show(side_by_side(pixels, PATCHES_IN_A_ROW, PATCH_WIDTH) if patches else blank)

    def patch_at(self, x: float, y: float) -> Patch | None:
        """The patch at a place of their picture."""
        count = len(self.shown_patches)
        k = Grid(count, min(count, PATCHES_IN_A_ROW), PATCH_WIDTH, PATCH_WIDTH).at(x, y) if count else None
        return None if k is None else self.shown_patches[k]


def _titled(title: str, *parts: widgets.Widget) -> widgets.VBox:
    return widgets.VBox([widgets.HTML(f"<b>{title}</b>"), *parts])


def shares(box: Box, shape: Sequence[int]) -> tuple[float, float, float, float]:
    """A box (top, left, bottom, right) on a picture (h, w, ...) as (left, top, right, bottom), 0..1, for a canvas."""
    top, left, bottom, right = (
        min(max(at, 0) / side, 1.0) for at, side in zip(box, (*shape[:2], *shape[:2]), strict=True)
    )
    return left, top, right, bottom


def _histogram(one: np.ndarray, value: float) -> str:
    """A map's activations as bars, in the page's own colours; a triangle stands where `value` lies."""
    zeros, counts, edges = distribution(one)
    wide, high, step = 240, 80, 240 / len(counts)
    bars = "".join(
        f'<rect x="{k * step + 0.5:.1f}" y="{14 + high * (1 - n / max(counts.max(), 1)):.1f}" width="{step - 1:.1f}" '
        f'height="{high * n / max(counts.max(), 1):.1f}"/>'
        for k, n in enumerate(counts)
    )
    at = wide * value / edges[-1]
    words = (
        f"{zeros:.0%} of the cells are 0. The others reach up to {edges[-1]:.2f}; ▼\u00a0the neuron's is {value:.2f}."
    )
    return (
        f'<b>Its histogram</b><svg role="img" aria-label="Histogram. {words}" viewBox="-6 0 {wide + 12} 112" '
        f'style="width: 100%; max-width: 300px; display: block" fill="currentColor"><g opacity="0.6">{bars}</g>'
        f'<path d="M{at:.1f} 12 l-6 -11 h12 z"/><path d="M0 95 h{wide}" stroke="currentColor"/>'
        f'<text x="0" y="109" font-size="12">0</text>'
        f'<text x="{wide}" y="109" font-size="12" text-anchor="end">{edges[-1]:.2f}</text></svg>{words}'
    )
