"""TensorFlow and Keras, imported without their log lines, and without what Keras imports only because it is there.

TensorFlow's C++ side writes to file descriptor 2 while it is imported and at its first operation, which would put a red
box into a notebook. Turning oneDNN off would silence it too, at the price of half the speed on a processor.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("KERAS_BACKEND", "tensorflow")

# Keras imports these if they are installed, for wrappers and plots of its own that the course does not use. That takes
# a third of the whole import: scikit-learn brings SciPy's statistics along.
UNUSED = ("sklearn", "matplotlib", "matplotlib.pyplot")


@contextmanager
def without(*modules: str) -> Iterator[None]:
    """Let imports in here find these modules missing, save those that are loaded already."""
    hidden = [name for name in modules if name not in sys.modules]
    sys.modules.update(dict.fromkeys(hidden))  # type: ignore[arg-type]  # None says "not there" to an import.
    try:
        yield
    finally:
        for name in hidden:
            sys.modules.pop(name, None)


@contextmanager
def silence() -> Iterator[None]:
    """Let what is written to file descriptor 2 in here disappear."""
    try:
        stderr = os.dup(2)
    except OSError:  # It is closed: a program without a terminal may be started so.
        yield
        return
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 2)
    try:
        yield
    finally:
        os.dup2(stderr, 2)
        os.close(stderr)
        os.close(null)


with silence(), without(*UNUSED):
    import tensorflow as tf

    tf.constant(0.0) + 1  # The first operation logs as well.
    import keras

__all__ = ["keras", "tf"]
