"""Things to click on in a notebook: the studios, each opened by one line, and a button for a picture of one's own.

from course_utils.widgets import DreamStudio

DreamStudio("cat")
"""

from __future__ import annotations

import importlib
from typing import Any

_HOME = {
    "DreamStudio": "dream_studio",
    "GramLens": "gram_lens",
    "LayerExplorer": "explorer",
    "StyleStudio": "style_studio",
    "Upload": "upload",
}
__all__ = sorted(_HOME)


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return __all__
