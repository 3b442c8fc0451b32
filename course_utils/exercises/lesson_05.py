"""Lesson 05, Deep Dream."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from course_utils.backend import tf
from course_utils.exercises.checking import Answer, Wrong, checker, compare, unchanged


def _dream_score(activations: Mapping[str, tf.Tensor], weights: Mapping[str, float], border: int) -> tf.Tensor:
    total = 0.0
    for name, weight in weights.items():
        a = activations[name]
        height, width = tf.shape(a)[1], tf.shape(a)[2]
        inner = a[:, border : height - border, border : width - border]
        total += weight * 0.5 * tf.reduce_mean(inner**2)
    return total


@checker(_dream_score)
def dream_score(attempt: Answer) -> str:
    """The weighted sum over layers of half the mean square of the inner activations; a TensorFlow scalar."""
    rng = np.random.default_rng(1)
    a = {
        name: rng.uniform(0.1, 2, (1, h, w, c)).astype("float32") for name, h, w, c in (("x", 7, 8, 2), ("y", 6, 5, 3))
    }
    weights = {"x": 2.0, "y": 0.5}

    def value(given: Mapping[str, np.ndarray], weights: Mapping[str, float], border: int) -> np.ndarray:
        try:
            found = attempt({name: tf.constant(one) for name, one in given.items()}, dict(weights), border)
        except KeyError:
            raise Wrong("activations may hold layers that have no weight: go through `weights`, and sum.") from None
        return np.asarray(found, "float64")

    def other(of: Callable[[np.ndarray], float], border: int, weights: Mapping[str, float] = weights) -> float:
        cut = {name: a[name][:, border : a[name].shape[1] - border, border : a[name].shape[2] - border] for name in a}
        return sum(weight * of(cut[name].astype("float64")) for name, weight in weights.items())

    def half_mean(x: np.ndarray) -> float:
        return 0.5 * np.mean(x**2)

    three = value({"x": np.full((1, 1, 3, 1), 3, "float32")}, {"x": 1.0}, 0)
    if not np.isfinite(three).all():
        raise Wrong(
            "without a border the score is not a number. Is the cut [:, border:-border]? With a border of 0 that is "
            "empty, and has no mean: end at the height less the border."
        )
    compare(
        three,
        4.5,
        "the score of a map of three activations, all 3, without a border,",
        mistakes={
            "That is the mean, not half the mean square.": 3.0,
            "That is half the mean; square the activations.": 1.5,
            "The factor 1/2 is missing.": 9.0,
            "That is the sum: divide by the number of values.": 13.5,
            "A dream climbs: no minus here.": -4.5,
        },
    )
    compare(
        value(a, weights, 0),
        other(half_mean, 0),
        "the score of two layers with weights of 2 and 0.5, without a border,",
        mistakes={
            "That is a sum over the values: divide each layer's by its number of values.": other(
                lambda x: 0.5 * np.sum(x**2), 0
            ),
            "The weights are not used.": other(half_mean, 0, {"x": 1.0, "y": 1.0}),
            "Only the last layer is counted: add them up.": 0.5 * half_mean(a["y"]),
        },
    )
    within = {name: one.size / one[:, 2:-2, 2:-2].size for name, one in a.items()}
    compare(
        value(a, weights, 2),
        other(half_mean, 2),
        "the same with a border of 2 cells",
        mistakes={
            "The border is not left out.": other(half_mean, 0),
            "The number of values should be that of the inner ones alone.": other(
                half_mean, 2, {name: weights[name] / within[name] for name in weights}
            ),
            "That is the score of the border; the inner part is meant.": other(half_mean, 0) - other(half_mean, 2),
        },
    )
    only = {"x": 1.0}
    compare(value(a, only, 0), other(half_mean, 0, only), "the score where only one of two layers has a weight")

    x = tf.constant(a["x"])
    with tf.GradientTape() as tape:
        tape.watch(x)
        score = attempt({"x": x}, {"x": 2.0}, 1)
    gradient = tape.gradient(score, x) if isinstance(score, tf.Tensor) else None
    if gradient is None:
        raise Wrong("the tape cannot follow: compute with TensorFlow (tf.reduce_mean), not with NumPy.")
    delta = np.zeros_like(a["x"])
    delta[:, 1:-1, 1:-1] = 2.0 * a["x"][:, 1:-1, 1:-1] / a["x"][:, 1:-1, 1:-1].size
    compare(gradient.numpy(), delta, "the gradient of the score with respect to the activations")
    _compiles(attempt)
    return "weights and border are kept, and the gradient is the activation itself, times w / n; none at the border."


def _compiles(attempt: Answer) -> None:
    @tf.function(input_signature=[tf.TensorSpec((1, None, None, 2), tf.float32)])
    def compiled(a: tf.Tensor) -> tf.Tensor:
        return tf.convert_to_tensor(attempt({"x": a}, {"x": 1.0}, 1))

    try:
        found = compiled(tf.ones((1, 4, 5, 2))).numpy()
    except Exception as error:
        raise Wrong(
            "it works by itself, but not inside a compiled function, where a.shape[1] is None since any size may come: "
            f"take height and width from tf.shape(a). ({type(error).__name__})"
        ) from None
    compare(found, 0.5, "the score of a map of ones in a compiled function, with a border of 1,")


def _mean_steps(gradient: np.ndarray) -> list[float]:
    mean = np.mean(np.abs(gradient))
    return [
        1.5,
        0.01 * 127.5,
        0.01 * 127.5 * mean / np.std(gradient),
        20 * 127.5 * mean / np.linalg.norm(gradient),
    ]


@checker(_mean_steps)
def mean_steps(attempt: Answer) -> str:
    """The mean absolute change of a step in 0..255, for google, Keras, TensorFlow and the book."""
    rng = np.random.default_rng(2)
    gradient = (1e-4 * rng.laplace(size=(24, 30, 3)) + 1e-5).astype("float32")
    given = gradient.copy()
    found = np.asarray(attempt(given), "float64")
    right = np.array(_mean_steps(gradient))
    signed = abs(np.mean(gradient)) / np.mean(np.abs(gradient))
    unit = np.array([1, 127.5, 127.5, 127.5])
    if found.shape == (4,) and np.isfinite(found).all():
        for program, value, expected, factor in zip(
            ("google's", "Keras'", "TensorFlow's", "the book's"), found, right, unit
        ):
            mistakes = {
                "Pixels from -1 to 1: one unit there is 127.5 here.": expected / factor,
                "A range of 2 becomes one of 255: the factor is 127.5.": 2 * expected if factor > 1 else np.nan,
                "Take absolute values before the mean.": signed * expected,
                "Is the gradient still multiplied in? It is divided by its size.": expected * np.mean(np.abs(gradient)),
            }
            if program == "TensorFlow's":
                mistakes["That takes the gradient for a Gaussian; measure it."] = 0.01 * 127.5 * np.sqrt(2 / np.pi)
                mistakes["That divides by the mean; it is the standard deviation here."] = 1.275
            if program == "the book's":
                mistakes["The square root of the sum, and not of the mean, of squares."] = (
                    expected * np.linalg.norm(gradient) / np.sqrt(np.mean(gradient**2))
                )
            compare(value, expected, f"{program} step", mistakes=mistakes, rtol=1e-3)
    compare(found, right, "the four steps (google, Keras, TensorFlow, the book)", rtol=1e-3)
    compare(attempt(1e3 * gradient), right, "the steps for a gradient a thousand times as large", rtol=1e-3)
    unchanged(gradient, given, "The gradient")
    return "one unit for all; the size of the gradient itself plays no part, and for the first two nor does its shape."


def _rolled_gradient(gradient_of: Callable, picture: np.ndarray, shift: np.ndarray) -> np.ndarray:
    rolled = np.roll(picture, shift, (0, 1))
    return np.roll(gradient_of(rolled), (-shift[0], -shift[1]), (0, 1))


@checker(_rolled_gradient)
def rolled_gradient(attempt: Answer) -> str:
    """The gradient at a picture rolled by a shift, rolled back."""
    rng = np.random.default_rng(3)
    picture = rng.uniform(0, 255, (6, 8, 3)).astype("float32")
    given, weights, calls = picture.copy(), rng.normal(size=(6, 8, 3)), []

    def plain(one: np.ndarray) -> np.ndarray:  # A gradient that every shift takes along.
        return 2 * one

    def gridded(one: np.ndarray) -> np.ndarray:  # One that depends on the place, as behind a pooling.
        calls.append(np.array(one))
        return one * weights

    shift = np.array((2, -3))

    def roll(one: np.ndarray, down: int, right: int) -> np.ndarray:
        return np.roll(one, (down, right), (0, 1))

    compare(
        attempt(plain, given, shift),
        2 * picture,
        "the gradient of sum x^2, which does not mind being rolled and rolled back",
        mistakes={
            "The gradient still lies where the rolled picture lay: roll it back.": roll(2 * picture, 2, -3),
            "The gradient was rolled on, not back: change the sign of the shift.": roll(2 * picture, 4, -6),
            "Only the rows were rolled back.": roll(2 * picture, 0, -3),
            "Only the columns were rolled back.": roll(2 * picture, 2, 0),
            "The picture was rolled the wrong way and the gradient not back.": roll(2 * picture, -2, 3),
            "That is the picture; the gradient is asked for.": picture,
        },
    )
    unchanged(picture, given, "The picture")
    right = _rolled_gradient(gridded, picture, shift)
    calls.clear()
    compare(
        attempt(gridded, given, shift),
        right,
        "the gradient of a function that minds where things are",
        mistakes={
            "The picture was not rolled before the gradient was computed.": picture * weights,
            "The picture was rolled the wrong way: by +shift, then the gradient by -shift.": _rolled_gradient(
                gridded, picture, -shift
            ),
            "Without rolling the picture first, rolling back spoils it.": roll(picture * weights, -2, 3),
        },
    )
    return "the picture was rolled, the gradient rolled back; where the grid matters, it met another part of it."


def _next_octave(dreamt: np.ndarray, base: np.ndarray, original: np.ndarray, enlarge: Callable) -> np.ndarray:
    return original + enlarge(dreamt - base)


@checker(_next_octave)
def next_octave(attempt: Answer) -> str:
    """The start of the next octave: the photograph at the new size plus what was dreamt, enlarged."""
    rng = np.random.default_rng(4)
    original = rng.uniform(60, 200, (6, 8, 3))
    base = original.reshape(3, 2, 4, 2, 3).mean((1, 3))
    dreamt = base + rng.uniform(-20, 20, base.shape)

    def enlarge(one: np.ndarray) -> np.ndarray:
        return np.kron(np.asarray(one), np.ones((2, 2, 1)))

    given = [one.copy() for one in (dreamt, base, original)]
    found = attempt(*given, enlarge)
    compare(
        found,
        original + enlarge(dreamt - base),
        "the start of the next octave",
        rtol=1e-10,
        atol=1e-9,
        mistakes={
            "The photograph's fine detail is missing: that is the enlarged dream alone.": enlarge(dreamt),
            "The dream is missing: that is the photograph.": original,
            "That is only what was dreamt: add it to the photograph.": enlarge(dreamt - base),
            "The photograph is in it twice: add what was dreamt, dreamt - base, and not the whole picture.": original
            + enlarge(dreamt),
            "What was dreamt is dreamt - base; the sign is turned.": original + enlarge(base - dreamt),
            "That is the lost detail alone: add it to the enlarged dream.": original - enlarge(base),
            "The lost detail is taken away: add it.": enlarge(dreamt) - (original - enlarge(base)),
            "Half of each is not all of both: add what was dreamt to the photograph.": 0.5
            * (original + enlarge(dreamt)),
        },
    )
    compare(attempt(base, base, original, enlarge), original, "the next octave where nothing was dreamt")
    for before, after, name in zip((dreamt, base, original), given, ("dreamt", "base", "original")):
        unchanged(before, after, name)
    return "to 1e-10 the photograph plus the enlarged dream; where nothing was dreamt, the photograph itself."


def _guide_delta(activation: np.ndarray, guide: np.ndarray) -> np.ndarray:
    flat, cells = activation.reshape(-1, activation.shape[-1]), guide.reshape(-1, guide.shape[-1])
    return cells[np.argmax(flat @ cells.T, axis=1)].reshape(activation.shape)


@checker(_guide_delta)
def guide_delta(attempt: Answer) -> str:
    """At each cell the activation of the guide's cell with the largest dot product."""
    rng = np.random.default_rng(5)

    def chosen(score: Callable[[np.ndarray, np.ndarray], float]) -> np.ndarray:
        answer, cells = np.empty_like(a), guide.reshape(-1, guide.shape[-1])
        for place in np.ndindex(a.shape[:2]):
            answer[place] = cells[np.argmax([score(a[place], cell) for cell in cells])]
        return answer

    for _ in range(20):  # Until the usual mistakes give other answers than the right one.
        a, guide = rng.exponential(size=(5, 5, 3)), rng.exponential(size=(4, 6, 3))
        right = chosen(np.dot)
        nearest = chosen(lambda x, y: -np.sum((x - y) ** 2))
        cosine = chosen(lambda x, y: np.dot(x, y) / np.linalg.norm(x) / np.linalg.norm(y))
        if not (np.array_equal(right, nearest) or np.array_equal(right, cosine)):
            break
    given, products = (a.copy(), guide.copy()), a.reshape(-1, 3) @ guide.reshape(-1, 3).T
    best = products.argmax(1)
    compare(
        attempt(*given),
        right,
        "the delta of a map of 5 x 5 cells with a guide of 4 x 6",
        mistakes={
            "That is the nearest cell by distance; take the largest dot product.": nearest,
            "That is the largest cosine; the lengths are not divided out here.": cosine,
            "That is the activation itself: a dream without a guide.": a,
            "Those are the numbers of the best cells: give their activations.": best.reshape(5, 5),
            "Those are the largest dot products: give the activations of the cells.": products.max(1).reshape(5, 5),
            "Put the rows back in the map's shape.": right.reshape(-1, 3),
            "That is a least dot product: argmax, not argmin.": chosen(lambda x, y: -np.dot(x, y)),
            "That is one best cell for all: argmax over the guide's cells, axis=1.": np.broadcast_to(
                guide.reshape(-1, 3)[products.max(0).argmax()], a.shape
            ),
        },
    )
    for before, after, name in zip((a, guide), given, ("The activation", "The guide")):
        unchanged(before, after, name)
    return "cell by cell as in a search of every pair, and the two maps need not have one size."


def _seam_ratio(change: np.ndarray, tile: int) -> float:
    return _ratio(change, lambda k: (k + 1) % tile == 0)


def _ratio(
    change: np.ndarray, seam: Callable, of: Callable = np.abs, axes: tuple[int, ...] = (0, 1), rest: bool = True
) -> float:
    """Mean jump after the pixels whose numbers `seam` takes, over the mean jump elsewhere (rest=False: over all)."""
    jumps = [np.moveaxis(of(np.diff(change, axis=axis)), axis, 1) for axis in axes]
    seams = [seam(np.arange(one.shape[1])) for one in jumps]
    at = np.concatenate([one[:, where].ravel() for one, where in zip(jumps, seams)])
    others = np.concatenate([one[:, ~where if rest else where | True].ravel() for one, where in zip(jumps, seams)])
    return float(at.mean() / others.mean())


@checker(_seam_ratio)
def seam_ratio(attempt: Answer) -> str:
    """Mean absolute jump across the seams of tiles, over the mean absolute jump elsewhere."""
    tile, rows, columns = 4, np.arange(12.0), np.arange(20.0)
    plain = np.add.outer(rows, columns)
    given = plain.copy()
    compare(attempt(given, tile), 1.0, "the ratio of an even slope, which has no seams,")
    seamed = np.add.outer(rows + 5 * (rows // tile), columns + 5 * (columns // tile))
    elsewhere = "The jump from row 3 to row 4 is the seam of a tile of 4: number 3 of np.diff."
    compare(
        attempt(seamed, tile),
        6.0,
        "the ratio of a slope of 1 with seams of 6",
        mistakes={
            elsewhere: _ratio(seamed, lambda k: (k % tile == 0) & (k > 0)),
            f"{elsewhere} And the edge of the map is none.": _ratio(seamed, lambda k: k % tile == 0),
            "The ratio is upside down.": 1 / 6,
            "The jumps elsewhere should not hold the seams.": _ratio(seamed, lambda k: (k + 1) % tile == 0, rest=False),
        },
    )
    noise = np.random.default_rng(6).normal(size=(12, 20))

    def wrong(**options: Any) -> float:
        return _ratio(noise, lambda k: (k + 1) % tile == 0, **options)

    compare(
        attempt(noise, tile),
        _seam_ratio(noise, tile),
        "the ratio of noise",
        mistakes={
            "Take absolute values before the means.": wrong(of=lambda x: x),
            "Only the seams between rows are counted.": wrong(axes=(0,)),
            "Only the seams between columns are counted.": wrong(axes=(1,)),
            "Take one mean over the jumps of both directions, not the mean of two ratios.": (
                wrong(axes=(0,)) + wrong(axes=(1,))
            )
            / 2,
            "Take the mean of absolute jumps, not of squares.": wrong(of=np.square),
        },
    )
    unchanged(plain, given, "The map")
    return "1 without seams, 6 for planted seams of six times the slope, and both directions count."
