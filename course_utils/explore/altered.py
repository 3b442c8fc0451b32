"""Networks with a change: another backward pass through their ReLUs, or random weights in their topmost layers."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, cached_property
from typing import Any

import numpy as np

from course_utils import checks
from course_utils.backend import keras, tf
from course_utils.checks import Number, checked, one_of
from course_utils.errors import CourseError
from course_utils.network import Network, he_kernel

RULES: dict[str, Callable[[tf.Tensor, tf.Tensor], tf.Tensor]] = {  # Of a ReLU's input x and the delta g above it.
    "plain": lambda x, g: tf.where(x > 0, g, 0.0),
    "deconvnet": lambda x, g: tf.where(g > 0, g, 0.0),
    "guided": lambda x, g: tf.where((x > 0) & (g > 0), g, 0.0),
}


@checked(rule=one_of("plain", "deconvnet", "guided"))
@cache
def relu_rule(rule: str) -> Callable[[tf.Tensor], tf.Tensor]:
    """A ReLU whose backward pass follows a rule (L9, slides 21 to 25).

    "plain": a delta passes where the input was positive, as in backpropagation. "deconvnet": where the delta itself is
    (Zeiler and Fergus, arXiv 1311.2901). "guided": where both are (Springenberg et al., arXiv 1412.6806).
    Raises CourseError: another rule.
    """

    @tf.custom_gradient
    def relu(x: tf.Tensor) -> tuple[tf.Tensor, Callable]:
        return tf.nn.relu(x), lambda delta: RULES[rule](x, delta)

    return relu


@checked(network=checks.network)
def with_relu_rule(network: Network, rule: str) -> Network:
    """The network with the same weights and the same outputs, whose ReLUs send deltas back by a rule: `relu_rule`."""
    relus, new = [keras.activations.relu, *map(relu_rule, RULES)], relu_rule(rule)
    return _Altered(network, lambda model: _copied(model, lambda old: new if old in relus else old))


@checked(network=checks.network, from_top=Number(whole=True), seed=checks.SEED)
def randomized(network: Network, from_top: int, seed: int = 0) -> Network:
    """The network with new random weights in its `from_top` topmost layers that have any, of He's scale, biases 0.

    The cascade of Adebayo et al., "Sanity checks for saliency maps", arXiv 1810.03292: a map that hardly changes does
    not tell what the network has learnt. With one seed, a larger from_top has the same new weights and more.
    Raises CourseError: from_top is below 0 or above the number of such layers.
    """
    count = len(_weighted(network.classifier))
    if not 0 <= from_top <= count:
        raise CourseError(f"from_top is 0 to {count}, the layers of {network.name} with weights, not {from_top}.")

    def alter(model: keras.Model) -> keras.Model:
        model = _copied(model)
        for k, layer in enumerate(_weighted(model)[count - from_top :], count - from_top):
            kernel = he_kernel(layer.kernel.shape, np.random.default_rng((seed, k)))
            layer.set_weights([kernel, *(np.zeros(weight.shape) for weight in layer.weights[1:])])
        return model

    return _Altered(network, alter)


def _weighted(model: keras.Model) -> list[keras.layers.Layer]:
    return [layer for layer in model.layers if getattr(layer, "kernel", None) is not None]


def _copied(model: keras.Model, replace: Callable[[Any], Any] = lambda old: old) -> keras.Model:
    """A copy of a model with its own weights; each activation is passed through `replace`."""

    def copy(layer: keras.layers.Layer) -> keras.layers.Layer:
        config = layer.get_config()
        if not hasattr(layer, "activation"):
            return type(layer).from_config(config)
        new = type(layer).from_config(config | {"activation": "linear"})  # A function of ours has no name for Keras.
        new.activation = replace(layer.activation)
        return new

    answer = keras.models.clone_model(model, clone_function=copy)
    answer.set_weights(model.get_weights())
    return answer


class _Altered(Network):
    """A network with changed copies of its models; a classifier of its own is changed when it is first needed."""

    def __init__(self, network: Network, alter: Callable[[keras.Model], keras.Model]) -> None:
        super().__init__(network.name, alter(network.model), network.classes, network.smallest_side)
        self._plain, self._alter = network, alter

    @cached_property
    def classifier(self) -> keras.Model:
        plain = self._plain.classifier
        return self.model if plain is self._plain.model else self._alter(plain)
