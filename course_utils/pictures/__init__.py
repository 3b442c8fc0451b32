"""Pictures: the course's own and anyone's, loaded, resized, recoloured, shown, plotted and saved.

A picture is a NumPy float32 array (height, width, 3), RGB, 0..255.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
