"""Deep Dream: objectives to be climbed, octaves, the whole method, and films that fall into a dream."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
