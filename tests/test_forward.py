"""A forward pass that is kept: its backward passes are those of TensorFlow's tape, whatever the layers and the rule."""

import numpy as np
import pytest

from course_utils.backend import keras, tf
from course_utils.explore.altered import RULES, with_relu_rule
from course_utils.explore.forward import Forward, one_hot_delta
from course_utils.explore.gradients import backward
from course_utils.network import Network


def by_tape(network, picture, layer, delta):
    batch = network.batch(picture)
    with tf.GradientTape() as tape:
        tape.watch(batch)
        output = network.features(batch, layer)[layer]
    return tape.gradient(output, batch, output_gradients=tf.constant(delta)).numpy()[0]


@pytest.fixture(scope="module")
def branching():
    """What VGG-19 has not: branches that meet again, strides, borders cut off, ReLUs that are layers of their own."""
    keras.utils.set_random_seed(0)
    picture = keras.Input((None, None, 3), name="picture")
    x = keras.layers.Conv2D(6, 3, strides=2, use_bias=False, name="first")(picture / 127.5 - 1.0)
    x = keras.layers.BatchNormalization(name="normal")(x)
    x = keras.layers.Activation("relu", name="relu")(x)
    left = keras.layers.Conv2D(4, 3, padding="same", activation="relu", name="left")(x)
    right = keras.layers.AveragePooling2D(3, strides=1, padding="same", name="right")(x)
    x = keras.layers.Concatenate(name="both")([left, right])
    x = keras.layers.Conv2D(8, 3, dilation_rate=2, activation="relu", name="spread")(x)
    return Network("branching", keras.Model(picture, keras.layers.MaxPooling2D(2, name="pool")(x)), [], 16)


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("layer", ["block1_conv1", "block2_pool", "block3_conv2"])
def test_one_pass_serves_all_layers_and_rules(network, make_picture, rng, layer, rule):
    picture = make_picture(35, 44)
    forward = Forward(network, picture)
    features = forward.features(layer)
    np.testing.assert_allclose(features, network.features(picture, layer)[layer], rtol=1e-5)
    delta = rng.normal(0, 1, features.shape).astype("float32")
    expected = by_tape(with_relu_rule(network, rule), picture, layer, delta)
    np.testing.assert_allclose(forward.backward(layer, delta, rule), expected, rtol=1e-4, atol=1e-5 * expected.max())


@pytest.mark.parametrize("layer", ["first", "relu", "both", "spread", "pool"])
def test_branches_strides_and_separate_relus(branching, make_picture, rng, layer):
    picture = make_picture(29, 24)
    forward = Forward(branching, picture)
    delta = rng.normal(0, 1, forward.features(layer).shape).astype("float32")
    for rule in RULES:
        expected = by_tape(with_relu_rule(branching, rule), picture, layer, delta)
        np.testing.assert_allclose(forward.backward(layer, delta, rule), expected, rtol=1e-4, atol=1e-7)


def test_the_plain_rule_is_the_slope(network, make_picture, rng):
    """Along a direction in which no ReLU changes its mind, the neuron moves as the gradient foretells."""
    picture, layer = make_picture(32, 32).astype("float64"), "block2_conv1"
    forward = Forward(network, picture)
    channel = int(np.argmax(forward.features(layer)[0, 7, 9]))
    gradient = forward.backward(layer, one_hot_delta(forward.features(layer).shape, (7, 9), channel))
    direction = np.sign(gradient)
    ahead, behind = (
        float(Forward(network, picture + step * direction, layer).features(layer)[0, 7, 9, channel])
        for step in (0.05, -0.05)
    )
    assert (ahead - behind) / 0.1 == pytest.approx(np.abs(gradient).sum(), rel=0.02)


def test_a_changed_network_keeps_its_own_rule(network, make_picture):
    picture, guided = make_picture(32, 32), with_relu_rule(network, "guided")
    np.testing.assert_allclose(
        backward(guided, picture, "block2_conv1", lambda a: a),
        Forward(network, picture).backward("block2_conv1", lambda a: a, "guided"),
        rtol=1e-4,
        atol=1e-5,
    )


def test_one_neuron_is_one_number():
    delta = one_hot_delta((1, 4, 5, 6), (2, 3), 1)
    assert delta.shape == (1, 4, 5, 6)
    assert delta.sum() == delta[0, 2, 3, 1] == 1


def test_what_is_not_there_is_refused(network, make_picture, refused):
    forward = Forward(network, make_picture(32, 32), "block1_conv2")
    with refused("block1_pool"):
        forward.features("block1_pool")
    with refused("block9"):
        Forward(network, make_picture(32, 32), "block9_conv1")
    with refused("rule", "plain"):
        forward.backward("block1_conv1", lambda a: a, "magic")
    with refused("shape"):
        forward.backward("block1_conv1", np.ones((1, 1)))
