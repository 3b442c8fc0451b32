"""The part of the Gram lens that makes a texture, with Run, Stop and Save."""

from __future__ import annotations

import html
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import ipywidgets as widgets
import numpy as np

from course_utils.defaults import STYLE_LAYERS
from course_utils.network import Network
from course_utils.optimize.states import State
from course_utils.pictures.saving import save_picture
from course_utils.style.settings import TextureSettings
from course_utils.style.textures import texture_steps
from course_utils.widgets.parts import Canvas, CopyText
from course_utils.widgets.recipes import with_imports
from course_utils.widgets.studio import Studio, columns, dropdown, free_stem, row, slider
from course_utils.widgets.worker import STOPPED, Worker

SIZES = {f"{side} x {side} pixels": side for side in (96, 128, 192, 256)} | {"as the example": None}
LAYERS = {
    "up to the chosen one": "up to",
    "the five style layers": "all",
    "the chosen one alone": "alone",
}


def layers_of(choice: str, layer: str, network_layers: tuple[str, ...]) -> tuple[str, ...]:
    """The layers of a texture, in order of depth: a value of LAYERS, the layer chosen in the lens, all there are."""
    if choice == "all":
        return STYLE_LAYERS
    upper = network_layers[: network_layers.index(layer)] if choice == "up to" else ()
    return (*(name for name in STYLE_LAYERS if name in upper), layer)


@dataclass(frozen=True, eq=False)
class Plan:
    """All that a texture depends on, as it was when Run was pressed.

    example_code: Python that gives `example`. settings: the options of `texture`. note: a comment at the end of the
    line of code.
    """

    example: np.ndarray
    example_code: str
    size: int | None
    settings: TextureSettings
    note: str = ""

    def code(self, steps: int | Sequence[int]) -> str:
        """Python that makes the same texture. steps: evaluations, see `texture`."""
        words = [self.example_code, str(self.size), f"steps={steps!r}"]
        unusual = replace(self.settings, steps=TextureSettings.steps).unusual()
        words += [f"{name}={_python(value)}" for name, value in unusual.items()]
        return with_imports(f"picture = texture({', '.join(words)}).picture{self.note}")


def _python(value: Any) -> str:
    if isinstance(value, tuple):
        inside = ", ".join(_python(one) for one in value)
        return f"({inside},)" if len(value) == 1 else f"({inside})"
    return "network" if isinstance(value, Network) else repr(value)


class Weaver(widgets.VBox):
    """Controls of a texture, its picture, and the code that makes the same.

    studio: takes the complaints. plan: gives the Plan for what is set now, from the values of the controls here, or
    raises CourseError.
    """

    def __init__(self, studio: Studio, plan: Callable[[Weaver], Plan]) -> None:
        self.studio, self.plan, self.worker = studio, plan, Worker(self._failed)
        self.made: Plan | None = None
        self.state: State | None = None
        self._began = 0.0
        self._frames = 0
        self._reached: dict[int, int] = {}  # Evaluations so far, at the end of each stage.
        self._make_controls()
        self.canvas = Canvas(width=320, alt="The texture: nothing has been made yet.")
        self.canvas.show(np.full((128, 128, 3), 200, "float32"))
        self.words = widgets.HTML("Nothing has been made yet: press <b>Run</b>.")
        self.code = CopyText(label="Copy the code", hint="Copy the Python that makes this texture")
        buttons = row(self.run, self.stop, self.save)
        controls = widgets.VBox([self.example, self.layers, self.size, self.steps, self.seed, buttons, self.words])
        super().__init__([columns(controls, widgets.VBox([self.canvas]), least=270), self.code])

    def _make_controls(self) -> None:
        button = self.studio.button
        self.example = dropdown(
            "Example", ["first", "second"], "first", "Whose statistics the texture gets: the first picture's or patch's"
        )
        self.layers = dropdown(
            "Layers",
            LAYERS,
            "up to",
            "The style layers up to the layer chosen above, and that; or all five style layers; or that one alone",
        )
        self.size = dropdown(
            "Size", SIZES, 128, "Width and height of the texture; twice the side takes four times as long"
        )
        self.steps = slider("Step limit", 80, 10, 300, 10, "Evaluations of the loss, at most; Stop ends it before")
        self.seed = slider("Noise", 0, 0, 20, 1, "Number of the noise from which it starts: another, another texture")
        self.run = button("Run", self.begin, "Make a texture from noise, with what is set now", button_style="primary")
        self.stop = button("Stop", self.worker.stop, "End the run and keep the picture as it is", disabled=True)
        self.save = button(
            "Save as PNG", self.write, "Write the texture, with its settings, into the working folder", disabled=True
        )

    def begin(self) -> None:
        """Begin a texture with what is set now; nothing, while one is being made."""
        if self.worker.running:
            return
        plan = self.plan(self)
        self.made, self.state, self._frames, self._began, self._reached = plan, None, 0, 0.0, {}
        self.run.disabled, self.stop.disabled, self.save.disabled = True, False, True
        self.code.text = plan.code(plan.settings.steps)
        self._say("getting ready: the loss is being compiled")
        self.worker.submit(
            lambda: texture_steps(plan.example, plan.size, **plan.settings.as_dict()),
            lambda state: self._show(plan, state),
            lambda how: self._ended(plan, how),
        )

    def _show(self, plan: Plan, state: State) -> None:
        self.state = state
        self._reached[state.stage] = state.step
        if self.canvas.due():
            self._draw(plan, state)

    def _draw(self, plan: Plan, state: State) -> None:
        self._frames += 1
        self.canvas.show(state.picture)
        self._began = self._began or time.monotonic()  # The time that compiling took says nothing about the speed.
        rate = (self._frames - 1) / max(time.monotonic() - self._began, 1e-3)
        done = f"{state.step} of {sum(plan.settings.steps_by_stage())} evaluations"
        self._say(f"{done}: {100 * state.loss:.2f} % of the distance left", rate)

    def _say(self, text: str, rate: float = 0.0) -> None:
        speed = f" ({rate:.1f} pictures a second)" if rate else ""
        self.words.value = f'<div role="status">{html.escape(text[0].upper() + text[1:] + speed)}.</div>'

    def _ended(self, plan: Plan, how: str) -> None:
        self._idle()
        if self.state is None:
            self.code.text = ""
            self._say("stopped before the first step: nothing has been made")
            return
        self._draw(plan, self.state)
        # A run may end early, or take some evaluations more within its last iteration: this many were taken.
        self.code.text = plan.code(self._steps_done(plan))
        layers, statistic = ", ".join(plan.settings.layers), plan.settings.statistic
        self.canvas.alt = f"A texture of {layers} ({statistic}), made from noise."
        ending = "stopped" if how == STOPPED else "done"
        self._say(f"{ending} after {self.state.step} evaluations: {100 * self.state.loss:.2f} % of the distance left")

    def _steps_done(self, plan: Plan) -> int | Sequence[int]:
        """The option `steps` that leads to the picture as it is."""
        return plan.settings.steps_done(self._reached)

    def _failed(self, error: Exception) -> None:
        self._idle()
        self.code.text = self.made.code(self._steps_done(self.made)) if self.made and self.state else ""
        self._say("the run ended by an error, which is told above")
        self.studio.failed(error)

    def _idle(self) -> None:
        self.run.disabled, self.stop.disabled, self.save.disabled = False, True, self.state is None

    def write(self) -> None:
        """Save the picture under the first free name."""
        plan, state = self.made, self.state
        if plan is None or state is None:
            return
        path = f"{free_stem('texture')}.png"
        how = plan.settings
        settings: dict[str, Any] = {"example": plan.example_code, "size": plan.size, "layers": ",".join(how.layers)}
        settings |= {
            "statistic": how.statistic,
            "steps": self._steps_done(plan),
            "seed": how.seed,
            "code": self.code.text,
        }
        save_picture(np.clip(state.picture, 0, 255), path, settings)
        self._say(f"saved as {path}")
