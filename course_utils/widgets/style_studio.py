"""The style studio: a photograph that takes on a painting's style while one looks on."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import ipywidgets as widgets
import numpy as np

from course_utils.errors import CourseError
from course_utils.network import Network
from course_utils.optimize.states import State
from course_utils.pictures.plots import shares_svg
from course_utils.style.settings import StyleSettings
from course_utils.style.transfer import style_steps
from course_utils.widgets.chooser import Chooser
from course_utils.widgets.history import History
from course_utils.widgets.maker import Maker, Moment
from course_utils.widgets.recipes import Recipe, style_command, style_line
from course_utils.widgets.regions import RegionPicker
from course_utils.widgets.studio import Fold, columns, dropdown, row, slider, things_to_try

SIZES = (192, 256, 320, 512, 768, 1024)
COLOURS = {
    "the painting's": "",  # Of a list, None is no choice.
    "the photograph's (luminance)": "luminance",
    "a painting in the photograph's (match)": "match",
    "likewise, by histogram": "histogram",
}
LINK = (
    '<a target="_blank" href="08_neural_style.ipynb">Lessons 08</a> and '
    '<a target="_blank" href="09_painters_controls.ipynb">09</a> answer.'
)
TRIES = (
    ("Start from noise, with content at 0.05.", "Which comes first, the shapes or the strokes?"),
    ("Leave block1_conv1 alone among the layers.", "How much of a style is in colours and fine grain?"),
    ("A style scale of 2, then of 0.5.", "Why do the strokes grow with the painting?"),
)


class StyleStudio(Maker):
    """Neural style, live (lessons 08 and 09).

    content, style: names in the course, to begin with. network: "mini", "vgg19", "random", or one. size: longest side.
    """

    kind, verb = "style", "Paint"
    still = "style"
    words = (
        "The style studio: a photograph that is being painted in a painting's style, the shares of the loss, a strip "
        "of earlier moments, and sliders for content, style and scale."
    )

    def __init__(
        self,
        content: str = "temple",
        style: str = "night_swirls",
        network: str | Network = StyleSettings.network,
        size: int = 256,
    ) -> None:
        super().__init__("The picture that is being painted.")
        self.network = network
        told: dict[str, Any] = {"say": self.say, "complain": self.complain}
        paintings = ("paintings", "photographs")
        self.source = Chooser("photograph", content, changed=self.guarded(self.picture_chosen), **told)
        self.style = Chooser("painting", style, order=paintings, changed=self.guarded(self.live), **told)
        self.second = Chooser("second", "stained_glass", order=paintings, changed=self.guarded(self.live), **told)
        self._make_controls(size)
        rule = "The chosen ones are painted; with a second painting, they take the first and the others the second."
        self.regions = RegionPicker(self._regions_changed, "the style", rule, self.guarded)
        where = Fold("Where the style goes", self.regions)
        self.on_change(self.divide, where.button)
        self._make_history()
        controls = widgets.VBox([self.main_box, Fold("More", self.more_box), where, things_to_try(TRIES, LINK)])
        self.made.children += (self.shares, self.history, self.code, self.command)
        self.children = [self.source, self.style, self.blend_box, columns(self.made, controls, least=340)]
        self.remembered = [self.source, self.style, self.second, self.two, self.blend, self.ratio, self.stroke]
        self.remembered += [self.scale, self.colours, self.size, self.start, self.steps_most, self.regions]
        self.remembered += self.layers.values()
        self._second_shown()
        self._become(self.first())
        self.say(f"{self.verb} begins; move anything meanwhile.")

    def _make_controls(self, size: int) -> None:
        self.two = widgets.Checkbox(False, description="and a second painting", indent=False,
                                    tooltip="Blend the style of two paintings")  # fmt: skip
        self.blend = slider("its share", 0.5, 0.0, 1.0, 0.05, "How much of the style is the second painting's")
        self.blend_box = row(self.two, self.second, self.blend)
        self.blend.layout.width = "320px"
        self.ratio = widgets.FloatLogSlider(
            StyleSettings.content_weight, min=-4, max=1, step=0.1, description="content weight", readout_format=".4f",
            tooltip="How much the photograph's shapes count, beside a style of 1", continuous_update=False,
            style={"description_width": "110px"}, layout=widgets.Layout(width="98%"))  # fmt: skip
        self.scale = slider(
            "style scale", 1.0, 0.25, 3.0, 0.25, "The painting's size against the picture's: larger, larger strokes"
        )
        self.colours = dropdown("colours", list(COLOURS.items()), "", "Whose colours the picture has")
        self.size = dropdown("size", sorted({*SIZES, size}), size, "Pixels on the longest side of the picture")
        self.large = dropdown("larger size", [512, 768, 1024], 512, "Pixels on the longest side of the large picture")
        self.large_button = self.button("Make it large", self.make_large, "Go on from the picture at a larger size")
        self.large_words = widgets.Label()
        self.stroke = widgets.FloatLogSlider(
            StyleSettings.stroke, min=-2, max=2, base=2, step=0.25, description="stroke size", readout_format=".2f",
            tooltip="From the photograph's detail to a painting's sweep: how small the picture is painted first",
            continuous_update=False, style={"description_width": "110px"},
            layout=widgets.Layout(width="98%"))  # fmt: skip
        large = row(self.large, self.large_button, self.large_words)
        self.main_box = widgets.VBox([self.ratio, self.stroke, self.scale, self.colours, self.size, large])
        self.start = dropdown("start", ["content", "noise"], "content", "What the first run begins with")
        self.steps_most = slider("steps", 75, 5, 400, 5, "Evaluations of the loss at the first size, at most")
        self.layers = {
            name: widgets.Checkbox(True, description=name, indent=False, tooltip=f"Compare the style at {name}",
                                   layout=widgets.Layout(width="auto"))
            for name in StyleSettings.style_layers
        }  # fmt: skip
        self.more_box = widgets.VBox([self.start, self.steps_most, row(*self.layers.values())])
        self.on_change(self._second_shown, self.two)
        self.on_change(self.live, self.two, self.blend, self.ratio, self.scale, self.colours, self.size)
        self.on_change(self._stroke_moved, self.stroke)
        self.on_change(self.live, self.steps_most, *self.layers.values())
        self.on_change(self._tell_time, self.large)

    def _make_history(self) -> None:
        self.shares = widgets.HTML(layout=widgets.Layout(width="auto"))
        self.history = History(self.guarded(self._chosen_moment))
        self._terms: list[dict[str, float]] = []
        self._rate = 0.0  # Seconds an evaluation takes for a million pixels, as measured.
        self._clock, self._quarter, self._runs = (0.0, 0), 0, 1
        self._reached: dict[int, int] = {}  # Evaluations so far, at the end of each stage of the run.

    # What changes what

    def opened(self) -> None:
        """Compile, so that the first step comes soon."""
        self._settings = self.settings()
        self.say("Getting ready ...")
        short = self._settings | {"steps": 3}
        self.worker.submit(lambda: self.steps(self.now.picture, short), self._measure, self._ready)

    def _ready(self, how: str) -> None:
        self._tell_time()
        self.say("Ready.")

    def _second_shown(self) -> None:
        for one in (self.second, self.blend):
            one.layout.display = None if self.two.value else "none"

    def _regions_changed(self) -> None:
        self.blend.disabled = bool(self.regions.chosen)  # Each painting has its part, and all of it.
        self.live()

    def _stroke_moved(self) -> None:
        """Strokes are decided at the beginning: a run begins anew."""
        if self.working:
            self.start_again()
            self.run()

    # A run

    def first(self) -> Moment:
        return Moment(self.source.sized(self.size.value), fresh=True, controls=self.controls())

    def settings(self) -> dict[str, Any]:
        layers = tuple(name for name, box in self.layers.items() if box.value)
        if not layers:
            raise CourseError("no layer is left to take the style from: tick one.")
        paintings = [self.style, self.second] if self.two.value else [self.style]
        options: dict[str, Any] = {"style_scale": self.scale.value, "colours": self.colours.value or None}
        options |= {"content_weight": self.ratio.value, "style_layers": layers}
        options |= {"stroke": self.stroke.value} if self.now.fresh else {}  # A picture that has strokes keeps them.
        number, masks = len(self.now.masks) + 1, self.regions.masks()
        if masks and self.two.value:
            masks = [masks[0], 255 - masks[0]]  # One painting here, the other one there.
        elif self.two.value:
            options["blend"] = [1 - self.blend.value, self.blend.value]
        options = {name: _rounded(value) for name, value in options.items()}
        start = self.start.value if self.now.fresh else "a picture"
        plan = StyleSettings.of(options | {"start": start, "size": self.size.value, "steps": self.steps_most.value})
        return {
            "plan": plan,
            "content": self.source.picture,
            "paintings": [one.picture for one in paintings],
            "names": [self.source.source, *(one.source for one in paintings)],
            "uploaded": any(one.uploaded for one in (self.source, *paintings)),
            "size": self.size.value,
            "steps": self.steps_most.value,
            "options": options,
            "unusual": StyleSettings(**options).unusual(),
            "start": self.start.value if self.now.fresh else None,
            "masks": {f"-mask{number + k}.png": mask for k, mask in enumerate(masks)},
        }

    def total(self, settings: dict[str, Any]) -> int:
        return sum(settings["plan"].steps_by_stage())

    def steps(self, picture: np.ndarray, settings: dict[str, Any]) -> Iterator[State]:
        self._terms, self._clock, self._quarter, self._reached = [], (0.0, 0), 0, {}
        begin = {"start": picture, "grain": 0.0} if settings["start"] is None else {"start": settings["start"]}
        how = {name: settings[name] for name in ("size", "steps")} | begin | settings["options"]
        masks = list(settings["masks"].values()) or None
        yield from style_steps(settings["content"], settings["paintings"], masks=masks, network=self.network, **how)

    def _step(self, state: State) -> None:
        self._terms.append(state.terms)
        self._reached[state.stage] = state.step
        due = self.canvas.due()
        super()._step(state)
        self._measure(state)
        if due:
            self.shares.value = shares_svg(self._terms)
        quarter = 4 * state.step // self.total(self._settings)
        if self._quarter < quarter < 4:
            self._quarter = quarter
            self.history.keep(self.moment(state, False), self._label(state))

    def _ended(self, how: str) -> None:
        last = self._state
        super()._ended(how)
        if last is not None:
            self.shares.value = shares_svg(self._terms)
            self.history.keep(self.now, self._label(last))
            self._runs += 1
            self._tell_time()

    def _label(self, state: State) -> str:
        return f"run {self._runs}, {state.step}"

    def _measure(self, state: State) -> None:
        """How long an evaluation takes, from the first State on: what came before it may have been compiling."""
        now, (then, step) = time.monotonic(), self._clock
        if not then:
            self._clock = now, state.step
        elif not state.stage:  # A later one is larger, and the first is enough to know.
            stages, growth = self._settings["plan"].growth
            megapixels = self._megapixels(self._settings["size"] / growth ** (stages - 1))
            self._rate = (now - then) / max(1, state.step - step) / megapixels

    def _megapixels(self, size: float) -> float:
        height, width = self.source.picture.shape[:2]
        return size**2 * min(height, width) / max(height, width) / 1e6

    # What a person does besides

    def _chosen_moment(self, number: int) -> None:
        moment = self.history.moments[number]
        self.stop()
        self._remember()
        self.go_back(moment)
        self.say(f"Back at an earlier moment, with its controls; {self.verb} goes on from there.")

    def go_back(self, moment: Moment) -> None:
        super().go_back(moment)
        self.shares.value = ""  # They were those of another run.

    def make_large(self) -> None:
        """Go on from the picture at the larger size that is chosen."""
        if self.working:
            self.stop()
        self.size.value = self.large.value
        self.run()

    def _tell_time(self) -> None:
        if self._rate:
            seconds = self._rate * self._megapixels(self.large.value) * self.steps_most.value
            told = f"{self.large.value} pixels, {self.steps_most.value} steps"
            self.large_words.value = f"{told}: about {seconds:.0f} s on this machine"

    # The code that makes the same

    def line(self, settings: dict[str, Any], last: State, count: int, whole: bool) -> Recipe:
        return style_line(settings, self.network, settings["plan"].steps_done(self._reached))

    def command_for(self, settings: dict[str, Any], last: State) -> Recipe | None:
        return style_command(settings, self.network, settings["plan"].steps_done(self._reached))


def _rounded(value: Any) -> Any:
    """Numbers as they are read: sliders leave the rounding of their steps in them."""
    if isinstance(value, list):
        return [_rounded(one) for one in value]
    return float(f"{value:.6g}") if isinstance(value, float) else value
