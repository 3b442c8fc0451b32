"""Networks with another backward pass through their ReLUs, or with random weights from the top down."""

import numpy as np
import pytest

from course_utils import network as networks
from course_utils.backend import keras, tf
from course_utils.defaults import CONVS, RANDOM_WIDTHS
from course_utils.explore.altered import RULES, randomized, relu_rule, with_relu_rule
from course_utils.explore.gradients import backward, grad_cam
from course_utils.explore.scores import SCORES
from course_utils.network import build_vgg

TABLE = {  # Springenberg et al., figure 1 (L9, slides 21 to 25): input, delta above, and deltas below by rule.
    "input": [[1, -1, 5], [2, -5, -7], [-3, 2, 4]],
    "output": [[1, 0, 5], [2, 0, 0], [0, 2, 4]],
    "delta": [[-2, 3, -1], [6, -3, 1], [2, -1, 3]],
    "plain": [[-2, 0, -1], [6, 0, 0], [0, -1, 3]],
    "deconvnet": [[0, 3, 0], [6, 0, 1], [2, 0, 3]],
    "guided": [[0, 0, 0], [6, 0, 0], [0, 0, 3]],
}


@pytest.fixture(scope="module")
def ruled(network):
    """The network under each rule."""
    return {rule: with_relu_rule(network, rule) for rule in RULES}


@pytest.fixture
def big(monkeypatch):
    """A network whose scores come from a classifier of its own, for one size of picture, as in keras.applications."""
    size = keras.Input((32, 32, 3), name="picture")
    classifier = keras.models.clone_model(build_vgg(RANDOM_WIDTHS, classes=4), input_tensors=size)
    monkeypatch.setattr(networks, "_application", lambda name, top: classifier)
    return networks._ApplicationsNetwork("vgg19", build_vgg(RANDOM_WIDTHS), list("abcd"), 32)


# Rules


@pytest.mark.parametrize("rule", RULES)
def test_the_tables_of_the_lecture(rule):
    x = tf.constant(TABLE["input"], tf.float32)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = relu_rule(rule)(x)
    below = tape.gradient(y, x, output_gradients=tf.constant(TABLE["delta"], tf.float32))
    assert y.numpy().tolist() == TABLE["output"] and below.numpy().tolist() == TABLE[rule]


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_changes_no_output(network, ruled, make_picture, rule):
    picture = make_picture(32, 48)
    np.testing.assert_allclose(ruled[rule].logits(picture), network.logits(picture), rtol=1e-4, atol=1e-5)
    shown, expected = (one.features(picture, "block3_conv2")["block3_conv2"] for one in (ruled[rule], network))
    np.testing.assert_allclose(shown, expected, rtol=1e-4, atol=1e-4)
    assert ruled[rule].layers == network.layers and ruled[rule].receptive_field("block3_conv1") == 24


def test_the_plain_rule_is_backpropagation(network, ruled, make_picture, rng):
    picture, delta = make_picture(32, 32), rng.normal(0, 1, 200).astype("float32")
    expected = backward(network, picture, SCORES, delta)
    np.testing.assert_allclose(backward(ruled["plain"], picture, SCORES, delta), expected, rtol=1e-3, atol=1e-6)


def test_the_rules_of_one_layer(network, ruled, make_picture, rng):
    picture = make_picture(32, 32)
    delta = rng.normal(0, 1, (32, 32, RANDOM_WIDTHS["block1_conv1"])).astype("float32")
    positive = np.maximum(delta, 0)
    guided = backward(network, picture, "block1_conv1", positive)  # Where the input was positive, backprop passes.
    np.testing.assert_allclose(backward(ruled["guided"], picture, "block1_conv1", delta), guided, rtol=1e-4, atol=1e-5)
    kernel = network.model.get_layer("block1_conv1").kernel
    deconvolved = tf.nn.conv2d_transpose(positive[None], kernel, (1, 32, 32, 3), 1)[0, ..., ::-1]  # BGR to RGB.
    shown = backward(ruled["deconvnet"], picture, "block1_conv1", delta)
    np.testing.assert_allclose(shown, deconvolved, rtol=1e-4, atol=1e-5)


def test_a_rule_takes_the_place_of_another(network, ruled, make_picture):
    again = with_relu_rule(ruled["guided"], "deconvnet")
    picture, delta = make_picture(32, 32), np.eye(200, dtype="float32")[3]
    shown, expected = (backward(one, picture, SCORES, delta) for one in (again, ruled["deconvnet"]))
    np.testing.assert_allclose(shown, expected, rtol=1e-4, atol=1e-6)


def test_another_rule_is_refused(network, refused):
    with refused("'guide'", "plain, deconvnet, guided"):
        with_relu_rule(network, "guide")


# Random weights


def test_layers_are_made_random_from_the_top(network):
    weighted = [*CONVS, "predictions"]
    before = {name: network.model.get_layer(name).get_weights()[0] for name in weighted}
    for from_top in (0, 1, 4, 17):
        changed = randomized(network, from_top).model
        same = [np.array_equal(changed.get_layer(name).get_weights()[0], before[name]) for name in weighted]
        assert same == [True] * (17 - from_top) + [False] * from_top
    for name in weighted:  # The given network is as it was.
        np.testing.assert_array_equal(network.model.get_layer(name).get_weights()[0], before[name])


def test_more_random_layers_keep_those_above_by_seed(network):
    one, two, other = randomized(network, 1), randomized(network, 2), randomized(network, 1, seed=1)
    tops = [changed.model.get_layer("predictions").get_weights() for changed in (one, two, other)]
    np.testing.assert_array_equal(tops[0][0], tops[1][0])
    assert (tops[0][1] == 0).all() and not np.array_equal(tops[0][0], tops[2][0])
    scale = np.sqrt(2 / tops[0][0].shape[0])
    assert tops[0][0].std() == pytest.approx(scale, rel=0.05)


def test_rule_and_random_weights_go_together_in_any_order(network, make_picture):
    picture, delta = make_picture(32, 32), np.eye(200, dtype="float32")[3]
    first, second = with_relu_rule(randomized(network, 3), "guided"), randomized(with_relu_rule(network, "guided"), 3)
    shown, expected = (backward(one, picture, SCORES, delta) for one in (first, second))
    np.testing.assert_allclose(shown, expected, rtol=1e-4, atol=1e-7)
    assert np.abs(shown - backward(randomized(network, 3), picture, SCORES, delta)).max() > 1e-4 * np.abs(shown).max()


def test_more_layers_than_there_are_are_refused(network, refused):
    with refused("0 to 17", "not 18"):
        randomized(network, 18)


# A classifier of its own


def test_a_classifier_of_its_own_is_changed_too(big, make_picture):
    picture = make_picture(32, 48)
    np.testing.assert_allclose(with_relu_rule(big, "guided").logits(picture), big.logits(picture), rtol=1e-4, atol=1e-5)
    changed = randomized(big, 1)
    assert np.abs(changed.logits(picture) - big.logits(picture)).max() > 1e-4
    shown, expected = (one.features(picture, "block5_conv4")["block5_conv4"] for one in (changed, big))
    np.testing.assert_allclose(shown, expected, rtol=1e-4, atol=1e-6)  # The top layer is the classifier's alone.
    both = with_relu_rule(randomized(big, 2), "guided")
    assert both.logits(picture).shape == (1, 4) and both.features(picture, "block5_conv4")
    assert grad_cam(both, picture, "c", "block4_conv1").shape == (4, 4)  # Of the classifier's size.
