"""What a picture is asked for: layers, channels, classes, directions, a guide picture, as objectives to be climbed.

Sources: L9 = CS231n, Lecture 9 (2016), slides 50 to 56; GD = google/deepdream (2015); KO, KN = Keras' deep_dream.py of
2016 and of today.
"""

from __future__ import annotations

import math
import numbers
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from course_utils import checks
from course_utils.backend import tf
from course_utils.checks import Number, shown
from course_utils.defaults import DREAM_LAYER
from course_utils.errors import CourseError
from course_utils.lookup import check_channel, find_class
from course_utils.losses import dream_loss, image_l2_loss, total_variation_loss
from course_utils.network import MEAN_BGR, Network

# What is wished for, each with its weight; one by itself, or several, of weight 1. A channel is a pair (layer, k).
Wishes = Mapping[Any, float] | str | tuple[str, int] | Sequence[Any] | None


def weights_of(name: str, wishes: Wishes) -> dict[Any, float] | None:
    """Layers, channels or classes with their weights. Raises CourseError for what is no name, or no weight."""
    if wishes is None:
        return None
    one = isinstance(wishes, str) or (isinstance(wishes, tuple) and len(wishes) == 2 and not isinstance(wishes[1], str))
    if not isinstance(wishes, Mapping):
        wishes = dict.fromkeys(_hashable(name, [wishes] if one else wishes), 1.0)
    for wish, weight in wishes.items():
        pair = isinstance(wish, tuple) and len(wish) == 2 and isinstance(wish[0], str)
        if not (pair if name == "channels" else isinstance(wish, str)):
            what = "pairs (layer, number)" if name == "channels" else "names"
            raise CourseError(f"{name} are {what}, each with a weight or without, not {shown(wish)}.")
        if not isinstance(weight, numbers.Real) or not math.isfinite(weight):
            raise CourseError(f"the weight of {shown(wish)} is {shown(weight)}, which is not a number.")
    return dict(wishes)


def _hashable(name: str, wishes: Any) -> list[Any]:
    """Several wishes without weights; a list (layer, k) is meant for a pair."""
    several = checks.each(lambda _, wish: wish)(name, wishes)
    return [tuple(wish) if isinstance(wish, list) else wish if isinstance(wish, str | tuple) else shown(wish)
            for wish in several]  # fmt: skip


def directions_of(directions: Any) -> list[tuple[str, Any]]:
    """Pairs (layer, vector). Raises CourseError for what are none."""
    pairs = checks.each(lambda _, pair: pair)("directions", directions)
    for pair in pairs:
        if not isinstance(pair, tuple | list) or len(pair) != 2:
            raise CourseError(f"directions are pairs (layer, vector), not {shown(pair)}.")
    return [(layer, vector) for layer, vector in pairs]


class DreamObjective:
    """What a dream climbs, as a sum of named terms; each is a mean over positions, so that no size changes a weight.

    layers: name to weight; half the mean square of the layer's activations a, whose derivative is the activation
    itself: the delta of L9, slide 52. With a guide the derivative at each position is, in place of a, the activation of
    the guide picture that matches a best (the largest dot product, as in GD's guided dream).
    channels: (layer, k) to weight; the mean of channel k. classes: name to weight; the score before softmax. Of all
    three, one by itself or a list weighs 1 each.
    directions: (layer, vector) pairs; the mean of a's part along the vector.
    border: cells left out of the layers' terms on every side (KO and KN: 2), as far as a small map leaves any.
    Weights, channels, classes, directions and the guide are TensorFlow variables: `take_over`, and assigning to
    `weights`, never compile again.
    Raises CourseError: nothing to dream of, a layer, channel or class that is not there, a weight that is no number.
    """

    def __init__(
        self,
        network: Network,
        layers: Wishes = None,
        *,
        channels: Wishes = None,
        classes: Wishes = None,
        directions: Sequence[tuple[str, np.ndarray]] = (),
        guide: np.ndarray | None = None,
        border: int = 0,
    ) -> None:
        network, directions = checks.network("network", network), directions_of(directions)
        if layers is None and not channels and not classes and not directions:
            layers = {DREAM_LAYER: 1.0}
        self.network, self.border = network, Number(0, whole=True)("border", border)
        self.layers, self.channels = weights_of("layers", layers) or {}, weights_of("channels", channels) or {}
        named = weights_of("classes", classes) or {}
        self.classes = {class_index(network, name): (name, weight) for name, weight in named.items()}
        self.directions = [(layer, unit_vector(network, layer, vector)) for layer, vector in directions]
        if self.classes:
            _ = network.classifier  # It may have to be loaded, for which it is too late inside a compiled function.
        self._check()
        names = [*self.layers, *(layer for layer, _ in self.channels), *(layer for layer, _ in self.directions)]
        self.names = tuple(dict.fromkeys(names))
        weights = [*self.layers.values(), *self.channels.values(), *(weight for _, weight in self.classes.values())]
        self.weights = tf.Variable(np.array(weights, "float32"), trainable=False)
        self._channels = tf.Variable(np.array([k for _, k in self.channels], "int32"), trainable=False)
        self._classes = tf.Variable(np.array(list(self.classes), "int32"), trainable=False)
        self._vectors = [tf.Variable(vector, trainable=False) for _, vector in self.directions]
        self.guides: dict[str, tf.Variable] = {}
        if guide is not None:
            if not self.layers:
                raise CourseError("a guide picture goes with layers: name one, such as block4_conv2.")
            for name, a in network.features(checks.picture("guide", guide), tuple(self.layers)).items():
                rows = tf.reshape(a, (-1, a.shape[-1]))
                self.guides[name] = tf.Variable(rows, shape=(None, a.shape[-1]), trainable=False)

    @property
    def term_names(self) -> tuple[str, ...]:
        """What the terms are called, in their order."""
        channels = (f"{layer}:{k}" for layer, k in self.channels)
        directions = (f"direction {k} at {layer}" for k, (layer, _) in enumerate(self.directions, 1))
        return (*self.layers, *channels, *directions, *(name for name, _ in self.classes.values()))

    @property
    def structure(self) -> tuple:
        """All that its compilation depends on."""
        layers_of = (tuple(layer for layer, _ in pairs) for pairs in (self.channels, self.directions))
        return (self.network, tuple(self.layers), *layers_of, len(self.classes), bool(self.guides), self.border)

    def take_over(self, other: DreamObjective) -> None:
        """Wish for what another objective of the same structure wishes for; what is compiled stays."""
        assert self.structure == other.structure
        self.layers, self.channels, self.classes = other.layers, other.channels, other.classes
        self.directions = other.directions
        ours, theirs = (
            (one.weights, one._channels, one._classes, *one._vectors, *one.guides.values()) for one in (self, other)
        )
        for old, new in zip(ours, theirs, strict=True):
            old.assign(new)

    def _check(self) -> None:
        weights = [*self.layers.values(), *self.channels.values(), *(weight for _, weight in self.classes.values())]
        if not any(weights) and not self.directions:
            raise CourseError("there is nothing to dream of: every weight is 0.")
        for layer in self.layers:
            self.network.channels(layer)  # Raises for one that is not there; inside a compiled function it is too late.
        for layer, k in self.channels:
            check_channel(layer, k, self.network.channels(layer), self.network.name)

    def __call__(self, picture: tf.Tensor) -> dict[str, tf.Tensor]:
        """Weighted terms, to be climbed, of a picture tensor (1, h, w, 3), RGB, 0..255."""
        features, values = self.network.features(picture, self.names) if self.names else {}, []
        weights = iter(tf.unstack(self.weights))
        for name in self.layers:
            values.append(next(weights) * self._layer_term(name, features[name]))
        for (name, _), k in zip(self.channels, tf.unstack(self._channels)):
            values.append(next(weights) * tf.reduce_mean(tf.gather(features[name], k, axis=-1)))
        for (name, _), vector in zip(self.directions, self._vectors):
            values.append(tf.reduce_mean(tf.linalg.matvec(features[name], vector)))
        if self.classes:
            scores = tf.gather(self.network.logits(picture)[0], self._classes)
            values += [next(weights) * score for score in tf.unstack(scores)]
        return dict(zip(self.term_names, values, strict=True))

    def _layer_term(self, name: str, activation: tf.Tensor) -> tf.Tensor:
        height, width = tf.shape(activation)[1], tf.shape(activation)[2]
        top, left = tf.minimum(self.border, (height - 1) // 2), tf.minimum(self.border, (width - 1) // 2)
        inner = activation[:, top : height - top, left : width - left]
        count = tf.cast(tf.size(inner), tf.float32)
        if name not in self.guides:
            return -dream_loss(inner) / count
        flat, guide = tf.reshape(inner, (-1, inner.shape[-1])), self.guides[name]
        # A gather has no gradient with respect to what is compared: the best match is a constant, as it should be.
        best = tf.gather(guide, tf.argmax(tf.matmul(flat, guide, transpose_b=True), axis=1))
        return tf.reduce_sum(flat * tf.stop_gradient(best)) / count


class DreamCost:
    """KO's regularised cost, to be minimised: less the dream's terms, plus the picture's roughness and its size.

    objective: what to dream of. continuity: weight of the total variation in KO's form, a value. l2: weight of the mean
    square of the values less ImageNet's mean colour. gain: factor on the dream's terms.
    """

    def __init__(self, objective: DreamObjective, continuity: float, l2: float, gain: float = 1.0) -> None:
        self.objective = checks.function("objective", objective)
        weight = Number()
        self.continuity, self.l2 = weight("continuity", continuity), weight("l2", l2)
        self.gain = weight("gain", gain)

    def __call__(self, picture: tf.Tensor) -> dict[str, tf.Tensor]:
        """Weighted terms of a picture tensor (1, h, w, 3), RGB, 0..255."""
        terms = {name: -self.gain * value for name, value in self.objective(picture).items()}
        count = tf.cast(tf.size(picture), tf.float32)
        terms["continuity"] = self.continuity * total_variation_loss(picture, "keras") / count
        terms["l2"] = self.l2 * image_l2_loss(picture, MEAN_BGR[::-1])
        return terms


def class_index(network: Network, name: str) -> int:
    """The number of a network's class by its name, see `lookup.find_class`."""
    return find_class(name, network.classes, network.name)


def unit_vector(network: Network, layer: str, vector: np.ndarray) -> tf.Tensor:
    """A direction among a layer's channels, scaled to length 1. Raises CourseError: wrong length, or all zeros."""
    try:
        vector = np.asarray(vector, "float32")
    except (TypeError, ValueError):
        raise CourseError(f"a direction at {layer} must hold numbers, not {shown(vector)}.") from None
    if vector.shape != (count := network.channels(layer),):
        raise CourseError(f"a direction at {layer} of {network.name} has {count} numbers, not {vector.shape}.")
    if not np.isfinite(vector).all() or not vector.any():
        raise CourseError(f"a direction at {layer} must hold numbers that are not all 0.")
    return tf.constant(vector / np.linalg.norm(vector))
