"""Textures: statistics of known pictures, a picture without a border, even layers, and the whole method."""

import numpy as np
import pytest

from course_utils.backend import keras, tf
from course_utils.defaults import STATISTICS, STYLE_LAYERS
from course_utils.losses import layer_statistic
from course_utils.network import Network
from course_utils.optimize.evaluation import CompiledObjective
from course_utils.style.noise import coloured_noise
from course_utils.style.settings import SPREAD
from course_utils.style.textures import TextureObjective, texture

GRID = {"block1_conv1": 1, "block2_conv1": 2, "block3_conv1": 4, "block4_conv1": 8}  # Pixels from cell to cell.


@pytest.fixture(scope="module")
def pictures(make_picture):
    """An example, a start, and another picture of the start's shape."""
    return make_picture(40, 56, seed=1), make_picture(48, 64, seed=2), make_picture(48, 64, seed=3)


@pytest.fixture(scope="module")
def plain():
    """Two layers whose maps are known: the picture itself, and its difference to the pixel on the left."""
    picture = keras.Input((None, None, 3), name="picture")
    pixels = keras.layers.Conv2D(3, 1, use_bias=False, name="block1_conv1")
    slope = keras.layers.DepthwiseConv2D((1, 3), padding="same", use_bias=False, name="block1_conv2")
    model = keras.Model(picture, slope(pixels(picture)))
    pixels.set_weights([np.eye(3)[None, None]])
    slope.set_weights([np.repeat([-1.0, 1.0, 0.0], 3).reshape(1, 3, 3, 1)])
    return Network("plain", model, [], 1)


def terms_at(objective, picture):
    return {name: float(value) for name, value in objective(tf.constant(picture[None])).items()}


# The objective


@pytest.mark.parametrize("statistic", STATISTICS)
def test_all_layers_weigh_the_same_and_the_loss_begins_at_1(statistic, network, pictures):
    example, start, other = pictures
    objective = TextureObjective(network, example, start, statistic=statistic)
    terms = terms_at(objective, start)
    assert list(terms) == list(STYLE_LAYERS)
    assert terms == pytest.approx(dict.fromkeys(STYLE_LAYERS, 1 / 5), rel=1e-4)
    assert len(set(terms_at(objective, other).values())) == 5  # Elsewhere each goes its own way.


def test_an_example_agrees_with_itself(plain, pictures):
    """In the statistics of its pixels, which know of no neighbours and so of no border."""
    example, start, _ = pictures
    objective = TextureObjective(plain, example, start, ["block1_conv1"])
    assert terms_at(objective, example)["block1_conv1"] == pytest.approx(0, abs=1e-9)
    assert terms_at(objective, example[::-1])["block1_conv1"] == pytest.approx(0, abs=1e-9)  # Where does not matter.


@pytest.mark.parametrize("statistic", STATISTICS)
def test_a_term_by_hand(statistic, plain, pictures):
    """Every pixel counts once, however far the pictures were continued; the slope at the left looks to the right."""
    example, start, other = pictures
    mirrored = np.concatenate([example[:, 1:2], example], 1)  # A mirror does not show the border twice.

    def distances(picture):
        slopes, theirs = picture - np.roll(picture, 1, 1), np.diff(mirrored, axis=1)
        pairs = {"block1_conv1": (picture, example), "block1_conv2": (slopes, theirs)}
        statistics = {k: [layer_statistic(x.astype("float64"), statistic) for x in pair] for k, pair in pairs.items()}
        return {name: float(np.sum(np.square(a - b))) for name, (a, b) in statistics.items()}

    objective = TextureObjective(plain, example, start, ["block1_conv1", "block1_conv2"], statistic)
    expected = {name: value / distances(start)[name] / 2 for name, value in distances(other).items()}
    assert terms_at(objective, other) == pytest.approx(expected, rel=1e-3)


@pytest.mark.parametrize("shift", [(16, 32), (-16, 16), (8, 8)], ids=str)
def test_a_rolled_picture_is_the_same_texture(shift, network, pictures):
    """The seam of tiles laid side by side is then no seam: it could lie anywhere."""
    example, start, other = pictures
    objective = TextureObjective(network, example, start, tuple(GRID))
    rolled = np.roll(other, shift, (0, 1))
    assert terms_at(objective, rolled) == pytest.approx(terms_at(objective, other), rel=1e-5)


def test_poolings_keep_their_grid_when_a_picture_is_rolled(network, pictures):
    example, start, other = pictures
    objective = TextureObjective(network, example, start, tuple(GRID))
    before, after = (terms_at(objective, one) for one in (other, np.roll(other, (2, 6), (0, 1))))
    kept = {name for name in GRID if after[name] == pytest.approx(before[name], rel=1e-5)}
    assert kept == {"block1_conv1", "block2_conv1"}  # Two pixels are half a cell of the third block.


def test_the_deepest_layer_sees_a_little_of_the_padding(network, pictures):
    """Its field of view, 156 pixels, reaches further than the picture is continued: here it is the same up to 10 %."""
    example, start, other = pictures
    objective = TextureObjective(network, example, start, ["block5_conv1"])
    before, after = (terms_at(objective, one)["block5_conv1"] for one in (other, np.roll(other, 16, 1)))
    assert after == pytest.approx(before, rel=0.1)


def test_a_pooling_layer_has_the_cells_of_the_next_block(network, pictures):
    """If a row of cells outside the picture were counted, or one inside left out, a roll would show it."""
    example, start, other = pictures
    objective = TextureObjective(network, example, start, ["block2_pool"], "mean")
    before, after = (terms_at(objective, one) for one in (other, np.roll(other, (4, 8), (0, 1))))
    assert after == pytest.approx(before, rel=1e-5)


def test_the_gradient_is_that_of_finite_differences(plain, pictures, rng):
    example, start, other = pictures
    objective = TextureObjective(plain, example, start, ["block1_conv1", "block1_conv2"], "covariance")
    gradient = CompiledObjective(objective)(other)[1]
    for _ in range(3):
        way = rng.normal(size=other.shape).astype("float32")
        way += np.sign(gradient)  # Else the slope is a small difference of large numbers.
        after, before = (sum(terms_at(objective, other + sign * 0.05 * way).values()) for sign in (1, -1))
        assert np.sum(gradient.astype("float64") * way) == pytest.approx((after - before) / 0.1, rel=5e-3)


def test_it_is_traced_once_for_all_sizes(network, pictures, make_picture):
    example, start, _ = pictures
    evaluate = CompiledObjective(TextureObjective(network, example, start, ["block2_conv1"]))
    for shape in [(48, 64), (40, 48), (33, 35)]:
        picture = make_picture(*shape, seed=5)
        expected = terms_at(TextureObjective(network, example, start, ["block2_conv1"]), picture)
        assert evaluate(picture)[0] == pytest.approx(expected, rel=1e-4)
    assert evaluate._value_and_gradient.experimental_get_tracing_count() == 1


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"layers": []}, ["at least one layer"]),
        ({"layers": ["conv1_1"]}, ["'conv1_1'", "block1_conv1"]),
        ({"statistic": "variance"}, ["'variance'", *STATISTICS]),
        ({"example": np.ones((32, 64, 3), "float32")}, ["more than 32 pixels", "not 32"]),
        ({"start": np.ones((64, 20, 3), "float32")}, ["more than 32 pixels", "not 20"]),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_what_does_not_fit_is_refused(options, words, network, pictures, refused):
    example, start, _ = pictures
    with refused(*words):
        TextureObjective(**{"network": network, "example": example, "start": start} | options)


# The noise


def test_the_noise_has_the_mean_and_the_covariance_of_the_examples_colours(rng):
    mixing = np.array([[9.0, 2.0, 0.0], [-3.0, 5.0, 1.0], [0.0, 2.0, 7.0]])
    example = (rng.normal(size=(40, 40, 3)) @ mixing + [150, 100, 120]).astype("float32")  # Nothing is clipped.
    noise = coloured_noise(example, (50, 30), seed=3)
    assert noise.shape == (50, 30, 3) and noise.dtype == np.float32
    ours, theirs = noise.reshape(-1, 3).astype("float64"), example.reshape(-1, 3).astype("float64")
    np.testing.assert_allclose(ours.mean(0), theirs.mean(0), rtol=1e-4)
    np.testing.assert_allclose(np.cov(ours.T), np.cov(theirs.T), rtol=1e-3, atol=0.05)
    neighbours = np.corrcoef(noise[:, 1:].ravel(), noise[:, :-1].ravel())[0, 1]
    assert abs(neighbours - np.corrcoef(noise[25:].ravel(), noise[:25].ravel())[0, 1]) < 0.05  # It is not smooth.


def test_the_noise_depends_on_the_seed(pictures):
    first, again, other = (coloured_noise(pictures[0], (34, 40), seed) for seed in (0, 0, 1))
    np.testing.assert_array_equal(first, again)
    assert np.abs(first - other).mean() > 10


# The whole method


def weave(example, network, **options):
    return texture(example, network=network, **{"steps": 8, "example_size": 56, "progress": False} | options)


def test_a_texture_comes_closer_to_its_example(network, pictures):
    result = weave(pictures[0], network, size=40, steps=25)
    assert list(result.history) == ["loss", *STYLE_LAYERS]
    assert result.history["loss"][0] == pytest.approx(1, abs=0.1)  # Its darkest and lightest values were pulled in.
    assert result.loss == min(result.history["loss"]) < 0.2
    assert result.picture.min() >= 0 and result.picture.max() <= 255


@pytest.mark.parametrize(
    ("size", "shape"), [(None, (40, 56, 3)), (36, (36, 36, 3)), ((34, 70), (34, 70, 3))], ids=["none", "side", "sides"]
)
def test_a_size_is_none_a_side_or_height_and_width(size, shape, network, pictures):
    assert weave(pictures[0], network, size=size, layers=["block1_conv1"], steps=2).picture.shape == shape


def test_the_example_is_looked_at_in_its_own_size(network, make_picture):
    result = weave(make_picture(60, 90), network, example_size=66, layers=["block1_conv1"], steps=2)
    assert result.picture.shape == (44, 66, 3)


def test_options_reach_the_objective_and_the_optimiser(network, pictures):
    states = []
    layers = ("block1_conv1", "block2_conv1")
    result = weave(pictures[0], network, size=36, layers=layers, statistic="mean", seed=4, steps=3, basis="pixels",
                   callback=states.append)  # fmt: skip
    whole, start = (coloured_noise(pictures[0], (36, 36), 4, spread) for spread in (1.0, SPREAD))
    terms = CompiledObjective(TextureObjective(network, pictures[0], whole, layers, "mean"))(start)[0]
    first = {name: values[0] for name, values in result.history.items() if name != "loss"}
    assert first == pytest.approx({name: value / sum(terms.values()) for name, value in terms.items()}, rel=1e-3)
    assert len(result.history["loss"]) == 3 and states


def test_a_seed_gives_the_same_texture_again(network, pictures):
    options = {"size": 36, "layers": ["block1_conv1"], "steps": 4}
    first, again, other = (weave(pictures[0], network, seed=seed, **options).picture for seed in (3, 3, 4))
    np.testing.assert_allclose(first, again, atol=0.1)  # Threads may add up in another order.
    assert np.abs(first - other).mean() > 5


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"size": 32}, ["more than 32 pixels", "not 32"]),
        ({"size": (64, 8)}, ["not 8"]),
        ({"size": -5}, ["not -5"]),
        ({"example_size": 40}, ["not 29"]),  # 40 x 56 becomes 29 x 40.
        ({"example_size": 0}, ["example_size", "at least 1"]),
        ({"steps": 0}, ["steps must be a whole number of at least 1"]),
        ({"layers": ()}, ["at least one layer"]),
        ({"network": "vgg"}, ["'vgg'"]),
        ({"example": "woven_kilm"}, ["did you mean woven_kilim"]),
    ],
    ids=str,
)
def test_a_texture_that_cannot_be_is_refused(options, words, network, pictures, refused):
    with refused(*words):
        weave(**{"example": pictures[0], "network": network} | options)
