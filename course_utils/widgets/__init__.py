"""Things to click on in a notebook: the studios, each opened by one line, and a button for a picture of one's own.

from course_utils.widgets import DreamStudio

DreamStudio("cat")
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
