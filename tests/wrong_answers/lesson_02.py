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


def _by(measure, share_of=lambda share: share):
    """The region with the most of something: of pixels, brightness, ..."""

    def saliency_mask(saliency, share):
        labels, count = ndimage.label(saliency > np.quantile(saliency, 1 - share_of(share)))
        return labels == 1 + np.argmax([measure(saliency[labels == k]) for k in range(1, count + 1)])

    return saliency_mask


_last = []


def _global(x):
    _last[:] = [x]
    return tf.nn.relu(x), lambda delta: tf.where((_last[0] > 0) & (delta > 0), delta, 0.0)


def _integrated(at=lambda k, steps: (k + 0.5) / steps, whole=False, factor=True):
    """Integrated gradients whose gradients are taken elsewhere on the way, summed, or not multiplied."""

    def integrated_gradients(gradient_of, picture, blank, steps):
        shares = [at(k, steps) for k in range(steps)]
        found = [gradient_of(blank + share * (picture - blank)) for share in shares]
        mean = np.sum(found, 0) if whole else np.mean(found, 0)
        return (picture - blank) * mean if factor else mean

    return integrated_gradients


def _moves_the_blank(gradient_of, picture, blank, steps):
    total, part = 0, (picture - blank) / steps
    blank += part / 2
    for _ in range(steps):
        total = total + gradient_of(blank) * part
        blank += part
    return total


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
        (lambda a, cell, channel: (*_three(a, cell, channel)[:2], ...), ["half the sum of squares is still `...`"]),
        (lambda a, cell, channel: (_value(a, cell, channel) > 0, *_three(a, cell, channel)[1:]), ["whatever its act"]),
        (lambda a, cell, channel: [one.tolist() for one in _three(a, cell, channel)], ["NumPy array", "a list"]),
        (lambda a, cell, channel: tf.cast(tf.stack(_three(a, cell, channel)), tf.float64), ["float64", "float32"]),
        (_with(2, lambda a, cell, channel: None), ["half the sum of squares is None"]),
    ],
    "saliency_of": [
        (lambda gradient: gradient.max(-1), ["below 0"]),
        (lambda gradient: np.abs(gradient.max(-1)), ["size of each colour first"]),
        (lambda gradient: np.abs(gradient).sum(-1), ["sum of the three", "Simonyan"]),
        (lambda gradient: np.abs(gradient).mean(-1), ["mean"]),
        (lambda gradient: np.abs(gradient).max(0), ["axis"]),
        (lambda gradient: np.abs(gradient), ["three numbers a pixel"]),
        (lambda gradient: np.abs(gradient, out=gradient).max(-1), ["in place", "copy"]),
        (lambda gradient: np.abs(gradient).max(-1, keepdims=True), ["shape (1, 4)", "(1, 4, 1)"]),
        (lambda gradient: np.abs(gradient).max(-1) / np.abs(gradient).max(), ["largest of 1"]),
        (lambda gradient: tf.reduce_max(tf.abs(gradient), -1), ["a tensor", ".numpy()"]),
        (lambda gradient: np.abs(gradient).max(-1).astype("float16"), ["float32 or float64", "float16"]),
        (lambda gradient: np.abs(gradient).max(), ["should be an array"]),
    ],
    "saliency_mask": [
        (lambda saliency, share: saliency > np.quantile(saliency, 1 - share), ["keep the largest"]),
        (_biggest_is_background, ["background"]),
        (lambda saliency, share: _regions(saliency, share)[0] == 1, ["most pixels"]),
        (lambda saliency, share: _regions(saliency, share)[0] == _regions(saliency, share)[0].max(), ["last region"]),
        (_as_numbers, ["bool", "float32"]),
        (lambda saliency, share: saliency > np.quantile(saliency, share), ["1 - share"]),
        (lambda saliency, share: saliency > share, ["no fixed scale"]),
        (_by(np.sum), ["sum of brightness", "most pixels"]),
        (_by(np.max), ["brightest pixel"]),
        (_by(np.mean), ["mean of brightness"]),
        (_by(len, lambda share: 0.18), ["A fixed share"]),
        (_by(len, lambda share: 0.25), ["A fixed share"]),
        (lambda saliency, share: ndimage.binary_fill_holes(_by(len)(saliency, share)), ["hole"]),
        (lambda saliency, share: _by(len)(saliency, share)[:20, :20], ["shape"]),
        (lambda saliency, share: _by(len)(saliency, share).tolist(), ["NumPy array", "a list"]),
        (lambda saliency, share: np.where(_by(len)(saliency, share), 255, 0), ["bool", "int64"]),
    ],
    "relu_backward": [
        (lambda x, delta, rule: delta * (x > 0), ["by the rule deconvnet", "rule plain"]),
        (lambda x, delta, rule: np.maximum(x, 0), ["output"]),
        (lambda x, delta, rule: np.maximum(x, 0) * delta, ["not x"]),
        (lambda x, delta, rule: delta, ["untouched"]),
        (lambda x, delta, rule: np.maximum(delta, 0) * (x > 0), ["rule plain", "rule guided"]),
        (_open_at_zero, ["shut at 0"]),
        (lambda x, delta, rule: np.where((x > 0) | (delta > 0), delta, 0), ["rule plain"]),
        (lambda x, delta, rule: {"plain": delta * (x > 0), "deconvnet": delta * (delta > 0)}.get(rule), ["`return`"]),
        (lambda x, delta, rule: tf.where(x > 0, delta, 0.0), ["TypeError", "the lecture's table"]),
        (lambda x, delta, rule: delta if x > 0 else 0, ["ValueError", "delta if x > 0"]),
    ],
    "guided_relu": [
        (tf.custom_gradient(lambda x: (tf.nn.relu(x), x)), ["two things"]),
        (lambda x: tf.nn.relu(x), ["plain rule", "decorated"]),
        (_custom(lambda x, delta: tf.nn.relu(delta)), ["deconvnet"]),
        (_custom(lambda x, delta: delta), ["untouched"]),
        (_undecorated, ["@tf.custom_gradient"]),
        (_identity_forward, ["forward"]),
        (lambda x: np.maximum(x, 0), ["TensorFlow's functions"]),
        (tf.custom_gradient(_global), ["its own x"]),
        (tf.custom_gradient(lambda x: tf.nn.relu(x)), ["two things"]),
        (tf.custom_gradient(lambda x: None), ["`return`"]),
        (_custom(lambda x, delta: None), ["no delta comes back", "`return`"]),
        (_custom(lambda x, delta: ...), ["no delta comes back"]),
        (_custom(lambda x, delta: tf.where(x > 0 & delta > 0, delta, 0.0)), ["brackets of its own"]),
        (_custom(lambda x, delta: tf.where((x > 0) | (delta > 0), delta, 0.0)), ["by &, not by |"]),
        (_custom(lambda x, delta: tf.where((x >= 0) & (delta > 0), delta, 0.0)), ["shut at 0"]),
        (tf.function(tf.custom_gradient(lambda x: (np.maximum(x, 0), tf.identity))), ["NotImplementedError"]),
    ],
    "unmoved": [("a", ["true gradient"]), ("b", ["deconvnet"]), ("d", ["one of a, b, c"])],
    "integrated_gradients": [
        (_integrated(lambda k, steps: k / steps), ["beginning", "(k + 0.5) / steps"]),
        (_integrated(lambda k, steps: (k + 1) / steps), ["at the end of its step"]),
        (_integrated(whole=True), ["divide by `steps`"]),
        (_integrated(factor=False), ["mean gradient", "difference"]),
        (_integrated(lambda k, steps: 1.0), ["the picture alone"]),
        (_moves_the_blank, ["`blank`", "copy"]),
        (lambda gradient_of, picture, blank, steps: gradient_of(steps), ["gradient_of takes a picture"]),
        (lambda gradient_of, picture, blank, steps: gradient_of(picture).mean(), ["should be an array"]),
        (lambda gradient_of, picture, blank, steps: [gradient_of(picture)], ["NumPy array", "a list"]),
        (lambda gradient_of, picture, blank, steps: tf.constant(gradient_of(picture)), ["a tensor", ".numpy()"]),
    ],
}
