"""Lesson 07, Gram matrices and textures."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from course_utils import losses
from course_utils.backend import tf
from course_utils.exercises.checking import Answer, Wrong, checker, choice, compare, short, unchanged


@checker("b")
def shuffled(attempt: str) -> str:
    """What changes when all cells of a layer change places?"""
    return choice(
        attempt,
        "b",
        {
            "a": "the terms of a sum may change places. The Gram matrix adds one outer product for each cell, and the "
            "same cells are still there.",
            "b": "content compares cell with cell, and they have moved; the Gram matrix adds the same outer products "
            "in another order.",
            "c": "it is the other way round. The Gram matrix adds up all cells, in whatever order; content compares "
            "each cell with the one that lay in its place.",
            "d": "the same cells in other places are another content: it compares place by place.",
        },
    )


@checker(losses.gram_matrix)
def gram_matrix(attempt: Answer) -> str:
    """The Gram matrix (C, C) of a layer's output (1, h, w, C): one outer product a position, summed."""
    features = np.random.default_rng(1).normal(0.3, 1, (1, 3, 5, 4)).astype("float32")
    _compare_gram(attempt, features)
    _compare_gram(attempt, np.ascontiguousarray(features.transpose(0, 2, 1, 3)))
    _compare_gram(attempt, np.abs(features[:, :2, :1]))  # Fewer positions than channels.
    x = tf.constant(features)
    with tf.GradientTape() as tape:
        tape.watch(x)
        total = tf.reduce_sum(attempt(x))
    if tape.gradient(total, x) is None:
        raise Wrong("no gradient comes back to the features: compute with TensorFlow's functions from end to end.")
    compiled = tf.function(attempt, input_signature=[tf.TensorSpec((1, None, None, 4), tf.float32)])
    try:
        found = compiled(x)
    except (TypeError, ValueError):
        raise Wrong(
            "it works on one map, but not when compiled for maps of any size, whose sides in `shape` are None: let "
            "tf.reshape count the positions by writing -1."
        ) from None
    compare(found, np.einsum("bhwi,bhwj->ij", features, features), "the compiled Gram matrix")
    return "it is what einsum gives, at any size, symmetric and with no eigenvalue below 0; the tape can follow it."


def _compare_gram(attempt: Answer, features: np.ndarray) -> None:
    _, height, width, channels = features.shape
    flat = features.reshape(-1, channels)
    gram, positions = flat.T @ flat, len(flat)
    heaped = features.reshape(channels, -1)  # Rows that hold numbers of all channels.
    centred = flat - flat.mean(0)
    outer = np.outer(features.ravel(), features.ravel())
    found = attempt(tf.constant(features))
    if not tf.is_tensor(found):
        raise Wrong(f"a tensor was expected and not {short(found)}: use TensorFlow's functions here, not NumPy's.")
    mistakes = {
        "A reshape to (channels, -1) does not move the channels to the front: it cuts the numbers, which lie cell "
        "after cell, into rows of mixed channels. Reshape to (-1, channels), and transpose that.": heaped @ heaped.T,
        "That is divided by the number of positions, which other programs do; the plain sum was asked for.": gram
        / positions,
        "That is divided by the number of values; the plain sum was asked for.": gram / features.size,
        "That is centred: it is the covariance, times the number of positions. Keep the means in.": centred.T @ centred,
        "That is one number, the sum of the whole matrix; keep a number for each pair of channels.": gram.sum(),
        "That is the sum of squares alone; keep a number for each pair of channels.": np.trace(gram),
        "That compares position with position, which keeps the where: transpose the first factor.": flat @ flat.T,
        "That is one outer product of the flattened map, which keeps the where; sum over the positions.": outer,
        "That is the diagonal alone: it misses what goes with what.": np.diag(gram),
        "That is one matrix a position: sum over the positions.": flat[:, :, None] * flat[:, None, :],
        "The leading 1 is still there: reshape to (-1, channels) first.": gram[None],
    }
    compare(found, gram, f"the Gram matrix of a map of {height} x {width} cells", mistakes=mistakes)


def _root(matrix: np.ndarray, power: float) -> np.ndarray:
    values, vectors = np.linalg.eigh(matrix)
    return (vectors * np.maximum(values, 1e-6) ** power) @ vectors.T


def _colours_like(picture: np.ndarray, like: np.ndarray) -> np.ndarray:
    x, y = picture.reshape(-1, 3).astype("float64"), like.reshape(-1, 3).astype("float64")
    change = _root(np.cov(y.T, bias=True), 0.5) @ _root(np.cov(x.T, bias=True), -0.5)
    return ((x - x.mean(0)) @ change.T + y.mean(0)).reshape(picture.shape)


@checker(_colours_like)
def colours_like(attempt: Answer) -> str:
    """A picture (h, w, 3) moved by one affine map of its colours to the mean and covariance of another's; unclipped."""
    rng = np.random.default_rng(2)
    picture = 110 + rng.normal(0, 25, (12, 20, 3)) @ rng.normal(0, 1, (3, 3))
    like = (90.0, 150.0, 60.0) + rng.normal(0, 45, (15, 16, 3)) @ rng.normal(0, 1, (3, 3))
    given = picture.copy(), like.copy()
    found = np.asarray(attempt(*given), "float64")
    unchanged(picture, given[0], "The picture that you were given")
    unchanged(like, given[1], "The other picture")
    right = _colours_like(picture, like)
    x, y = picture.reshape(-1, 3), like.reshape(-1, 3)
    cov_x, cov_y = (np.cov(one.T, bias=True) for one in (x, y))
    change = _root(cov_y, 0.5) @ _root(cov_x, -0.5)
    lower = np.linalg.cholesky(cov_y) @ np.linalg.inv(np.linalg.cholesky(cov_x))
    moved, mean = (x - x.mean(0)), y.mean(0)
    scaled = moved * y.std(0) / x.std(0)
    mistakes = {
        "Only the mean was moved: the covariance wants a 3 x 3 matrix as well.": moved + mean,
        "Each colour was scaled by itself: that gives the three variances, not how the colours go together.": scaled
        + mean,
        "The values were clipped, which changes mean and covariance again: leave that to the one who shows them.": (
            np.clip(right, 0, 255)
        ),
        "The two pictures have changed places.": _colours_like(like, picture),
        "The matrix stands on the wrong side: a pixel is a row here, so multiply by the transposed matrix.": (
            moved @ change + mean,
            moved @ lower + mean,
        ),
        "The mean is missing: add the other picture's.": (moved @ change.T, moved @ lower.T),
        "The picture's own mean was added again: it should be the other's.": (moved @ change.T + x.mean(0)),
        "That takes the covariance where its root is wanted.": moved @ (cov_y @ np.linalg.inv(cov_x)).T + mean,
    }
    for why, wrongs in mistakes.items():
        for wrong in wrongs if isinstance(wrongs, tuple) else (wrongs,):
            if found.size == wrong.size and np.allclose(found.ravel(), wrong.ravel(), rtol=1e-4, atol=1e-3):
                told = _root_mean_square(np.cov(found.reshape(-1, 3).T, bias=True) - cov_y)
                raise Wrong(f"the new covariance is {told:.3g} away from the other picture's, root mean square. {why}")
    if found.shape != picture.shape:
        raise Wrong(f"the picture should keep its shape, {picture.shape}, and has {found.shape}.")
    colours = found.reshape(-1, 3)
    compare(colours.mean(0), mean, "the mean colour", rtol=1e-5)
    compare(np.cov(colours.T, bias=True), cov_y, "the covariance of the colours", rtol=1e-5, atol=1e-3)
    with_one = np.c_[x, np.ones(len(x))]
    fitted = with_one @ np.linalg.lstsq(with_one, colours, rcond=None)[0]
    if not np.allclose(fitted, colours, atol=1e-3):
        raise Wrong("mean and covariance are right, but equal colours did not stay equal: use one map for all pixels.")
    return "mean and covariance are those of the other picture, by one affine map for all pixels."


def _root_mean_square(values: np.ndarray) -> float:
    return float(np.sqrt(np.mean(values**2)))


def _gram_gradient(F: np.ndarray, A: np.ndarray) -> np.ndarray:
    M, N = F.shape
    return F @ (F.T @ F - A) / (N**2 * M**2)


@checker(_gram_gradient)
def gram_gradient(attempt: Answer) -> str:
    """dE/dF (M, N) of E = 1/(4 N^2 M^2) sum (F^T F - A)^2, for F (M, N): a row a position."""
    rng = np.random.default_rng(3)
    for M, N in ((5, 3), (4, 6)):
        F, A = rng.normal(0.2, 1, (M, N)), rng.normal(0, 1, (M, N))
        A = A.T @ A
        given = F.copy(), A.copy()
        found = attempt(*given)
        unchanged(F, given[0], "F")
        unchanged(A, given[1], "A")
        right, G = _gram_gradient(F, A), F.T @ F
        mistakes = {
            "The factor in front is missing.": right * N**2 * M**2,
            "The sign is turned: E grows where G is larger than A.": -right,
            "E has 1/4 in front, but a square gives a 2, and each F stands in G twice: 4 of 4 remain.": right / 4,
            "Each F stands in G twice, since G_ij = G_ji: twice as much.": right / 2,
            "The 2 of the square, and the 2 of F standing in G twice, cancel the 1/4 in front.": 4 * right,
            "N and M are squared in E.": right * N * M,
            "That is 0 where F is not above 0: so it is for the value before the ReLU. With respect to F itself "
            "every entry counts.": np.where(F > 0, right, 0),
            "That is transposed: F has a row for each position.": right.T,
            "That is the derivative by G; go on to F.": (G - A) / (2 * N**2 * M**2),
            "A derivative by F has F in it: G - A tells which pairs are wrong, F which cells can mend them.": (G - A)
            / (N**2 * M**2),
        }
        compare(found, right, f"the derivative for {M} positions and {N} channels", mistakes=mistakes, atol=1e-9)

        def E(F: np.ndarray, A: np.ndarray = A, M: int = M, N: int = N) -> float:
            return np.sum((F.T @ F - A) ** 2) / (4 * N**2 * M**2)

        change = 1e-4 * rng.normal(0, 1, F.shape)
        measured = (E(F + change) - E(F - change)) / 2
        compare(np.sum(attempt(F, A) * change), measured, "the change of E that it foretells", atol=1e-12)
    return "small changes of F confirm it; it holds for every F, above 0 or not."


def _distinct_numbers(channels: Sequence[int]) -> int:
    return sum(C * (C + 1) // 2 for C in channels)


@checker(_distinct_numbers)
def distinct_numbers(attempt: Answer) -> str:
    """How many numbers the Gram matrices of layers hold that can differ, given their counts of channels."""
    for channels in ([64, 128, 256, 512, 512], [3, 8], [3]):
        squares, pairs, both = sum(C * C for C in channels), sum(C * (C - 1) // 2 for C in channels), sum(channels)
        mistakes = {
            "G is symmetric: G_ij and G_ji are one number.": squares,
            "The diagonal was left out: each channel also has a sum of its own squares.": pairs,
            "Half of C x C halves the diagonal too, which stands there once.": squares / 2,
            "Each layer has a Gram matrix of its own: no pair is made of channels of two layers.": both
            * (both + 1)
            // 2,
            "That is one number a channel, the diagonal alone.": both,
            "That is the last layer alone.": _distinct_numbers(channels[-1:]),
        }
        known = {why: value for why, value in mistakes.items() if value != _distinct_numbers(channels)}
        what = f"the count for layers of {', '.join(map(str, channels))} channels"
        compare(attempt(list(channels)), _distinct_numbers(channels), what, mistakes=known, rtol=0, atol=0.01)
    return "C (C + 1) / 2 a layer; VGG-19's five give 305,888."


@checker("c")
def tells_apart(attempt: str) -> str:
    """Two textures with the same two features, as strong and as often, in one together and in one apart: who tells?"""
    return choice(
        attempt,
        "c",
        {
            "a": "the mean asks how much of each feature there is, and that is the same in both.",
            "b": "the diagonal asks each channel alone, how strong it is in the mean square. Neither knows of the "
            "other.",
            "c": "only a product of the two channels at one place knows whether they fire together; both have it off "
            "their diagonal, and since the means agree, it is the same difference.",
            "d": "the covariance has the product of the two channels off its diagonal as well. It lacks the means, "
            "and these agree.",
        },
    )
