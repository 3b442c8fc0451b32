"""Lesson 01, Activations."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from course_utils.backend import tf
from course_utils.exercises.draws import FLOAT32, Case, Draw
from course_utils.exercises.exercise import Question, exercise
from course_utils.exercises.kinds import Array, Listed, Named, Number, Parts
from course_utils.exercises.running import Answer, check_shape

Step = Callable[[int, int, int, int], tuple[int, int]]


def _some_layers(draw: Draw) -> Case:
    layers = {}
    for number in range(draw.size(1, 6)):
        values = draw.activations((1, *draw.sides(3, 60), draw.size(3, 60)))
        layers[f"layer {number}"] = values * 10.0 ** -draw.rng.integers(0, 6, values.shape).astype(values.dtype)
    return Case((layers,))


def _as_tensors(answer: Answer, layers: Mapping[str, np.ndarray]) -> dict:
    return answer({name: tf.constant(values) for name, values in layers.items()})  # As a network gives them.


def _each(share: Callable[[np.ndarray], Any]) -> Callable:
    return lambda features: {name: share(np.asarray(values)) for name, values in features.items()}


@exercise(
    draws=_some_layers,
    also=[Case(({"silent": np.zeros((1, 2, 3, 2), "float32"), "loud": np.ones((1, 3, 2, 2), "float32")},))],
    forms=FLOAT32,
    use=_as_tensors,
    returns=Named("the answer", Number("the share of zeros of"), ordered=True),
    mistakes={
        "That is their number: divide it by the number of values.": _each(lambda x: np.sum(x == 0)),
        "That is the share of values that are not 0.": _each(lambda x: np.mean(x != 0)),
        "That is in per cent; a share goes from 0 to 1.": _each(lambda x: 100 * np.mean(x == 0)),
        "That is the share of channels that are 0 everywhere: count values.": _each(
            lambda x: np.mean((x == 0).all((0, 1, 2)))
        ),
        "Small values are counted too: only those that are exactly 0.": _each(lambda x: np.mean(x.astype(int) == 0)),
        "Values below 0.01 are counted too: only those that are exactly 0.": _each(lambda x: np.mean(x < 1e-2)),
        "Values below 0.001 are counted too: only those that are exactly 0.": _each(lambda x: np.mean(x < 1e-3)),
        "Values below 0.00001 are counted too: only those that are exactly 0.": _each(lambda x: np.mean(x < 1e-5)),
    },
    praise="zeros are counted among all values, layer by layer, and small values are not taken for zeros.",
)
def zero_shares(features: Mapping[str, tf.Tensor]) -> dict[str, float]:
    """The share of values of each layer that are 0; the layers in their order, in which the lesson draws them."""
    return {layer: float(np.mean(np.asarray(values) == 0)) for layer, values in features.items()}


def _walk(step: Step) -> Callable:
    """From a rule, (field, jump, window, stride) to the next two, to a function of layers."""

    def receptive_field(layers: list[tuple[int, int]]) -> tuple[int, int]:
        state = (1, 1)
        for window, stride in layers:
            state = step(*state, window, stride)
        return state

    return receptive_field


_field = _walk(lambda r, j, k, s: (r + (k - 1) * j, j * s))


def _convolutions(draw: Draw) -> Case:
    count = draw.size(3, 9)
    layers = [(int(window), int(stride)) for window, stride in draw.rng.integers((2, 1), (8, 5), (count, 2))]
    return Case((layers,), f"of {layers}")


BLOCK = [(3, 1), (3, 1), (2, 2)]
TO_CONV5_1 = [*BLOCK, *BLOCK, *[(3, 1)] * 4, (2, 2), *[(3, 1)] * 4, (2, 2), (3, 1)]


@exercise(
    draws=_convolutions,
    forms=FLOAT32[:3],
    also=[
        Case(([(3, 1), (2, 2), (3, 1)],), "of convolution, pooling, convolution"),
        Case((TO_CONV5_1,), "up to VGG's conv5_1"),
        Case(([(11, 4), (3, 2), (5, 1)],), "with a first layer like AlexNet's"),
        Case(([(1, 1), (1, 2), (1, 1)],), "of windows of a single cell"),
        Case(([],), "of no layer at all, a pixel's own,"),
    ],
    returns=Parts(Number("the field", whole=True), Number("the jump", whole=True), things="numbers"),
    mistakes={
        "The stride was applied first: the window is laid over the old cells, so the field grows first.": _walk(
            lambda r, j, k, s: (r + (k - 1) * j * s, j * s)
        ),
        "A window of k cells adds k - 1 of them: the first lies where the old field was.": _walk(
            lambda r, j, k, s: (r + k * j, j * s)
        ),
        "The window counts in cells, which lie j pixels apart: multiply by the jump.": _walk(
            lambda r, j, k, s: (r + k - 1, j * s)
        ),
        "The jump grows by a factor: multiply it by the stride.": _walk(
            lambda r, j, k, s: (r + (k - 1) * j, j + s - 1)
        ),
        "Windows do not multiply; each adds (k - 1) j.": _walk(lambda r, j, k, s: (r * k, j * s)),
        "Field and jump have changed places.": lambda layers: _field(layers)[::-1],
        "The first layer comes first: walk through the list from its beginning.": lambda layers: _field(layers[::-1]),
    },
    praise="3, 8 and 156 pixels where they should be, and right for strides that no VGG has.",
)
def receptive_field(layers: list[tuple[int, int]]) -> tuple[int, int]:
    """Side of the receptive field, and jump, of a list of (window, stride)."""
    return _field(layers)


def _some_maps(draw: Draw) -> Case:
    maps = [draw.rng.permuted(np.arange(1.0, 1 + draw.size(3, 40) * 9)).reshape(-1, 9) for _ in range(6)]
    maps = [one if k % 2 else np.ascontiguousarray(one.T) for k, one in enumerate(maps)]
    maps = [(one * 0.01 * draw.number(1, 2)).astype("float32") for one in maps]
    maps[draw.size(41, 44) % 6] *= 3  # Its second and third best are above the other maps' best.
    step, count = draw.size(45, 60), draw.size(61, 64) - 60
    side = step + 2 * draw.size(65, 90)
    return Case((maps, side, step, count), f"of {len(maps)} maps, {count} wanted, a field of {side}, a step of {step}")


MAPS = [np.array([[0.5 + k % 5 + 0.1 * k, 0], [0, 0]], "float32") for k in range(12)]


def _corners(corner: Callable[[int, int, int, int], tuple[int, int]], sort: int = -1, every: bool = False) -> Callable:
    """Patches with another corner, made of (row, column, side, step), or in another order, or without an end."""

    def patches(maps: list[np.ndarray], side: int, step: int, count: int = 9) -> list[tuple]:
        found = []
        for number, one in enumerate(maps):
            row, column = (int(k) for k in np.unravel_index(np.argmax(one), one.shape))
            found.append((float(one[row, column]), number, *corner(row, column, side, step)))
        found = sorted(found, key=lambda patch: sort * patch[0])
        return found if every else found[:count]

    return patches


def _corner(row: int, column: int, side: int, step: int) -> tuple[int, int]:
    return row * step - (side - step) // 2, column * step - (side - step) // 2


def _of_all_together(maps: list[np.ndarray], side: int, step: int, count: int = 9) -> list[tuple]:
    cells = [(one[i, j], n, *_corner(i, j, side, step)) for n, one in enumerate(maps) for i, j in np.ndindex(one.shape)]
    return sorted(cells, key=lambda cell: -cell[0])[:count]


TIED = [np.array([[0, 1.5], [0, one]], "float32") for one in (3, 7, 5, 7)]  # Two maps with one maximum.

EVEN = np.array([[3.9, 4, 3.8], [3.7, 3.6, 3.5]], "float32")

PATCH = Parts(
    Number("the activation"),
    Number("the number of the map", whole=True),
    Number("the top", whole=True),
    Number("the left", whole=True),
    things="numbers a patch",
)
PATCHES = Listed("the list of patches", PATCH)


def _equals_in_order(answer: Answer, maps: list[np.ndarray], *numbers: int) -> list:
    """Patches that are equally strong may come in any order, and a silent map's may lie anywhere: neither counts."""
    found = PATCHES.plain(answer(maps, *numbers))
    found = [patch if patch[0] else [*patch[:2], 0, 0] for patch in found]
    groups = itertools.groupby(found, key=lambda patch: patch[0])
    return [patch for _, group in groups for patch in sorted(group)]


@exercise(
    draws=_some_maps,
    forms=FLOAT32,
    also=[
        Case((MAPS[:11], 9, 3), "of 11 maps, where `count` is left out"),
        Case((MAPS[:2], 7, 5, 8), "of fewer maps than were wanted"),
        Case((MAPS[:6], 10, 3, 4), "of 6 maps, a field of 10, a step of 3"),
        Case(([*TIED[:2], 0 * TIED[0]], 9, 3), "of 3 maps, one of them silent"),
        Case(([EVEN, *MAPS[4:6]], 8, 2), "of an even map and two with a peak"),
        Case((TIED, 9, 3, 3), "of 4 maps, of which two are equally strong"),
    ],
    use=_equals_in_order,
    returns=PATCHES,
    mistakes={
        "These are the strongest cells of all maps together: take one of each picture.": _of_all_together,
        "The weakest stand first: sort the other way.": _corners(_corner, sort=1),
        "The strongest of the first pictures, in the pictures' order: sort all by activation first.": _corners(
            _corner, sort=0
        ),
        "All pictures are in it: only the `count` strongest.": _corners(_corner, every=True),
        "Top and left have changed places: a cell is (row, column), top belongs to the row.": _corners(
            lambda row, column, side, step: _corner(column, row, side, step)
        ),
        "That is the corner of the cell; the field reaches (side - step) // 2 beyond it, on all sides.": _corners(
            lambda row, column, side, step: (row * step, column * step)
        ),
        "That is the cell's row and column; a cell is `step` pixels wide.": _corners(
            lambda row, column, side, step: (row, column)
        ),
        "Half the side was taken off: the middle of a field is the middle of its cell, not the corner.": _corners(
            lambda row, column, side, step: (row * step - side // 2, column * step - side // 2)
        ),
        "The field begins above and to the left of the cell: subtract (side - step) // 2.": _corners(
            lambda row, column, side, step: (row * step + (side - step) // 2, column * step + (side - step) // 2)
        ),
    },
    praise="one patch a picture, the strongest first, and the middle of each lies in its strongest cell.",
)
def best_patches(maps: list[np.ndarray], side: int, step: int, count: int = 9) -> list[tuple]:
    """The strongest cell of each map, and the corner of what it sees; the strongest maps first."""
    return _corners(_corner)(maps, side, step, count)


def _table(draw: Draw) -> Case:
    rows = draw.size(20, 40)
    table = draw.normal((rows, draw.size(3, 9)), 1) * draw.rng.uniform(0.2, 3, (rows, 1)).astype(draw.form.dtype)
    k, count = int(draw.rng.integers(rows)), draw.size(10, 15) - 8
    return Case((table, k, count), f"nearest to row {k} of {rows}, {count} wanted,")


def _by(distance: Callable[[np.ndarray, np.ndarray], np.ndarray], first: int = 0, itself: bool = False) -> Callable:
    """Neighbours by another measure of distance, or with the row itself, or from the `first` on."""

    def found(table: np.ndarray, k: int, count: int = 4) -> np.ndarray:
        distances = np.array(distance(table, table[k]), "float64")
        if not itself:
            distances[k] = np.inf
        return np.argsort(distances, kind="stable")[first : first + count]

    return found


def _euclid(table: np.ndarray, row: np.ndarray) -> np.ndarray:
    return np.linalg.norm(table - row, axis=1)


_nearest = _by(_euclid)


def _angle(table: np.ndarray, row: np.ndarray) -> np.ndarray:
    return -(table @ row) / np.linalg.norm(table, axis=1)


TWINS = np.array([[5.0, 0.0], [1.0, 1.0], [1.0, 1.0], [1.0, 2.0]], "float32")
PIXELS = np.random.default_rng(4).integers(0, 256, (9, 700)).astype("float32")
PIXELS[:, :-9] = PIXELS[0, :-9]  # Long rows, which differ at their ends alone.
LINE = np.array([[0.0], [10.0], [11.0], [13.0], [16.0], [20.0], [25.0]], "float32")


@exercise(
    draws=_table,
    also=[
        Case((TWINS, 2, 2), "nearest to a row that occurs twice"),
        Case((TWINS, 1, 3), "nearest to the first of two equal rows, all others wanted,"),
        Case((LINE, 2), "nearest to row 2, where `count` is left out,"),
        Case((PIXELS, 3, 3), "nearest to row 3 of 9 long ones, 3 wanted,"),
        Case((1000 * PIXELS[:, ::-1], 6, 4), "nearest to row 6 of 9 long ones with large numbers, 4 wanted,"),
        Case((LINE - 12, 0, 1), "nearest to row 0, one wanted,"),
    ],
    returns=Array("the list of rows", dtypes=("int",), also=("list",)),
    mistakes={
        "Row k itself is in it: leave out k by its number, not whatever is first.": _by(_euclid, first=1, itself=True),
        "Row k itself is in it, at distance 0: leave it out.": _by(_euclid, itself=True),
        "One too many was left out: `count` others were asked for.": _by(_euclid, first=1),
        "The farthest stand first.": _by(lambda table, row: -_euclid(table, row)),
        "These are the right rows, the farthest of them first.": lambda *given: _nearest(*given)[::-1],
        "That is the largest dot product: a long row is then near to everything.": _by(lambda table, row: -table @ row),
        "That is by angle; Euclidean distance was asked for.": _by(_angle),
        "That is by the sum of absolute differences; Euclidean distance was asked for.": _by(
            lambda table, row: np.abs(table - row).sum(1)
        ),
        "That is by the largest difference; Euclidean distance was asked for.": _by(
            lambda table, row: np.abs(table - row).max(1)
        ),
        "That is by the difference of the sums: square, or take the norm, before you add.": _by(
            lambda table, row: np.abs((table - row).sum(1))
        ),
    },
    praise="the nearest first, the row itself left out, even where it has a twin.",
)
def neighbours(table: np.ndarray, k: int, count: int = 4) -> np.ndarray:
    """The rows nearest to one row of a table, without itself."""
    return _nearest(table, k, count)


def _hidden(draw: Draw) -> Case:
    (height, width), size, stride = draw.sides(11, 30), draw.size(2, 5), draw.size(6, 9) - 5
    picture, weights = draw.uniform((height, width, 3)), draw.rng.normal(0, 1, (height, width, 3))
    fill = draw.number(20, 200) if draw.form.sides == "tall" else np.array([draw.number(9, 250) for _ in range(3)])
    named = f"of {height} x {width} pixels, hidden by {size} x {size}, {stride} a step"
    return Case((weights, picture, size, stride, fill), named)


def _with_a_score(answer: Answer, weights: np.ndarray, picture: np.ndarray, *numbers: object) -> np.ndarray:
    """A score whose drops tell which pixels were hidden; like the lesson's, it takes the whole picture, as an array."""

    def score(shown: np.ndarray) -> float:
        check_shape("score", shown, picture)
        return float((weights * np.asarray(shown)).sum() / 100 + (weights[::-1] * np.asarray(shown) ** 2).sum() / 1e4)

    return answer(score, picture, *numbers)


def _squares(drop: Callable, fresh: bool = True, turned: bool = False, last: int = 1) -> Callable:
    """Drops by another formula of (before, after), in one picture for all squares, turned, or without the last ones."""

    def drops(score: Callable, picture: np.ndarray, size: int, stride: int, fill: float | np.ndarray) -> np.ndarray:
        tops, lefts = (range(0, length - size + last, stride) for length in picture.shape[:2])
        before, hidden, found = score(picture), picture.copy(), np.zeros((len(tops), len(lefts)))
        for (i, top), (j, left) in ((a, b) for a in enumerate(tops) for b in enumerate(lefts)):
            hidden = picture.copy() if fresh else hidden
            hidden[top : top + size, left : left + size] = fill
            found[i, j] = drop(before, score(hidden))
        return found.T if turned else found

    return drops


def _fall(before: float, after: float) -> float:
    return before - after


SCENE = np.random.default_rng(5).uniform(0, 255, (9, 13, 3)).astype("float32")
LINEAR = np.random.default_rng(6).normal(0, 1, SCENE.shape)


@exercise(
    draws=_hidden,
    forms=FLOAT32,
    also=[
        Case((LINEAR, SCENE, 3, 2, 127.5), "of 9 x 13 pixels, where the last squares fit exactly"),
        Case((LINEAR, SCENE, 9, 4, 0.0), "of 9 x 13 pixels, hidden by a black square as high as the picture"),
        Case((LINEAR, np.full_like(SCENE, 40), 4, 4, 40.0), "of a picture that has the fill's own colour"),
    ],
    use=_with_a_score,
    returns=Array("the map of drops"),
    mistakes={
        "The sign is turned: the drop is the score before, less the score with the square.": _squares(
            lambda before, after: after - before
        ),
        "These are the scores with the square; the drop is the score before less those.": _squares(
            lambda before, after: after
        ),
        "The squares pile up: hide each in a fresh copy of the picture.": _squares(_fall, fresh=False),
        "Rows and columns have changed places.": _squares(_fall, turned=True),
        "The last squares are missing: the last one begins at length - size, so range ends at length - size + 1.": (
            _squares(_fall, last=0)
        ),
        "Squares that do not fit in whole are there too: the last one begins at length - size.": (
            lambda score, picture, size, stride, fill: _squares(_fall, last=size)(score, picture, size, stride, fill)
        ),
        "The drop is divided by the score: a score before softmax may be anything, even 0.": _squares(
            lambda before, after: (before - after) / before
        ),
    },
    praise="the known map of a score came out, each square alone, and the picture is as it was.",
)
def score_drops(
    score: Callable[[np.ndarray], float], picture: np.ndarray, size: int, stride: int, fill: float | np.ndarray
) -> np.ndarray:
    """How much a score drops while a filled square hides a place; tried on a score whose drops are known."""
    return _squares(_fall)(score, picture, size, stride, fill)


black_square = Question(
    "black_square",
    "b",
    {
        "a": "about 0 is right, but it would be so for every network, even one that looks at nothing but the corner: "
        "hardly a pixel has changed. What can be concluded from that?",
        "b": "the square changes hardly a pixel there, so no network could answer otherwise. A small drop means "
        "something only where the fill differs from what it hides.",
        "c": "a black square on black is no foreign body: hardly a pixel has changed, so the score can hardly change.",
    },
    doc="What a black square says of a place that is black already.",
)
