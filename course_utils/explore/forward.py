"""A forward pass that is kept, so that many deltas can be sent backward through it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from weakref import WeakKeyDictionary

import numpy as np

from course_utils.backend import keras, tf
from course_utils.checks import shown
from course_utils.errors import CourseError
from course_utils.explore.altered import RULES, relu_rule
from course_utils.lookup import check_layer
from course_utils.network import Network

Delta = np.ndarray | Callable[[tf.Tensor], tf.Tensor]  # Numbers in the shape of a layer's output, or made from it.
_stems: WeakKeyDictionary[Network, keras.Model] = WeakKeyDictionary()
LINEAR_OR_RELU = (keras.activations.linear, keras.activations.relu)


class Forward:
    """One forward pass of a picture (h, w, 3), from which layers' outputs and any number of backward passes come.

    deepest: the last layer whose output is kept; None: the network's last. The way back is walked layer by layer:
    outside a compiled function TensorFlow's tape would work out the gradients of all weights too, which takes twice as
    long, and one pass could not serve several rules of a ReLU. Raises CourseError: unknown layer, picture too small.
    """

    def __init__(self, network: Network, picture: np.ndarray, deepest: str | None = None) -> None:
        layers = network.layers
        if deepest is not None:
            check_layer(deepest, layers, network.name)
            layers = layers[: layers.index(deepest) + 1]
        self.network, self.batch = network, network.batch(picture)
        self._outputs = network.features(self.batch, layers)

    def features(self, layer: str) -> tf.Tensor:
        """A layer's output, (1, h, w, channels). Raises CourseError: the layer is unknown or was not kept."""
        check_layer(layer, list(self._outputs), self.network.name)
        return self._outputs[layer]

    def backward(self, layer: str, delta: Delta, rule: str = "plain") -> np.ndarray:
        """Send a delta from a layer backward to the picture: (h, w, 3). See `explore.backward`.

        rule: of the ReLUs, the layer's own among them, see `explore.relu_rule`; those of a network to which
        `with_relu_rule` has given one keep that. Raises CourseError: unknown layer or rule, wrong shape of the delta.
        """
        relu_rule(rule)  # Refuses one that is not there.
        model = self.network.model
        deltas = {id(model.get_layer(layer).output): delta_at(layer, self.features(layer), delta)}
        for above in reversed(model.layers):
            if above.name in self._outputs and id(above.output) in deltas:
                given = above.input if isinstance(above.input, list) else [above.input]
                values = [self._value(symbol) for symbol in given]
                sent = _sent_back(above, values, self._outputs[above.name], deltas.pop(id(above.output)), rule)
                for symbol, one in zip(given, sent, strict=True):
                    deltas[id(symbol)] = deltas[id(symbol)] + one if id(symbol) in deltas else one
        with tf.GradientTape() as tape:  # What is left lies before the first layer: the network's preprocessing.
            tape.watch(self.batch)
            prepared = _preprocessing(self.network)(self.batch)
        return tape.gradient(prepared, self.batch, output_gradients=next(iter(deltas.values()))).numpy()[0]

    def _value(self, symbol: keras.KerasTensor) -> tf.Tensor:
        name = next((one.name for one in self.network.model.layers if one.output is symbol), None)
        return self._outputs[name] if name in self._outputs else _preprocessing(self.network)(self.batch)


def _preprocessing(network: Network) -> keras.Model:
    """From the picture to the input of the network's first layer."""
    if network not in _stems:
        model = network.model
        _stems[network] = keras.Model(model.inputs, model.get_layer(network.layers[0]).input)
    return _stems[network]


def _sent_back(
    layer: keras.layers.Layer, inputs: list[tf.Tensor], output: tf.Tensor, delta: tf.Tensor, rule: str
) -> list[tf.Tensor]:
    """The deltas at a layer's inputs, from that at its output."""
    again = partial(layer, inputs if isinstance(layer.input, list) else inputs[0])
    if isinstance(layer, (keras.layers.Conv2D, keras.layers.Activation)) and layer.activation in LINEAR_OR_RELU:
        if layer.activation is keras.activations.relu:
            delta = RULES[rule](output, delta)  # The output is above 0 where the ReLU's input is.
        if isinstance(layer, keras.layers.Activation):
            return [delta]
        if type(layer) is keras.layers.Conv2D and layer.groups == 1 and set(layer.dilation_rate) == {1}:
            shape, padding = tf.shape(inputs[0]), layer.padding.upper()
            return [tf.nn.conv2d_transpose(delta, layer.kernel, shape, layer.strides, padding)]
        again = partial(layer.convolution_op, inputs[0], layer.kernel)
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        tape.watch(inputs)
        output = again()
    return tape.gradient(output, inputs, output_gradients=delta)


def delta_at(layer: str, output: tf.Tensor, delta: Delta) -> tf.Tensor:
    """A delta as a tensor of the shape of a layer's output. Raises CourseError: it has another."""
    numbers = delta(output) if callable(delta) else delta
    try:
        given = tf.convert_to_tensor(numbers, tf.float32)
    except (TypeError, ValueError):
        raise CourseError(f"a delta at {layer} must be an array or a function, not {shown(numbers)}.") from None
    given = given[None] if given.shape.rank == output.shape.rank - 1 else given
    if given.shape != output.shape:
        raise CourseError(f"a delta at {layer} has the shape {tuple(output.shape)} here, not {tuple(given.shape)}.")
    return given


def one_hot_delta(shape: Sequence[int], cell: tuple[int, int], channel: int) -> np.ndarray:
    """The delta of one neuron: zeros of a layer's output's shape (1, h, w, channels), and 1 at cell and channel."""
    delta = np.zeros(shape, "float32")
    delta[0, cell[0], cell[1], channel] = 1
    return delta
