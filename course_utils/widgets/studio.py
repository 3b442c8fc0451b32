"""What all studios have: a line that tells how things stand, work in a thread, an end, and a picture for dead pages."""

from __future__ import annotations

import base64
import html
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import ipywidgets as widgets

from course_utils.widgets.closing import close_all, replace_of_same_cell
from course_utils.widgets.failures import guarded, in_one_line
from course_utils.widgets.parts import Canvas
from course_utils.widgets.stills import call_of, still_of
from course_utils.widgets.worker import Worker


class Studio(widgets.VBox):
    """A page of controls about a picture.

    A subclass makes its widgets, gives them to `__init__`, and hands all work to `self.worker`. Nothing is computed
    before a browser shows the studio: `opened` is called then, once. Running its cell again closes the studio that the
    cell showed before.
    """

    still = ""  # Beginning of the names of the pictures that stand in for the studio where no widget lives.
    words = ""  # What they show.

    def __new__(cls, *values: Any, **named: Any) -> Studio:
        made = super().__new__(cls, *values, **named)
        made._called = values, named
        return made

    def __init__(self) -> None:
        self.status = widgets.HTML(layout=widgets.Layout(width="auto", min_height="28px"))
        self.worker = Worker(self.failed)
        self.error: Exception | None = None
        self._opened = False
        super().__init__()
        self.add_class("course-studio")
        replace_of_same_cell(self)

    def opened(self) -> None:
        """What is to be done once a browser shows the studio."""

    def opens_with(self, canvas: Canvas) -> None:
        """Call `opened` when this canvas is drawn for the first time."""

        def ready(*_: Any) -> None:
            if not self._opened:
                self._opened = True
                self.guarded(self.opened)()

        canvas.on("ready", ready)

    def say(self, text: str) -> None:
        """Tell in the status line how things stand."""
        self.status.value = f'<div role="status" class="course-status">{html.escape(text)}</div>'

    def complain(self, text: str) -> None:
        """Tell in the status line what went wrong and what to do."""
        self.status.value = f'<div role="alert" class="course-status course-wrong">{html.escape(text)}</div>'

    def failed(self, error: Exception) -> None:
        """Tell what an exception says, in one line; the studio goes on."""
        self.error = error
        self.complain(in_one_line(error))

    def guarded(self, callback: Callable) -> Callable:
        """A callback whose exceptions become a line in the studio, unless it is closed: nobody would see it then."""
        return guarded(callback, lambda error: None if self.worker.closed else self.failed(error))

    def button(self, label: str, pressed: Callable[[], Any], tooltip: str, **options: Any) -> widgets.Button:
        """A button that calls a function, guarded."""
        options.setdefault("layout", widgets.Layout(width="auto"))
        made = widgets.Button(description=label, tooltip=tooltip, **options)
        made.on_click(lambda _: self.guarded(pressed)())
        return made

    def on_change(self, changed: Callable[[], Any], *controls: widgets.Widget) -> None:
        """Call a function, guarded, whenever the value of one of some controls changes."""
        for control in controls:
            control.observe(lambda _: self.guarded(changed)(), "value")

    def close(self) -> None:
        """End the work, take the studio and all its parts off the page, and let go of its pictures."""
        close_all(self, keep=["worker"])

    def _repr_mimebundle_(self, **options: Any) -> Any:
        """The studio, and a picture of it for pages on which no widget lives."""
        bundle = super()._repr_mimebundle_(**options)
        data, meta = bundle if isinstance(bundle, tuple) else (bundle, {})
        data = {**data, "text/plain": self.words}
        values, named = self._called
        if still := still_of(call_of(type(self), values, named)):
            data["image/jpeg"] = base64.b64encode(still).decode()
            meta = meta | {"image/jpeg": {"alt": self.words}}
        return data, meta


def slider(label: str, value: float, low: float, high: float, step: float, tooltip: str, **options: Any) -> Any:
    """A slider for whole numbers or, if `step` is not one, for others. It tells its value when it is let go."""
    kind = widgets.IntSlider if isinstance(step, int) else widgets.FloatSlider
    return kind(value, min=low, max=high, step=step, description=label, tooltip=tooltip,
                **({"continuous_update": False, "style": {"description_width": "110px"},
                    "layout": widgets.Layout(width="98%")} | options))  # fmt: skip


def dropdown(label: str, options: Mapping | Sequence, value: Any, tooltip: str, **more: Any) -> widgets.Dropdown:
    """A list to choose one of."""
    look = {"style": {"description_width": "110px"}, "layout": widgets.Layout(width="98%", max_width="380px")}
    return widgets.Dropdown(options=options, value=value, description=label, tooltip=tooltip, **(look | more))


def row(*parts: widgets.Widget) -> widgets.HBox:
    """Parts beside each other, as far as the page is wide enough."""
    return widgets.HBox(parts, layout=widgets.Layout(flex_flow="row wrap", align_items="center", width="100%"))


def columns(*parts: widgets.Widget, least: int = 300) -> widgets.HBox:
    """Columns of the same width, which come to lie under each other where each would get less than `least` pixels."""
    for part in parts:
        part.layout.flex, part.layout.min_width = f"1 1 {least}px", f"min({least}px, 100%)"
        part.layout.width = "auto"
    made = widgets.HBox(parts, layout=widgets.Layout(flex_flow="row wrap", align_items="flex-start", width="100%"))
    made.add_class("course-columns")
    return made


class Fold(widgets.VBox):
    """Controls under a title that shows and hides them; the headers of ipywidgets' Accordion take no keys."""

    def __init__(self, title: str, *parts: widgets.Widget, opened: bool = False) -> None:
        self.title, self.inside = title, widgets.VBox(parts)
        self.inside.add_class("course-inside")
        look = widgets.Layout(width="auto")
        self.button = widgets.ToggleButton(opened, tooltip="Show or hide what is below", layout=look)
        self.button.add_class("course-fold")
        self.button.observe(lambda _: self._draw(), "value")
        super().__init__([self.button, self.inside])
        self._draw()

    def _draw(self) -> None:
        self.button.description = f"{'▾' if self.button.value else '▸'} {self.title}"
        self.inside.layout.display = None if self.button.value else "none"


def free_stem(kind: str) -> str:
    """Stem of the next file to save beside the notebook, such as dream-3."""
    number = 1
    while list(Path().glob(f"{kind}-{number}[.-]*")):
        number += 1
    return f"{kind}-{number}"


def things_to_try(tries: Sequence[tuple[str, str]], where: str) -> widgets.HTML:
    """What to try, each with a question; where: the lesson that answers them, as (a link in) HTML."""
    items = "".join(f"<li><b>{do}</b> {ask}</li>" for do, ask in tries)
    return widgets.HTML(f"<details open><summary>To try</summary><ul>{items}</ul><p>{where}</p></details>")
