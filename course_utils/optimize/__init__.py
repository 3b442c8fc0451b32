"""Optimising one picture: L-BFGS (ours, and SciPy's), Adam, gradient ascent, and the bases in which a picture is moved.

An objective maps a picture tensor (1, h, w, 3), RGB, 0..255, to a dict of named scalar terms, whose sum is minimised.
There is one picture and no noise in its cost, which is why L-BFGS, and not Adam, is the natural choice.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
