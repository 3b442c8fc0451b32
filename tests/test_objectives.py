"""What a dream climbs: each kind of term by brute force, its delta, and what is said of an impossible wish."""

import numpy as np
import pytest

from course_utils.backend import keras, tf
from course_utils.dream.objectives import DREAM_LAYER, DreamCost, DreamObjective, class_index, unit_vector
from course_utils.network import Network
from course_utils.optimize.evaluation import CompiledObjective

PAIR = np.array([[1.0, 0.5], [-2.0, 0.25], [0.5, 3.0]], "float32")  # From three channels to two.
SCORES = np.array([[1.0, -2.0, 0.5, 3.0], [0.25, 1.0, -1.0, 2.0]], "float32")
CLASSES = ["Persian cat", "tabby", "brown bear", "Egyptian cat"]


@pytest.fixture(scope="module")
def plain():
    """A network without ReLU, whose layer "pixels" is the picture itself: its gradients can be written down."""
    picture = keras.Input((None, None, 3), name="picture")
    pixels = keras.layers.Conv2D(3, 1, use_bias=False, name="pixels")
    pair = keras.layers.Conv2D(2, 1, use_bias=False, name="pair")
    scores = keras.layers.Dense(4, use_bias=False, name="predictions")
    x = pair(pixels(picture))
    model = keras.Model(picture, scores(keras.layers.GlobalAveragePooling2D(name="mean")(x)))
    for layer, kernel in ((pixels, np.eye(3)[None, None]), (pair, PAIR[None, None]), (scores, SCORES)):
        layer.set_weights([kernel])
    return Network("plain", model, CLASSES, 1)


@pytest.fixture
def picture(rng):
    return rng.normal(size=(4, 5, 3)).astype("float32")


def terms_at(objective, picture):
    return {name: float(value) for name, value in objective(tf.constant(picture[None])).items()}


def gradient_at(objective, picture):
    return CompiledObjective(objective)(picture)[1]


# Layers


def test_the_delta_of_a_layer_is_the_activation_itself(plain, picture):
    """Over the number of its values, since a term is a mean: no size then changes a weight."""
    gradient = gradient_at(DreamObjective(plain, {"pixels": 1.0}), picture)
    np.testing.assert_allclose(gradient, picture / picture.size, rtol=1e-6)


def test_a_layers_term_is_half_its_mean_square_times_its_weight(network, make_picture):
    picture, weights = make_picture(32, 48), {"block2_conv1": 2.0, "block3_conv2": -0.5}
    features = network.features(picture, tuple(weights))
    expected = {name: w * 0.5 * np.mean(features[name].numpy().astype("float64") ** 2) for name, w in weights.items()}
    assert terms_at(DreamObjective(network, weights), picture) == pytest.approx(expected, rel=1e-5)


def test_a_tiling_of_a_picture_has_the_same_terms(plain, picture):
    objective = DreamObjective(plain, {"pair": 1.0}, channels={("pixels", 1): 2.0}, classes={"tabby": 1.0})
    assert terms_at(objective, np.tile(picture, (2, 3, 1))) == pytest.approx(terms_at(objective, picture), rel=1e-5)


def test_without_a_wish_it_is_the_default_layer(network, make_picture):
    assert list(terms_at(DreamObjective(network), make_picture(32, 32))) == [DREAM_LAYER]


def test_a_border_of_cells_is_left_out(plain, picture):
    objective = DreamObjective(plain, {"pixels": 1.0}, border=1)
    inner = picture[1:3, 1:4]
    assert terms_at(objective, picture)["pixels"] == pytest.approx(0.5 * np.mean(inner**2), rel=1e-5)
    expected = np.zeros_like(picture)
    expected[1:3, 1:4] = inner / inner.size
    np.testing.assert_allclose(gradient_at(objective, picture), expected, atol=1e-7)


@pytest.mark.parametrize(
    ("shape", "rows", "columns"), [((4, 7), slice(1, 3), slice(2, 5)), ((1, 2), slice(0, 1), slice(0, 2))]
)
def test_a_map_keeps_a_cell_however_small_it_is(shape, rows, columns, plain, rng):
    """Deep layers of small octaves have four cells and fewer a side: a border of 2 would leave none of them."""
    picture = rng.normal(size=(*shape, 3)).astype("float32")
    term = terms_at(DreamObjective(plain, {"pixels": 1.0}, border=2), picture)["pixels"]
    assert term == pytest.approx(0.5 * np.mean(picture[rows, columns] ** 2), rel=1e-5)


# A guide


@pytest.mark.parametrize("border", [0, 1])
def test_a_guides_delta_is_the_best_match_of_each_position(border, plain, picture, rng):
    guide = rng.normal(size=(3, 6, 3)).astype("float32")
    objective = DreamObjective(plain, {"pair": 2.0}, guide=guide, border=border)
    ours, theirs = picture @ PAIR, (guide @ PAIR).reshape(-1, 2)
    delta, total = np.zeros_like(ours), 0.0
    for row in range(border, 4 - border):
        for column in range(border, 5 - border):
            products = [float(ours[row, column] @ vector) for vector in theirs]
            delta[row, column] = theirs[int(np.argmax(products))]
            total += max(products)
    count = 2 * (4 - 2 * border) * (5 - 2 * border)
    assert terms_at(objective, picture) == pytest.approx({"pair": 2 * total / count}, rel=1e-5)
    # If the choice of the match were differentiated, or the activation were left in, this would not hold.
    np.testing.assert_allclose(gradient_at(objective, picture), 2 * delta @ PAIR.T / count, atol=1e-6)
    assert len({tuple(vector) for vector in delta.reshape(-1, 2)}) > 2  # There was something to choose.


def test_a_guide_does_not_touch_the_channels(plain, picture):
    channels = {("pair", 1): 1.0}
    objective = DreamObjective(plain, {"pixels": 1.0}, channels=channels, guide=np.ones((2, 2, 3), "float32"))
    terms = terms_at(objective, picture)
    assert terms["pair:1"] == pytest.approx(np.mean(picture @ PAIR[:, 1]), rel=1e-4)
    assert terms["pixels"] == pytest.approx(np.mean(picture), rel=1e-4)  # Every match is (1, 1, 1).


# Channels, classes, directions


def test_a_channels_term_is_its_mean(network, make_picture):
    picture, wish = make_picture(32, 48), {("block2_conv1", 5): 3.0, ("block2_conv1", 0): -1.0, ("block4_conv2", 7): 1}
    expected = {
        f"{layer}:{k}": w * network.features(picture, layer)[layer].numpy()[..., k].mean()
        for (layer, k), w in wish.items()
    }
    assert len(expected) == 3 and all(expected.values())
    assert terms_at(DreamObjective(network, channels=wish), picture) == pytest.approx(expected, rel=1e-4)


def test_the_delta_of_a_channel_is_ones_at_that_channel(plain, picture):
    gradient = gradient_at(DreamObjective(plain, channels={("pair", 1): 3.0}), picture)
    np.testing.assert_allclose(gradient, np.broadcast_to(3 * PAIR[:, 1] / 20, (4, 5, 3)), rtol=1e-5)


def test_a_classs_term_is_its_score(network, make_picture):
    picture = make_picture(32, 48)
    goose, espresso = (network.logits(picture).numpy()[0, network.classes.index(one)] for one in ("goose", "espresso"))
    terms = terms_at(DreamObjective(network, classes={"Goose": 2.0, "espresso": -1.0}), picture)
    assert terms == pytest.approx({"Goose": 2 * goose, "espresso": -espresso}, rel=1e-4)


def test_a_directions_term_is_the_mean_part_along_it(plain, picture):
    directions = [("pair", np.array([3, -4])), ("pixels", [0, 0, 7.0]), ("pair", (-1, 0))]
    terms = terms_at(DreamObjective(plain, directions=directions), picture)
    pair = picture @ PAIR
    assert terms == pytest.approx(
        {
            "direction 1 at pair": np.mean(pair @ [0.6, -0.8]),
            "direction 2 at pixels": picture[..., 2].mean(),  # Its length does not matter.
            "direction 3 at pair": -pair[..., 0].mean(),
        },
        rel=1e-4,
    )


def test_the_gradient_of_all_terms_is_that_of_finite_differences(plain, picture, rng):
    """Along random directions. Every term is a quadratic or less, so that wide steps are exact and hide rounding."""
    objective = DreamObjective(
        plain,
        {"pixels": 1.5, "pair": -0.5},
        channels={("pair", 0): 2.0},
        classes={"tabby": 0.7},
        directions=[("pixels", [1, 2, 3])],
        border=1,
    )
    gradient = gradient_at(objective, picture)
    for _ in range(5):
        way = rng.normal(size=picture.shape).astype("float32")
        after, before = (sum(terms_at(objective, picture + sign * way).values()) for sign in (1, -1))
        assert np.sum(gradient * way) == pytest.approx((after - before) / 2, rel=1e-4, abs=1e-5)


def test_it_is_traced_once_for_all_sizes(network, make_picture):
    traces = []

    class Counted(DreamObjective):
        def __call__(self, picture):
            traces.append(1)
            return super().__call__(picture)

    wish = {"channels": {("block2_conv1", 5): 3.0}, "classes": {"goose": 1.0}, "border": 2}
    objective = Counted(network, {"block3_conv1": 1.0}, **wish)
    evaluate = CompiledObjective(objective)
    for shape in [(48, 64), (32, 40), (64, 33)]:
        picture = make_picture(*shape)
        expected = terms_at(DreamObjective(network, {"block3_conv1": 1.0}, **wish), picture)
        assert evaluate(picture)[0] == pytest.approx(expected, rel=1e-4)
    assert len(traces) == 1


# Refusals


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"layers": {}}, ["nothing to dream of"]),
        ({"layers": {"pixels": 0.0}}, ["nothing to dream of"]),
        ({"layers": {"pixels": 0.0}, "channels": {("pair", 0): 0}, "classes": {"tabby": 0}}, ["nothing to dream of"]),
        ({"layers": {"pixels": float("nan")}}, ["weight", "which is not a number"]),
        ({"channels": {("pair", 0): float("inf")}}, ["weight", "which is not a number"]),
        ({"classes": {"tabby": float("nan")}}, ["weight", "which is not a number"]),
        ({"layers": {"pixel": 1.0}}, ["'pixel'", "did you mean pixels"]),
        ({"layers": {"pixels": 1.0, "conv": 1.0}}, ["'conv'", "its layers are pixels, pair"]),
        ({"channels": {("pear", 0): 1.0}}, ["'pear'", "pair"]),
        ({"channels": {("pair", 2): 1.0}}, ["pair", "0 to 1", "not 2"]),
        ({"channels": {("pair", -1): 1.0}}, ["pair", "0 to 1", "not -1"]),
        ({"classes": {"dragon": 1.0}}, ["'dragon'"]),
        ({"directions": [("pear", [1, 2])]}, ["'pear'", "pair"]),
        ({"directions": [("pair", [1, 2, 3])]}, ["pair", "2 numbers", "(3,)"]),
        ({"directions": [("pair", [[1, 2]])]}, ["pair", "2 numbers", "(1, 2)"]),
        ({"directions": [("pair", [0, 0])]}, ["pair", "not all 0"]),
        ({"directions": [("pair", [1, float("nan")])]}, ["pair", "numbers"]),
        ({"channels": {("pair", 0): 1.0}, "guide": np.ones((4, 4, 3), "float32")}, ["guide", "layers"]),
    ],
    ids=str,
)
def test_what_does_not_fit_is_refused(options, words, plain, refused):
    with refused(*words):
        DreamObjective(plain, **options)


def test_a_guide_that_is_too_small_is_refused(network, refused):
    with refused("40 x 20", "at least 32"):
        DreamObjective(network, {"block2_conv1": 1.0}, guide=np.ones((20, 40, 3), "float32"))


# Classes and directions by themselves


def test_a_class_is_looked_for_among_the_networks_own(network, plain, refused):
    assert class_index(plain, "egypt") == 3 and plain.classes[3] == "Egyptian cat"  # More of it in test_lookup.py.
    assert network.classes[class_index(network, "slug")] == "slug" and "sea slug" in network.classes
    with refused("plain has no class 'slug'"):
        class_index(plain, "slug")


def test_a_direction_gets_the_length_1(plain):
    given = np.array([3, -4])
    np.testing.assert_allclose(unit_vector(plain, "pair", given), [0.6, -0.8], rtol=1e-6)
    np.testing.assert_array_equal(given, [3, -4])


# The cost of Keras' dreams


def test_the_cost_by_hand(plain):
    mean = np.array([123.68, 116.779, 103.939], "float32")  # ImageNet's, red first.
    picture = np.stack([mean] * 4).reshape(2, 2, 3)
    picture[0, 1, 0] += 3
    picture[1, 0, 1] += 4
    cost = DreamCost(DreamObjective(plain, {"pixels": 0.5}), continuity=0.1, l2=0.02, gain=7.0)
    terms = terms_at(cost, picture)
    # Only the first pixel has both neighbours: red goes up by 3 to the right, green by 4 downwards, blue stays.
    expected = {
        "pixels": -7 * 0.5 * 0.5 * np.mean(picture.astype("float64") ** 2),
        "continuity": 0.1 * ((3**2) ** 1.25 + (4**2) ** 1.25) / 12,
        "l2": 0.02 * (3**2 + 4**2) / 12,
    }
    assert list(terms) == list(expected)
    assert terms == pytest.approx(expected, rel=1e-4)


def test_the_cost_goes_down_where_the_dream_goes_up(plain, make_picture):
    dream, picture = DreamObjective(plain, channels={("pixels", 0): 1.0}), make_picture(8, 8)
    gradient = gradient_at(DreamCost(dream, 0.0, 0.0, gain=3.0), picture)
    np.testing.assert_allclose(gradient, -3 * gradient_at(dream, picture), rtol=1e-6)
    assert gradient[..., 0].max() < 0


def test_a_classifier_is_loaded_before_anything_is_compiled(network, monkeypatch):
    loaded = []
    monkeypatch.setattr(type(network), "classifier", property(lambda self: loaded.append(1) or self.model))
    DreamObjective(network, {"block4_conv1": 1.0})
    assert not loaded
    DreamObjective(network, classes={network.classes[0]: 1.0})
    assert loaded
