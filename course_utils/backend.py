"""TensorFlow and Keras, imported without their log lines.

TensorFlow's C++ side writes to file descriptor 2 while it is imported and at its first operation, which would put a red
box into a notebook. Turning oneDNN off would silence it too, at the price of half the speed on a processor.
"""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("KERAS_BACKEND", "tensorflow")

_stderr, _null = os.dup(2), os.open(os.devnull, os.O_WRONLY)
os.dup2(_null, 2)
try:
    import tensorflow as tf

    tf.constant(0.0) + 1  # The first operation logs as well.
    import keras
finally:
    os.dup2(_stderr, 2)
    os.close(_stderr)
    os.close(_null)

__all__ = ["keras", "tf"]
