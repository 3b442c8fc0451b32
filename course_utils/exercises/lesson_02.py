"""Lesson 02, The backward pass to the picture."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np
from scipy import ndimage

from course_utils.backend import tf
from course_utils.exercises.draws import FLOAT32, FORMS, Case, Draw
from course_utils.exercises.exercise import Question, exercise
from course_utils.exercises.kinds import Array, Pairs, Parts, Several, Tensor, Wrong
from course_utils.exercises.running import Answer, check_shape
from course_utils.explore.altered import RULES

Three = tuple[np.ndarray, np.ndarray, np.ndarray]


def _some_layer(draw: Draw) -> Case:
    height, width = draw.sides(3, 20)
    shape = (height, width, draw.size(3, 20))
    a = draw.activations(shape) if draw.form.levels else draw.normal(shape)
    limits = (min(height, width),) * 2 if draw.form.sides == "wide" else (height, width)
    row = int(draw.rng.integers(limits[0]))
    column = int(draw.rng.choice([one for one in range(limits[1]) if one != row]))
    channel = shape[-1] - 1 if draw.form.levels else int(draw.rng.integers(shape[-1]))  # The last may be silent.
    return Case((a, (row, column), channel), f"for `a` of shape {shape}, cell {(row, column)} and channel {channel}")


def _deltas(a: np.ndarray, cell: tuple[int, int], channel: int) -> Three:
    neuron, whole_channel = np.zeros_like(a), np.zeros_like(a)
    neuron[(*cell, channel)] = 1
    whole_channel[..., channel] = 1
    return neuron, whole_channel, a.copy()


def _with_delta(place: int, other: Callable[..., np.ndarray]) -> Callable:
    """Three deltas, all right but one, which is made of (a, cell, channel)."""

    def found(*given: Any) -> list[np.ndarray]:
        return [other(*given) if k == place else right for k, right in enumerate(_deltas(*given))]

    return found


def _cell_of_all_channels(a: np.ndarray, cell: tuple[int, int], channel: int) -> np.ndarray:
    found = np.zeros_like(a)
    found[cell] = 1
    return found


def _turned(a: np.ndarray, cell: tuple[int, int], channel: int) -> np.ndarray:
    found = np.zeros_like(a)
    found[cell[1] % a.shape[0], cell[0] % a.shape[1], channel] = 1
    return found


def _delta(name: str) -> Array:
    """Whatever `delta[None]` and tf.constant(delta, tf.float32) can use."""
    return Array(f"the delta of {name}", dtypes=("float", "int", "bool"), also=("float32 tensor",))


@exercise(
    draws=_some_layer,
    also=[Case((np.array([[[-3.0, 0.0, 2.0]]]), (0, 0), 1), "for a map of one cell, [-3, 0, 2], and channel 1")],
    returns=Parts(_delta("the neuron"), _delta("the channel"), _delta("half the sum of squares"), things="deltas"),
    mistakes={
        "The delta is the weight with which the neuron counts, 1, and not its activation.": _with_delta(
            0, lambda a, *where: a * _deltas(a, *where)[0]
        ),
        "That is the cell in all channels; a neuron is one cell of one channel.": _with_delta(0, _cell_of_all_channels),
        "That is the delta of the whole channel; a neuron is one cell of it.": _with_delta(
            0, lambda *given: _deltas(*given)[1]
        ),
        "Row and column have changed places.": _with_delta(0, _turned),
        "A neuron that is not excited counts as well: its delta is 1 whatever its activation.": (
            _with_delta(0, lambda a, *where: (a > 0) * _deltas(a, *where)[0]),
            _with_delta(1, lambda a, *where: (a > 0) * _deltas(a, *where)[1]),
        ),
        "That is the delta of the channel's mean; the sum was asked for.": _with_delta(
            1, lambda a, *where: _deltas(a, *where)[1] / (a.shape[0] * a.shape[1])
        ),
        "That lets every channel count; the others should be 0.": _with_delta(1, lambda a, *where: np.ones_like(a)),
        "That is the delta of half the sum of the channel's squares; its sum has a delta of ones.": _with_delta(
            1, lambda a, *where: a * _deltas(a, *where)[1]
        ),
        "The half in front of the sum takes the 2 away that the square brings down.": _with_delta(
            2, lambda a, *where: 2 * a
        ),
        "That is the square itself; the delta is its derivative.": (
            _with_delta(2, lambda a, *where: a**2),
            _with_delta(2, lambda a, *where: a**2 / 2),
        ),
        "That is the delta of the plain sum.": _with_delta(2, lambda a, *where: np.ones_like(a)),
        "That is half the activation: the derivative of 1/2 a^2 is 1/2 times 2 a.": _with_delta(
            2, lambda a, *where: a / 2
        ),
        "All channels are in this sum, not one alone.": _with_delta(2, lambda a, *where: a * _deltas(a, *where)[1]),
        "Negative activations count in a sum of squares as well.": _with_delta(2, lambda a, *where: np.maximum(a, 0)),
    },
    praise="each delta is the derivative of its cost, whatever the activations are.",
)
def deltas(a: np.ndarray, cell: tuple[int, int], channel: int) -> Three:
    """Three deltas of a layer's output (h, w, channels): of one neuron, of a channel, and of half the squares."""
    return _deltas(a, cell, channel)


def _some_gradient(draw: Draw) -> Case:
    height, width = draw.sides(4, 20)
    return Case((draw.normal((height, width, 3), 0, draw.number(0.1, 3)),), f"of {height} x {width} pixels")


PIXELS = np.array([[[-3, 1, -2], [-2, -1, -3], [0, 0, 0], [0.5, 0.25, -0.5]]], "float32")


@exercise(
    draws=_some_gradient,
    first=[Case((PIXELS,), "of four pixels whose gradients are (-3, 1, -2), (-2, -1, -3), (0, 0, 0), (.5, .25, -.5),")],
    returns=Array("the saliency", dtypes=("float32", "float64")),
    mistakes={
        "The axis is the wrong one: the colours are the last.": (
            lambda gradient: np.abs(gradient).max(0),
            lambda gradient: np.abs(gradient).max(1),
        ),
        "Still three numbers a pixel: take the largest of the three.": lambda gradient: np.abs(gradient),
        "A colour whose gradient is far below 0 matters as much: take sizes before the largest.": (
            lambda gradient: gradient.max(-1)
        ),
        "Take the size of each colour first, and the largest after that.": lambda gradient: np.abs(gradient.max(-1)),
        "Take the size of each colour first; here the signs of the three cancel.": (
            lambda gradient: np.abs(gradient.sum(-1)),
            lambda gradient: np.abs(gradient.mean(-1)),
        ),
        "The sign is still there: a saliency is a size, and never below 0.": (
            lambda gradient: np.take_along_axis(gradient, np.abs(gradient).argmax(-1)[..., None], -1)[..., 0]
        ),
        "That is the sum of the three sizes, which other programs use; Simonyan takes the largest.": (
            lambda gradient: np.abs(gradient).sum(-1)
        ),
        "That is the mean of the three sizes; the largest was asked for.": lambda gradient: np.abs(gradient).mean(-1),
        "That is the length of the colour's gradient; the largest part was asked for.": (
            lambda gradient: np.sqrt((gradient**2).sum(-1))
        ),
        "That is the square of the size.": lambda gradient: (gradient**2).max(-1),
        "The sizes themselves were asked for: do not stretch them to a largest of 1.": (
            lambda gradient: np.abs(gradient).max(-1) / np.abs(gradient).max(),
            lambda gradient: (
                (np.abs(gradient).max(-1) - np.abs(gradient).max(-1).min()) / np.ptp(np.abs(gradient).max(-1))
            ),
        ),
    },
    praise="one number a pixel, never below 0, and the same whichever sign the score has.",
)
def saliency_of(gradient: np.ndarray) -> np.ndarray:
    """From a gradient (h, w, 3) to a map (h, w): the largest absolute value of the three colours."""
    return np.abs(gradient).max(-1)


class _Mask(Array):
    """A mask; how many pixels it holds says more than the first that is wrong."""

    def pairs(self, expected: Any, found: Any) -> Pairs:
        if np.shape(expected) == np.shape(found):
            yield f"the number of pixels in {self.what}", np.asarray(np.sum(expected)), np.asarray(np.sum(found))
        yield from super().pairs(expected, found)


def _asked(saliency: np.ndarray, bright: int, named: str) -> Case:
    """So many pixels are asked for. An answer may count one more or less, so the last few lie by themselves."""
    share = bright / saliency.size * (1 + 0.5 / saliency.size)  # Half of its way to the next pixel, at most.
    height, width = saliency.shape
    return Case((saliency, share), f"of a map of {height} x {width} pixels {named}, share {share:.3f},")


def _bright_regions(draw: Draw) -> Case:
    """A quarter each: the largest region, with a hole; the brightest; one that is long and thin; and dots.

    The largest is the brightest neither at its peak nor in mean nor in sum, and does not reach as far as the thin one.
    """
    height, width = draw.sides(26, 44)
    rows, columns = height // 2 - 3, width // 2 - 3
    down, right = (side - int(draw.rng.integers(1, 4)) for side in (rows, columns))
    large, bright, thin, dots = (np.zeros((rows, columns), bool) for _ in range(4))
    large[:down, :right] = True
    large[down // 2, right // 2] = False
    bright[1 : down - 1, 1:right] = True
    thin[-1], thin[:, 0] = True, True
    dots[::6, ::6] = True
    saliency, count = draw.uniform((height, width), 0, 0.9), 0
    kinds = [(large, 3, 4), (bright, 8, 9), (thin, 4.2, 5), (dots, 2, 2.5)]
    for place, (shape, *ends) in enumerate(np.roll(np.array(kinds, object), FORMS.index(draw.form), 0)):
        top, left = 2 + place // 2 * (height // 2 - 1), 2 + place % 2 * (width // 2 - 1)
        saliency[top : top + rows, left : left + columns][shape] = draw.uniform(shape.shape, *ends)[shape]
        count += int(shape.sum())
    saliency[[0, 0, -1], [0, -1, 0]] = 1.2, 1.1, 1
    return _asked(saliency * saliency.dtype.type(draw.number(0.01, 5)), count, "with several bright regions")


def _two_hills() -> np.ndarray:
    """A broad one, and to its right a narrow one with a high top of 16 pixels; 3 dots by themselves for each."""
    hills = np.random.default_rng(1).uniform(0, 0.9, (24, 36)).astype("float32")
    hills[:22, :16] += 5
    hills[3:13, 20:32] += 3
    hills[5:9, 22:26] += 5
    hills[[17, 19, 21], 20:34:6] = 7
    hills[[17, 19, 21], 23:36:6] = 2
    return hills


def _mostly_bright() -> np.ndarray:
    """12 x 8 and 12 x 2 bright pixels, 60 dark ones between them, and among these 2 dots."""
    saliency = np.random.default_rng(2).uniform(0, 0.9, (12, 15))
    saliency[:, :8] += 5
    saliency[:, 13:] += 8
    saliency[[1, 4, 7, 10], 10] = 3, 1.5, 3, 1.5
    return saliency


def _labelled(saliency: np.ndarray, share: float) -> tuple[np.ndarray, np.ndarray]:
    """The numbers of the bright regions on the map, and the number of pixels of each, that of the background as 0."""
    labels, _ = ndimage.label(saliency > np.quantile(saliency, 1 - share))
    sizes = np.bincount(labels.ravel())
    sizes[0] = 0
    return labels, sizes


def _region(number: Callable[[np.ndarray, np.ndarray, np.ndarray], Any]) -> Callable:
    """A mask of the region of another number, made of the labels, the sizes and the map."""

    def mask(saliency: np.ndarray, share: float) -> np.ndarray:
        labels, sizes = _labelled(saliency, share)
        return labels == number(labels, sizes, saliency)

    return mask


_largest = _region(lambda labels, sizes, saliency: sizes.argmax())


def _above(threshold: Callable[[np.ndarray, float], Any]) -> tuple[Callable, Callable]:
    """A mask of the largest region above another threshold, and of all."""

    def every(saliency: np.ndarray, share: float) -> np.ndarray:
        return saliency > threshold(saliency, share)

    def mask(saliency: np.ndarray, share: float) -> np.ndarray:
        labels, _ = ndimage.label(every(saliency, share))
        return labels == 1 + np.bincount(labels.ravel(), minlength=2)[1:].argmax()

    return mask, every


def _sums(labels: np.ndarray, sizes: np.ndarray, saliency: np.ndarray) -> np.ndarray:
    return np.bincount(labels.ravel(), saliency.ravel()) * (sizes > 0)


def _reach(labels: np.ndarray, sizes: np.ndarray, saliency: np.ndarray) -> int:
    boxes = ndimage.find_objects(labels)
    return 1 + int(np.argmax([np.prod([side.stop - side.start for side in box]) for box in boxes]))


@exercise(
    draws=_bright_regions,
    also=[
        _asked(_two_hills(), 16 + 3, "with a broad hill and a high one"),
        _asked(_two_hills(), 22 * 16 + 10 * 12 + 6, "with a broad hill and a high one"),
        _asked(_two_hills() - 6, 16 + 3, "with hills of which most is below 0"),
        _asked(np.pad(_two_hills() / 1000, ((70, 0), (66, 0))), 16 + 3, "with hills in its lower right corner"),
        _asked(_mostly_bright(), 122, "with more bright than dark ones"),
    ],
    returns=_Mask("the mask", dtypes=("bool",), also=("tensor",)),
    mistakes={
        "All bright regions are still there: keep the largest.": _above(
            lambda saliency, s: np.quantile(saliency, 1 - s)
        )[1],
        "That is everything but the regions: label gives the number 0 to the background, so leave it out.": _region(
            lambda labels, sizes, saliency: 0
        ),
        "That is the background, which has the most pixels: label gives it the number 0, so leave it out.": _region(
            lambda labels, sizes, saliency: np.bincount(labels.ravel()).argmax()
        ),
        "The first of sizes[1:] belongs to region 1: add 1 to its place.": _region(
            lambda labels, sizes, saliency: sizes[1:].argmax()
        ),
        "That is the region of the brightest pixel; take the one with the most pixels.": _region(
            lambda labels, sizes, saliency: labels.flat[saliency.argmax()]
        ),
        "That is the region with the largest sum of brightness; take the one with the most pixels.": _region(
            lambda *found: _sums(*found).argmax()
        ),
        "That is the region with the largest mean of brightness; take the one with the most pixels.": _region(
            lambda labels, sizes, saliency: (_sums(labels, sizes, saliency) / np.maximum(sizes, 1)).argmax()
        ),
        "That is the region that reaches farthest; take the one with the most pixels.": _region(_reach),
        "That is the first region; take the one with the most pixels.": _region(lambda labels, sizes, saliency: 1),
        "That is the last region; take the one with the most pixels.": _region(lambda labels, *_: labels.max()),
        "Its hole is filled: only bright pixels belong to the region.": lambda *given: ndimage.binary_fill_holes(
            _largest(*given)
        ),
        "The share was turned round: the brightest pixels begin at the quantile 1 - share.": _above(np.quantile),
        "These are the darkest pixels: the brightest begin at the quantile 1 - share.": (
            lambda saliency, share: saliency < np.quantile(saliency, share),
            lambda saliency, share: saliency < np.quantile(saliency, 1 - share),
        ),
        "Brightness has no fixed scale: np.quantile says where a share of the pixels begins.": (
            *_above(lambda saliency, share: share),
            *_above(lambda saliency, share: 1 - share),
            *_above(lambda saliency, share: share * saliency.max()),
            *_above(lambda saliency, share: (1 - share) * saliency.max()),
        ),
        "A fixed share is taken; `share` says how large it should be.": (
            *_above(lambda saliency, share: np.quantile(saliency, 0.75)),
            *_above(lambda saliency, share: np.quantile(saliency, 0.82)),
        ),
    },
    praise="the region with the most pixels, whether it comes first or last, and not the brightest one.",
)
def saliency_mask(saliency: np.ndarray, share: float) -> np.ndarray:
    """The largest connected region among the `share` brightest pixels of a map (h, w), as a mask of booleans."""
    return _largest(saliency, share)


# The table of Springenberg et al., arXiv 1412.6806, Figure 1 (L9, slides 21 to 25): a ReLU's input, the delta above it.
INPUT = np.array([[1, -1, 5], [2, -5, -7], [-3, 2, 4]])
ABOVE = np.array([[-2, 3, -1], [6, -3, 1], [2, -1, 3]])
TABLE = Case((INPUT, ABOVE), "for the lecture's table")


def _input_and_delta(draw: Draw) -> Case:
    shape = draw.sides(3, 20)
    x, delta = draw.normal(shape), draw.normal(shape)
    x[0, 0], delta[0, 0] = 0, 1.7  # A ReLU at 0 is shut.
    return Case((x, delta), f"for {shape[0]} x {shape[1]} numbers")


def _by_each_rule(answer: Answer, x: np.ndarray, delta: np.ndarray) -> dict:
    return {rule: answer(x, delta, rule) for rule in RULES}


def _passes(x: np.ndarray, delta: np.ndarray, rule: str) -> np.ndarray:
    return {"plain": x > 0, "deconvnet": delta > 0, "guided": (x > 0) & (delta > 0)}[rule]


def _relu_backward(x: np.ndarray, delta: np.ndarray, rule: str) -> np.ndarray:
    return np.where(_passes(x, delta, rule), delta, 0)


@exercise(
    draws=_input_and_delta,
    first=[TABLE],
    also=[Case((INPUT, 0.7 * ABOVE), "for the lecture's input, and fractions of its delta")],
    use=_by_each_rule,
    returns=Several(
        **{
            rule: Array(
                f"the delta below, by the rule {rule},",
                dtypes=("float", "int", "bool"),  # One of 0 and 1 is a usual mistake, with its own sentence.
                also=("list", "tuple", "tensor"),
            )
            for rule in RULES
        }
    ),
    mistakes={
        **{
            f"That is the table of the rule {other}.": lambda x, delta, rule, other=other: _relu_backward(
                x, delta, other
            )
            for other in RULES
        },
        "That is the ReLU's output; a delta passes through here, and x only says where.": (
            lambda x, delta, rule: np.maximum(x, 0)
        ),
        "It is the delta that passes, not x.": lambda x, delta, rule: np.where(_passes(x, delta, rule), x, 0),
        "The delta went through untouched: some of its numbers must become 0.": lambda x, delta, rule: delta,
        "That is 1 where the delta passes: multiply by the delta.": lambda x, delta, rule: (
            1.0 * _passes(x, delta, rule)
        ),
        "It is 1 or 0 that the delta is multiplied by, not x.": (
            lambda x, delta, rule: np.maximum(x, 0) * delta,
            lambda x, delta, rule: x * _relu_backward(x, delta, rule),
        ),
        "A ReLU is open above 0 only, and shut at 0 itself.": lambda x, delta, rule: _relu_backward(
            np.where(x == 0, 1, x), delta, rule
        ),
        "Both must be above 0 here: join the conditions by &, not by |.": lambda x, delta, rule: (
            np.where((x > 0) | (delta > 0), delta, 0) if rule == "guided" else _relu_backward(x, delta, rule)
        ),
    },
    praise="all nine numbers of the lecture's three tables, and those of a larger one.",
)
def relu_backward(x: np.ndarray, delta: np.ndarray, rule: str) -> np.ndarray:
    """The delta below a ReLU, of its input x and the delta above it, by one of three rules."""
    return _relu_backward(x, delta, rule)


def _maps(draw: Draw) -> Case:
    shape = (1, *draw.sides(3, 20), draw.size(3, 20))  # As a layer gives them.
    x, delta = draw.normal(shape, deviation=5), draw.normal(shape)
    x[0, 0, 0, 0], delta[0, 0, 0, 0] = 0, 1.7
    return Case((x, delta), f"for maps of the shape {shape}")


def _there_and_back(answer: Answer, x: np.ndarray, delta: np.ndarray) -> dict:
    """Its output, the delta below it, and the delta below two of them, one after the other."""
    outputs, below = [], []
    for count in (1, 2):
        given = y = tf.constant(x, tf.float32)
        with tf.GradientTape() as tape:
            tape.watch(given)
            for number in range(count):
                y = _output(answer, 2 * y + 0.5 if number else y)  # The second is open everywhere.
        outputs.append(y)
        try:
            below.append(tape.gradient(y, given, output_gradients=tf.constant(delta, tf.float32)))
        except Exception as error:
            if "bitwise" in str(error).lower():
                raise Wrong("`&` binds closer than `>`: give each condition brackets of its own.") from None
            raise
        if below[-1] is None or below[-1] is ...:
            raise Wrong(
                "no delta comes back: the inner function must return one (is the word `return` missing?), and the "
                "output be computed from x."
            )
    return {"output": outputs[0], "below": below[0], "two": below[1]}


def _output(answer: Answer, x: tf.Tensor) -> tf.Tensor:
    two_things = "under @tf.custom_gradient return two things: the output, and a function of delta."
    try:
        y = answer(x)
    except Exception:  # TensorFlow's own words do not say what is missing; the function without its decorator does.
        bare = inspect.unwrap(answer.function)
        pair = bare(x) if bare is not answer.function else ...
        if pair is None:
            raise Wrong(f"{answer.name} returns None: is the word `return` missing?") from None
        if pair is not ... and not (isinstance(pair, (tuple, list)) and len(pair) == 2 and callable(pair[1])):
            raise Wrong(two_things) from None
        raise
    if isinstance(y, (tuple, list)):
        raise Wrong("the function returns a pair as it stands: write @tf.custom_gradient above it.")
    if not tf.is_tensor(y) or y.shape != x.shape:
        Tensor("the output").plain(y)
        raise Wrong(f"the output should have the shape {tuple(x.shape)}, and has {tuple(y.shape)}.")
    return y


def _relu_with(back: Callable, forward: Callable = tf.nn.relu) -> Callable:
    """A ReLU with another way back, a function of x and delta, or another output."""

    @tf.custom_gradient
    def relu(x: tf.Tensor) -> tuple[tf.Tensor, Callable]:
        return forward(x), lambda delta: back(x, delta)

    return relu


_seen: list[tf.Tensor] = []


def _remembered(x: tf.Tensor) -> tf.Tensor:
    _seen[:] = [x]
    return tf.nn.relu(x)


def _both(x: tf.Tensor, delta: tf.Tensor) -> tf.Tensor:
    return RULES["guided"](x, delta)


@exercise(
    draws=_maps,
    first=[TABLE],
    forms=FLOAT32,
    use=_there_and_back,
    returns=Several(
        output=Tensor("the output, forward,"),
        below=Array("the delta below", dtypes=("float",), also=("tensor",)),
        two=Array("the delta below two such ReLUs, one after the other,", dtypes=("float",), also=("tensor",)),
    ),
    mistakes={
        "Forward it is a ReLU: return tf.nn.relu(x).": (
            _relu_with(_both, tf.identity),
            _relu_with(_both, tf.abs),
            _relu_with(_both, lambda x: tf.cast(x > 0, x.dtype)),
        ),
        "That is the plain rule: also stop what is negative in delta (is the function decorated?).": tf.nn.relu,
        "That is the deconvnet's rule: also stop what met a negative input.": _relu_with(
            lambda x, delta: tf.nn.relu(delta)
        ),
        "The delta passes untouched: the inner function must stop a part of it.": _relu_with(lambda x, delta: delta),
        "Each ReLU of a network has its own x: the inner function has to use that of its outer one.": _relu_with(
            lambda x, delta: _both(_seen[-1], delta), _remembered
        ),
        "That is 1 where a delta passes: multiply by the delta.": _relu_with(
            lambda x, delta: tf.cast((x > 0) & (delta > 0), tf.float32)
        ),
        "That is the ReLU of x times the delta: x only decides whether the delta passes.": (
            _relu_with(lambda x, delta: tf.nn.relu(x) * delta),
            _relu_with(lambda x, delta: tf.nn.relu(x) * tf.nn.relu(delta)),
        ),
        "Both must be above 0: join the conditions by &, not by |.": _relu_with(
            lambda x, delta: tf.where((x > 0) | (delta > 0), delta, 0.0)
        ),
        "A ReLU is open above 0 only, and shut at 0 itself.": _relu_with(
            lambda x, delta: tf.where((x >= 0) & (delta > 0), delta, 0.0)
        ),
    },
    praise="forward it is a ReLU, backward the lecture's guided table; where no delta is negative, it is the plain "
    "rule.",
)
@tf.custom_gradient
def guided_relu(x: tf.Tensor) -> tuple[tf.Tensor, Callable]:
    """A ReLU of tensors whose backward pass lets a delta through where its input and the delta are positive."""
    return tf.nn.relu(x), lambda delta: _both(x, delta)


unmoved = Question(
    "unmoved",
    "c",
    {
        "a": "the plain rule gives the true gradient of the score, and that belongs to the weights. Change them, "
        "and another score has another gradient.",
        "b": "the deconvnet forgets where the ReLUs' inputs were positive. So it does not mind random layers at "
        "the top either; but it draws with the filters of the lower layers, and in the end those are random too.",
        "c": "what the weights have learnt lies in the signs, and it stops every negative delta, at every layer; "
        "what is left follows the paths that are open, and those the photograph decides.",
    },
    doc="Which rule's picture still shows the cup when all weights are random?",
)


def _some_path(draw: Draw) -> Case:
    height, width = draw.sides(3, 24)
    shape = (height, width, 3)
    weights, picture, blank = draw.normal(shape), draw.uniform(shape), draw.uniform(shape, 20, 120)
    steps = int(draw.rng.integers(3, 9))
    return Case((weights, picture, blank, steps), f"of {height} x {width} pixels and {steps} steps")


def _along_a_score(
    answer: Answer, weights: np.ndarray, picture: np.ndarray, blank: np.ndarray, steps: int
) -> np.ndarray:
    """A score whose gradient grows with the pixels' squares: it matters where on the way the gradient is taken."""

    def gradient_of(seen: np.ndarray) -> np.ndarray:
        check_shape("gradient_of", seen, picture)
        return weights * (np.asarray(seen) / 100) ** 2

    return answer(gradient_of, picture, blank, steps)


def _path(
    at: Callable[[int, int], float] = lambda k, steps: (k + 0.5) / steps,
    factor: Callable[[np.ndarray, np.ndarray], Any] = lambda picture, blank: picture - blank,
    start: Callable[[np.ndarray], Any] = lambda blank: blank,
    count: Callable[[int], int] = lambda steps: steps,
) -> Callable:
    """Integrated gradients with one thing changed. at: shares of the way. count: what the sum is divided by."""

    def integrated(gradient_of: Callable, picture: np.ndarray, blank: np.ndarray, steps: int) -> np.ndarray:
        begin, total = start(blank), 0
        for k in range(steps):
            total = total + gradient_of(begin + at(k, steps) * (picture - begin))
        return factor(picture, blank) * total / count(steps)

    return integrated


@exercise(
    draws=_some_path,
    also=[
        Case((np.ones((2, 3, 3)), np.full((2, 3, 3), 250.0), np.full((2, 3, 3), 50.0), 1), "in a single step"),
        Case((np.ones((2, 3, 3)), np.full((2, 3, 3), 40.0), np.full((2, 3, 3), 200.0), 2), "from light to dark"),
    ],
    use=_along_a_score,
    returns=Array("the attribution", dtypes=("float",)),
    mistakes={
        "That is the mean gradient: multiply it by the difference of the two pictures.": _path(
            factor=lambda picture, blank: 1.0
        ),
        "The factor is the difference, picture - blank, and not the picture.": _path(
            factor=lambda picture, blank: picture
        ),
        "The sign is turned round: the difference is picture - blank.": _path(
            factor=lambda picture, blank: blank - picture
        ),
        "That is a sum of gradients: divide by `steps`, so that it is a mean.": _path(count=lambda steps: 1),
        "Each gradient is taken at the beginning of its step; take it in the middle, at (k + 0.5) / steps.": _path(
            at=lambda k, steps: k / steps
        ),
        "Each gradient is taken at the end of its step; take it in the middle, at (k + 0.5) / steps.": _path(
            at=lambda k, steps: (k + 1) / steps
        ),
        "The gradients are taken from one end of the way to the other; take them in the middles of the steps.": _path(
            at=lambda k, steps: k / max(steps - 1, 1)
        ),
        "The gradient belongs to the picture alone: compute it anew on the way, inside the loop.": _path(
            at=lambda k, steps: 1.0
        ),
        "The gradient belongs to the blank alone: compute it anew on the way, inside the loop.": _path(
            at=lambda k, steps: 0.0
        ),
        "The way begins at `blank`, not at 0: go from blank to picture.": _path(start=lambda blank: 0 * blank),
        "That is without a sign: keep it, so that the sum is the difference of the two scores.": (
            lambda *given: np.abs(_path()(*given))
        ),
    },
    praise="the mean of the gradients in the middles of all steps, times the difference of the two pictures.",
)
def integrated_gradients(gradient_of: Callable, picture: np.ndarray, blank: np.ndarray, steps: int) -> np.ndarray:
    """The mean gradient on the way from a blank picture to a picture (h, w, 3), times the difference of the two."""
    return _path()(gradient_of, picture, blank, steps)
