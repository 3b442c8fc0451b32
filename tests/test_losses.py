"""The costs: each against arithmetic done by hand, and its gradient against finite differences."""

import numpy as np
import pytest

from course_utils.backend import tf
from course_utils.defaults import STATISTICS
from course_utils.losses import (
    content_loss,
    dream_loss,
    gram_matrix,
    guided_gram_matrix,
    image_l2_loss,
    layer_statistic,
    mean_gram_matrix,
    style_loss,
    total_variation_loss,
)

SHAPE = (1, 4, 5, 3)
TARGET = tf.constant(np.random.default_rng(1).normal(size=SHAPE))
TARGET_GRAM = mean_gram_matrix(TARGET)
WEIGHTS = tf.constant(np.random.default_rng(2).uniform(size=(1, 4, 5, 1)))
COSTS = {
    "content": lambda x: content_loss(x, TARGET),
    "style": lambda x: style_loss(mean_gram_matrix(x), TARGET_GRAM),
    "style of a region": lambda x: style_loss(guided_gram_matrix(x, WEIGHTS), TARGET_GRAM),
    "variation, squared": total_variation_loss,
    "variation, l1": lambda x: total_variation_loss(x, "l1"),
    "variation, keras": lambda x: total_variation_loss(x, "keras"),
    "image L2": lambda x: image_l2_loss(x, 0.5),
    "dream": dream_loss,
    "dream without its border": lambda x: dream_loss(x, 1),
}


def maps(rng, shape=SHAPE, dtype="float64"):
    return tf.constant(rng.normal(size=shape).astype(dtype))


def gradient_of(cost, x):
    with tf.GradientTape() as tape:
        tape.watch(x)
        loss = cost(x)
    return tape.gradient(loss, x).numpy()


@pytest.mark.parametrize("cost", COSTS.values(), ids=COSTS)
def test_a_gradient_is_that_of_finite_differences(cost, rng):
    x = maps(rng)
    h, expected = 1e-5, np.zeros(SHAPE)
    for place in np.ndindex(SHAPE):
        step = np.zeros(SHAPE)
        step[place] = h
        expected[place] = (cost(x + step) - cost(x - step)) / (2 * h)
    # In float64 the rounding of two losses of about 10 leaves 1e-10 of a difference over 2e-5.
    np.testing.assert_allclose(gradient_of(cost, x), expected, rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize("cost", COSTS.values(), ids=COSTS)
def test_a_cost_is_a_scalar_in_the_precision_of_its_input(cost, rng):
    assert cost(maps(rng)).dtype == tf.float64 and cost(maps(rng)).shape == ()


def test_content_by_hand():
    assert content_loss(tf.constant([1.0, 2, 3]), tf.constant([0.0, 2, 5])) == 0.5 * (1 + 0 + 4)


def test_gram_and_style_by_hand():
    features = tf.constant([[[[1.0, 2], [3, 4]]]])  # Two positions with two channels: (1, 2) and (3, 4).
    gram = [[1 * 1 + 3 * 3, 1 * 2 + 3 * 4], [2 * 1 + 4 * 3, 2 * 2 + 4 * 4]]
    np.testing.assert_array_equal(gram_matrix(features), gram)
    np.testing.assert_array_equal(mean_gram_matrix(features), np.divide(gram, 2))
    against_black = style_loss(mean_gram_matrix(features), tf.zeros((2, 2)))
    assert against_black == (5**2 + 7**2 + 7**2 + 10**2) / (4 * 2**2)


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("squared", 3**2 + 6**2 + 2**2 + 5**2),
        ("l1", 3 + 6 + 2 + 5),
        ("keras", (3**2 + 2**2) ** 1.25),  # Only the first pixel has both neighbours.
    ],
)
def test_total_variation_by_hand(kind, expected):
    picture = tf.constant([[[[1.0], [4.0]], [[3.0], [9.0]]]])
    assert float(total_variation_loss(picture, kind)) == pytest.approx(expected, rel=1e-6)


def test_an_unknown_kind_of_total_variation_is_refused():
    with pytest.raises(ValueError, match="l2"):
        total_variation_loss(tf.zeros((1, 2, 2, 3)), "l2")


def test_image_l2_by_hand():
    assert float(image_l2_loss(tf.constant([127.5, 129.5, 124.5]))) == pytest.approx((0 + 4 + 9) / 3)


def test_dream_by_hand():
    features = tf.reshape(tf.constant([1.0, -2, 1, 0, 5, 0, 3, 0, 0]), (1, 3, 3, 1))
    assert dream_loss(features) == -0.5 * (1 + 4 + 1 + 25 + 9)
    assert dream_loss(features, border=1) == -0.5 * 25


def test_the_delta_of_a_dream_is_the_activation_itself(rng):
    features = maps(rng, dtype="float32")
    np.testing.assert_allclose(-gradient_of(dream_loss, features), features, atol=1e-6)


def test_the_style_loss_is_the_papers_equation_4_where_both_maps_have_the_same_size(rng):
    ours, theirs = maps(rng), maps(rng)
    flat = [x.numpy().reshape(-1, 3).T for x in (ours, theirs)]  # The paper's F: one row a filter.
    (gram, target), (filters, positions) = [f @ f.T for f in flat], flat[0].shape
    paper = np.sum((gram - target) ** 2) / (4 * filters**2 * positions**2)
    assert float(style_loss(mean_gram_matrix(ours), mean_gram_matrix(theirs))) == pytest.approx(paper, rel=1e-12)


def test_the_gram_matrix_holds_the_scalar_products_of_the_maps(rng):
    features = maps(rng)
    gram = gram_matrix(features).numpy()
    np.testing.assert_allclose(gram, np.einsum("bhwi,bhwj->ij", features, features), rtol=1e-12)
    np.testing.assert_array_equal(gram, gram_matrix(features[0]))  # With or without the axis of the batch.
    np.testing.assert_array_equal(gram, gram.T)
    assert np.linalg.eigvalsh(gram).min() > -1e-12


def test_the_gram_matrix_of_few_positions_is_semidefinite(rng):
    gram = gram_matrix(maps(rng, (1, 1, 2, 6))).numpy()  # Two positions span two dimensions of six.
    values = np.linalg.eigvalsh(gram)
    np.testing.assert_allclose(values[:4], 0, atol=1e-12)
    assert values[4] > 0.1


def test_the_gram_matrix_forgets_where_and_the_content_does_not(rng):
    features = maps(rng)
    shuffled = tf.constant(rng.permutation(features.numpy().reshape(-1, 3)).reshape(SHAPE))
    np.testing.assert_allclose(gram_matrix(shuffled), gram_matrix(features), rtol=1e-12)
    assert content_loss(shuffled, features) > 10


def test_the_gram_matrix_is_not_that_of_a_reshape_without_a_transpose(rng):
    features = maps(rng)
    wrong = tf.reshape(features, (3, -1))  # Cuts the picture into three pieces, in place of channels.
    difference = np.abs(gram_matrix(features) - tf.matmul(wrong, wrong, transpose_b=True))
    assert difference.max() > 1


def test_a_pattern_and_its_tiling_have_the_same_gram_matrix_per_position(rng):
    features = maps(rng)
    tiled = tf.tile(features, (1, 2, 3, 1))
    np.testing.assert_allclose(mean_gram_matrix(tiled), mean_gram_matrix(features), rtol=1e-12)
    np.testing.assert_allclose(gram_matrix(tiled), 6 * gram_matrix(features), rtol=1e-12)


# Statistics of a layer


def by_brute_force(features, kind):
    """One position after the other, and one pair of channels after the other."""
    positions = [features[row, column] for row in range(features.shape[0]) for column in range(features.shape[1])]
    count, channels = len(positions), range(features.shape[-1])
    means = [sum(one[i] for one in positions) / count for i in channels]
    if kind == "mean":
        return means
    if kind == "diagonal":
        return [sum(one[i] ** 2 for one in positions) / count for i in channels]
    less = means if kind == "covariance" else [0.0 for _ in channels]
    return [
        [sum((one[i] - less[i]) * (one[j] - less[j]) for one in positions) / count for j in channels] for i in channels
    ]


@pytest.mark.parametrize("kind", STATISTICS)
def test_a_statistic_by_brute_force(kind, rng):
    features = maps(rng) + tf.constant([2.0, -1.0, 0.5], "float64")  # Means that matter.
    expected = by_brute_force(features[0].numpy(), kind)
    for given in (features, features[0]):
        np.testing.assert_allclose(layer_statistic(given, kind), expected, rtol=1e-12)


def test_the_gram_matrix_is_the_covariance_plus_the_products_of_the_means(rng):
    features = maps(rng) + 3
    mean, diagonal, covariance, gram = (layer_statistic(features, kind).numpy() for kind in STATISTICS)
    np.testing.assert_allclose(gram, covariance + np.outer(mean, mean), rtol=1e-12)
    np.testing.assert_allclose(diagonal, np.diag(gram), rtol=1e-12)
    np.testing.assert_allclose(covariance, np.cov(features.numpy().reshape(-1, 3).T, bias=True), rtol=1e-10)
    assert layer_statistic(features).numpy() == pytest.approx(gram)


@pytest.mark.parametrize("kind", STATISTICS)
def test_the_gradient_of_a_statistic_is_that_of_finite_differences(kind, rng):
    x, way = maps(rng), rng.normal(size=SHAPE)
    gradient = gradient_of(lambda features: tf.reduce_sum(tf.square(layer_statistic(features, kind))), x)
    after, before = (np.sum(layer_statistic(x + sign * 1e-4 * way, kind).numpy() ** 2) for sign in (1, -1))
    assert np.sum(gradient * way) == pytest.approx((after - before) / 2e-4, rel=1e-6)


def test_an_unknown_statistic_is_refused():
    with pytest.raises(ValueError, match="variance"):
        layer_statistic(tf.zeros((1, 2, 2, 3)), "variance")


# Regions


def test_the_gram_matrix_of_everywhere_is_the_mean_gram_matrix(rng):
    x = maps(rng)
    np.testing.assert_allclose(guided_gram_matrix(x, tf.ones((1, 4, 5, 1), "float64")), mean_gram_matrix(x), rtol=1e-12)


def test_a_region_is_all_that_its_gram_matrix_sees(rng):
    x, weights = maps(rng), np.zeros((1, 4, 5, 1))
    weights[0, 1:3, :2] = 7  # A factor is no matter.
    expected = mean_gram_matrix(x[:, 1:3, :2])
    np.testing.assert_allclose(guided_gram_matrix(x, tf.constant(weights)), expected, rtol=1e-12)


def test_two_parts_make_the_whole_each_by_its_area(rng):
    x, part = maps(rng), tf.constant(rng.uniform(size=(1, 4, 5, 1)))
    area = tf.reduce_mean(part)
    whole = area * guided_gram_matrix(x, part) + (1 - area) * guided_gram_matrix(x, 1 - part)
    np.testing.assert_allclose(whole, mean_gram_matrix(x), rtol=1e-12)
