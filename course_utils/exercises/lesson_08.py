"""Lesson 08, Neural style."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from course_utils.backend import tf
from course_utils.defaults import VGG19_WIDTHS
from course_utils.exercises.checking import Answer, Wrong, checker, choice, compare, short
from course_utils.losses import content_loss, mean_gram_matrix, style_loss

Tensors = Mapping[str, tf.Tensor]


def _cost_terms(
    F: Tensors, P: Tensors, A: Tensors, alpha: float, beta: float, w: Mapping[str, float]
) -> dict[str, tf.Tensor]:
    ((content, target),) = P.items()
    terms = {"content": alpha * content_loss(F[content], target)}
    for name, gram in A.items():
        terms[name] = beta * w[name] * style_loss(mean_gram_matrix(F[name]), gram)
    return terms


def _example() -> tuple:
    """Arguments of `cost_terms`: three layers, of which the content's is no style layer; a painting of another size."""
    rng = np.random.default_rng(1)
    sizes = {"block1_conv1": (8, 6, 3), "block2_conv1": (4, 3, 5), "block2_conv2": (4, 3, 4)}
    F = {name: tf.constant(rng.uniform(0, 2, (1, *size)), tf.float32) for name, size in sizes.items()}
    P = {"block2_conv2": tf.constant(rng.uniform(0, 2, (1, 4, 3, 4)), tf.float32)}
    A = {}
    for name, positions in (("block1_conv1", 70), ("block2_conv1", 18)):
        A[name] = mean_gram_matrix(tf.constant(rng.uniform(0, 2, (positions, sizes[name][2])), tf.float32))
    return F, P, A, 0.3, 5.0, {"block1_conv1": 0.75, "block2_conv1": 0.25}


@checker(_cost_terms)
def cost_terms(attempt: Answer) -> str:
    """The weighted terms of neural style's cost by name: one of content, and one for each style layer."""
    F, P, A, alpha, beta, w = example = _example()
    found, right = attempt(*example), _cost_terms(*example)
    if not isinstance(found, Mapping):
        raise Wrong(f"a dict of terms by name was expected, and not {short(found)}.")
    if set(found) != set(right):
        raise Wrong(f"the names of the terms should be {', '.join(sorted(right))}, not {', '.join(map(str, found))}.")
    for name, expected in right.items():
        what = f"the term {name!r} at alpha {alpha:g}, beta {beta:g}"
        is_content = name == "content"
        known = _content_mistakes(F, P, alpha, beta) if is_content else _style_mistakes(F, A, alpha, beta, w, name)
        compare(_number(found[name], name), float(expected), what, mistakes=known)
    _of_any_size(attempt, example)
    return "content and style as in equation 7, for a painting of any size, and inside a compiled function too."


def _number(term: Any, name: str) -> float:
    if np.ndim(term) != 0:
        raise Wrong(f"the term {name!r} should be one number, and has the shape {np.shape(term)}: sum over everything.")
    return float(term)


def _content_mistakes(F: Tensors, P: Tensors, alpha: float, beta: float) -> dict[str, float]:
    ((name, target),) = P.items()
    bare, count = float(content_loss(F[name], target)), target.numpy().size
    return {
        "Alpha and beta have changed places: alpha belongs to the content.": beta * bare,
        "The 1/2 of equation 1 is missing.": 2 * alpha * bare,
        "That is not weighted yet: multiply by alpha.": bare,
        "That is the mean over the values, as some programs have it; the paper sums.": 2 * alpha * bare / count,
        "That is half the mean over the values; the paper sums.": alpha * bare / count,
    }


def _style_mistakes(
    F: Tensors, A: Tensors, alpha: float, beta: float, w: Mapping[str, float], name: str
) -> dict[str, float]:
    _, height, width, N = F[name].shape
    M, G, gram, weight = height * width, mean_gram_matrix(F[name]), A[name], beta * w[name]
    bare, squares = float(style_loss(G, gram)), float(tf.reduce_sum(tf.square(G - gram)))
    undivided = float(style_loss(M * G, gram))
    sizes = float(tf.reduce_sum(tf.abs(G - gram)))
    sums = float((tf.reduce_sum(G) - tf.reduce_sum(gram)) ** 2)
    return {
        "Alpha and beta have changed places: beta belongs to the style.": alpha * w[name] * bare,
        "The layer's weight w_l is missing.": beta * bare,
        "Beta is missing.": w[name] * bare,
        "The layer has its own weight: take w[name], and not one over the number of layers.": beta * bare / len(A),
        "N is the number of channels, the last axis, and not the width.": weight * squares / (4 * width**2),
        "N is the number of channels, the last axis, and not the height.": weight * squares / (4 * height**2),
        "The 4 below the line is missing.": 4 * weight * bare,
        "N has to be squared below the line.": weight * squares / (4 * N),
        "The 1/(4 N^2) is missing.": weight * squares,
        "The difference of the Gram matrices has to be squared.": weight * sizes / (4 * N**2),
        "Our picture's Gram matrix has to be divided by its M, as the painting's is.": weight * undivided,
        "Divide the Gram matrix by M before the difference: the painting's is divided already.": weight
        * undivided
        / M**2,
        "Nothing more has to be divided by M^2: G / M and A, which is divided already, are per position.": weight
        * bare
        / M**2,
        "The sums of the Gram matrices were compared; compare them entry by entry.": weight * sums / (4 * N**2),
    }


def _of_any_size(attempt: Answer, example: tuple) -> None:
    """Raises Wrong where the terms inside a compiled function, in which sizes are unknown, are others."""
    F, P, A, alpha, beta, w = example
    names = list(F)
    signature = [tf.TensorSpec((1, None, None, F[name].shape[-1]), tf.float32) for name in names]

    @tf.function(input_signature=signature)
    def terms(*outputs: tf.Tensor) -> dict[str, tf.Tensor]:
        return dict(attempt.function(dict(zip(names, outputs, strict=True)), P, A, alpha, beta, w))

    try:
        found = terms(*F.values())
    except (TypeError, ValueError, AttributeError, NotImplementedError) as error:
        reason = str(error).strip().splitlines()[-1][:120]
        raise Wrong(
            "inside a compiled function, where height and width are None, it fails: count positions by tf.size, and "
            f"use TensorFlow's functions, not NumPy's ({type(error).__name__}: {reason})."
        ) from None
    for name, expected in _cost_terms(*example).items():
        compare(found[name], float(expected), f"the term {name!r} inside a compiled function")


def _balanced_alpha(content_pull: np.ndarray, style_pull: np.ndarray) -> float:
    length = np.linalg.norm(content_pull)
    if length == 0:
        raise ValueError("content does not pull here: choose another start.")
    return float(np.linalg.norm(style_pull) / length)


@checker(_balanced_alpha)
def balanced_alpha(attempt: Answer) -> str:
    """The alpha that makes the content's gradient (h, w, 3) as long as the style's."""
    rng = np.random.default_rng(2)
    content, style = rng.normal(0, 40, (5, 7, 3)), rng.normal(0, 1, (5, 7, 3)) * rng.uniform(0, 3, (5, 7, 1))
    ratio = np.linalg.norm(style) / np.linalg.norm(content)
    largest, means = np.abs(style).max() / np.abs(content).max(), np.abs(style).mean() / np.abs(content).mean()
    compare(
        attempt(content, style),
        ratio,
        "alpha, for two random gradients,",
        mistakes={
            "That is the beta which goes with alpha = 1; for alpha, the style's length comes first.": 1 / ratio,
            "Those are the squares of the lengths: take the root.": ratio**2,
            "That compares the largest entries; compare the roots of the sums of squares.": largest,
            "That compares mean sizes; compare the roots of the sums of squares.": means,
            "That compares sums, in which signs cancel; compare lengths.": style.sum() / content.sum(),
        },
        rtol=1e-3,
    )
    compare(attempt(-3 * content, style), ratio / 3, "alpha, for a content that pulls three times,")
    try:
        found = attempt(np.zeros_like(content), style)
    except ValueError:
        return "both pull equally hard, and where content does not pull it says so."
    except ZeroDivisionError:
        raise Wrong("where content does not pull, a ZeroDivisionError comes: a ValueError should say why.") from None
    raise Wrong(f"where content does not pull, alpha came out as {short(found)}: no alpha does it, raise ValueError.")


@checker("b")
def friends_move(attempt: str) -> str:
    """Where does one move in Figure 3 who doubles the sides of both pictures and keeps all weights?"""
    return choice(
        attempt,
        "b",
        {
            "a": "the content loss is a sum over all positions, and she has four times as many: she gets more of the "
            "photograph, not less.",
            "b": "content sums over four times as many positions, style takes the mean over them. It is as if alpha "
            "were 4 times as large, which is six tenths of a column.",
            "c": "that would be so if both losses were means over the positions. Style's is; content's is a sum.",
            "d": "the rows are layers, and she takes the same ones. Each cell sees a smaller part, but no layer is "
            "added.",
        },
    )


@checker("c")
def tug_of_war(attempt: str) -> str:
    """Which term pulls harder at the pixels, at a minimum of their sum?"""
    return choice(
        attempt,
        "c",
        {
            "a": "a share of the loss is a height, and a pull is a slope: a high plateau pulls at nobody.",
            "b": "if style pulled harder, a step along its pull would lower the sum, and this would not be the bottom.",
            "c": "at a minimum the gradient of the sum is 0, so the two gradients are equal and opposite, whatever the "
            "shares of the loss.",
            "d": "their sum is 0, but each alone would like to go on: take one away, and the picture moves.",
        },
    )


def _paper_units(N: float, M: float, pixels: float) -> tuple[float, float, float]:
    return (N * M / (3 * pixels)) ** 2 / 5, 400 / N**2, 4e4 / N**2


@checker(_paper_units)
def paper_units(attempt: Answer) -> str:
    """A layer's style term over E_l, for Keras, jcjohnson and d2l, to 1 %."""
    settings = [(64, 160_000, 160_000), (512, 625, 160_000), (128, 1200, 19_200)]
    for N, M, pixels in settings:
        right = np.array(_paper_units(N, M, pixels))
        found = attempt(N, M, pixels)
        if np.shape(found) != (3,):
            raise Wrong(f"three numbers were expected, for Keras, jcjohnson and d2l, and not {short(found)}.")
        for k, program in enumerate(("Keras", "jcjohnson", "d2l")):
            mean_of = {1: 100.0, 2: 1e4}.get(k, 1.0)
            known = {"It is one over that: their term over E_l.": 1 / right[k]}
            if k == 0:
                known |= {
                    "The 1/5 of Keras' term is missing.": 5 * right[0],
                    "N, M and 3, pixels are all squared.": N * M / (3 * pixels) / 5,
                    "Positions count as well: a layer has M, and Keras puts in the number of pixels.": (N / 3) ** 2 / 5,
                    "Keras puts 3 in the place of N.": (M / pixels) ** 2 / 5,
                    "The 4 stands below the line in both terms, and cancels.": right[0] / 4,
                }
            else:
                known |= {
                    "The 4 of E_l is missing: E_l has it below the line, so it comes above.": right[k] / 4,
                    "The mean over N^2 entries divides once more by N^2.": 4 * mean_of,
                    "The N^2 of E_l comes above the line and cancels one of two: 1/N^2 is left, not 1/N^4.": 4
                    * mean_of
                    / N**4,
                    "The mean is over N^2 entries, and not over N.": 4 * mean_of / N,
                    "There is no 1/5 here: each layer has the whole weight.": right[k] / 5,
                }
            what = f"{program}'s factor for N = {N}, M = {M}, {pixels} pixels"
            compare(found[k], right[k], what, mistakes=known, rtol=0.01, atol=0)
    return "three programs in one unit: at 64 channels and full size 91, 0.098 and 9.8, where the paper has 0.2."


def _share_weights(at_photograph: Mapping[str, float]) -> dict[str, float]:
    return {name: 1 / (len(at_photograph) * value) for name, value in at_photograph.items()}


@checker(_share_weights)
def share_weights(attempt: Answer) -> str:
    """Layer weights with which all style terms are equal at the photograph, and their sum is 1."""
    at_photograph = dict(zip(VGG19_WIDTHS, (0.2, 0.05, 8.0)))
    found = attempt(dict(at_photograph))
    if not isinstance(found, Mapping) or set(found) != set(at_photograph):
        raise Wrong(f"a dict with the same layers was expected, and not {short(found)}.")
    values = np.array(list(at_photograph.values()))
    right = 1 / (3 * values)
    compare(
        [found[name] for name in at_photograph],
        right,
        "the weights of three layers whose E_l are 0.2, 0.05 and 8",
        mistakes={
            "The terms are equal, but their sum is the number of layers: divide by it.": 1 / values,
            "The weights sum to 1, and it is the terms w_l E_l that should.": (1 / values) / (1 / values).sum(),
            "That is each layer's share of the loss: a layer with a large E_l should get a small weight.": values
            / values.sum(),
            "With all weights alike the terms are not.": np.full(3, 1 / 3),
            "Divide by five only where there are five layers: count them.": 1 / (5 * values),
            "The terms are linear in w_l: no root is needed.": 1 / (3 * np.sqrt(values)),
        },
    )
    return "every layer begins with the same share of the style loss, and the loss with 1, for any painting."
