"""The dream studio: what a network sees in a picture, put into it while one looks on."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Any

import ipywidgets as widgets
import numpy as np

from course_utils.defaults import DREAM_LAYER
from course_utils.dream.film import zoom_film
from course_utils.dream.method import dream_objective
from course_utils.dream.objectives import class_index
from course_utils.dream.octaves import dream_steps
from course_utils.dream.settings import usual_steps
from course_utils.errors import CourseError
from course_utils.network import Network, load_network
from course_utils.optimize.evaluation import CompiledObjective
from course_utils.optimize.pool import borrowed
from course_utils.optimize.states import State
from course_utils.pictures.loading import load_mask
from course_utils.pictures.saving import encode_film, save_animation
from course_utils.pictures.sizes import octave_shapes, resize
from course_utils.widgets.chooser import Chooser
from course_utils.widgets.maker import Maker, Moment, as_bytes, save_masks
from course_utils.widgets.parts import Canvas, CopyText
from course_utils.widgets.recipes import Recipe, dream_command, dream_line, film_lines, with_imports
from course_utils.widgets.regions import RegionPicker
from course_utils.widgets.studio import Fold, columns, dropdown, free_stem, row, slider, things_to_try

LAYERS = ("block3_conv3", "block4_conv2", "block4_conv4", "block5_conv1", "block5_conv3", "block5_conv4")
INCEPTION_LAYERS = ("mixed2", "mixed3", "mixed4", "mixed5", "mixed6", "mixed7")
AIMS = {"layers": "layers", "one channel": "channel", "a class": "class", "like a guide": "guide"}
SIZES = (192, 256, 384, 512, 768)
LINK = '<a target="_blank" href="05_deep_dream.ipynb">Lesson 05</a> answers.'
TRIES = (
    ("Set block5_conv3 to 0 and block4_conv2 to 1.", "Why do eyes and faces turn into weave and bricks?"),
    ("One octave instead of four.", "What is it that a large octave cannot make out of nothing?"),
    ("A jitter of 0.", "Where does the grain come from?"),
    ("One channel: block5_conv3, 170.", "What has it put in? The layer explorer shows what it answers to."),
)


class DreamStudio(Maker):
    """Deep Dream, live (lesson 05).

    picture: where the dream begins, a name in the course. network: see `load_network`, or one. size: longest side.
    """

    kind, verb = "dream", "Dream"
    still = "dream"
    words = (
        "The dream studio: a photograph that dreams, and beside it sliders for layers, octaves and steps, a picture "
        "in which regions are chosen, and the code that makes the same."
    )

    def __init__(self, picture: str = "cat", network: str | Network = "mini", size: int = 384) -> None:
        super().__init__("The picture that dreams.")
        self.network = load_network(network) if isinstance(network, str) else network
        told: dict[str, Any] = {"say": self.say, "complain": self.complain}
        self.source = Chooser("picture", picture, changed=self.guarded(self.picture_chosen), **told)
        self.guide = Chooser("guide", "flower", changed=self.guarded(self.live), **told)
        self._make_aims()
        self._make_settings(size)
        self.regions = RegionPicker(self.live, "the dream", "Only the chosen ones dream.", self.guarded)
        where = Fold("Where it dreams", self.regions)
        self.on_change(self.divide, where.button)
        self.film_frames = slider("frames", 40, 2, 120, 1, "How many pictures the film has")
        film_button = self.button("Zoom film", self.film, "Fall into the dream, and save the film as a GIF")
        folds = [Fold("How it dreams", self.settings_box, opened=True), where]
        self.film_words = widgets.Label("It begins with the picture as it is.")
        self.film_canvas = Canvas(width=320, alt="The film.", layout=widgets.Layout(display="none"))
        self.film_code = CopyText(label="Copy the film's code", hint="Copy the code that makes this film",
                                  layout=widgets.Layout(display="none"))  # fmt: skip
        film_parts = (self.film_frames, row(film_button), self.film_words, self.film_canvas, self.film_code)
        folds.append(Fold("A film", *film_parts))
        controls = widgets.VBox([self.aim, *self.aim_boxes.values(), *folds, things_to_try(TRIES, LINK)])
        self.made.children += (self.code, self.command)
        self.children = [self.source, columns(self.made, controls, least=340)]
        self.remembered = [self.source, self.guide, self.aim, *self.layers.values(), self.channel_layer, self.channel]
        self.remembered += [self.class_name, self.size, *self.numbers.values(), self.regions]
        self._aimed()
        self._become(self.first())
        self.say(f"{self.verb} begins; move anything meanwhile.")

    def _make_aims(self) -> None:
        layers = INCEPTION_LAYERS if self.network.name == "inception_v3" else LAYERS
        start = DREAM_LAYER if DREAM_LAYER in layers else "mixed5"
        self.aim = widgets.ToggleButtons(options=list(AIMS), description="dream of", tooltips=[
            "Several layers at once, each with its weight", "A single channel of a layer",
            "One of the network's classes", "Whatever a second picture has in these layers",
        ], style={"description_width": "70px", "button_width": "auto"})  # fmt: skip
        self.layers = {
            name: slider(name, float(name == start), -1.0, 3.0, 0.25, f"How much {name} counts; below 0 it is calmed")
            for name in layers
        }
        self.channel_layer = dropdown("layer", self.network.layers, start, "The layer of the channel")
        last = self.network.channels(start) - 1
        self.channel = widgets.BoundedIntText(min(170, last), min=0, max=last, description="channel",
                                              tooltip="The number of the channel, from 0")  # fmt: skip
        self.class_name = widgets.Combobox(
            value="goldfish", options=self.network.classes, description="class", continuous_update=False,
            tooltip="A class of the network, or a part of its name that no other has")  # fmt: skip
        sliders = widgets.VBox(list(self.layers.values()))
        self.aim_boxes = {
            "layers": sliders,
            "channel": widgets.VBox([self.channel_layer, self.channel]),
            "class": self.class_name,
            "guide": self.guide,
        }
        self.on_change(self._aimed, self.aim)
        self.on_change(self._channel_range, self.channel_layer)
        self.on_change(self._class_chosen, self.class_name)
        self.on_change(self.live, *self.layers.values(), self.channel, self.channel_layer)

    def _make_settings(self, size: int) -> None:
        usual = usual_steps(size)
        self.size = dropdown("size", sorted({*SIZES, size}), size, "Pixels on the longest side of the picture")
        self.numbers = {
            "octaves": slider("octaves", usual["octaves"], 1, 8, 1, "How many sizes, from small to large"),
            "octave_scale": slider("octave scale", usual["octave_scale"], 1.1, 2.0, 0.1, "From one size to the next"),
            "steps": slider("steps", usual["steps"], 1, 60, 1, "Steps at each size"),
            "step": slider("step", usual["step"], 0.25, 6.0, 0.25, "Mean change of a value in a step, of 0 to 255"),
            "jitter": slider("jitter", usual["jitter"], 0, 48, 1, "Pixels by which the picture is shifted at random"),
        }
        self.settings_box = widgets.VBox([self.size, *self.numbers.values()])
        self._size_before = size
        self.on_change(self._size_chosen, self.size)
        self.on_change(self.live, *self.numbers.values())

    # What changes what

    def opened(self) -> None:
        """Compile, so that the first step comes at once."""
        self._warm_up()

    def _warm_up(self) -> None:
        """Compile what is wished for, while nothing else is to be done."""
        if self.working or not self._opened:
            return
        settings = self.settings()
        self.say("Getting ready ...")

        def steps() -> Iterator[None]:
            with self._borrowed(settings) as compiled:
                compiled(resize(self.now.picture, max(64, self.network.smallest_side * 2)))
            yield

        self.worker.submit(steps, lambda _: None, lambda how: self.say("Ready."))

    def _aimed(self) -> None:
        chosen = AIMS[self.aim.value]
        for name, box in self.aim_boxes.items():
            shown = name == chosen or (name == "layers" and chosen == "guide")
            box.layout.display = None if shown else "none"
        self.live()
        self._warm_up()

    def _class_chosen(self) -> None:
        """Show the whole name of a class that was meant by a part of it."""
        name = self.network.classes[class_index(self.network, self.class_name.value)]
        if self.class_name.value != name:
            self.class_name.value = name  # Which comes here again.
            return
        self.say(f"It will dream of {name}.")
        self.live()

    def _channel_range(self) -> None:
        self.channel.max = self.network.channels(self.channel_layer.value) - 1

    def _size_chosen(self) -> None:
        """A larger picture has more octaves, unless another number than the usual was set."""
        octaves, before = self.numbers["octaves"], usual_steps(self._size_before)["octaves"]
        self._size_before = self.size.value
        usual = usual_steps(self.size.value)["octaves"]
        if octaves.value == before != usual:
            octaves.value = usual  # Which goes on by itself.
        else:
            self.live()

    # A run

    def first(self) -> Moment:
        picture = self.source.sized(self.size.value)
        line = f"picture = load_picture({self.source.source!r}, {self.size.value}){self.source.note()}"
        return Moment(picture, (lambda stem: line,), fresh=True, controls=self.controls())

    def _wishes(self) -> dict[str, Any]:
        """What is dreamt of, as arguments of `dream_objective`."""
        chosen = AIMS[self.aim.value]
        if chosen == "channel":
            return {"channels": {(self.channel_layer.value, self.channel.value): 1.0}}
        if chosen == "class":
            return {"classes": {self.class_name.value: 1.0}}
        weights = {name: one.value for name, one in self.layers.items()}
        if not any(weights.values()):
            raise CourseError("every layer's weight is 0: move one of the sliders.")
        return {"layers": weights}

    def settings(self) -> dict[str, Any]:
        guided = AIMS[self.aim.value] == "guide"
        number = len(self.now.masks) + 1
        return {
            "wishes": self._wishes(),
            "guide": self.guide.sized(self.size.value) if guided else None,
            "guide_line": f"load_picture({self.guide.source!r}, {self.size.value})" if guided else "",
            "size": self.size.value,
            "steps": {name: one.value for name, one in self.numbers.items()},
            "masks": {f"-mask{number}.png": mask for mask in self.regions.masks()},
        }

    def total(self, settings: dict[str, Any]) -> int:
        steps, (height, width) = settings["steps"], self.now.picture.shape[:2]
        scale = settings["size"] / max(height, width)
        shape = (round(height * scale), round(width * scale))
        sizes = octave_shapes(shape, steps["octaves"], steps["octave_scale"], self.network.smallest_side)
        return steps["steps"] * len(sizes)

    def _borrowed(self, settings: dict[str, Any]) -> AbstractContextManager[CompiledObjective]:
        return borrowed(dream_objective(self.network, **settings["wishes"], guide=settings["guide"]))

    def steps(self, picture: np.ndarray, settings: dict[str, Any]) -> Iterator[State]:
        picture = resize(picture, settings["size"])
        with self._borrowed(settings) as compiled:
            yield from dream_steps(compiled, picture, **settings["steps"], **self._where(settings, picture.shape))

    def _where(self, settings: dict[str, Any], shape: Sequence[int]) -> dict[str, Any]:
        masks = [load_mask(mask, shape) for mask in settings["masks"].values()]
        return {"smallest": self.network.smallest_side} | ({"mask": masks[0]} if masks else {})

    def line(self, settings: dict[str, Any], last: State, count: int, whole: bool) -> Recipe:
        return dream_line(settings, self.network, self._resized(settings), None if whole else count)

    def command_for(self, settings: dict[str, Any], last: State) -> Recipe | None:
        if self.source.uploaded or self._resized(settings):
            return None
        return dream_command(settings, self.network, self.source.source)

    def _resized(self, settings: dict[str, Any]) -> bool:
        return max(self.now.picture.shape[:2]) != settings["size"]

    # A film

    def film(self) -> None:
        """Fall into the dream; at the end, or when it is stopped, what there is of the film is saved."""
        if self.working:
            return
        settings, frames = self.settings(), []
        settings["steps"] = {name: settings["steps"][name] for name in ("step", "jitter", "octave_scale")}
        begun, count = self.now, self.film_frames.value
        start = begun.picture
        self._state, began = None, time.monotonic()
        self._busy(True)
        self.say("Falling into the dream ...")

        def steps() -> Iterator[np.ndarray]:
            with self._borrowed(settings) as compiled:
                yield from zoom_film(compiled, start, count, **settings["steps"], **self._where(settings, start.shape))

        def show(frame: np.ndarray) -> None:
            frames.append(as_bytes(frame))
            self.bar.value = len(frames) / count
            each = (time.monotonic() - began) / max(1, len(frames) - 1)  # The first is there at once.
            left = f", about {each * (count - len(frames)):.0f} s to go" if len(frames) > 1 else ""
            self.say(f"Falling into the dream: {len(frames)} of {count} pictures{left}.")
            if self.canvas.due():
                self.show(frame)

        def ended(how: str) -> None:
            self._busy(False)
            self.show(self.now.picture)
            self.worker.submit(lambda: self._saved(frames, begun, settings), self._show_film)

        self.worker.submit(steps, show, ended)

    def _saved(
        self, frames: list[np.ndarray], begun: Moment, settings: dict[str, Any]
    ) -> Iterator[tuple[str, bytes, str]]:
        """Write the film; what there is to say of it, the film as a page can play it, and the code that makes it."""
        if len(frames) < 2:
            yield "Stopped before the film had two pictures.", b"", ""
            return
        stem = free_stem(self.kind)
        save_masks(begun.masks | settings["masks"], stem)
        path = save_animation(frames, f"{stem}-film.gif")
        lines = [*(line(stem) for line in begun.lines), film_lines(settings, self.network, len(frames), stem)]
        yield f"Saved as {path}: {len(frames)} pictures.", encode_film(frames), with_imports("\n".join(lines))

    def _show_film(self, film: tuple[str, bytes, str]) -> None:
        words, data, code = film
        self.say(words)
        self.film_words.value = words
        if data:
            self.film_canvas.data, self.film_code.text = data, code
            self.film_canvas.layout.display = self.film_code.layout.display = None
