"""How a studio ends: its work is ended, its parts are taken off the page, and what they hold is let go.

A widget that is only closed may live on for ever: a notebook keeps every cell's result in `Out`, an anywidget whose
script is a file is held by what watches that file, and parts that know each other wait for the garbage collector. The
pictures of a studio take tens of megabytes, so they are let go at once, whoever still holds the empty shell.
"""

from __future__ import annotations

import weakref
from collections.abc import Iterator, Sequence

import ipywidgets as widgets

# What a widget cannot do without, even closed.
_BARE = {"_repr_mimebundle_", *vars(widgets.Widget.__new__(widgets.Widget))}


def close_all(page: widgets.Widget, keep: Sequence[str] = ()) -> None:
    """Close a widget with all its parts, end their work, and delete what they hold.

    keep: names of attributes of the widget itself that stay.
    """
    if page.comm is None:  # It is closed: a widget that is deleted closes itself once more.
        return
    parts = list(parts_of(page))
    for part in parts:
        if (worker := getattr(part, "worker", None)) is not None:
            worker.close()
    for part in parts:
        widgets.Widget.close(part)
        part.unobserve_all()
        _empty(part, keep if part is page else ())


def parts_of(widget: widgets.Widget) -> Iterator[widgets.Widget]:
    """A widget, and all below it; layouts and styles are widgets of their own, which ipywidgets would keep for ever."""
    yield widget
    for name in ("layout", "style"):
        if isinstance(part := getattr(widget, name, None), widgets.Widget):
            yield part
    for child in getattr(widget, "children", ()):
        yield from parts_of(child)


def _empty(widget: widgets.Widget, keep: Sequence[str]) -> None:
    """Delete what a closed widget holds besides the values of its traits, which are small, and its children."""
    if hasattr(widget, "children"):
        widget.children = ()
    for name in set(vars(widget)) - _BARE - set(keep):
        delattr(widget, name)


# By cell: which run of it was the last, and the pages that it has made.
_shown: dict[str, tuple[int, list[weakref.ref[widgets.Widget]]]] = {}


def replace_of_same_cell(page: widgets.Widget) -> None:
    """Close what an earlier run of the cell that is being run has made, where the notebook names its cells."""
    try:
        from IPython import get_ipython

        shell = get_ipython()
        cell = shell.get_parent()["metadata"]["cellId"]
        run = shell.execution_count
    except (ImportError, AttributeError, KeyError, TypeError):
        return
    earlier, others = _shown.get(cell, (run, []))
    if earlier != run:
        for other in others:
            if (old := other()) is not None:
                old.close()
        others = []
    _shown[cell] = (run, [*others, weakref.ref(page)])
