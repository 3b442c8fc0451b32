"""Wrong answers to the exercises of lesson 02, with words that their refusals must hold."""

import numpy as np
from scipy import ndimage

from course_utils.backend import tf


def _three(a, cell, channel):
    neuron, whole = np.zeros_like(a), np.zeros_like(a)
    neuron[cell[0], cell[1], channel] = 1
    whole[..., channel] = 1
    return neuron, whole, a.copy()


def _with(place, make):
    """All three deltas right but one, which `make` makes of (a, cell, channel)."""

    def deltas(a, cell, channel):
        found = list(_three(a, cell, channel))
        found[place] = make(a, cell, channel)
        return tuple(found)

    return deltas


def _value(a, cell, channel):
    found = np.zeros_like(a)
    found[cell[0], cell[1], channel] = a[cell[0], cell[1], channel]
    return found


def _all_channels(a, cell, channel):
    found = np.zeros_like(a)
    found[cell] = 1
    return found


def _in_place(a, cell, channel):
    answer = _three(a, cell, channel)
    a[...] = 0
    a[..., channel] = 1
    return answer


def _open_at_zero(x, delta, rule):
    passes = {"plain": x >= 0, "deconvnet": delta > 0, "guided": (x >= 0) & (delta > 0)}[rule]
    return np.where(passes, delta, 0)


def _regions(saliency, share):
    labels, _ = ndimage.label(saliency > np.quantile(saliency, 1 - share))
    return labels, np.bincount(labels.ravel())


def _biggest_is_background(saliency, share):
    labels, sizes = _regions(saliency, share)
    return labels == sizes.argmax()


def _as_numbers(saliency, share):
    labels, sizes = _regions(saliency, share)
    return (labels == 1 + sizes[1:].argmax()).astype("float32")


def _custom(backward):
    @tf.custom_gradient
    def guided_relu(x):
        return tf.nn.relu(x), lambda delta: backward(x, delta)

    return guided_relu


def _undecorated(x):
    return tf.nn.relu(x), lambda delta: tf.where((x > 0) & (delta > 0), delta, 0.0)


@tf.custom_gradient
def _identity_forward(x):
    return tf.identity(x), lambda delta: tf.where((x > 0) & (delta > 0), delta, 0.0)


WRONG = {
    "deltas": [
        (_with(0, _value), ["neuron", "and not its activation"]),
        (_with(0, _all_channels), ["all channels"]),
        (_with(1, lambda a, cell, channel: _three(a, cell, channel)[1] / a[..., 0].size), ["mean", "sum was asked"]),
        (_with(1, lambda a, cell, channel: np.ones_like(a)), ["every channel"]),
        (_with(2, lambda a, cell, channel: 2 * a), ["half in front"]),
        (_with(2, lambda a, cell, channel: a**2), ["square itself"]),
        (_with(2, lambda a, cell, channel: np.maximum(a, 0)), ["half the sum of squares"]),
        (_in_place, ["in place", "copy"]),
        (lambda a, cell, channel: a, ["three deltas"]),
    ],
    "saliency_of": [
        (lambda gradient: gradient.max(-1), ["below 0"]),
        (lambda gradient: np.abs(gradient.max(-1)), ["size of each colour first"]),
        (lambda gradient: np.abs(gradient).sum(-1), ["sum of the three", "Simonyan"]),
        (lambda gradient: np.abs(gradient).mean(-1), ["mean"]),
        (lambda gradient: np.abs(gradient).max(0), ["(4, 6)", "(6, 3)", "axis"]),
        (lambda gradient: np.abs(gradient), ["three numbers a pixel"]),
        (lambda gradient: np.abs(gradient, out=gradient).max(-1), ["in place", "copy"]),
    ],
    "saliency_mask": [
        (lambda saliency, share: saliency > np.quantile(saliency, 1 - share), ["keep the larger"]),
        (_biggest_is_background, ["background"]),
        (lambda saliency, share: _regions(saliency, share)[0] == 1, ["most pixels"]),
        (lambda saliency, share: _regions(saliency, share)[0] == _regions(saliency, share)[0].max(), ["nor the last"]),
        (_as_numbers, ["bool", "float32"]),
        (lambda saliency, share: saliency > np.quantile(saliency, share), ["1 - share"]),
        (lambda saliency, share: saliency > share, ["pixels were expected"]),
    ],
    "relu_backward": [
        (lambda x, delta, rule: delta * (x > 0), ["under the rule deconvnet", "rule plain"]),
        (lambda x, delta, rule: np.maximum(x, 0), ["output"]),
        (lambda x, delta, rule: np.maximum(x, 0) * delta, ["not x"]),
        (lambda x, delta, rule: delta, ["untouched"]),
        (lambda x, delta, rule: np.maximum(delta, 0) * (x > 0), ["rule plain", "rule guided"]),
        (_open_at_zero, ["shut at 0"]),
    ],
    "guided_relu": [
        (tf.custom_gradient(lambda x: (tf.nn.relu(x), x)), ["two things"]),
        (lambda x: tf.nn.relu(x), ["plain rule", "decorated"]),
        (_custom(lambda x, delta: tf.nn.relu(delta)), ["deconvnet"]),
        (_custom(lambda x, delta: delta), ["untouched"]),
        (_undecorated, ["@tf.custom_gradient"]),
        (_identity_forward, ["forward"]),
        (lambda x: np.maximum(x, 0), ["TensorFlow's functions"]),
    ],
    "unmoved": [("a", ["true gradient"]), ("b", ["deconvnet"]), ("d", ["one of a, b, c"])],
}
