"""The layer explorer: what each layer of a network makes of a picture, and what each of its neurons asks of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import ipywidgets as widgets
import numpy as np

from course_utils.explore.altered import RULES
from course_utils.explore.forward import Forward, one_hot_delta
from course_utils.explore.maps import strongest_channels
from course_utils.explore.patches import Box, PatchIndex, cell_at, field_box
from course_utils.network import Network, load_network
from course_utils.pictures.loading import Source, load_picture
from course_utils.pictures.shipped import names
from course_utils.widgets.chooser import Chooser
from course_utils.widgets.explorer_views import Views
from course_utils.widgets.parts import CopyText, Tiles
from course_utils.widgets.recipes import with_imports
from course_utils.widgets.studio import Studio, dropdown, things_to_try

MAPS, PATCHES, PATCH_SIZE = 24, 9, 224  # Maps and patches shown; longest side of the pictures that are searched.
MOST_ACTIVE = -1
TRIES = [
    (
        "Walk down the layers with the arrow keys.",
        "The square on the picture grows: by how much at each convolution, and why by more after each pooling?",
    ),
    (
        "Take a map of block5_conv1 and look at its patches.",
        "What do they share? Would you give the channel that name, had you searched other pictures?",
    ),
    (
        "Click where the chosen map is black, and go through the three rules.",
        "The neuron is not excited, so what is there for each rule to send back?",
    ),
]
ANSWERED = (
    '<a target="_blank" href="01_activations.ipynb">Lesson 01</a> answers the first two (<i>How far does a neuron '
    'see?</i>, <i>What excites a neuron most?</i>), <a target="_blank" href="02_backward_pass.ipynb">lesson 02</a> the '
    "last (<i>Three rules for a ReLU</i>)."
)
RULE_HINTS = {
    "plain": "A delta passes where the ReLU's input was above 0: backpropagation",
    "deconvnet": "A delta passes where it is above 0 itself",
    "guided": "A delta passes where both are above 0",
}


@dataclass(frozen=True)
class Choice:
    """What is looked at. Of channel and place, None means: the most active one.

    number: of the picture, counted up at each change. place: x and y as shares of its sides. page: the first of the
    channels shown, or MOST_ACTIVE.
    """

    number: int
    layer: str
    channel: int | None = None
    place: tuple[float, float] | None = None
    rule: str = "plain"
    page: int = MOST_ACTIVE


class LayerExplorer(Studio):
    """A picture, the layers of a network, their maps, and what one neuron sees and asks for (lessons 01, 02).

    picture: anything that `load_picture` takes. network: its name or itself. size: its longest side, pixels.
    Raises CourseError: no such picture or network.
    """

    still = "explorer"
    words = (
        "The layer explorer: a photograph with a square on it, the layers as bars, a grid of activation maps, "
        "and what one neuron sees, asks for, and is most excited by."
    )

    def __init__(self, picture: Source = "cat", network: str | Network = "mini", size: int = 224) -> None:
        super().__init__()
        self.network = load_network(network) if isinstance(network, str) else network
        self.size, self.views = size, Views()
        self._network_words = "" if self.network.name == "mini" else f", network={self.network.name!r}"
        self._forward: tuple[int, Forward] | None = None  # Of the newest picture; touched by the worker alone.
        self._index = PatchIndex(self.network)
        self._unseen = [name for group in names().values() for name in group]
        self._drawn: tuple | None = None  # What the grid of maps shows.
        self._told = ""  # Of the chosen neuron.
        self._cells = (1, 1)  # Rows and columns of the chosen map.
        self._next: tuple[int | None, tuple[float, float]] | None = None  # Channel and place for the next picture.
        layers = self.network.layers
        self.choice = Choice(0, "block3_conv3" if "block3_conv3" in layers else layers[len(layers) // 2])
        self._make_controls()
        self.chooser = Chooser("Picture", picture, say=self.say, complain=self.complain,
                               changed=self.guarded(self._picture_changed))  # fmt: skip
        self.pixels = self.chooser.sized(size)
        self.views.show_picture(self.pixels, self.chooser.source)
        page = self.views.page(self.layers, self.rule, self.page)
        self.dream = CopyText(label="Copy a dream of this map", hint="Copy the code that lets the picture dream of it")
        self.children = (self.chooser, self.status, page, self.dream, things_to_try(TRIES, ANSWERED))
        self.say("Click a layer, a map, or a place in the picture.")
        self.opens_with(self.views.picture)

    def _make_controls(self) -> None:
        network, views = self.network, self.views
        seen = {layer: (network.receptive_field(layer), network.stride(layer)) for layer in network.layers}
        self.layers = Tiles(
            label="Layers of the network, the first on top",
            names=network.layers,
            look="network",
            value=network.layers.index(self.choice.layer),
            bars=[[max(4, 80 // seen[one][1]), 3 + network.channels(one) // 24] for one in network.layers],
            hints=[
                f"{layer}: {network.channels(layer)} maps, a cell every {stride} pixels, each sees {side} x {side}"
                for layer, (side, stride) in seen.items()
            ],
        )
        self.layers.on("chosen", lambda message, _: self.guarded(self._layer_chosen)(message["value"]))
        self.page = dropdown("Maps", self._pages(), MOST_ACTIVE, "Which of the layer's maps are shown")
        self.on_change(self._page_chosen, self.page)
        self.rule = widgets.ToggleButtons(
            options=list(RULES),
            description="ReLU rule",
            tooltips=[RULE_HINTS[rule] for rule in RULES],
            tooltip="What a ReLU lets through of a delta on its way back to the picture",
            style={"button_width": "100px", "description_width": "70px"},
        )
        self.on_change(lambda: self._change(rule=self.rule.value), self.rule)
        for canvas, heard, events in (
            (views.picture, self._place_chosen, ("click", "drag")),
            (views.map, self._cell_chosen, ("click", "drag")),
            (views.grid, self._map_chosen, ("click",)),
            (views.patches, self._patch_chosen, ("click",)),
        ):
            for event in events:
                canvas.on(event, lambda message, _, heard=heard: self.guarded(heard)(*message["place"]))

    # What is chosen

    def opened(self) -> None:
        """Make the first answer."""
        self._submit()

    def _submit(self) -> None:
        self.worker.submit(partial(self._answer, self.choice, self.pixels), lambda show: show())

    def _change(self, **values: Any) -> None:
        self.choice = replace(self.choice, **values)
        self._submit()

    def _pages(self) -> list[tuple[str, int]]:
        count = self.network.channels(self.choice.layer)
        pages = [(f"{first} to {min(first + MAPS, count) - 1}", first) for first in range(0, count, MAPS)]
        return [(f"the {min(MAPS, count)} most active of {count}", MOST_ACTIVE), *pages]

    def _layer_chosen(self, k: int) -> None:
        self.choice = replace(self.choice, layer=self.network.layers[k], channel=None, page=MOST_ACTIVE)
        self.page.options = self._pages()
        self._submit()

    def _page_chosen(self) -> None:
        if self.page.value not in (None, self.choice.page):
            self._change(page=self.page.value, channel=None)

    def _map_chosen(self, x: float, y: float) -> None:
        if (k := self.views.layout.at(x, y)) is not None and k < len(self.views.channels):
            self._change(channel=self.views.channels[k], place=None)

    def _place_chosen(self, x: float, y: float) -> None:
        self._change(place=(x, y))

    def _cell_chosen(self, x: float, y: float) -> None:
        rows, cells = self._cells
        cell = min(int(y * rows), rows - 1), min(int(x * cells), cells - 1)
        self._change(place=_middle(field_box(self.network, self.choice.layer, cell), self.pixels))

    def _patch_chosen(self, x: float, y: float) -> None:
        if (patch := self.views.patch_at(x, y)) is None:
            return
        self._next = self.choice.channel, _middle(patch.box, self._index.pictures[patch.picture])
        if self.chooser.source == patch.picture:
            self._picture_changed()
        else:
            self.chooser.take(patch.picture, patch.picture)
            self.chooser.names.value = patch.picture

    def _picture_changed(self) -> None:
        (channel, place), self._next = self._next or (None, None), None
        self.pixels = self.chooser.sized(self.size)
        self.views.show_picture(self.pixels, self.chooser.source)
        self._change(number=self.choice.number + 1, channel=channel, place=place)

    # The answer, in the worker's thread

    def _answer(self, choice: Choice, pixels: np.ndarray) -> Iterator[Callable[[], None]]:
        forward = self._forward_of(choice.number, pixels)
        features = forward.features(choice.layer).numpy()
        count = features.shape[-1]
        wanted = range(choice.page, min(choice.page + MAPS, count))
        channels = strongest_channels(features, MAPS) if choice.page == MOST_ACTIVE else list(wanted)
        if (drawn := (choice.number, choice.layer, choice.page)) != self._drawn:
            yield partial(self._show_grid, drawn, features, channels)
        channel, cell = self._neuron(choice, features, channels, pixels)
        box = field_box(self.network, choice.layer, cell)
        yield partial(self._show_map, choice, features[0, ..., channel], channel, cell, box, pixels)
        gradient = forward.backward(choice.layer, one_hot_delta(features.shape, cell, channel), choice.rule)
        yield partial(self._show_delta, choice.rule, box, gradient)
        while self._unseen:
            yield partial(self.views.show_patches, [], len(self._unseen))
            name = self._unseen.pop(0)
            self._index.look_at(name, load_picture(name, PATCH_SIZE))
        yield partial(self.views.show_patches, self._index.best(choice.layer, channel, PATCHES), 0)

    def _forward_of(self, number: int, pixels: np.ndarray) -> Forward:
        if self._forward is None or self._forward[0] != number:
            self._forward = None  # The old one goes before the new one comes.
            self._forward = number, Forward(self.network, pixels)
        return self._forward[1]

    def _neuron(
        self, choice: Choice, features: np.ndarray, channels: list[int], pixels: np.ndarray
    ) -> tuple[int, tuple[int, int]]:
        """The channel and the cell that are meant: where one is left open, those that are most active."""
        if choice.place is None:
            channel = channels[0] if choice.channel is None else choice.channel
            return channel, _strongest_cell(features[0, ..., channel])
        (x, y), (height, width) = choice.place, pixels.shape[:2]
        cell = cell_at(self.network, choice.layer, features, y * height, x * width)
        here = features[0][cell][channels]
        return channels[int(here.argmax())] if choice.channel is None else choice.channel, cell

    # Showing it: called by the worker, for the newest choice only

    def _show_grid(self, drawn: tuple, features: np.ndarray, channels: list[int]) -> None:
        self.views.show_grid(drawn[1], features, channels)
        self._drawn = drawn

    def _show_map(
        self, choice: Choice, one: np.ndarray, channel: int, cell: tuple[int, int], box: Box, pixels: np.ndarray
    ) -> None:
        self.choice = replace(choice, channel=channel, place=choice.place or _middle(box, pixels))
        self._cells = one.shape
        self.dream.text = with_imports(
            f"picture = deep_dream({self.chooser.source!r}, channels={{({choice.layer!r}, {channel}): 1.0}}, "
            f"size=384{self._network_words}).picture{self.chooser.note()}"
        )
        self.views.show_map(one, channel, cell)
        self.views.show_field(pixels, box)
        side = box[2] - box[0]
        self._told = (
            f"{choice.layer}, map {channel}, row {cell[0]}, column {cell[1]}: activation {one[cell]:.2f}, "
            f"sees {side} x {side} pixels."
        )

    def _show_delta(self, rule: str, box: Box, gradient: np.ndarray) -> None:
        self.views.show_delta(gradient, box, rule)
        self.say(self._told if gradient.any() else f"{self._told} Nothing comes back by the {rule} rule.")


def _middle(box: Box, picture: np.ndarray) -> tuple[float, float]:
    """The middle of a box on a picture (h, w, 3) as (x, y), shares of its sides."""
    (top, left, bottom, right), (height, width) = box, picture.shape[:2]
    return min((left + right) / 2 / width, 1.0), min((top + bottom) / 2 / height, 1.0)


def _strongest_cell(one: np.ndarray) -> tuple[int, int]:
    row, column = divmod(int(one.argmax()), one.shape[1])
    return row, column
