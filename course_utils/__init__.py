"""Helper package of the course on Deep Dream and neural style.

    from course_utils import load_network, load_picture, show, style_transfer

What is named here is loaded when it is first used, so that `import course_utils` costs nothing and the command line can
refuse a wrong file name before TensorFlow has been loaded.
"""

import lazy_loader

__version__ = "0.1.0"
__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
