"""Lesson 07, Gram matrices and textures."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from course_utils import losses
from course_utils.backend import tf
from course_utils.exercises.comparing import Tolerance
from course_utils.exercises.draws import FLOAT32, Case, Draw
from course_utils.exercises.exercise import Exercise, Question, exercise
from course_utils.exercises.kinds import Array, Number, Several, Tensor, Text, Wrong
from course_utils.exercises.running import Answer

shuffled = Question(
    "shuffled",
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
    doc="What changes when all cells of a layer change places?",
)


def _features(draw: Draw) -> Case:
    (height, width), channels = draw.sides(2, 14), draw.size(2, 14)
    named = f"of a map of {height} x {width} cells and {channels} channels"
    return Case((draw.normal((1, height, width, channels), 0.3),), named)


def _with_a_tape(answer: Answer, features: np.ndarray) -> dict[str, Any]:
    """The matrix, and the gradient of a sum in which each of its numbers has a weight of its own."""
    x = tf.constant(features)
    with tf.GradientTape() as tape:
        tape.watch(x)
        matrix = answer(x)
        if not tf.is_tensor(matrix) or matrix.dtype != tf.float32:
            return {"matrix": matrix}
        weights = tf.reshape(tf.range(tf.size(matrix), dtype=tf.int32), tf.shape(matrix))
        total = tf.reduce_sum(matrix * tf.cast(weights, tf.float32))
    gradient = tape.gradient(total, x)
    if gradient is None:
        gradient = Wrong("no gradient comes back to the features: compute with TensorFlow's functions from end to end.")
    return {"matrix": matrix, "gradient": gradient}


def _compiled(answer: Answer, features: np.ndarray) -> dict[str, Any]:
    signature = tf.TensorSpec((1, None, None, features.shape[-1]), tf.float32)
    return {"compiled": answer.compiled(signature)(features)}


def _of_rows(matrix: Callable[[np.ndarray], Any]) -> Callable:
    """A mistake, made of the features with a row for each position."""
    return lambda features: tf.constant(matrix(np.reshape(features, (-1, features.shape[-1]))), tf.float32)


def _no_transpose(features: Any) -> Any:
    rows = np.reshape(features, (features.shape[-1], -1))  # They hold numbers of all channels.
    return tf.constant(rows @ rows.T)


SMALL = np.random.default_rng(1).normal(0.3, 1, (1, 3, 5, 4)).astype("float32")

gram_matrix = Exercise(
    losses.gram_matrix,
    draws=_features,
    forms=FLOAT32[:3],
    also=[
        Case((SMALL[:, :1, :2],), "of a map of 1 x 2 cells, fewer than its channels,"),
        Case((SMALL,), "of a map of 3 x 5 cells and 4 channels", use=_compiled),
    ],
    use=_with_a_tape,
    returns=Several(
        matrix=Tensor("the Gram matrix"),
        gradient=Tensor("the gradient, at the features, of a weighted sum of the Gram matrix"),
        compiled=Tensor("the compiled Gram matrix"),
    ),
    mistakes={
        "A reshape to (channels, -1) does not move the channels to the front: it cuts the numbers, which lie cell "
        "after cell, into rows of mixed channels. Reshape to (-1, channels), and transpose that.": _no_transpose,
        "That is divided by the number of positions, which other programs do; the plain sum was asked for.": _of_rows(
            lambda rows: rows.T @ rows / len(rows)
        ),
        "That is divided by the number of values; the plain sum was asked for.": _of_rows(
            lambda rows: rows.T @ rows / rows.size
        ),
        "That is centred: it is the covariance, times the number of positions. Keep the means in.": _of_rows(
            lambda rows: (rows - rows.mean(0)).T @ (rows - rows.mean(0))
        ),
        "That is one number, the sum of the whole matrix; keep a number for each pair of channels.": _of_rows(
            lambda rows: (rows.T @ rows).sum()
        ),
        "That is the sum of squares alone; keep a number for each pair of channels.": _of_rows(
            lambda rows: (rows**2).sum()
        ),
        "That compares position with position, which keeps the where: transpose the first factor.": _of_rows(
            lambda rows: rows @ rows.T
        ),
        "That is one outer product of the flattened map, which keeps the where; sum over the positions.": _of_rows(
            lambda rows: np.outer(rows, rows)
        ),
        "That is the diagonal alone: it misses what goes with what.": _of_rows(lambda rows: (rows**2).sum(0)),
        "That is one matrix a position: sum over the positions.": _of_rows(
            lambda rows: rows[:, :, None] * rows[:, None, :]
        ),
        "The leading 1 is still there: reshape to (-1, channels) first.": _of_rows(lambda rows: (rows.T @ rows)[None]),
        "What lies below 0 counts as well: these numbers may be anything.": _of_rows(
            lambda rows: np.maximum(rows, 0).T @ np.maximum(rows, 0)
        ),
    },
    praise="it is what einsum gives, at any size, symmetric and with no eigenvalue below 0; the tape can follow it.",
)


def _root(matrix: np.ndarray, power: float) -> np.ndarray:
    values, vectors = np.linalg.eigh(matrix)
    return (vectors * np.maximum(values, 1e-9) ** power) @ vectors.T


def _unguarded(matrix: np.ndarray, power: float) -> np.ndarray:
    values, vectors = np.linalg.eigh(matrix)
    return (vectors * values**power) @ vectors.T


def _cov(pixels: np.ndarray) -> np.ndarray:
    return np.cov(pixels.T, bias=True)


def _recoloured(change: Callable[..., Any]) -> Callable:
    """A picture whose pixels are changed to what is made of (pixels, the other's pixels), rows of three numbers."""

    def colours_like(picture: np.ndarray, like: np.ndarray) -> np.ndarray:
        x, y = picture.reshape(-1, 3).astype("float64"), like.reshape(-1, 3).astype("float64")
        return change(x, y).reshape(picture.shape)

    return colours_like


def _best(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    return _root(_cov(y), 0.5) @ _root(_cov(x), -0.5)


def _matched(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    return (x - x.mean(0)) @ _best(x, y).T + y.mean(0)


def _two_pictures(draw: Draw) -> Case:
    sizes = draw.sides(6, 30), draw.sides(6, 30)
    colours = [draw.normal((*size, 3)) @ draw.rng.normal(0, draw.number(15, 40), (3, 3)) for size in sizes]
    picture, like = (one.astype(draw.form.dtype) + draw.number(80, 160) for one in colours)
    return Case((picture, like), f"of a picture of {sizes[0][0]} x {sizes[0][1]} pixels")


def _moments(answer: Answer, picture: np.ndarray, like: np.ndarray) -> dict[str, Any]:
    """What the new colours must be like: many matrices T are right, so the pictures themselves are not compared."""
    found = Array("the new picture").plain(answer(picture, like)).astype("float64")
    moments: dict[str, Any] = {"shape": str(found.shape)}
    if found.ndim and found.shape[-1] == 3 and found.size == picture.size:
        colours, pixels = found.reshape(-1, 3), picture.reshape(-1, 3).astype("float64")
        moments |= {"mean": colours.mean(0), "covariance": _cov(colours)}
        with_one = np.c_[pixels, np.ones(len(pixels))]
        fitted = with_one @ np.linalg.lstsq(with_one, colours, rcond=None)[0]
        moments["affine"] = round(float(np.abs(fitted - colours).max()), 3)
    return moments


RNG = np.random.default_rng(2)
SPECKS = RNG.uniform(0, 255, (9, 8, 3))
GRIDS = [  # Pictures of two colours.
    colours[(RNG.uniform(0, 1, (7 + number, 5)) < 0.3).astype(int)]
    for number, colours in enumerate(RNG.integers(0, 256, (8, 2, 3)).astype("float64"))
]


@exercise(
    draws=_two_pictures,
    also=[
        *(
            Case((SPECKS, grid), "of noise like a picture of two colours, whose covariance has eigenvalues of 0,")
            for grid in GRIDS
        ),
        Case((SPECKS.astype("float32"), 0.3 * SPECKS[::-1] + 200), "of noise like a paler one"),
    ],
    use=_moments,
    returns=Several(
        shape=Text("the shape"),
        mean=Array("the mean colour"),
        covariance=Array("the covariance of the colours"),
        affine=Number("the largest distance of the new colours from one affine map of the old ones,"),
    ),
    tolerance=Tolerance(1e-3, 0.05),
    mistakes={
        "That is the picture as it was.": _recoloured(lambda x, y: x),
        "Only the mean was moved: the covariance wants a 3 x 3 matrix as well.": _recoloured(
            lambda x, y: x - x.mean(0) + y.mean(0)
        ),
        "Each colour was scaled by itself: that gives the three variances, not how the colours go together.": (
            _recoloured(lambda x, y: (x - x.mean(0)) * y.std(0) / x.std(0) + y.mean(0))
        ),
        "The values were clipped, which changes mean and covariance again: leave that to the one who shows them.": (
            _recoloured(lambda x, y: np.clip(_matched(x, y), 0, 255))
        ),
        "The two pictures have changed places.": lambda picture, like: _recoloured(_matched)(like, picture),
        "The matrix stands on the wrong side: a pixel is a row, so multiply by the transposed matrix.": _recoloured(
            lambda x, y: (x - x.mean(0)) @ _best(x, y) + y.mean(0)
        ),
        "The mean is missing: add the other picture's.": _recoloured(lambda x, y: _matched(x, y) - y.mean(0)),
        "The picture's own mean was added again: it should be the other's.": _recoloured(
            lambda x, y: _matched(x, y) - y.mean(0) + x.mean(0)
        ),
        "That takes the covariance where its root is wanted.": _recoloured(
            lambda x, y: (x - x.mean(0)) @ (_cov(y) @ np.linalg.inv(_cov(x))).T + y.mean(0)
        ),
        "Rounding leaves some eigenvalues of 0 a little below 0, where the root is NaN: take np.maximum(values, 0) "
        "first.": _recoloured(
            lambda x, y: (x - x.mean(0)) @ (_unguarded(_cov(y), 0.5) @ _unguarded(_cov(x), -0.5)).T + y.mean(0)
        ),
        "Take the picture's mean off before you multiply.": _recoloured(lambda x, y: x @ _best(x, y).T + y.mean(0)),
        "Equal colours did not stay equal: use one map for all pixels.": _recoloured(
            lambda x, y: _matched(np.random.default_rng(0).normal(0, 1, x.shape), y)
        ),
    },
    praise="mean and covariance are those of the other picture, by one affine map for all pixels.",
)
def colours_like(picture: np.ndarray, like: np.ndarray) -> np.ndarray:
    """A picture (h, w, 3) moved by one affine map of its colours to the mean and covariance of another's; unclipped."""
    return _recoloured(_matched)(picture, like)


def _rows_and_gram(draw: Draw) -> Case:
    (positions, channels), others = draw.sides(2, 16), draw.size(2, 16)
    F, example = draw.normal((positions, channels), 0.2), draw.normal((others, channels), 0.5, 1.5)
    return Case((F, example.T @ example), f"for {positions} positions and {channels} channels")


def _slope(factor: Callable[[int, int], float] = lambda M, N: 1.0) -> Callable:
    """The right derivative, times a factor of (M, N)."""
    return lambda F, A: factor(*F.shape) * F @ (F.T @ F - A) / F.size**2


@exercise(
    draws=_rows_and_gram,
    returns=Array("the derivative"),
    tolerance=Tolerance(1e-4, 1e-9),
    mistakes={
        "The factor in front is missing.": _slope(lambda M, N: N**2 * M**2),
        "The sign is turned: E grows where G is larger than A.": _slope(lambda M, N: -1),
        "E has 1/4 in front, but a square gives a 2, and each F stands in G twice: 4 of 4 remain.": _slope(
            lambda M, N: 1 / 4
        ),
        "Each F stands in G twice, since G_ij = G_ji: twice as much.": _slope(lambda M, N: 1 / 2),
        "The square gives a 2 and F stands in G twice, which cancels the 1/4: half as much.": _slope(lambda M, N: 2),
        "The 2 of the square, and the 2 of F standing in G twice, cancel the 1/4 in front.": _slope(lambda M, N: 4),
        "N and M are squared in E.": _slope(lambda M, N: N * M),
        "The number of positions M is squared in E, as N is.": _slope(lambda M, N: M),
        "The number of channels N is squared in E, as M is.": _slope(lambda M, N: N),
        "That is 0 where F is not above 0: so it is for the value before the ReLU. With respect to F itself every "
        "entry counts.": lambda F, A: np.where(F > 0, _slope()(F, A), 0),
        "That is transposed: F has a row for each position.": lambda F, A: _slope()(F, A).T,
        "That is the derivative by G; go on to F.": lambda F, A: (F.T @ F - A) / (2 * F.size**2),
        "A derivative by F has F in it: G - A tells which pairs are wrong, F which cells can mend them.": lambda F, A: (
            (F.T @ F - A) / F.size**2
        ),
    },
    praise="small changes of F confirm it; it holds for every F, above 0 or not.",
)
def gram_gradient(F: np.ndarray, A: np.ndarray) -> np.ndarray:
    """dE/dF (M, N) of E = 1/(4 N^2 M^2) sum (F^T F - A)^2, for F (M, N): a row a position."""
    return _slope()(F, A)


def _widths(draw: Draw) -> Case:
    channels = [draw.size(2, 600) for _ in range(draw.size(2, 6))]
    return Case((channels,), f"for layers of {', '.join(map(str, channels))} channels")


def _triangle(C: int) -> int:
    return C * (C + 1) // 2


@exercise(
    draws=_widths,
    forms=FLOAT32[:3],
    also=[
        Case(([64, 128, 256, 512, 512],), "for VGG-19's five layers"),
        Case(([1],), "for one layer of a single channel"),
    ],
    returns=Number("the count"),
    tolerance=Tolerance(0, 0.01),
    mistakes={
        "G is symmetric: G_ij and G_ji are one number.": lambda channels: sum(C * C for C in channels),
        "The diagonal was left out: each channel also has a sum of its own squares.": lambda channels: sum(
            C * (C - 1) // 2 for C in channels
        ),
        "Half of C x C halves the diagonal too, which stands there once.": (
            lambda channels: sum(C * C for C in channels) / 2,
            lambda channels: sum(C * C // 2 for C in channels),
        ),
        "Each layer has a Gram matrix of its own: no pair is made of channels of two layers.": lambda channels: (
            _triangle(sum(channels))
        ),
        "That is one number a channel, the diagonal alone.": sum,
        "That is the last layer alone.": lambda channels: _triangle(channels[-1]),
        "That is the first layer alone.": lambda channels: _triangle(channels[0]),
        "Layers with as many channels count each: two of 512 have two matrices.": lambda channels: sum(
            map(_triangle, set(channels))
        ),
    },
    praise="C (C + 1) / 2 a layer; VGG-19's five give 305,888.",
)
def distinct_numbers(channels: Sequence[int]) -> int:
    """How many numbers the Gram matrices of layers hold that can differ, given their counts of channels."""
    return sum(map(_triangle, channels))


tells_apart = Question(
    "tells_apart",
    "c",
    {
        "a": "the mean asks how much of each feature there is, and that is the same in both.",
        "b": "the diagonal asks each channel alone, how strong it is in the mean square. Neither knows of the other.",
        "c": "only a product of the two channels at one place knows whether they fire together; both have it off "
        "their diagonal, and since the means agree, it is the same difference.",
        "d": "the covariance has the product of the two channels off its diagonal as well. It lacks the means, "
        "and these agree.",
    },
    doc="Two textures with the same two features, as strong and as often, in one together and in one apart: who tells?",
)
