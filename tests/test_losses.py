"""Each loss against central differences in float64, against a case worked by hand, and against its meaning."""

from __future__ import annotations

import numpy as np
import pytest

from course_utils import losses
from course_utils.backend import tf

KINDS = ("squared", "l1", "keras")


def test_gradients_by_central_differences(rng, check_gradient) -> None:
    features, target = rng.normal(size=(1, 4, 5, 3)), rng.normal(size=(1, 4, 5, 3))
    gram = losses.mean_gram_matrix(tf.constant(target))
    check_gradient(lambda f: losses.content_loss(f, target), features)
    check_gradient(lambda f: losses.style_loss(losses.mean_gram_matrix(f), gram), features)
    check_gradient(losses.dream_loss, features)
    check_gradient(lambda f: losses.dream_loss(f, border=1), features)
    check_gradient(losses.image_l2_loss, features)
    for kind in KINDS:
        check_gradient(lambda p, kind=kind: losses.total_variation_loss(p, kind), features)


def test_content_loss_by_hand() -> None:
    # 1/2 ((3 - 1)^2 + (0 - 4)^2) = 1/2 (4 + 16) = 10.
    assert float(losses.content_loss(tf.constant([3.0, 0.0]), tf.constant([1.0, 4.0]))) == 10


def test_gram_matrix_by_hand() -> None:
    # Two positions, (1, 2) and (3, 4): the sum of their outer products, [[1, 2], [2, 4]] + [[9, 12], [12, 16]].
    features = tf.constant([[[[1.0, 2.0], [3.0, 4.0]]]])
    assert losses.gram_matrix(features).numpy().tolist() == [[10, 14], [14, 20]]
    assert losses.mean_gram_matrix(features).numpy().tolist() == [[5, 7], [7, 10]]


def test_gram_matrix_is_a_sum_of_outer_products(rng) -> None:
    features = rng.normal(size=(1, 6, 7, 4))
    gram = losses.gram_matrix(tf.constant(features)).numpy()
    assert gram == pytest.approx(np.einsum("bhwi,bhwj->ij", features, features))
    assert gram == pytest.approx(gram.T)
    assert np.linalg.eigvalsh(gram).min() > -1e-9
    wrong = features.reshape(4, -1)  # The usual mistake: channels come last, so that this mixes them.
    assert np.abs(gram - wrong @ wrong.T).max() > 1


def test_gram_matrix_forgets_positions_and_content_does_not(rng) -> None:
    features = rng.normal(size=(1, 6, 7, 4))
    shuffled = rng.permutation(features.reshape(-1, 4)).reshape(features.shape)
    assert losses.gram_matrix(tf.constant(shuffled)).numpy() == pytest.approx(losses.gram_matrix(tf.constant(features)).numpy())
    assert float(losses.content_loss(tf.constant(shuffled), tf.constant(features))) > 10


def test_mean_gram_matrix_does_not_know_the_size(rng) -> None:
    features = rng.normal(size=(1, 3, 4, 5))
    tiled = np.tile(features, (1, 2, 3, 1))
    assert losses.mean_gram_matrix(tf.constant(tiled)).numpy() == pytest.approx(
        losses.mean_gram_matrix(tf.constant(features)).numpy()
    )


def test_style_loss_is_the_papers_where_sizes_agree(rng) -> None:
    a, b = (tf.constant(rng.normal(size=(1, 5, 6, 4))) for _ in range(2))
    paper = np.sum((losses.gram_matrix(a) - losses.gram_matrix(b)) ** 2) / (4 * 4**2 * 30**2)
    assert float(losses.style_loss(losses.mean_gram_matrix(a), losses.mean_gram_matrix(b))) == pytest.approx(paper)


def test_total_variation_by_hand() -> None:
    picture = tf.constant(np.array([[0, 1, 3], [0, 1, 7]], "float64")[None, :, :, None])
    # Rightward differences: 1, 2 and 1, 6; downward: 0, 0, 4. Squared: 1 + 4 + 1 + 36 + 16; absolute: 1 + 2 + 1 + 6 + 4.
    assert float(losses.total_variation_loss(picture, "squared")) == 58
    assert float(losses.total_variation_loss(picture, "l1")) == 14
    # Pixels with both neighbours are the first two of the first row: (1 + 0)^1.25 + (4 + 0)^1.25.
    assert float(losses.total_variation_loss(picture, "keras")) == pytest.approx(1 + 4**1.25)
    with pytest.raises(ValueError, match="kind is"):
        losses.total_variation_loss(picture, "cubic")


@pytest.mark.parametrize("kind", KINDS)
def test_a_constant_picture_has_no_variation(kind: str) -> None:
    assert float(losses.total_variation_loss(tf.fill((1, 5, 6, 3), 99.0), kind)) == 0


def test_l1_does_not_mind_an_edge_and_squared_does() -> None:
    ramp, edge = (np.tile(np.array(row, "float64"), (2, 1))[None, :, :, None] for row in (range(9), [0] * 5 + [8] * 4))
    value = {kind: [float(losses.total_variation_loss(tf.constant(p), kind)) for p in (ramp, edge)] for kind in KINDS}
    assert value["l1"][0] == value["l1"][1]
    assert value["squared"][1] == 8 * value["squared"][0]
    assert value["keras"][1] == pytest.approx(8**1.5 * value["keras"][0])  # 8^2.5 for one edge against 8 steps of 1.


def test_image_l2_by_hand() -> None:
    assert float(losses.image_l2_loss(tf.constant([127.5, 137.5]))) == 50  # (0 + 10^2) / 2


def test_the_dreams_delta_is_the_activation(rng) -> None:
    activation = tf.constant(rng.normal(size=(1, 4, 5, 3)))
    with tf.GradientTape() as tape:
        tape.watch(activation)
        loss = losses.dream_loss(activation)
    assert np.abs(-tape.gradient(loss, activation) - activation).max() < 1e-6
    inner = activation[:, 1:-1, 1:-1]
    assert float(losses.dream_loss(activation, border=1)) == pytest.approx(-0.5 * float(tf.reduce_sum(inner**2)))
