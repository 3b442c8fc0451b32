"""A learner's own work: pictures kept in `my_pictures/` and shown on a page, the chosen photograph, solved tasks."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
