"""Things to click on in a notebook: the studios, each opened by one line, and a button for a picture of one's own.

from course_utils.widgets import DreamStudio

DreamStudio("cat")
"""

from __future__ import annotations

from course_utils.lazy import attributes

_HOME = {
    "DreamStudio": "dream_studio",
    "GramLens": "gram_lens",
    "LayerExplorer": "explorer",
    "StyleStudio": "style_studio",
    "Upload": "upload",
}
__all__ = sorted(_HOME)
__getattr__, __dir__ = attributes(__name__, _HOME)
