"""The Gram lens: what a layer keeps of two pictures when it forgets where things are (lesson 07)."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import ipywidgets as widgets
import numpy as np

from course_utils.defaults import MARGIN, NETWORKS, POOLING, STYLE_LAYERS
from course_utils.errors import CourseError
from course_utils.explore.maps import map_grid, strongest_channels
from course_utils.explore.matrices import common_scale, statistic_picture
from course_utils.lookup import layer_widths
from course_utils.losses import layer_statistic, relative_distance, style_loss
from course_utils.network import Network, load_network
from course_utils.style.settings import TextureSettings
from course_utils.style.textures import inner_features, shuffle_positions
from course_utils.widgets.parts import Canvas, Tiles
from course_utils.widgets.patch import PatchPicker
from course_utils.widgets.studio import Studio, columns, dropdown, row, things_to_try
from course_utils.widgets.weaver import Plan, Weaver, layers_of

STATISTICS = {
    "Gram matrix (mean products)": "gram",
    "covariance (less the means)": "covariance",
    "diagonal (mean squares)": "diagonal",
    "mean of each channel": "mean",
}
NAMES = {"gram": "Gram matrix", "covariance": "covariance", "diagonal": "diagonal", "mean": "mean"}
SHUFFLES = {"cells, each with all its channels": True, "each channel by itself": False}
ROUNDING = 1e-5  # Shares below this come of sums of float32 in another order.
TRIES = (
    (
        "Choose the same painting twice, and draw a patch in each, in different places.",
        "How large have the patches to be until their Gram matrices hardly differ? And deeper down?",
    ),
    (
        "Shuffle the cells, then each channel by itself, and go through the four statistics.",
        "Which of them notice, and why not the others?",
    ),
    (
        "Make a texture of night_swirls up to block1_conv1, then up to block3_conv1, then with all five layers.",
        "How large are the things that hold together?",
    ),
)
WHERE = (
    '<a target="_blank" href="07_gram_textures.ipynb">Lesson 07</a> answers: <i>What, but not where</i>, exercises '
    "07.2 and 07.6, and <i>One layer more, and one more</i>."
)


def share(value: float) -> str:
    """A share in words: per cent, or that it is 0 to rounding."""
    return f"{100 * value:.1f} %" if value >= ROUNDING else "0 %" if value == 0 else f"0 % (rounding: {value:.0e})"


class GramLens(Studio):
    """Two pictures or patches, the statistics of a layer beside each other, shuffled, and as a texture.

    first, second: names or paths of pictures. network: a name, then with average pooling as `texture` has it, or a
    Network, of VGG's layout. size: pixels on the longest side with which the pictures are looked at.
    Raises CourseError: a picture that cannot be read, a network without VGG's layers.
    """

    still = "gram_lens"
    words = (
        "The Gram lens: two paintings, a box around a patch of the first, the Gram matrices of a layer side by side "
        "and their difference in orange and blue, maps before and after their cells are shuffled, and a texture."
    )

    def __init__(
        self,
        first: str = "woven_kilim",
        second: str = "pointillist_meadow",
        network: str | Network = "mini",
        size: int = 256,
    ) -> None:
        super().__init__()
        self.network, self.widths = network, _widths(network)
        smallest = NETWORKS.get(network, 0) if isinstance(network, str) else network.smallest_side
        least = max(MARGIN + 1, smallest)
        self.pickers = [
            PatchPicker(self, label, name, size, least, self.compare)
            for label, name in (("First", first), ("Second", second))
        ]
        self.found: tuple[np.ndarray, np.ndarray] | None = None
        self.distance: float | None = None  # Of the two statistics, as a share of the first's size.
        self.seed = 0
        self._make_lens()
        self._make_shuffle()
        self.weaver = Weaver(self, self._plan)
        self.children = self._arranged()
        self.on_change(self.compare, self.layer, self.statistic, self.whose, self.how)
        self.opens_with(self.pickers[0].canvas)
        self.say("Two pictures, and what a layer keeps of them.")

    def _make_lens(self) -> None:
        names = list(self.widths)
        fields = [int(name[5]) for name in names]
        self.layer = Tiles(
            label="Layer",
            names=names,
            bars=[[44 >> block - 1, min(14, 2 + self.widths[name] // 24)] for name, block in zip(names, fields)],
            hints=[f"{name}: {self.widths[name]} channels" for name in names],
            look="network",
            value=names.index("block3_conv1"),
        )
        self.statistic = dropdown(
            "Statistic", STATISTICS, "gram", "What is kept of the layer's output, for the texture too"
        )
        self.canvases = [
            Canvas(
                width=300, pixelated=True, mode="click", hint="Click on a number to read it; arrows and Enter do too."
            )
            for _ in range(3)
        ]
        self.captions = [widgets.HTML() for _ in range(3)]
        for canvas in self.canvases:
            for event in ("click", "drag"):
                canvas.on(event, lambda message, _: self.guarded(self._read)(message["place"]))
        self.answer, self.scale, self.reading = widgets.HTML(), widgets.HTML(), widgets.HTML()

    def _make_shuffle(self) -> None:
        self.whose = dropdown("Whose", ["first", "second"], "first", "Which of the two pictures or patches is shuffled")
        self.how = dropdown(
            "Shuffle", SHUFFLES, True, "What moves: whole cells, or the cells of every channel by itself"
        )
        self.again = self.button("Shuffle again", self._again, "Put the cells into another order")
        self.before, self.after = (Canvas(width=300, pixelated=True) for _ in range(2))
        self.torn = widgets.HTML()

    def _arranged(self) -> list[widgets.Widget]:
        shown = [widgets.VBox([caption, canvas]) for caption, canvas in zip(self.captions, self.canvases)]
        maps = [
            widgets.VBox([widgets.HTML(title), canvas])
            for title, canvas in (("before", self.before), ("after", self.after))
        ]
        lens = widgets.VBox([self.statistic, columns(*shown, least=130), self.answer, self.reading, self.scale])
        lens.layout.flex, lens.layout.min_width = "1 1 300px", "0"
        layers = widgets.VBox([_title("Layer"), self.layer], layout=widgets.Layout(margin="0 16px 0 0", flex="none"))
        shuffle = widgets.VBox([_title("Positions shuffled"), self.whose, self.how, row(self.again), self.torn,
                                columns(*maps, least=160)])  # fmt: skip
        texture = widgets.VBox([_title("A texture from these statistics"), self.weaver])
        return [
            self.status,
            columns(*self.pickers),
            widgets.HBox([layers, lens], layout=widgets.Layout(width="100%")),
            columns(shuffle, texture, least=340),
            things_to_try(TRIES, WHERE),
        ]

    @property
    def layer_name(self) -> str:
        return self.layer.names[self.layer.value]

    def opened(self) -> None:
        """Compare what is chosen at first."""
        self.compare()

    def compare(self) -> None:
        """Compare what is picked, in the background; the newest choice counts."""
        self.worker.stop()
        for complaint in filter(None, (picker.too_small() for picker in self.pickers)):
            self.complain(complaint)
            return
        pictures, names = [one.picture for one in self.pickers], [one.name for one in self.pickers]
        layer, kind, whose = self.layer_name, self.statistic.value, self.whose.index
        together, seed = self.how.value, self.seed

        def answers() -> Iterator[Callable[[], None]]:
            network = self._loaded()
            features = [inner_features(network, one, layer)[layer].numpy() for one in pictures]
            found = [layer_statistic(one, kind).numpy() for one in features]
            distance = float(relative_distance(found[1], found[0]))
            cost = float(style_loss(*found)) if found[0].ndim == 2 else None
            yield lambda: self._show_statistics(found, distance, cost, layer, kind, names)
            torn = shuffle_positions(features[whose], seed, together)
            same = float(relative_distance(layer_statistic(torn, kind), found[whose]))
            moved = float(relative_distance(torn, features[whose]))
            yield lambda: self._show_shuffle(features[whose], torn, same, moved, kind)

        self.worker.submit(answers, lambda show: show())

    def _loaded(self) -> Network:
        return load_network(self.network, POOLING) if isinstance(self.network, str) else self.network

    def _show_statistics(
        self, found: list[np.ndarray], distance: float, cost: float | None, layer: str, kind: str, names: list[str]
    ) -> None:
        first, second = found
        difference, strongest = second - first, common_scale(first, second)
        self.found, self.distance = (first, second), distance
        titles = [f"first: {names[0]}", f"second: {names[1]}", "second − first"]
        for canvas, caption, title, values in zip(self.canvases, self.captions, titles, (first, second, difference)):
            canvas.show(statistic_picture(values, strongest), quality=95)
            canvas.alt = f"{NAMES[kind].capitalize()} of {layer}, {title}."
            caption.value = f"<b>{title.partition(':')[0]}</b>"
        full = "Full colour" if first.ndim == 2 else "A bar up to the edge"
        numbers = f"{len(first)} x {len(first)}" if first.ndim == 2 else str(len(first))
        self.scale.value = (
            f"{numbers} numbers each, on one scale. White is 0, orange above, blue below. {full} is {strongest:.3g} or "
            "more in size: one number in 50 is."
        )
        largest = np.unravel_index(np.abs(difference).argmax(), difference.shape)
        self._read_at(self.found, largest, "The largest difference: ")
        equation = "" if cost is None else f" In the paper's unit, equation 4, the distance is E = {cost:.3g}."
        self.answer.value = f"<b>The second is off by {share(distance)} of the first's size.</b>{equation}"
        self.say(f"{NAMES[kind].capitalize()} of {layer}: the second is off by {share(distance)} of the first's size.")

    def _read(self, place: list[float]) -> None:
        if self.found is not None:
            count = len(self.found[0])
            column, line = (min(count - 1, int(count * one)) for one in place)
            self._read_at(self.found, (line, column) if self.found[0].ndim == 2 else (column,))

    def _read_at(self, found: tuple[np.ndarray, np.ndarray], cell: tuple[int, ...], start: str = "") -> None:
        first, second = (float(one[cell]) for one in found)
        count, place = len(found[0]), [int(k) for k in cell]
        what = f"channel {place[0]}" if len(set(place)) == 1 else f"channels {place[0]} and {place[1]} together"
        what = what if start else what.capitalize()
        self.reading.value = (
            f"{start}{what}: first {first:.3g}, second {second:.3g}, second − first {second - first:+.3g}."
        )
        left, top, bottom = place[-1] / count, 0.95, 1.0  # A bar is marked at its foot.
        if len(place) == 2:
            top, bottom = place[0] / count, (place[0] + 1) / count
        for canvas in self.canvases:
            canvas.boxes = [[left, top, left + 1 / count, bottom]]

    def _again(self) -> None:
        self.seed += 1
        self.compare()

    def _show_shuffle(self, features: np.ndarray, torn: np.ndarray, same: float, moved: float, kind: str) -> None:
        channels = strongest_channels(features, 4)
        for canvas, values, when in ((self.before, features, "before"), (self.after, torn, "after")):
            canvas.show(map_grid(values, channels=channels, columns=2, width=160))
            canvas.alt = f"Maps of channels {', '.join(map(str, channels))}, {when} the shuffle."
        self.torn.value = (
            f"Place by place the output is off by <b>{share(moved)}</b>, the {NAMES[kind]} by <b>{share(same)}</b>. "
            f"The maps are those of the strongest channels, {', '.join(map(str, channels))}."
        )

    def _plan(self, weaver: Weaver) -> Plan:
        picker = self.pickers[weaver.example.index]
        if complaint := picker.too_small():
            raise CourseError(complaint)
        layers = layers_of(weaver.layers.value, self.layer_name, tuple(self.layer.names))
        settings = TextureSettings(example_size=None, layers=layers, statistic=self.statistic.value,
                                   steps=weaver.steps.value, network=self.network, seed=weaver.seed.value)  # fmt: skip
        return Plan(picker.picture, picker.code, weaver.size.value, settings, picker.chooser.note())


def _title(text: str) -> widgets.HTML:
    return widgets.HTML(f"<b>{text}</b>", layout=widgets.Layout(margin="8px 0 0 2px"))


def _widths(network: str | Network) -> dict[str, int]:
    """Channels by layer, in order of depth, known without loading a network that is given by name."""
    if isinstance(network, str) and network not in NETWORKS:
        raise CourseError(f"there is no network {network!r}: use one of {', '.join(NETWORKS)}.")
    if isinstance(network, str):
        widths = layer_widths(network) or {}
    else:
        widths = {name: network.channels(name) for name in network.layers if name.startswith("block")}
    if not set(STYLE_LAYERS) <= set(widths):
        raise CourseError("the Gram lens needs a network of VGG-19's layout: mini, vgg19 or random.")
    return widths
