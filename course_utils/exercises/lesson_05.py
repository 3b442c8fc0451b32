"""Lesson 05, Deep Dream."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from course_utils.backend import tf
from course_utils.exercises.draws import FLOAT32, Case, Draw
from course_utils.exercises.exercise import exercise
from course_utils.exercises.kinds import Array, Named, Number, Parts, Several, Tensor, Wrong
from course_utils.exercises.running import Answer, check_shape, compiled

Arrays = Mapping[str, np.ndarray]
Weights = Mapping[str, float]


def _some_layers(draw: Draw) -> Case:
    """Layers of several sizes, in another order than their weights; the first has none."""
    border, count = draw.size(100, 103) - 100, draw.size(200, 204) - 198
    activations = {
        f"layer {number}": draw.activations((1, *draw.sides(2 * border + 2, 60), draw.size(2, 60)))
        for number in range(count)
    }
    weights = {name: draw.number(0.1, 4) for name in list(activations)[:0:-1]}
    return Case((activations, weights, border), f"of {len(weights)} of {count} layers with a border of {border}")


def _with_a_tape(answer: Answer, activations: Arrays, weights: Weights, border: int) -> dict[str, Any]:
    """The score, and its gradients at the layers."""
    layers = {name: tf.constant(values) for name, values in activations.items()}
    try:
        with tf.GradientTape() as tape:
            tape.watch(layers)
            score = answer(layers, dict(weights), border=border)  # Called by that name in the lesson.
    except KeyError as error:
        if error.args and error.args[0] in activations and error.args[0] not in weights:
            raise Wrong("activations may hold layers that have no weight: go through `weights`, and sum.") from None
        raise
    if not tf.is_tensor(score) or not score.dtype.is_floating:
        return {"score": score}
    found = tape.gradient(score, layers)
    gradients: Any = {
        name: np.zeros_like(activations[name]) if one is None else one.numpy() for name, one in found.items()
    }
    if all(one is None for one in found.values()):
        gradients = Wrong("no gradient comes back to the layers: compute with TensorFlow's functions from end to end.")
    return {"score": score, "gradients": gradients}


def _as_the_lesson_does(answer: Answer, activations: Arrays, weights: Weights, border: int) -> dict[str, Any]:
    """Compiled for pictures of any size, with the gradient at the first layer."""
    specs = [tf.TensorSpec((1, None, None, values.shape[-1]), tf.float32) for values in activations.values()]

    def score_and_gradient(*outputs: tf.Tensor) -> Any:
        with tf.GradientTape() as tape:
            tape.watch(outputs[0])
            score = answer.function(dict(zip(activations, outputs, strict=True)), dict(weights), border=border)
        return score, tape.gradient(score, outputs[0])

    score, gradient = compiled(score_and_gradient, *specs)(*activations.values())
    return {"compiled": score, "slope": gradient}


def _inner(a: np.ndarray, border: int) -> np.ndarray:
    return a[:, border : a.shape[1] - border, border : a.shape[2] - border]


def _half_mean(x: np.ndarray) -> float:
    return 0.5 * np.mean(x**2)


def _score(
    of: Callable = _half_mean,
    cut: Callable = _inner,
    factor: Callable = lambda name, weights: weights[name],
    join: Callable = sum,
) -> Callable:
    """The score, with another number of a layer's inner part, another part, other weights, or another sum."""

    def dream_score(activations: Mapping[str, Any], weights: Weights, border: int) -> float:
        layers = {name: np.asarray(activations[name], "float64") for name in weights}
        return join([factor(name, weights) * of(cut(one, border)) for name, one in layers.items()])

    return dream_score


def _by_order(activations: Mapping[str, Any], weights: Weights, border: int) -> float:
    renamed = dict(zip(weights, activations.values()))
    return _score()(renamed, weights, border)


def _by_whole_count(activations: Mapping[str, Any], weights: Weights, border: int) -> float:
    sizes = {name: np.asarray(activations[name]).size for name in weights}
    sums = {name: _score(lambda x: 0.5 * np.sum(x**2))(activations, {name: w}, border) for name, w in weights.items()}
    return sum(sums[name] / sizes[name] for name in weights)


def _all_layers(activations: Mapping[str, Any], weights: Weights, border: int) -> float:
    return _score()(activations, {name: weights.get(name, 1.0) for name in activations}, border)


def _empty_without_border(activations: Mapping[str, tf.Tensor], weights: Weights, border: int) -> tf.Tensor:
    inner = {name: activations[name][:, border:-border, border:-border] for name in weights}
    return tf.add_n([0.5 * weight * tf.reduce_mean(inner[name] ** 2) for name, weight in weights.items()])


OUTPUTS = {
    "first": np.random.default_rng(1).exponential(1, (1, 5, 7, 3)).astype("float32"),
    "second": np.random.default_rng(2).exponential(2, (1, 4, 3, 2)).astype("float32"),
}


@exercise(
    draws=_some_layers,
    forms=FLOAT32,
    also=[
        Case(({"a": np.full((1, 1, 3, 1), 5, "float32")}, {"a": 1.0}, 0), "of a map of 1 x 3 activations, all 5,"),
        Case((OUTPUTS, {"first": 1.0}, 2), "where the border leaves a row of 3 cells"),
        Case((OUTPUTS, {"second": 0.5, "first": 3.0}, 1), "compiled, with a border of 1,", use=_as_the_lesson_does),
    ],
    use=_with_a_tape,
    returns=Several(
        score=Tensor("the score", dtypes=("float32", "float64")),
        gradients=Named("the gradients", Array("the gradient at")),
        compiled=Tensor("the score", dtypes=("float32", "float64")),
        slope=Tensor("the gradient"),
    ),
    mistakes={
        "Is the cut [:, border:-border]? With a border of 0 that is empty, and has no mean: end at the height less the "
        "border.": _empty_without_border,
        "That is the mean, not half the mean square.": _score(np.mean),
        "That is half the mean; square the activations.": _score(lambda x: 0.5 * np.mean(x)),
        "The factor 1/2 is missing.": _score(lambda x: np.mean(x**2)),
        "That is a sum over the values: divide each layer's by its number of values.": _score(
            lambda x: 0.5 * np.sum(x**2)
        ),
        "That is a sum over the values, without the factor 1/2 and the number of values.": _score(
            lambda x: np.sum(x**2)
        ),
        "That is half the square of the mean; square the activations first, then take the mean.": _score(
            lambda x: 0.5 * np.mean(x) ** 2
        ),
        "That divides by the number of cells; n counts the values, in all channels.": _score(
            lambda x: 0.5 * np.sum(x**2) / (x.shape[1] * x.shape[2])
        ),
        "A dream climbs: no minus here.": _score(lambda x: -_half_mean(x)),
        "The weights are not used.": _score(factor=lambda name, weights: 1),
        "The weights stand in the sum as they are, not squared.": _score(
            factor=lambda name, weights: weights[name] ** 2
        ),
        "The weights are divided by their sum; use them as they are.": _score(
            factor=lambda name, weights: weights[name] / sum(weights.values())
        ),
        "That is the mean over the layers: add them up.": _score(join=np.mean),
        "Only the last layer is counted: add them up.": _score(join=lambda all_of: all_of[-1]),
        "Only the first layer is counted: add them up.": _score(join=lambda all_of: all_of[0]),
        "That is one number a layer: add them up.": _score(join=list),
        "A layer's weight is found by its name, weights[name], and not by its place in the dict.": _by_order,
        "Layers that have no weight are counted too: go through `weights`.": _all_layers,
        "The border is not left out.": _score(cut=lambda a, border: a),
        "The border is left out above and below alone: left and right as well.": _score(
            cut=lambda a, border: a[:, border : a.shape[1] - border]
        ),
        "The border is left out on the left and right alone: above and below as well.": _score(
            cut=lambda a, border: a[:, :, border : a.shape[2] - border]
        ),
        "The border is left out above and on the left alone: on each side.": _score(
            cut=lambda a, border: a[:, border:, border:]
        ),
        "The number of values should be that of the inner ones alone.": _by_whole_count,
        "That is the score of the border; the inner part is meant.": lambda activations, weights, border: (
            _score()(activations, weights, 0) - _score()(activations, weights, border)
        ),
    },
    praise="weights and border are kept, compiled too, and the gradient is the activation itself, times w / n; none at "
    "the border.",
)
def dream_score(activations: Mapping[str, tf.Tensor], weights: Mapping[str, float], border: int) -> tf.Tensor:
    """The weighted sum over layers of half the mean square of the inner activations; a TensorFlow scalar."""
    total = 0.0
    for name, weight in weights.items():
        a = activations[name]
        height, width = tf.shape(a)[1], tf.shape(a)[2]
        inner = a[:, border : height - border, border : width - border]
        total += weight * 0.5 * tf.reduce_mean(inner**2)
    return total


UNIT = 127.5  # Of pixels from -1 to 1, in 0..255.


def _some_gradient(draw: Draw) -> Case:
    """Of another size and shape of its distribution each time, as gradients of layers are, and not 0 in the mean."""
    height, width = draw.sides(48, 80)
    values = draw.normal((height, width, 3), draw.number(0.1, 0.4))
    values = values * np.abs(values) ** draw.number(0.2, 1.5) * 10.0 ** -draw.size(0, 3)
    return Case((values.astype("float32"),), f"for a gradient of {height} x {width} pixels")


def _size(gradient: np.ndarray) -> float:
    return np.mean(np.abs(gradient))


def _steps(
    google: Callable = lambda g: 1.5,
    keras: Callable = lambda g: 0.01 * UNIT,
    tensorflow: Callable = lambda g: 0.01 * UNIT * _size(g) / np.std(g),
    book: Callable = lambda g: 20 * UNIT * _size(g) / np.linalg.norm(g),
) -> Callable:
    """All four, right but for those that are given."""
    return lambda gradient: [make(gradient) for make in (google, keras, tensorflow, book)]


def _all_steps(factor: Callable, google: bool = False) -> Callable:
    """The three of pixels from -1 to 1 (and google's), each times a factor made of the gradient."""
    right = _steps()

    def mean_steps(gradient: np.ndarray) -> list[float]:
        first, *others = right(gradient)
        return [first * factor(gradient) if google else first, *(one * factor(gradient) for one in others)]

    return mean_steps


def _share_of_the_mean(gradient: np.ndarray) -> float:
    return np.mean(gradient) / _size(gradient)


@exercise(
    draws=_some_gradient,
    forms=FLOAT32,
    returns=Parts(
        Number("google's step"),
        Number("Keras' step"),
        Number("TensorFlow's step"),
        Number("the book's step"),
        things="numbers",
    ),
    mistakes={
        "Pixels from -1 to 1: one unit there is 127.5 here.": _all_steps(lambda g: 1 / UNIT),
        "A range of 2 becomes one of 255: the factor is 127.5.": (
            _all_steps(lambda g: 2),
            _all_steps(lambda g: 128 / UNIT),
            _all_steps(lambda g: 127 / UNIT),
        ),
        "Google's pixels run from 0 to 255 already: no factor here.": (
            _steps(google=lambda g: 1.5 * UNIT),
            _steps(google=lambda g: 1.5 / UNIT),
        ),
        "Take absolute values before the mean.": (
            _all_steps(_share_of_the_mean, google=True),
            _all_steps(_share_of_the_mean),
            _all_steps(lambda g: np.abs(_share_of_the_mean(g)), google=True),
            _all_steps(lambda g: np.abs(_share_of_the_mean(g))),
            _steps(tensorflow=lambda g: 0.01 * UNIT * np.abs(np.mean(g)) / np.std(g)),
            _steps(book=lambda g: 20 * UNIT * np.abs(np.mean(g)) / np.linalg.norm(g)),
        ),
        "Is the gradient still multiplied in? It is divided by its size.": (
            _all_steps(_size, google=True),
            _all_steps(_size),
        ),
        "A pixel moves by the step times its gradient, over what the program divides by: the gradient is missing.": (
            _steps(tensorflow=lambda g: 0.01 * UNIT / np.std(g), book=lambda g: 20 * UNIT / np.linalg.norm(g)),
            _steps(book=lambda g: 20 * UNIT / np.linalg.norm(g)),
        ),
        "That is the step alone: multiply it by the mean size of the gradient, and divide by what the program takes.": (
            _steps(tensorflow=lambda g: 0.01 * UNIT, book=lambda g: 20 * UNIT),
            _steps(book=lambda g: 20 * UNIT),
        ),
        "That takes the gradient for a Gaussian; measure it.": _steps(
            tensorflow=lambda g: 0.01 * UNIT * np.sqrt(2 / np.pi)
        ),
        "That divides by the mean; it is the standard deviation here.": _steps(tensorflow=lambda g: 0.01 * UNIT),
        "That divides by the root of the mean square; the standard deviation takes the mean off first.": _steps(
            tensorflow=lambda g: 0.01 * UNIT * _size(g) / np.sqrt(np.mean(g**2))
        ),
        "That divides by the variance; its root is the standard deviation.": _steps(
            tensorflow=lambda g: 0.01 * UNIT * _size(g) / np.var(g)
        ),
        "That divides by the standard deviation of the absolute values; it is that of the gradient itself.": _steps(
            tensorflow=lambda g: 0.01 * UNIT * _size(g) / np.std(np.abs(g))
        ),
        "The square root of the sum, and not of the mean, of squares.": _steps(
            book=lambda g: 20 * UNIT * _size(g) / np.sqrt(np.mean(g**2))
        ),
        "The root is missing: the book divides by the square root of the sum of squares.": _steps(
            book=lambda g: 20 * UNIT * _size(g) / np.sum(g**2)
        ),
        "That depends on the number of values alone; measure the gradient.": _steps(
            book=lambda g: 20 * UNIT / np.sqrt(g.size)
        ),
    },
    praise="one unit for all; the size of the gradient itself plays no part, and for the first two nor does its shape.",
)
def mean_steps(gradient: np.ndarray) -> list[float]:
    """The mean absolute change of a step in 0..255, for google, Keras, TensorFlow and the book."""
    return _steps()(gradient)


def _picture_and_shift(draw: Draw) -> Case:
    height, width = draw.sides(9, 30)
    down, right = (draw.size(1, 8) * int(draw.rng.choice([-1, 1])) for _ in range(2))
    picture = draw.uniform((height, width, 3))
    named = f"at {height} x {width} pixels, for a shift of ({down}, {right}),"
    return Case((draw.rng.normal(0, 1, picture.shape), picture, np.array([down, right])), named)


def _with_a_gradient(answer: Answer, weights: np.ndarray, picture: np.ndarray, shift: np.ndarray) -> Any:
    """A gradient that depends on the place, as behind a pooling; like the lesson's, it is float32 and takes arrays."""

    def gradient_of(seen: np.ndarray) -> np.ndarray:
        check_shape("gradient_of", seen, picture)
        return (weights * seen.astype("float32") + 0.01 * weights[::-1] * seen**2).astype("float32")

    return answer(gradient_of, picture, shift)


def _rolls(there: Callable = lambda down, right: (down, right), back: Callable | None = None) -> Callable:
    """The gradient, rolled there and back by other shifts; back is as far as there, if not given."""

    def rolled_gradient(gradient_of: Callable, picture: np.ndarray, shift: np.ndarray) -> np.ndarray:
        down, right = (int(one) for one in shift)
        first = there(down, right)
        last = tuple(-one for one in first) if back is None else back(down, right)
        return np.roll(gradient_of(np.roll(picture, first, (0, 1))), last, (0, 1))

    return rolled_gradient


ROLLED = np.random.default_rng(3).uniform(0, 255, (6, 8, 3)).astype("float32")
PLACES = np.random.default_rng(4).normal(0, 1, ROLLED.shape)


@exercise(
    draws=_picture_and_shift,
    also=[
        Case((PLACES, ROLLED, np.array([0, 0])), "for a shift of (0, 0)"),
        Case((PLACES, ROLLED, np.array([0, -3])), "for a shift of (0, -3)"),
        Case((PLACES, ROLLED, np.array([2, 0])), "for a shift of (2, 0)"),
        Case((PLACES, ROLLED, np.array([-5, 7])), "for a shift of (-5, 7), of nearly a whole side,"),
    ],
    use=_with_a_gradient,
    returns=Array("the gradient", also=("tensor",)),
    mistakes={
        "The gradient still lies where the rolled picture lay: roll it back.": _rolls(back=lambda down, right: (0, 0)),
        "The gradient was rolled on, not back: change the sign of the shift.": _rolls(
            back=lambda down, right: (down, right)
        ),
        "Only the rows were rolled back.": _rolls(back=lambda down, right: (-down, 0)),
        "Only the columns were rolled back.": _rolls(back=lambda down, right: (0, -right)),
        "Only the rows were rolled: the shift has two numbers, for axes 0 and 1.": _rolls(
            lambda down, right: (down, 0)
        ),
        "Only the columns were rolled: the shift has two numbers, for axes 0 and 1.": _rolls(
            lambda down, right: (0, right)
        ),
        "The picture was rolled the wrong way: by +shift, then the gradient by -shift.": _rolls(
            lambda down, right: (-down, -right)
        ),
        "The picture was rolled the wrong way, and the gradient not back.": _rolls(
            lambda down, right: (-down, -right), lambda down, right: (0, 0)
        ),
        "Down and right have changed places: the first number belongs to axis 0.": (
            _rolls(lambda down, right: (right, down)),
            _rolls(back=lambda down, right: (-right, -down)),
        ),
        "The picture was not rolled before the gradient was computed.": _rolls(lambda down, right: (0, 0)),
        "Without rolling the picture first, rolling back spoils it.": _rolls(
            lambda down, right: (0, 0), lambda down, right: (-down, -right)
        ),
        "That is the picture; the gradient is asked for.": lambda gradient_of, picture, shift: picture,
        "That is the rolled picture; the gradient is asked for.": lambda gradient_of, picture, shift: np.roll(
            picture, shift, (0, 1)
        ),
        "Without axes, np.roll takes the whole array for one long row: give it (0, 1).": (
            lambda gradient_of, picture, shift: np.roll(
                gradient_of(np.roll(picture, tuple(shift))), tuple(-int(one) for one in shift)
            )
        ),
    },
    praise="the picture was rolled, the gradient rolled back; where the grid matters, it met another part of it.",
)
def rolled_gradient(gradient_of: Callable, picture: np.ndarray, shift: np.ndarray) -> np.ndarray:
    """The gradient at a picture rolled by a shift, rolled back."""
    return _rolls()(gradient_of, picture, shift)


def _photographs(draw: Draw) -> Case:
    """What stays within 0..255, so that it does not matter whether an answer clips, as the lesson then does."""
    small, large = draw.sides(3, 12), draw.sides(13, 40)
    base, original = draw.uniform((*small, 3), 60, 190), draw.uniform((*large, 3), 60, 190)
    dreamt = (base + draw.uniform(base.shape, -25, 30)).astype(base.dtype)
    named = f"at {large[0]} x {large[1]} pixels, after {small[0]} x {small[1]},"
    return Case((dreamt, base, original), named)


def _with_enlarge(answer: Answer, dreamt: np.ndarray, base: np.ndarray, original: np.ndarray) -> Any:
    """Enlarges by repeating pixels; like the lesson's, it is linear, takes arrays and gives float32."""

    def enlarge(picture: np.ndarray) -> np.ndarray:
        rows, columns = (np.arange(new) * old // new for new, old in zip(original.shape[:2], picture.shape[:2]))
        return picture.astype("float32")[rows][:, columns]

    return answer(dreamt, base, original, enlarge)


SMALL = np.random.default_rng(5).uniform(60, 190, (4, 5, 3)).astype("float32")
LARGE = np.random.default_rng(6).uniform(60, 190, (7, 6, 3)).astype("float32")


@exercise(
    draws=_photographs,
    also=[
        Case((SMALL, SMALL, LARGE), "where nothing was dreamt"),
        Case((SMALL, SMALL, SMALL), "at the first octave, where all three pictures are one,"),
        Case((SMALL + 30, SMALL, SMALL[::-1]), "where the size stays"),
    ],
    use=_with_enlarge,
    returns=Array("the start of the next octave", also=("list", "tensor")),
    mistakes={
        "The photograph's fine detail is missing: that is the enlarged dream alone.": (
            lambda dreamt, base, original, enlarge: enlarge(dreamt)
        ),
        "The dream is missing: that is the photograph.": lambda dreamt, base, original, enlarge: original,
        "That is only what was dreamt: add it to the photograph.": lambda dreamt, base, original, enlarge: enlarge(
            dreamt - base
        ),
        "The photograph is in it twice: add what was dreamt, dreamt - base, and not the whole picture.": (
            lambda dreamt, base, original, enlarge: original + enlarge(dreamt)
        ),
        "What was dreamt is dreamt - base; the sign is turned.": lambda dreamt, base, original, enlarge: (
            original + enlarge(base - dreamt)
        ),
        "That is the lost detail alone: add it to the enlarged dream.": lambda dreamt, base, original, enlarge: (
            original - enlarge(base)
        ),
        "The lost detail is taken away: add it.": lambda dreamt, base, original, enlarge: (
            enlarge(dreamt) - (original - enlarge(base))
        ),
        "Half of each is not all of both: add what was dreamt to the photograph.": (
            lambda dreamt, base, original, enlarge: 0.5 * (original + enlarge(dreamt))
        ),
        "Only the size of the change is added: it may be negative.": lambda dreamt, base, original, enlarge: (
            original + enlarge(np.abs(dreamt - base))
        ),
    },
    praise="the photograph plus the enlarged dream; where nothing was dreamt, the photograph itself.",
)
def next_octave(dreamt: np.ndarray, base: np.ndarray, original: np.ndarray, enlarge: Callable) -> np.ndarray:
    """The start of the next octave: the photograph at the new size plus what was dreamt, enlarged."""
    return original + enlarge(dreamt - base)


def _cells(values: np.ndarray) -> np.ndarray:
    return values.reshape(-1, values.shape[-1])


def _two_maps(draw: Draw) -> Case:
    """Maps in which each cell has one best cell of the guide, so that there is one right answer."""
    size, guide_size, channels = draw.sides(3, 9), draw.sides(10, 17), draw.size(18, 40)
    activation = draw.activations((*size, channels))
    activation[..., 0] += np.asarray(0.5 * (activation == 0).all(-1), activation.dtype)
    while True:
        guide = np.maximum(draw.rng.normal(0.4, 1, (*guide_size, channels)), 0).astype("float32")
        products = np.sort(_cells(activation) @ _cells(guide).T, axis=1)
        if (products[:, -1] - products[:, -2] > 1e-4 * products[:, -1]).all():
            break
    named = f"of {size[0]} x {size[1]} cells with a guide of {guide_size[0]} x {guide_size[1]}"
    return Case((activation, guide), named)


def _dots(a: np.ndarray, guide: np.ndarray) -> np.ndarray:
    return a @ guide.T


def _chosen(score: Callable[[np.ndarray, np.ndarray], np.ndarray]) -> Callable:
    """At each cell the guide's with the best score, of a row a cell of each."""

    def guide_delta(activation: np.ndarray, guide: np.ndarray) -> np.ndarray:
        best = np.argmax(score(_cells(activation), _cells(guide)), axis=1)
        return _cells(guide)[best].reshape(activation.shape)

    return guide_delta


def _lengths(values: np.ndarray) -> np.ndarray:
    return np.linalg.norm(values, axis=-1, keepdims=True)


def _one_best(activation: np.ndarray, guide: np.ndarray) -> np.ndarray:
    best = _dots(_cells(activation), _cells(guide)).max(0).argmax()
    return np.broadcast_to(_cells(guide)[best], activation.shape)


def _products(activation: np.ndarray, guide: np.ndarray) -> np.ndarray:
    return _dots(_cells(activation), _cells(guide)).reshape(*activation.shape[:2], -1)


MAP = np.random.default_rng(5).exponential(1, (3, 4, 6)).astype("float32")


@exercise(
    draws=_two_maps,
    forms=FLOAT32,
    also=[
        Case((MAP, MAP[1:2, 2:3]), "of 3 x 4 cells with a guide of a single cell"),
        Case((MAP * (np.arange(4) > 0)[:, None], MAP[1:2, 2:3]), "of cells of which some are silent, and a single one"),
        Case((400 * MAP[::-1], 300 * MAP[:, ::-1]), "of 3 x 4 cells that are loud"),
        Case(
            (MAP[:1, :1], np.repeat(MAP[::-1], 2, 0)), "of a single cell with a guide in which each cell occurs twice"
        ),
    ],
    returns=Array("the delta", also=("list", "float32 tensor")),
    mistakes={
        "That is the nearest cell by distance; take the largest dot product.": _chosen(
            lambda a, guide: -((a[:, None] - guide) ** 2).sum(-1)
        ),
        "That is the largest cosine; the lengths are not divided out here.": _chosen(
            lambda a, guide: _dots(a, guide / np.maximum(_lengths(guide), 1e-9))
        ),
        "That is the guide's strongest cell everywhere: take the one with the largest dot product, cell by cell.": (
            _chosen(lambda a, guide: np.broadcast_to(_lengths(guide).T, (len(a), len(guide))))
        ),
        "That is the activation itself: a dream without a guide.": lambda activation, guide: activation,
        "Those are the numbers of the best cells: give their activations.": lambda activation, guide: _products(
            activation, guide
        ).argmax(-1),
        "Those are the largest dot products: give the activations of the cells.": lambda activation, guide: _products(
            activation, guide
        ).max(-1),
        "Those are all dot products: take the best in each row, and give that cell's activation.": _products,
        "Put the rows back in the map's shape.": lambda activation, guide: _cells(_chosen(_dots)(activation, guide)),
        "That is a least dot product: argmax, not argmin.": _chosen(lambda a, guide: -_dots(a, guide)),
        "That is one best cell for all: argmax over the guide's cells, axis=1.": _one_best,
        "The cell's activation is the delta as it is: do not subtract the picture's own.": lambda activation, guide: (
            _chosen(_dots)(activation, guide) - activation
        ),
        "The cell's activation is the delta as it is: do not multiply it.": lambda activation, guide: (
            _chosen(_dots)(activation, guide) * activation
        ),
    },
    praise="cell by cell as in a search of every pair, and the two maps need not have one size.",
)
def guide_delta(activation: np.ndarray, guide: np.ndarray) -> np.ndarray:
    """At each cell the activation of the guide's cell with the largest dot product."""
    return _chosen(_dots)(activation, guide)


def _tiled(draw: Draw) -> Case:
    """A map with a jump at each seam; its sides are no multiples of the tile, unless by chance."""
    tile, (height, width) = draw.size(2, 6), draw.sides(10, 40)
    rows, columns = np.arange(height) // tile, np.arange(width) // tile
    steps = draw.number(1, 3) * np.add.outer(rows % 2, columns % 3)
    change = (draw.normal((height, width)) + steps).astype(draw.form.dtype)
    return Case((change, tile), f"of a map of {height} x {width} in tiles of {tile}")


def _jumps(
    seam: Callable = lambda k, tile, length: (k + 1) % tile == 0,
    of: Callable = np.abs,
    axes: tuple[int, ...] = (0, 1),
    rest: bool = True,
    mean: Callable = np.mean,
) -> Callable:
    """Mean jump after the pixels that `seam` takes by number, over the mean jump elsewhere (rest=False: over all)."""

    def seam_ratio(change: np.ndarray, tile: int) -> float:
        jumps = [np.moveaxis(of(np.diff(change, axis=axis)), axis, 1) for axis in axes]
        seams = [seam(np.arange(one.shape[1]), tile, one.shape[1] + 1) for one in jumps]
        at = np.concatenate([one[:, where].ravel() for one, where in zip(jumps, seams)])
        others = np.concatenate([one[:, ~where if rest else where | True].ravel() for one, where in zip(jumps, seams)])
        return float(mean(at) / mean(others))

    return seam_ratio


def _two_ratios(change: np.ndarray, tile: int) -> float:
    return (_jumps(axes=(0,))(change, tile) + _jumps(axes=(1,))(change, tile)) / 2


def _two_means(change: np.ndarray, tile: int) -> float:
    rows, columns = np.abs(np.diff(change, axis=0)), np.abs(np.diff(change, axis=1)).T
    masks = [(np.arange(len(one)) + 1) % tile == 0 for one in (rows, columns)]
    at, others = (
        sum(one[mask == which].mean() for one, mask in zip((rows, columns), masks)) for which in (True, False)
    )
    return float(at / others)


def _difference(change: np.ndarray, tile: int) -> float:
    jumps = [np.moveaxis(np.abs(np.diff(change, axis=axis)), axis, 1) for axis in (0, 1)]
    seams = [(np.arange(one.shape[1]) + 1) % tile == 0 for one in jumps]
    at, others = (
        np.concatenate([one[:, mask == which].ravel() for one, mask in zip(jumps, seams)]).mean()
        for which in (True, False)
    )
    return float(at - others)


def _slope(height: int, width: int, tile: int, jump: float) -> np.ndarray:
    """A slope of 1, with a larger jump at each seam."""
    rows, columns = (np.arange(side) + (jump - 1) * (np.arange(side) // tile) for side in (height, width))
    return np.add.outer(rows, columns).astype(float)


def _ramp(height: int, width: int) -> np.ndarray:
    return np.random.default_rng(height).normal(0, 1, (height, width)).round(1)


@exercise(
    draws=_tiled,
    also=[
        Case((_slope(12, 20, 4, 1), 4), "of an even slope, which has no seams,"),
        Case((-_slope(10, 14, 5, 6), 5), "of a slope of -1 with seams of -6"),
        Case((_ramp(12, 21), 3), "of a map of 12 x 21, in whole tiles of 3,"),
        Case((_ramp(13, 9), 4), "of a map of 13 x 9, whose last tiles of 4 are one pixel wide,"),
        Case((_ramp(7, 24), 7), "of a map of 7 x 24 in tiles of 7, with seams in one direction only,"),
        Case((_ramp(17, 5).astype("float32"), 8), "of a map of 17 x 5, narrower than its tiles of 8,"),
    ],
    returns=Number("the ratio"),
    mistakes={
        "The jump from row 3 to row 4 is the seam of a tile of 4: number 3 of np.diff.": (
            _jumps(lambda k, tile, length: (k % tile == 0) & (k > 0)),
            _jumps(lambda k, tile, length: (k + 2) % tile == 0),
        ),
        "The jump from row 3 to row 4 is the seam of a tile of 4: number 3 of np.diff. The map's edge is none.": (
            _jumps(lambda k, tile, length: k % tile == 0)
        ),
        "The last seam is missing, behind which the map ends with a part of a tile.": _jumps(
            lambda k, tile, length: ((k + 1) % tile == 0) & (k + 1 < length // tile * tile)
        ),
        "Only the first seam is counted: one lies at each multiple of `tile`.": _jumps(
            lambda k, tile, length: k + 1 == tile
        ),
        "The ratio is upside down.": lambda change, tile: 1 / _jumps()(change, tile),
        "That is the difference of the two means: divide.": _difference,
        "The jumps elsewhere should not hold the seams.": _jumps(rest=False),
        "Take absolute values before the means.": (
            _jumps(of=lambda jumps: jumps),
            _jumps(of=lambda jumps: jumps, mean=lambda jumps: np.abs(np.mean(jumps))),
        ),
        "Take the mean of absolute jumps, not of squares.": (
            _jumps(of=np.square),
            _jumps(of=np.square, mean=lambda squares: np.sqrt(np.mean(squares))),
        ),
        "Those are sums; divide each by its number of jumps.": _jumps(mean=np.sum),
        "Take the mean, not the median.": _jumps(mean=np.median),
        "Take the mean, not the largest.": _jumps(mean=np.max),
        "Only the seams between rows are counted.": _jumps(axes=(0,)),
        "Only the seams between columns are counted.": _jumps(axes=(1,)),
        "Take one mean over the jumps of both directions, not the mean of two ratios.": _two_ratios,
        "Take one mean over the jumps of both directions, not the mean of two means.": _two_means,
    },
    praise="1 without seams, 6 for seams six times as steep; both directions count, and tiles need not fit.",
)
def seam_ratio(change: np.ndarray, tile: int) -> float:
    """Mean absolute jump across the seams of tiles, over the mean absolute jump elsewhere."""
    return _jumps()(change, tile)
