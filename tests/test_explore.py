"""Looking into a network: codes, occlusion, deltas sent backward, and pictures that climb."""

import numpy as np
import pytest

from course_utils.backend import keras, tf
from course_utils.defaults import RANDOM_WIDTHS
from course_utils.explore.ascent import class_picture, fooling_picture
from course_utils.explore.gradients import backward, grad_cam, saliency_map
from course_utils.explore.neighbours import codes, nearest
from course_utils.explore.scores import SCORES, class_number, class_shares, occlusion_map
from course_utils.network import Network


@pytest.fixture(scope="module")
def linear():
    """Two classes, "cat" and "dog", whose scores are sums of the weighted values of a picture (8, 8, 3)."""
    picture = keras.Input((8, 8, 3), name="picture")
    colours = keras.layers.Conv2D(3, 1, name="colours")(picture)
    scores = keras.layers.Dense(2, name="predictions")(keras.layers.Flatten()(colours))
    network = Network("linear", keras.Model(picture, scores), ["cat", "dog"], 8)
    network.model.get_layer("colours").set_weights([np.eye(3)[None, None], np.zeros(3)])
    weights = np.random.default_rng(0).normal(0, 0.01, (8 * 8 * 3, 2))
    network.model.get_layer("predictions").set_weights([weights, np.zeros(2)])
    return network


@pytest.fixture
def weights(linear):
    """Of the two scores, (8, 8, 3, 2)."""
    return linear.model.get_layer("predictions").kernel.numpy().reshape(8, 8, 3, 2)


# Classes


def test_a_class_goes_by_name_part_or_number(network, linear, refused):
    assert class_number(linear, "dog") == class_number(linear, "DO") == class_number(linear, 1) == 1
    with refused("linear", "'bird'"):
        class_number(linear, "bird")
    with refused("classes 0 to 1", "not 2"):
        class_number(linear, 2)


def test_shares_come_in_order_and_are_of_one(network, make_picture):
    shares = class_shares(network, make_picture(32, 32), 200)
    assert len(shares) == 200 and sum(shares.values()) == pytest.approx(1, abs=1e-5)
    assert list(shares.values()) == sorted(shares.values(), reverse=True)
    scores = network.logits(make_picture(32, 32)).numpy()[0]
    assert list(class_shares(network, make_picture(32, 32), 1)) == [network.classes[scores.argmax()]]


# Codes


def test_a_code_is_the_mean_of_each_channel_or_the_whole_output(network, make_picture, refused):
    pictures = [make_picture(32, 48, seed) for seed in range(3)]
    outputs = [network.features(picture, "block2_conv1")["block2_conv1"].numpy()[0] for picture in pictures]
    means = codes(network, pictures, "block2_conv1")
    assert means.shape == (3, RANDOM_WIDTHS["block2_conv1"])
    np.testing.assert_allclose(means[1], outputs[1].reshape(-1, means.shape[1]).mean(0), rtol=1e-5)
    np.testing.assert_array_equal(codes(network, pictures, "block2_conv1", flat=True)[2], outputs[2].ravel())
    with refused("flat", "one size"):
        codes(network, [make_picture(32, 48), make_picture(48, 32)], "block2_conv1", flat=True)


def test_the_nearest_codes_come_first(refused):
    known = np.array([[0.0, 0], [3, 4], [0, 1], [6, 8]])
    which, distances = nearest(known[0], known, 3)
    assert which.tolist() == [0, 2, 1] and distances.tolist() == [0, 1, 5]
    with refused("(3,)", "length 2"):
        nearest(np.zeros(3), known)


# Occlusion


@pytest.mark.parametrize("fill", ["grey", "black", "mean", 40.0, np.array([10.0, 20, 30]), "picture"])
def test_occlusion_of_a_linear_network_is_what_the_square_weighed(linear, weights, make_picture, fill):
    picture = make_picture(8, 8)
    fill = make_picture(8, 8, 1) if isinstance(fill, str) and fill == "picture" else fill
    behind = {"grey": 127.5, "black": 0.0, "mean": picture.mean((0, 1))}[fill] if isinstance(fill, str) else fill
    lost = ((picture - behind) * weights[..., 1]).sum(-1)
    expected = lost.reshape(4, 2, 4, 2).sum((1, 3))
    before = picture.copy()
    np.testing.assert_allclose(occlusion_map(linear, picture, "dog", 2, 2, fill), expected, atol=1e-3)
    np.testing.assert_array_equal(picture, before)


def test_a_square_is_cut_off_at_the_border(linear, weights, make_picture):
    picture = make_picture(8, 8)
    lost = ((picture - 127.5) * weights[..., 0]).sum(-1)
    drops = occlusion_map(linear, picture, 0, 6, 4)  # Squares of 6 about the middles of cells of 4: -1 to 5, 3 to 9.
    expected = [[lost[:5, :5].sum(), lost[:5, 3:].sum()], [lost[3:, :5].sum(), lost[3:, 3:].sum()]]
    np.testing.assert_allclose(drops, expected, atol=1e-3)


def test_the_cells_of_an_occlusion_map_cover_the_picture(network, make_picture):
    assert occlusion_map(network, make_picture(40, 64), 0, 16, 16).shape == (2, 4)


def test_a_square_that_is_not_is_refused(network, make_picture, refused):
    with refused("'gray'", "grey, black, mean"):
        occlusion_map(network, make_picture(32, 32), 0, fill="gray")
    with refused("at least 1", "16 and 0"):
        occlusion_map(network, make_picture(32, 32), 0, 16, 0)


# Backward


def test_a_delta_sent_backward_is_the_gradient_of_a_sum(network, make_picture, rng):
    picture = make_picture(32, 32)
    delta = rng.normal(0, 1, (16, 16, RANDOM_WIDTHS["block2_conv1"])).astype("float32")
    with tf.GradientTape() as tape:
        tape.watch(batch := tf.constant(picture[None]))
        total = tf.reduce_sum(delta * network.features(batch, "block2_conv1")["block2_conv1"])
    expected = tape.gradient(total, batch)[0]
    for given in (delta, delta[None]):
        np.testing.assert_allclose(backward(network, picture, "block2_conv1", given), expected, rtol=1e-4, atol=1e-6)


def test_a_delta_may_be_a_function_of_the_output_and_is_then_held_fixed(network, make_picture):
    picture = make_picture(32, 32)
    with tf.GradientTape() as tape:
        tape.watch(batch := tf.constant(picture[None]))
        half_squares = 0.5 * tf.reduce_sum(network.features(batch, "block1_conv2")["block1_conv2"] ** 2)
    expected = tape.gradient(half_squares, batch)[0]
    np.testing.assert_allclose(backward(network, picture, "block1_conv2", lambda a: a), expected, rtol=1e-4, atol=1e-4)


def test_a_delta_at_the_scores_of_a_linear_network_gives_its_weights(linear, weights, make_picture):
    picture = make_picture(8, 8)
    np.testing.assert_allclose(backward(linear, picture, SCORES, [0.0, 1]), weights[..., 1], rtol=1e-5)
    np.testing.assert_allclose(saliency_map(linear, picture, "dog"), np.abs(weights[..., 1]).max(-1), rtol=1e-5)


def test_a_delta_of_another_shape_is_refused(network, make_picture, refused):
    with refused("block1_conv1", "(1, 32, 32, 16)", "(1, 16)"):
        backward(network, make_picture(32, 32), "block1_conv1", np.ones((1, 16)))


# Grad-CAM


def test_grad_cam_of_a_linear_network(linear, weights, make_picture):
    picture = make_picture(8, 8)
    expected = np.maximum(picture @ weights[..., 0].mean((0, 1)), 0)
    np.testing.assert_allclose(grad_cam(linear, picture, "cat"), expected, atol=1e-4)


def test_grad_cam_has_the_cells_of_its_layer(network, make_picture, refused):
    picture = make_picture(64, 96)
    assert grad_cam(network, picture, 3).shape == (4, 6)  # The last layer's.
    for layer, shape in {"block3_conv1": (16, 24), "block1_conv1": (64, 96)}.items():
        shown = grad_cam(network, picture, 3, layer)
        assert shown.shape == shape and shown.min() >= 0
    with refused("'block6_conv1'"):
        grad_cam(network, picture, 3, "block6_conv1")


# Pictures that climb


def test_a_class_picture_raises_its_class(network):
    few = {"steps": 4, "octaves": 2, "jitter": 2}
    picture = class_picture(network, "goldfish", 48, seed=3, **few)
    assert picture.shape == (48, 48, 3) and picture.dtype == "float32"
    assert picture.min() >= 0 and picture.max() <= 255
    k = class_number(network, "goldfish")
    start = np.random.default_rng(3).normal(127.5, 10, (48, 48, 3))
    assert network.logits(picture)[0, k] > network.logits(start)[0, k]
    np.testing.assert_array_equal(class_picture(network, "goldfish", 48, seed=3, **few), picture)
    assert np.abs(class_picture(network, "goldfish", 48, seed=4, **few) - picture).mean() > 1


def test_a_class_picture_can_differ_from_others(network):
    few = {"octaves": 1, "steps": 12, "l2": 0}
    first = class_picture(network, "goldfish", 48, **few)

    def likeness(picture):
        """By hand: the cosine of the angle between two Gram matrices per position."""
        grams = [
            np.einsum("hwi,hwj->ij", found, found).ravel()
            for found in (network.features(one, "block5_conv2")["block5_conv2"][0].numpy() for one in (first, picture))
        ]
        return grams[0] @ grams[1] / np.prod([np.linalg.norm(gram) for gram in grams])

    free, apart = (class_picture(network, "goldfish", 48, seed=1, unlike=[first], diversity=d, **few) for d in (0, 99))
    assert likeness(apart) < likeness(free) - 0.005 and likeness(first) == pytest.approx(1)
    np.testing.assert_allclose(free, class_picture(network, "goldfish", 48, seed=1, **few), atol=0.1)


def test_l2_holds_a_class_picture_near_grey(network):
    contrasts = [class_picture(network, "goldfish", 32, octaves=1, steps=8, l2=l2).std() for l2 in (0, 10)]
    assert contrasts[1] < 0.9 * contrasts[0]


def test_a_channel_has_a_picture_too(network, refused):
    picture = class_picture(network, ("block2_conv1", 5), 32, octaves=1, steps=6)
    start = np.random.default_rng(0).normal(127.5, 10, (32, 32, 3))
    before, after = (codes(network, [one], "block2_conv1")[0, 5] for one in (start, picture))
    assert after > before
    with refused("block2_conv1", "not 99"):
        class_picture(network, ("block2_conv1", 99), 32)
    with refused("too small"):
        class_picture(network, "goldfish", 16)


def test_a_linear_network_is_fooled_by_the_smallest_change(linear, weights, refused):
    picture = np.full((8, 8, 3), 120, "float32")
    seen, target = class_shares(linear, picture)
    towards = weights[..., class_number(linear, target)] - weights[..., class_number(linear, seen)]
    least = -np.sum(towards * picture) / np.abs(towards).sum()  # Each value moved by so much makes the two even.
    fooled = fooling_picture(linear, picture, target, limit=40, steps=1)
    assert np.abs(fooled - picture).max() == np.ceil(least) > 1
    assert list(class_shares(linear, fooled, 1)) == [target] and (fooled == np.rint(fooled)).all()
    with refused(target, f"up to {int(least)}", "raise limit"):
        fooling_picture(linear, picture, target, limit=int(least), steps=3)


def test_a_fooling_picture_stays_within_0_to_255(linear):
    for level in (0.0, 255.0):
        picture = np.full((8, 8, 3), level, "float32")
        target = list(class_shares(linear, picture))[1]
        fooled = fooling_picture(linear, picture, target, limit=255, confidence=0.4, steps=1)
        assert fooled.min() >= 0 and fooled.max() <= 255
        assert class_shares(linear, fooled)[target] >= 0.4
