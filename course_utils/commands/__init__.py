"""The command line: the commands that make a picture, one module each, and which of them a line means.

Nothing here loads TensorFlow before a job is run.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
