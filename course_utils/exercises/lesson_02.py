"""Lesson 02, The backward pass to the picture."""

from __future__ import annotations

import numpy as np
from scipy import ndimage

from course_utils.backend import tf
from course_utils.exercises.checking import Answer, Wrong, checker, choice, compare, parts, short, unchanged
from course_utils.explore.altered import relu_rule

# The lecture's table (L9, slides 81 to 83, after Springenberg et al.): a ReLU's input, and the delta above it.
INPUT = np.array([[1, -1, 5], [2, -5, -7], [-3, 2, 4]], "float32")
ABOVE = np.array([[-2, 3, -1], [6, -3, 1], [2, -1, 3]], "float32")


def _deltas(a: np.ndarray, cell: tuple[int, int], channel: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    neuron, whole_channel = np.zeros_like(a), np.zeros_like(a)
    neuron[(*cell, channel)] = 1
    whole_channel[..., channel] = 1
    return neuron, whole_channel, a.copy()


@checker(_deltas)
def deltas(attempt: Answer) -> str:
    """Three deltas of a layer's output (h, w, channels): of one neuron, of a channel, and of half the squares."""
    rng = np.random.default_rng(1)
    a, cell, channel = rng.normal(0, 1, (3, 5, 4)).astype("float32"), (1, 3), 2
    given = a.copy()
    found = parts(attempt(given, cell, channel), "neuron", "whole_channel", "dream", what="deltas")
    unchanged(a, given, "The activation that you were given")
    own = np.zeros_like(a)
    own[..., channel] = a[..., channel]
    value, turned, ones = np.zeros_like(a), np.zeros_like(a), np.ones_like(a)
    value[(*cell, channel)], column = a[(*cell, channel)], np.zeros_like(a)
    turned[cell[1] % 3, cell[0], channel] = 1
    column[cell] = 1
    expected = _deltas(a, cell, channel)
    mistakes = [
        {
            "The delta is the weight with which the neuron counts, 1, and not its activation.": value,
            "That is the cell in all channels; a neuron is one cell of one channel.": column,
            "Row and column have changed places.": turned,
        },
        {
            "That is the delta of the channel's mean; the sum was asked for.": expected[1] / (a.shape[0] * a.shape[1]),
            "That lets every channel count; the others should be 0.": ones,
            "That is the delta of half the sum of the channel's squares; its sum has a delta of ones.": own,
        },
        {
            "The half in front of the sum takes the 2 away that the square brings down.": 2 * a,
            "That is the square itself; the delta is its derivative.": a**2,
            "That is the delta of the plain sum.": ones,
            "That is half the activation: the derivative of 1/2 a^2 is 1/2 times 2 a.": a / 2,
        },
    ]
    names = ("the delta of the neuron", "the delta of the channel", "the delta of half the sum of squares")
    for one, right, name, known in zip(found, expected, names, mistakes, strict=True):
        compare(one, right, name, mistakes=known)
    _derivatives(attempt, a.astype("float64"), cell, channel)
    return "each delta is the derivative of its cost, as small changes of the activation confirm."


def _derivatives(attempt: Answer, a: np.ndarray, cell: tuple[int, int], channel: int) -> None:
    """Raises Wrong unless the deltas tell how the three costs change with a."""
    costs = {
        "the neuron's activation": lambda a: a[(*cell, channel)],
        "the channel's sum": lambda a: a[..., channel].sum(),
        "half the sum of squares": lambda a: 0.5 * np.sum(a**2),
    }
    change = 1e-3 * np.random.default_rng(2).normal(0, 1, a.shape)
    for delta, (name, cost) in zip(attempt(a.copy(), cell, channel), costs.items(), strict=True):
        measured = (cost(a + change) - cost(a - change)) / 2
        compare(np.sum(delta * change), measured, f"the change of {name} that the delta foretells", atol=1e-9)


def _saliency_of(gradient: np.ndarray) -> np.ndarray:
    return np.abs(gradient).max(-1)


@checker(_saliency_of)
def saliency_of(attempt: Answer) -> str:
    """From a gradient (h, w, 3) to a map (h, w): the largest absolute value of the three colours."""
    gradient = np.random.default_rng(3).normal(0, 1, (4, 6, 3)).astype("float32")
    gradient[0, 0] = -3, 1, -2  # The largest in size is negative.
    gradient[1, 1] = -2, -1, -3  # And here all are.
    given = gradient.copy()
    found = np.asarray(attempt(given), "float32")
    unchanged(gradient, given, "The gradient that you were given")
    size = np.abs(gradient)
    compare(
        found,
        size.max(-1),
        "the saliency of a gradient of 4 x 6 pixels",
        mistakes={
            "The axis is the wrong one: the colours are the last.": size.max(0),
            "Still three numbers a pixel: take the largest of the three.": size,
            "A colour whose gradient is far below 0 matters as much: take sizes before the largest.": gradient.max(-1),
            "Take the size of each colour first, and the largest after that.": np.abs(gradient.max(-1)),
            "That is the sum of the three sizes, which other programs use; Simonyan takes the largest.": size.sum(-1),
            "That is the mean of the three sizes; the largest was asked for.": size.mean(-1),
            "That is the length of the colour's gradient; the largest part was asked for.": np.sqrt(
                (gradient**2).sum(-1)
            ),
        },
    )
    weights = np.random.default_rng(4).normal(0, 1, (5, 4, 3))
    compare(attempt(-weights), attempt(weights), "the map of a score and of the same score with its sign turned,")
    return "one number a pixel, never below 0, and the same whichever sign the score has."


def _saliency_mask(saliency: np.ndarray, share: float) -> np.ndarray:
    bright = saliency > np.quantile(saliency, 1 - share)
    labels, _ = ndimage.label(bright)
    sizes = np.bincount(labels.ravel())
    sizes[0] = 0
    return labels == sizes.argmax()


@checker(_saliency_mask)
def saliency_mask(attempt: Answer) -> str:
    """The largest connected region among the `share` brightest pixels of a map (h, w), as a mask of booleans."""
    rng = np.random.default_rng(5)
    saliency = rng.uniform(0, 1, (20, 30)).astype("float32")
    small, big = np.zeros((20, 30), bool), np.zeros((20, 30), bool)
    small[1:10, 21:29], big[4:18, 2:14] = True, True  # The small one comes first, and is the brighter one.
    saliency[small] = rng.uniform(4, 5, small.sum())
    saliency[big] = rng.uniform(2, 3, big.sum())
    share = (small.sum() + big.sum() + 0.3) / saliency.size  # Just these two, with > as with >=.
    given = saliency.copy()
    found = np.asarray(attempt(given, share))
    unchanged(saliency, given, "The map that you were given")
    if found.shape == saliency.shape and found.dtype != bool:
        raise Wrong(f"the mask should hold True and False (bool), and holds {found.dtype}: end in a comparison.")
    both, less = small | big, saliency > np.quantile(saliency, share)
    mistakes = {
        "Both regions are still there: keep the larger one.": both,
        "That is everything but the regions: label gives the number 0 to the background, so leave it out.": ~both,
        "That is the region of the brightest pixel, or the first one; take the one with the most pixels.": small,
        "The share was turned round: the brightest pixels begin at the quantile 1 - share.": less,
    }
    mistakes["The brightest pixels begin at the quantile 1 - share."] = _saliency_mask(saliency, 1 - share)
    for why, wrong in mistakes.items():
        if np.array_equal(found, wrong):
            raise Wrong(f"the mask of a map with two bright regions holds {found.sum()} pixels, not {big.sum()}. {why}")
    compare(found, big, f"the mask (1 is True; {big.sum()} pixels were expected, {found.sum()} came)")
    compare(attempt(saliency[:, ::-1], share), big[:, ::-1], "the mask of the mirrored map")
    turned = "The region with the most pixels need not have the first number, nor the last."
    compare(
        attempt(saliency[::-1], share),
        big[::-1],
        "the mask of the map turned upside down, whose larger region comes first,",
        mistakes={turned: small[::-1]},
    )
    return "the larger of two regions, not the brighter, wherever it lies."


def _relu_backward(x: np.ndarray, delta: np.ndarray, rule: str) -> np.ndarray:
    passes = {"plain": x > 0, "deconvnet": delta > 0, "guided": (x > 0) & (delta > 0)}[rule]
    return np.where(passes, delta, 0)


@checker(_relu_backward)
def relu_backward(attempt: Answer) -> str:
    """The delta below a ReLU, of its input x and the delta above it, by one of three rules."""
    larger = np.random.default_rng(6).normal(0, 1, (2, 7, 5))
    larger[0, 3, 2] = 0  # Where a delta of 1.7 comes; a ReLU at 0 is shut.
    larger[1, 3, 2] = 1.7
    for x, delta, what in ((INPUT, ABOVE, "the lecture's table"), (*larger, "a random table")):
        right = {rule: _relu_backward(x, delta, rule) for rule in ("plain", "deconvnet", "guided")}
        for rule in right:
            given = x.copy(), delta.copy()
            found = attempt(*given, rule)
            unchanged(x, given[0], "x")
            unchanged(delta, given[1], "delta")
            mistakes = {
                f"That is the table of the rule {other}.": value for other, value in right.items() if other != rule
            } | {
                "That is the ReLU's output; a delta passes through here, and x only says where.": np.maximum(x, 0),
                "The delta went through untouched: some of its numbers must become 0.": delta,
                "That is 1 where the delta passes: multiply by the delta.": (right[rule] != 0) * 1.0,
                "It is 1 or 0 that the delta is multiplied by, not x.": np.maximum(x, 0) * delta,
                "A ReLU is open above 0 only, and shut at 0 itself.": np.where(
                    (x >= 0) & ((rule == "plain") | (delta > 0)), delta, 0
                ),
            }
            compare(found, right[rule], f"{what} under the rule {rule}", mistakes=mistakes)
    return "all nine numbers of the lecture's three tables, and those of a larger one."


@checker(relu_rule("guided"))
def guided_relu(attempt: Answer) -> str:
    """A ReLU of tensors whose backward pass lets a delta through where its input and the delta are positive."""
    larger = np.random.default_rng(7).normal(0, 1, (2, 6, 5)).astype("float32")
    for x, delta, what in ((INPUT, ABOVE, "the lecture's table"), (*larger, "a random table")):
        found, below = _there_and_back(attempt, x, delta)
        compare(found, np.maximum(x, 0), f"the output, forward, of {what}")
        plain, guided = (_relu_backward(x, delta, rule) for rule in ("plain", "guided"))
        mistakes = {
            "That is the plain rule: also stop what is negative in delta (is the function decorated?).": plain,
            "That is the deconvnet's rule: also stop what met a negative input.": delta * (delta > 0),
            "The delta passes untouched: the inner function must stop a part of it.": delta,
            "That is 1 where a delta passes: multiply by the delta.": (guided != 0) * 1.0,
            "That is the ReLU of x times the delta: x only decides whether the delta passes.": np.maximum(x, 0) * delta,
        }
        compare(below, guided, f"the delta below, for {what},", mistakes=mistakes)
    _, below = _there_and_back(attempt, larger[0], np.abs(larger[1]))
    compare(below, np.abs(larger[1]) * (larger[0] > 0), "the delta below, where all above are positive,")
    return (
        "forward it is a ReLU, backward the lecture's guided table; where no delta is negative, it is the plain rule."
    )


def _there_and_back(attempt: Answer, x: np.ndarray, delta: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    x = tf.constant(x)
    with tf.GradientTape() as tape:
        tape.watch(x)
        try:
            y = attempt(x)
        except TypeError as error:
            if "unsupported callable" not in str(error):
                raise
            raise Wrong("under @tf.custom_gradient return two things: the output, and a function of delta.") from None
    if isinstance(y, tuple):
        raise Wrong("the function returns a pair as it stands: write @tf.custom_gradient above it.")
    if not tf.is_tensor(y):
        raise Wrong(f"a tensor was expected and not {short(y)}: use TensorFlow's functions here, not NumPy's.")
    if y.shape != x.shape:
        raise Wrong(f"the output should have the shape {tuple(x.shape)}, and has {tuple(y.shape)}.")
    below = tape.gradient(y, x, output_gradients=tf.constant(delta))
    if below is None:
        raise Wrong("no delta comes back at all: compute the output from x, with TensorFlow's functions.")
    return y.numpy(), below.numpy()


@checker("c")
def unmoved(attempt: str) -> str:
    """Which rule's picture still shows the cup when all weights are random?"""
    return choice(
        attempt,
        "c",
        {
            "a": "the plain rule gives the true gradient of the score, and that belongs to the weights. Change them, "
            "and another score has another gradient.",
            "b": "the deconvnet forgets where the ReLUs' inputs were positive. So it does not mind random layers at "
            "the top either; but it draws with the filters of the lower layers, and in the end those are random too.",
            "c": "what the weights wish for lies in the signs, and it stops every negative delta, at every layer; "
            "what is left follows the paths that are open, and those the photograph decides.",
        },
    )
