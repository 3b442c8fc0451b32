"""The backward pass to the picture: deltas, saliency, Grad-CAM.

Source: L9 = CS231n, Lecture 9 (2016).
"""

from __future__ import annotations

import numpy as np

from course_utils import checks
from course_utils.backend import keras, tf
from course_utils.checks import checked
from course_utils.explore.forward import Delta, Forward, delta_at
from course_utils.explore.scores import SCORES, class_number
from course_utils.network import Network


@checked(network=checks.network, picture=checks.picture, layer=checks.text)
def backward(network: Network, picture: np.ndarray, layer: str, delta: Delta) -> np.ndarray:
    """Send a delta from a layer backward to the picture (h, w, 3): the gradient there, (h, w, 3) (L9, slide 19).

    It is the gradient of sum(delta x output), with delta held fixed. delta: of the layer's output's shape, with or
    without the leading 1; or a function of the output, so that `lambda a: a` is Deep Dream's. At SCORES: (classes,).
    Raises CourseError: unknown layer, wrong shape.
    """
    if layer != SCORES:
        return Forward(network, picture, deepest=layer).backward(layer, delta)
    batch = network.batch(picture)
    with tf.GradientTape() as tape:
        tape.watch(batch)
        output = network.logits(batch)
    return tape.gradient(output, batch, output_gradients=delta_at(layer, output, delta)).numpy()[0]


@checked(network=checks.network, picture=checks.picture)
def saliency_map(network: Network, picture: np.ndarray, wanted: str | int) -> np.ndarray:
    """How much each pixel of a picture (h, w, 3) moves the score of a class: (h, w), never below 0.

    The largest absolute gradient of the three colours (L9, slides 35 and 36; Simonyan et al., arXiv 1312.6034).
    """
    delta = np.eye(len(network.classes), dtype="float32")[class_number(network, wanted)]
    return np.abs(backward(network, picture, SCORES, delta)).max(-1)


@checked(network=checks.network, picture=checks.picture, layer=checks.optional(checks.text))
def grad_cam(network: Network, picture: np.ndarray, wanted: str | int, layer: str | None = None) -> np.ndarray:
    """Where a layer holds what speaks for a class: a map (rows, columns) of its cells, never below 0.

    The sum of the layer's channels, each weighed by its mean gradient of the score, and of that the positive part
    (Selvaraju et al., "Grad-CAM", arXiv 1610.02391). layer: None is the network's last.
    """
    k, layer, model = class_number(network, wanted), layer or network.layers[-1], network.classifier
    network.channels(layer)  # Refuses a layer that is not there.
    part = keras.Model(model.inputs, [model.get_layer(layer).output, model.output])
    with tf.GradientTape() as tape:
        batch = network.classifier_batch(picture)
        tape.watch(batch)
        output, scores = part(batch)
        score = scores[0, k]
    weights = tf.reduce_mean(tape.gradient(score, output), (1, 2), keepdims=True)
    return tf.nn.relu(tf.reduce_sum(weights * output, -1))[0].numpy()
