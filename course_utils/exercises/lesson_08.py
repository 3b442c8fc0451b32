"""Lesson 08, Neural style."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from course_utils.backend import tf
from course_utils.exercises.comparing import Tolerance
from course_utils.exercises.draws import FLOAT32, Case, Draw
from course_utils.exercises.exercise import Question, exercise
from course_utils.exercises.kinds import Named, Number, Parts, Several, Tensor
from course_utils.exercises.running import Answer, compiled
from course_utils.losses import content_loss, mean_gram_matrix, style_loss

Arrays = Mapping[str, np.ndarray]
Tensors = Mapping[str, tf.Tensor]
Term = Callable[[Any, Any], Any]


def _outputs(draw: Draw) -> Case:
    """A content layer that is no style layer, and style layers; a painting of another size than the picture."""
    content, *style = (f"block{block}_conv{draw.size(1, 90)}" for block in range(1, 2 + draw.size(91, 94) - 90))
    F = {name: draw.activations((1, *draw.sides(2, 40), draw.size(2, 40))) for name in (content, *style)}
    P = {content: draw.activations(F[content].shape)}
    A = {name: draw.activations((draw.size(2, 40), F[name].shape[-1])) for name in style}
    A = {name: rows.T @ rows / np.float32(len(rows)) for name, rows in A.items()}
    w = {name: draw.number(0.05, 0.9) for name in reversed(style)}
    F = {name: F[name] for name in draw.rng.permutation([content, *style]).tolist()}
    alpha, beta = draw.number(0.01, 0.5), draw.number(2, 30)
    return Case((F, P, A, alpha, beta, w), f"at alpha {alpha:g}, beta {beta:g}")


def _tensors(arrays: Arrays) -> Tensors:
    return {name: tf.constant(values, tf.float32) for name, values in arrays.items()}


def _terms_of(answer: Answer, F: Arrays, P: Arrays, A: Arrays, *weights: Any) -> dict[str, Any]:
    """The terms, and the gradients of their sum at the layers."""
    outputs = _tensors(F)
    with tf.GradientTape() as tape:
        tape.watch(list(outputs.values()))
        terms = answer(outputs, _tensors(P), _tensors(A), *weights)
        sound = isinstance(terms, dict) and all(tf.is_tensor(one) and one.shape == () for one in terms.values())
        total = tf.add_n(list(terms.values())) if sound else None
    if total is None:
        return {"terms": terms}
    gradients = tape.gradient(total, outputs, unconnected_gradients="zero")
    return {"terms": terms, "gradients": gradients}


def _compiled_terms(
    answer: Answer, F: Arrays, P: Arrays, A: Arrays, alpha: float, beta: float, w: Mapping[str, float]
) -> Any:
    """As the lesson compiles them: sides unknown, alpha and the layers' weights in variables."""
    specs = [tf.TensorSpec((1, None, None, values.shape[-1]), tf.float32) for values in F.values()]
    fixed = _tensors(P), _tensors(A), tf.Variable(alpha), beta, {name: tf.Variable(one) for name, one in w.items()}

    def terms(*outputs: tf.Tensor) -> Any:
        return answer.function(dict(zip(F, outputs, strict=True)), *fixed)

    return {"compiled": compiled(terms, *specs)(*F.values())}


def _style(features: Any, gram: Any) -> Any:
    return style_loss(mean_gram_matrix(features), gram)


def _terms(content: Term = content_loss, style: Term = _style, weight: Callable = lambda w, name: w[name]) -> Callable:
    """The terms, right but for what is given."""

    def cost_terms(F: Tensors, P: Tensors, A: Tensors, alpha: Any, beta: Any, w: Mapping[str, Any]) -> dict[str, Any]:
        ((name, target),) = P.items()
        terms = {"content": alpha * content(F[name], target)}
        return terms | {name: beta * weight(w, name) * style(F[name], gram) for name, gram in A.items()}

    return cost_terms


def _distance(scale: Callable[[Any], Any], of: Callable = lambda G, A: tf.reduce_sum(tf.square(G - A))) -> Term:
    """A style term with another factor, made of a layer's features, or another distance of two Gram matrices."""
    return lambda f, gram: scale(f) * of(mean_gram_matrix(f), gram)


def _over_n(f: Any) -> float:
    return 1 / (4 * f.shape[-1] ** 2)


def _positions(f: Any) -> Any:
    return tf.cast(tf.size(f) // f.shape[-1], tf.float32)


EXAMPLE = _outputs(Draw(FLOAT32[0], 8, set()))


@exercise(
    draws=_outputs,
    forms=FLOAT32[:3],
    also=[Case(EXAMPLE.arguments, EXAMPLE.named, use=_compiled_terms)],
    use=_terms_of,
    returns=Several(
        terms=Named("the dict of terms", Tensor("the term")),
        gradients=Named("the dict of gradients", Tensor("the gradient of the sum at")),
        compiled=Named("the dict of terms", Tensor("the compiled term")),
    ),
    mistakes={
        "Alpha and beta have changed places: alpha belongs to the content.": lambda F, P, A, alpha, beta, w: _terms()(
            F, P, A, beta, alpha, w
        ),
        "The 1/2 of equation 1 is missing.": _terms(lambda f, p: 2 * content_loss(f, p)),
        "That is not weighted yet: multiply by alpha.": lambda F, P, A, alpha, beta, w: _terms()(F, P, A, 1, beta, w),
        "That is the mean over the values, as some programs have it; the paper sums.": _terms(
            lambda f, p: tf.reduce_mean(tf.square(f - p))
        ),
        "That is half the mean over the values; the paper sums.": _terms(
            lambda f, p: 0.5 * tf.reduce_mean(tf.square(f - p))
        ),
        "That is one number a value: sum over everything.": _terms(lambda f, p: 0.5 * tf.square(f - p)),
        "The layer's weight w_l is missing.": _terms(weight=lambda w, name: 1),
        "Beta is missing.": lambda F, P, A, alpha, beta, w: _terms()(F, P, A, alpha, 1, w),
        "The layer has its own weight: take w[name], and not one over the number of layers.": _terms(
            weight=lambda w, name: 1 / len(w)
        ),
        "N is the number of channels, the last axis, and not the width.": _terms(
            style=_distance(lambda f: 1 / (4 * f.shape[2] ** 2))
        ),
        "N is the number of channels, the last axis, and not the height.": _terms(
            style=_distance(lambda f: 1 / (4 * f.shape[1] ** 2))
        ),
        "The 4 below the line is missing.": _terms(style=lambda f, gram: 4 * _style(f, gram)),
        "N has to be squared below the line.": _terms(style=_distance(lambda f: 1 / (4 * f.shape[-1]))),
        "The 1/(4 N^2) is missing.": _terms(style=_distance(lambda f: 1)),
        "The difference of the Gram matrices has to be squared.": _terms(
            style=_distance(_over_n, lambda G, A: tf.reduce_sum(tf.abs(G - A)))
        ),
        "Our picture's Gram matrix has to be divided by its M, as the painting's is.": _terms(
            style=lambda f, gram: style_loss(_positions(f) * mean_gram_matrix(f), gram)
        ),
        "Divide the Gram matrix by M before the difference: the painting's is divided already.": _terms(
            style=lambda f, gram: style_loss(_positions(f) * mean_gram_matrix(f), gram) / _positions(f) ** 2
        ),
        "Nothing more has to be divided by M^2: G / M and A, which is divided already, are per position.": _terms(
            style=lambda f, gram: _style(f, gram) / _positions(f) ** 2
        ),
        "The sums of the Gram matrices were compared; compare them entry by entry.": _terms(
            style=_distance(_over_n, lambda G, A: (tf.reduce_sum(G) - tf.reduce_sum(A)) ** 2)
        ),
    },
    praise="content and style as in equation 7, for a painting of any size, and inside a compiled function too.",
)
def cost_terms(
    F: Tensors, P: Tensors, A: Tensors, alpha: float, beta: float, w: Mapping[str, float]
) -> dict[str, tf.Tensor]:
    """The weighted terms of neural style's cost by name: one of content, and one for each style layer."""
    return _terms()(F, P, A, alpha, beta, w)


def _two_pulls(draw: Draw) -> Case:
    shape = (*draw.sides(2, 20), 3)
    content, style = draw.normal(shape, deviation=draw.number(5, 60)), draw.normal(shape, deviation=draw.number(0.1, 3))
    return Case((content, style * draw.rng.uniform(0, 3, (*shape[:2], 1)).astype(style.dtype)), "of two gradients")


def _ratio(size: Callable[[np.ndarray], Any], turned: bool = False) -> Callable:
    """The ratio of two sizes; content's below the line, unless turned."""

    def alpha(content: np.ndarray, style: np.ndarray) -> float:
        if not content.any():
            raise ValueError("content does not pull here: choose another start.")
        return float(size(content) / size(style) if turned else size(style) / size(content))

    return alpha


SILENT = np.zeros((3, 4, 3), "float32")
EVEN = np.where(np.arange(12).reshape(3, 4, 1) % 2, [1.0, 2, 3], [-3.0, -2, -1]) * np.ones((3, 4, 3))
EVEN[0, :2], EVEN[2, 2:] = 0, 0  # Its values add up to 0, and its corners do not pull.


@exercise(
    draws=_two_pulls,
    also=[
        Case((SILENT - 2e-10, SILENT + 3e-9), "of two faint gradients, each the same everywhere,"),
        Case((EVEN, EVEN[::-1, ::-1] + 1), "of gradients whose values cancel out"),
        Case(
            (SILENT, SILENT + 1),
            "where content does not pull,",
            raises=ValueError,
            why="no alpha makes it pull, and the error should say so",
        ),
    ],
    returns=Number("alpha"),
    mistakes={
        "That is the beta which goes with alpha = 1; for alpha, the style's length comes first.": _ratio(
            np.linalg.norm, turned=True
        ),
        "Those are the squares of the lengths: take the root.": _ratio(lambda pull: np.sum(pull**2)),
        "That compares the largest entries; compare the roots of the sums of squares.": _ratio(
            lambda pull: np.abs(pull).max()
        ),
        "That compares mean sizes; compare the roots of the sums of squares.": _ratio(lambda pull: np.abs(pull).mean()),
        "That compares sums, in which signs cancel; compare lengths.": _ratio(np.sum),
        "That compares spreads around the mean; compare lengths.": _ratio(lambda pull: max(float(pull.std()), 1e-30)),
    },
    praise="both pull equally hard, and where content does not pull it says so.",
)
def balanced_alpha(content_pull: np.ndarray, style_pull: np.ndarray) -> float:
    """The alpha that makes the content's gradient (h, w, 3) as long as the style's."""
    return _ratio(np.linalg.norm)(content_pull, style_pull)


friends_move = Question(
    "friends_move",
    "b",
    {
        "a": "the content loss is a sum over all positions, and she has four times as many: she gets more of the "
        "photograph, not less.",
        "b": "content sums over four times as many positions, style takes the mean over them. It is as if alpha "
        "were 4 times as large, which is six tenths of a column.",
        "c": "that would be so if both losses were means over the positions. Style's is; content's is a sum.",
        "d": "the rows are layers, and she takes the same ones. Each cell sees a smaller part, but no layer is added.",
    },
    doc="Where does one move in Figure 3 who doubles the sides of both pictures and keeps all weights?",
)

tug_of_war = Question(
    "tug_of_war",
    "c",
    {
        "a": "a share of the loss is a height, and a pull is a slope: a high plateau pulls at nobody.",
        "b": "if style pulled harder, a step along its pull would lower the sum, and this would not be the bottom.",
        "c": "at a minimum the gradient of the sum is 0, so the two gradients are equal and opposite, whatever the "
        "shares of the loss.",
        "d": "their sum is 0, but each alone would like to go on: take one away, and the picture moves.",
    },
    doc="Which term pulls harder at the pixels, at a minimum of their sum?",
)


def _layer_of(draw: Draw) -> Case:
    N, M, pixels = draw.size(3, 600), draw.size(601, 9000), draw.size(10_000, 200_000)
    return Case((N, float(M), pixels), f"for N = {N}, M = {M}, {pixels} pixels")


def _keras(N: float, M: float, pixels: float) -> float:
    return (N * M / (3 * pixels)) ** 2 / 5


def _mean(N: float, M: float, pixels: float) -> float:
    return 4 / N**2


def _units(keras: Callable = _keras, mean: Callable = _mean) -> Callable:
    return lambda N, M, pixels: (keras(N, M, pixels), 100 * mean(N, M, pixels), 1e4 * mean(N, M, pixels))


@exercise(
    draws=_layer_of,
    forms=FLOAT32[:3],
    also=[Case((64, 160_000.0, 160_000), "for VGG-19's first layer at 400 x 400 pixels")],
    returns=Parts(Number("Keras' factor"), Number("jcjohnson's factor"), Number("d2l's factor"), things="numbers"),
    tolerance=Tolerance(0.01, 0),
    mistakes={
        "It is one over that: their term over E_l.": _units(
            lambda N, M, pixels: 1 / _keras(N, M, pixels), lambda N, M, pixels: 1 / _mean(N, M, pixels)
        ),
        "The 1/5 of Keras' term is missing.": _units(lambda N, M, pixels: 5 * _keras(N, M, pixels)),
        "N, M and 3, pixels are all squared.": _units(lambda N, M, pixels: N * M / (3 * pixels) / 5),
        "Positions count as well: a layer has M, and Keras puts in the number of pixels.": _units(
            lambda N, M, pixels: (N / 3) ** 2 / 5
        ),
        "Keras puts 3 in the place of N.": _units(lambda N, M, pixels: (M / pixels) ** 2 / 5),
        "The 4 stands below the line in both terms, and cancels.": _units(
            lambda N, M, pixels: _keras(N, M, pixels) / 4, lambda N, M, pixels: _mean(N, M, pixels)
        ),
        "The 4 of E_l is missing: E_l has it below the line, so it comes above.": _units(
            mean=lambda N, M, pixels: 1 / N**2
        ),
        "The mean over N^2 entries divides once more by N^2.": _units(mean=lambda N, M, pixels: 4),
        "The N^2 of E_l comes above the line and cancels one of two: 1/N^2 is left, not 1/N^4.": _units(
            mean=lambda N, M, pixels: 4 / N**4
        ),
        "The mean is over N^2 entries, and not over N.": _units(mean=lambda N, M, pixels: 4 / N),
        "There is no 1/5 here: each layer has the whole weight.": _units(mean=lambda N, M, pixels: 4 / N**2 / 5),
    },
    praise="three programs in one unit: at 64 channels and full size 91, 0.098 and 9.8, where the paper has 0.2.",
)
def paper_units(N: float, M: float, pixels: float) -> tuple[float, float, float]:
    """A layer's style term over E_l, for Keras, jcjohnson and d2l, to 1 %."""
    return _units()(N, M, pixels)


def _some_distances(draw: Draw) -> Case:
    names = [f"block{k}_conv{draw.size(1, 60)}" for k in range(1, draw.size(61, 68) - 58)]
    distances = {name: draw.number(0.01, 9) for name in names}
    return Case((distances,), f"for {len(names)} layers whose E_l are {', '.join(map(str, distances.values()))}")


def _each(weight: Callable[[float, np.ndarray], float]) -> Callable:
    return lambda distances: {
        name: float(weight(value, np.array(list(distances.values())))) for name, value in distances.items()
    }


@exercise(
    draws=_some_distances,
    forms=FLOAT32[:3],
    also=[
        Case(({"block1_conv1": 0.4},), "for one layer whose E_l is 0.4"),
        Case(({"block1_conv1": 2.0, "block2_conv1": 0.5, "block3_conv1": 2.0},), "for E_l of 2, 0.5 and 2"),
        Case(({"block2_conv1": 3e-8, "block1_conv1": 700.0},), "for E_l of 3e-8 and 700"),
    ],
    returns=Named("the dict of weights", Number("the weight of"), ordered=True),
    mistakes={
        "The terms are equal, but their sum is the number of layers: divide by it.": _each(lambda E, every: 1 / E),
        "The weights sum to 1, and it is the terms w_l E_l that should.": _each(
            lambda E, every: 1 / E / (1 / every).sum()
        ),
        "That is each layer's share of the loss: a layer with a large E_l should get a small weight.": _each(
            lambda E, every: E / every.sum()
        ),
        "With all weights alike the terms are not.": _each(lambda E, every: 1 / len(every)),
        "With all weights alike the terms are not, even if their sum is 1.": _each(lambda E, every: 1 / every.sum()),
        "Divide by five only where there are five layers: count them.": _each(lambda E, every: 1 / (5 * E)),
        "The terms are linear in w_l: no root is needed.": _each(lambda E, every: 1 / (len(every) * np.sqrt(E))),
    },
    praise="every layer begins with the same share of the style loss, and the loss with 1, for any painting.",
)
def share_weights(at_photograph: Mapping[str, float]) -> dict[str, float]:
    """Layer weights with which all style terms are equal at the photograph, and their sum is 1."""
    return _each(lambda E, every: 1 / (len(every) * E))(at_photograph)
