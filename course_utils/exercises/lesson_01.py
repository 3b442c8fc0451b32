"""Lesson 01, Activations."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from course_utils.exercises.checking import Answer, Wrong, checker, choice, compare, short, unchanged


def _zero_shares(features: Mapping[str, np.ndarray]) -> dict[str, float]:
    return {layer: float(np.mean(np.asarray(values) == 0)) for layer, values in features.items()}


@checker(_zero_shares)
def zero_shares(attempt: Answer) -> str:
    """The share of values of each layer that are 0."""
    rng = np.random.default_rng(1)
    a, b = (np.maximum(rng.normal(shift, 0.01, (1, 12, 13, 8)), 0).astype("float32") for shift in (0.006, 0.009))
    a[..., 3] = 0  # A whole channel that is silent.
    given, before = {"first": a, "second": b}, (a.copy(), b.copy())
    found = attempt(given)
    if not isinstance(found, Mapping) or set(found) != set(given):
        raise Wrong(f"a dict with the same keys as `features` was expected, {list(given)}, and not {short(found)}.")
    for name, values in given.items():
        expected = np.mean(values == 0)
        mistakes = {
            "That is their number: divide it by the number of values.": np.sum(values == 0),
            "That is the share of values that are not 0.": 1 - expected,
            "That is in per cent; a share goes from 0 to 1.": 100 * expected,
            "That is the share of channels that are 0 everywhere: count values.": np.mean((values == 0).all((0, 1, 2))),
            "It seems that small values are counted too: only those that are exactly 0.": np.mean(np.rint(values) == 0),
        }
        for limit in (1e-3, 1e-2):
            mistakes[f"Values below {limit:g} are counted too: only those that are exactly 0."] = np.mean(
                values < limit
            )
        compare(found[name], expected, f"the share of zeros of a layer of shape {values.shape}", mistakes=mistakes)
    for one, old in zip(given.values(), before, strict=True):
        unchanged(old, one, "A layer's output")
    compare(attempt({"only": np.zeros((1, 2, 2, 1))})["only"], 1, "the share of zeros of a layer that is all 0")
    return "zeros are counted among all values, layer by layer, and small values are not taken for zeros."


def _receptive_field(layers: list[tuple[int, int]]) -> tuple[int, int]:
    field, jump = 1, 1
    for window, stride in layers:
        field += (window - 1) * jump
        jump *= stride
    return field, jump


def _walk(layers: list[tuple[int, int]], step: Callable) -> tuple[int, int]:
    """What a wrong rule, (field, jump, window, stride) to the next two, leads to."""
    state = (1, 1)
    for window, stride in layers:
        state = step(*state, window, stride)
    return state


@checker(_receptive_field)
def receptive_field(attempt: Answer) -> str:
    """Side of the receptive field, and jump, of a list of (window, stride)."""
    block = [(3, 1), (3, 1), (2, 2)]
    to_conv5_1 = [*block, *block, *[(3, 1)] * 4, (2, 2), *[(3, 1)] * 4, (2, 2), (3, 1)]
    wrong = {
        "The stride was applied first: the window is laid over the old cells, so the field grows first.": (
            lambda r, j, k, s: (r + (k - 1) * j * s, j * s)
        ),
        "A window of k cells adds k - 1 of them: the first lies where the old field was.": (
            lambda r, j, k, s: (r + k * j, j * s)
        ),
        "The window counts in cells, which lie j pixels apart: multiply by the jump.": (
            lambda r, j, k, s: (r + k - 1, j * s)
        ),
        "The jump grows by a factor: multiply it by the stride.": lambda r, j, k, s: (r + (k - 1) * j, j + s - 1),
        "Windows do not multiply; each adds (k - 1) j.": lambda r, j, k, s: (r * k, j * s),
    }
    cases = {
        "of one 3 x 3 convolution": [(3, 1)],
        "of convolution, pooling, convolution": [(3, 1), (2, 2), (3, 1)],
        "up to VGG's conv5_1": to_conv5_1,
        "with a first layer like AlexNet's": [(11, 4), (3, 2), (5, 1)],
    }
    rng = np.random.default_rng(2)
    cases["of a random list"] = [(int(k), int(s)) for k, s in rng.integers(1, 6, (5, 2))]
    for what, layers in cases.items():
        given = list(layers)
        found = attempt(given)
        if np.shape(found) == ():
            raise Wrong(f"two numbers were expected, the field and the jump, and not {short(found)}.")
        mistakes = {why: _walk(layers, rule) for why, rule in wrong.items()}
        mistakes["Field and jump have changed places."] = _receptive_field(layers)[::-1]
        compare(found, _receptive_field(layers), f"field and jump {what}", mistakes=mistakes)
        if given != layers:
            raise Wrong("The list that you were given was changed; the caller still needs it.")
    compare(attempt([]), (1, 1), "field and jump of no layer at all, a pixel's own,")
    return "3, 8 and 156 pixels where they should be, and right for strides that no VGG has."


def _best_patches(maps: list[np.ndarray], side: int, step: int, count: int = 9) -> list[tuple]:
    found = []
    for number, one in enumerate(maps):
        row, column = np.unravel_index(np.argmax(one), one.shape)
        top, left = (int(k) * step - (side - step) // 2 for k in (row, column))
        found.append((float(one[row, column]), number, top, left))
    return sorted(found, key=lambda patch: -patch[0])[:count]


@checker(_best_patches)
def best_patches(attempt: Answer) -> str:
    """The strongest cell of each map, and the corner of what it sees; the strongest maps first."""
    rng = np.random.default_rng(3)
    sizes = rng.integers((5, 11), (9, 15), (6, 2)).tolist()
    maps = [rng.random(size).astype("float32") for size in sizes]
    maps[2] *= 3  # Its second and third best are above the other maps' best.
    side, step, count = 40, 4, 4
    given = [one.copy() for one in maps]
    found = attempt(given, side, step, count)
    try:
        found = np.array([tuple(map(float, patch)) for patch in found])
    except (TypeError, ValueError):
        raise Wrong(f"a list of (activation, number, top, left) was expected, and not {short(found)}.") from None
    right = np.array(_best_patches(maps, side, step, count))
    cells = np.array([np.unravel_index(np.argmax(maps[int(n)]), maps[int(n)].shape) for n in right[:, 1]])
    everywhere = np.sort(np.concatenate([one.ravel() for one in maps]))[::-1][:count]
    in_order = [(float(one.max()), n, *_best_patches([one], side, step)[0][2:]) for n, one in enumerate(maps)]
    if found.shape == right.shape and np.allclose(np.sort(found[:, 0]), np.sort(everywhere)):
        raise Wrong("these are the strongest cells of all maps together: take one of each picture, its strongest.")
    head, half = right[:, :2], (side - step) // 2
    compare(
        found,
        right,
        "the table of (activation, number, top, left)",
        mistakes={
            "The weakest stand first: sort the other way.": sorted(in_order)[:count],
            "The strongest of the first pictures, in the pictures' order: sort all by activation first.": in_order[
                :count
            ],
            "All pictures are in it: only the `count` strongest.": sorted(in_order, reverse=True),
            "Top and left have changed places: a cell is (row, column), top belongs to the row.": right[
                :, [0, 1, 3, 2]
            ],
            "That is the corner of the cell; the field reaches (side - step) // 2 beyond it, on all sides.": np.hstack(
                [head, cells * step]
            ),
            "That is the cell's row and column; a cell is `step` pixels wide.": np.hstack([head, cells]),
            "Half the side was taken off: the middle of a field is the middle of its cell, not the corner.": np.hstack(
                [head, cells * step - side // 2]
            ),
            "The field begins above and to the left of the cell: subtract (side - step) // 2.": np.hstack(
                [head, cells * step + half]
            ),
        },
    )
    middles = found[:, 2:] + side / 2
    if not (np.abs(middles - (cells + 0.5) * step) < step).all():  # A property, whatever the reference says.
        raise Wrong("the middle of a patch does not lie in the cell that it belongs to.")
    for one, old in zip(given, maps, strict=True):
        unchanged(old, one, "A map that you were given")
    return "one patch a picture, the strongest first, and the middle of each lies in its strongest cell."


def _neighbours(table: np.ndarray, k: int, count: int = 4) -> np.ndarray:
    distances = np.linalg.norm(table - table[k], axis=1)
    distances[k] = np.inf
    return np.argsort(distances, kind="stable")[:count]


@checker(_neighbours)
def neighbours(attempt: Answer) -> str:
    """The rows nearest to one row of a table, without itself."""
    rng = np.random.default_rng(4)
    for _ in range(3):
        table = (rng.normal(0, 1, (40, 6)) * rng.uniform(0.2, 3, (40, 1)) + 1).astype("float32")
        k, count = int(rng.integers(40)), 5
        given = table.copy()
        found = attempt(given, k, count)
        unit = table / np.linalg.norm(table, axis=1, keepdims=True)
        distances = np.linalg.norm(table - table[k], axis=1)
        order = np.argsort(distances)
        others = order[order != k]
        compare(
            found,
            _neighbours(table, k, count),
            f"the numbers of the {count} rows nearest to row {k}",
            mistakes={
                "Row k itself is in it, at distance 0: leave it out.": order[:count],
                "Row k itself was left out, and so was one too many: `count` others were asked for.": order[1:count],
                "The farthest stand first.": others[::-1][:count],
                "These are the right rows, the farthest of them first.": others[:count][::-1],
                "These are distances; the numbers of the rows were asked for.": distances[others[:count]],
                "That is the largest dot product: a long row is then near to everything.": np.argsort(
                    -np.where(np.arange(40) == k, -np.inf, table @ table[k])
                )[:count],
                "That is by angle; Euclidean distance was asked for.": np.argsort(
                    -np.where(np.arange(40) == k, -np.inf, unit @ unit[k])
                )[:count],
                "That is by the sum of absolute differences; Euclidean distance was asked for.": np.argsort(
                    np.where(np.arange(40) == k, np.inf, np.abs(table - table[k]).sum(1))
                )[:count],
                "That is by the difference of the sums: square, or take the norm, before you add.": np.argsort(
                    np.where(np.arange(40) == k, np.inf, np.abs((table - table[k]).sum(1)))
                )[:count],
            },
        )
        unchanged(table, given, "The table that you were given")
    twins = np.array([[5.0, 0.0], [1.0, 1.0], [1.0, 1.0], [1.0, 2.0]])
    compare(attempt(twins, 2, 2), [1, 3], "the neighbours of a row that occurs twice",
            mistakes={"Row k itself is in it: leave out k by its number, not whatever is first.": [2, 3]})  # fmt: skip
    return "the nearest first, the row itself left out, even where it has a twin."


def _score_drops(
    score: Callable[[np.ndarray], float], picture: np.ndarray, size: int, stride: int, fill: float | np.ndarray
) -> np.ndarray:
    tops, lefts = (range(0, length - size + 1, stride) for length in picture.shape[:2])
    before, drops = score(picture), np.zeros((len(tops), len(lefts)))
    for i, top in enumerate(tops):
        for j, left in enumerate(lefts):
            hidden = picture.copy()
            hidden[top : top + size, left : left + size] = fill
            drops[i, j] = before - score(hidden)
    return drops


@checker(_score_drops)
def score_drops(attempt: Answer) -> str:
    """How much a score drops while a filled square hides a place; tried on a score whose map is known."""
    rng = np.random.default_rng(5)
    picture = rng.uniform(0, 255, (14, 23, 3)).astype("float32")
    weights = rng.normal(0, 1, picture.shape)
    fill, size, stride = np.array([90.0, 127.5, 30.0]), 5, 3

    def score(shown: np.ndarray) -> float:  # Linear: the drop is the sum of weights x (pixels - fill) in the square.
        return float((weights * np.asarray(shown)).sum())

    hide, tops, lefts = weights * (picture - fill), range(0, 10, stride), range(0, 19, stride)
    known = np.array([[hide[t : t + size, s : s + size].sum() for s in lefts] for t in tops])
    covered, growing = np.zeros(picture.shape, bool), []
    for t in tops:
        for s in lefts:
            covered[t : t + size, s : s + size] = True
            growing.append(hide[covered].sum())
    given = picture.copy()
    found = attempt(score, given, size, stride, fill)
    compare(
        found,
        known,
        "the map of a score whose drops are known",
        rtol=1e-3,
        atol=0.05,
        mistakes={
            "The sign is turned: the drop is the score before, less the score with the square.": -known,
            "These are the scores with the square; the drop is the score before less those.": score(picture) - known,
            "The squares pile up: hide each in a fresh copy of the picture.": np.reshape(growing, known.shape),
            "Rows and columns have changed places.": known.T,
            "The last squares are missing: the last one begins at length - size, so range ends at length - size + 1.": (
                known[:-1, :-1] if (14 - size) % stride == 0 and (23 - size) % stride == 0 else known[:0]
            ),
            "The drop is divided by the score: a score before softmax may be anything, even 0.": known / score(picture),
        },
    )
    unchanged(picture, given, "The picture that you were given")
    compare(attempt(score, given, size, stride, given.mean((0, 1))).shape, known.shape, "the shape with another colour")
    constant = np.full((6, 6, 3), 40.0, "float32")
    compare(attempt(lambda shown: float(np.sum(shown)), constant, 3, 3, 40.0), np.zeros((2, 2)),
            "the map of a picture that has the fill's own colour")  # fmt: skip
    return "the known map of a linear score came out, each square alone, and the picture is as it was."


@checker("b")
def black_square(attempt: str) -> str:
    """What a black square says of a place that is black already."""
    reasons = {
        "a": "about 0 is right, but it would be so for every network, even one that looks at nothing but the corner: "
        "hardly a pixel has changed. What can be concluded from that?",
        "b": "the square changes hardly a pixel there, so no network could answer otherwise. A small drop means "
        "something only where the fill differs from what it hides.",
        "c": "a black square on black is no foreign body: hardly a pixel has changed, so the score can hardly change.",
    }
    return choice(attempt, "b", reasons)
