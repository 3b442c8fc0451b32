"""Lesson 09, The painter's controls."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from course_utils.exercises.comparing import Tolerance
from course_utils.exercises.draws import FLOAT32, Case, Draw
from course_utils.exercises.exercise import Question, exercise
from course_utils.exercises.kinds import Array, Listed, Number, Parts, Several, Wrong
from course_utils.exercises.running import Answer
from course_utils.pictures.colours import LUMA


def _photo_and_painted(draw: Draw) -> Case:
    shape = (*draw.sides(2, 20), 3)
    return Case((draw.uniform(shape), draw.uniform(shape)), f"of {shape[0]} x {shape[1]} pixels")


def _light(picture: np.ndarray) -> np.ndarray:
    return (picture @ LUMA)[..., None]


def _with_luma(photo: np.ndarray, painted: np.ndarray) -> np.ndarray:
    return photo + _light(painted - photo)


PHOTO = np.random.default_rng(1).uniform(0, 255, (4, 6, 3)).astype("float32")


@exercise(
    draws=_photo_and_painted,
    also=[
        Case((PHOTO, PHOTO), "of a photograph that was not painted at all"),
        Case((PHOTO, np.full_like(PHOTO, 255)), "of a photograph that was painted white"),
    ],
    returns=Array("the picture"),
    tolerance=Tolerance(1e-4, 2e-3),
    mistakes={
        "The roles have changed: that has the photograph's light and the painted colours.": (
            lambda photo, painted: _with_luma(painted, photo)
        ),
        "Nothing may be clipped here: clipping changes the colours.": lambda photo, painted: np.clip(
            _with_luma(photo, painted), 0, 255
        ),
        "That takes the mean of the three channels for light and dark: green counts most, see the formula.": (
            lambda photo, painted: photo + (painted - photo).mean(-1, keepdims=True)
        ),
        "The luma counts red as blue and blue as red: 0.299 belongs to red, the first channel.": (
            lambda photo, painted: photo + _light((painted - photo)[..., ::-1])
        ),
        "Multiplying changes the chrominance as well: add the difference of the two lumas.": (
            lambda photo, painted: photo * _light(painted) / _light(photo)
        ),
        "The photograph's own luma has to go first: add the difference of the two.": lambda photo, painted: (
            photo + _light(painted)
        ),
        "That is the photograph's chrominance alone: add the painted luma.": lambda photo, painted: (
            photo - _light(photo)
        ),
        "That is the painted luma in all three channels: a grey picture.": lambda photo, painted: np.repeat(
            _light(painted), 3, -1
        ),
        "The difference of the lumas has the wrong sign.": lambda photo, painted: photo - _light(painted - photo),
        "That is the difference of the lumas alone: add it to the photograph.": lambda photo, painted: _light(
            painted - photo
        ),
    },
    praise="every pixel has the painted luma and the photograph's chrominance.",
)
def with_colours_of(photo: np.ndarray, painted: np.ndarray) -> np.ndarray:
    """The light and dark of a painted picture with the colours of a photograph of the same shape."""
    return _with_luma(photo, painted)


longest_waves = Question(
    "longest_waves",
    "b",
    {
        "a": "nothing is stretched: of a painting only Gram matrices are taken, at its own size. In a small "
        "painting a wave has few pixels, and few it gets.",
        "b": "a layer looks through a window of so many pixels, at the painting as at our picture. What is so many "
        "pixels long in the one is asked to be so many pixels long in the other.",
        "c": "it forgets where a wave is, not how long: another filter answers to a wave twice as long.",
        "d": "the waves are longest at 2, but not because of the weight: each Gram matrix is divided by its number "
        "of positions, so that a large painting weighs no more.",
    },
    doc="At which style_scale does a woodcut give the longest waves, and why?",
)


def _region(draw: Draw) -> Case:
    height, width = draw.sides(2, 14)
    channels, most = draw.size(2, 14), draw.number(0.2, 200)
    features, weights = draw.normal((height, width, channels), 0.5), draw.uniform((height, width), 0, most)
    named = f"of a region of {height} x {width} positions, weights up to {most:g} and {channels} channels"
    return Case((features, weights), named)


def _gram(
    weigh: Callable[[np.ndarray], np.ndarray] = lambda w: w, over: Callable[[np.ndarray], float] = np.sum
) -> Callable:
    """The Gram matrix with other weights of the positions, over another number, made of the weights."""

    def gram(features: np.ndarray, weights: np.ndarray) -> np.ndarray:
        if not weights.any():
            raise ValueError("the region is empty: all of its weights are 0.")
        rows = features.reshape(-1, features.shape[-1]).astype("float64")
        return (weigh(weights.reshape(-1, 1).astype("float64")) * rows).T @ rows / over(weights)

    return gram


MAP = np.random.default_rng(2).normal(0.5, 1, (4, 6, 3)).astype("float32")
LEFT = np.zeros((4, 6), "float32")
LEFT[:, :2] = 1


@exercise(
    draws=_region,
    also=[
        Case((MAP, np.ones((4, 6))), "of a mask of ones (in float64, as np.ones makes them)"),
        Case((MAP, LEFT), "of the left third"),
        Case((MAP, 255 * (1 - LEFT)), "of the other two thirds, as a mask of 0 and 255,"),
        Case((MAP, LEFT * 1e-9), "of a faint region"),
        Case(
            (MAP, 0 * LEFT),
            "where all weights are 0",
            raises=ValueError,
            why="there is no region, and the error should say so",
        ),
    ],
    returns=Array("the Gram matrix", also=("tensor",)),
    mistakes={
        "Both factors were weighted, so that w^2 counts: weight only one of them.": _gram(lambda w: w**2),
        "Both factors were weighted, so that w^2 counts: weight only one, and divide by the sum of w.": _gram(
            lambda w: w**2, np.size
        ),
        "Divide by the sum of the weights and not by that of their squares.": _gram(
            over=lambda weights: float(np.sum(weights**2))
        ),
        "Divide by the sum of the weights and not by the number of positions.": _gram(over=np.size),
        "Divide by the sum of the weights and not by the number of positions that count.": _gram(over=np.count_nonzero),
        "Divide by the sum of the weights: a large region would count more than a small one.": _gram(
            over=lambda weights: 1
        ),
        "The weights do not count yet.": _gram(np.ones_like, np.size),
        "The weights do not count yet: each position counts w.": _gram(np.ones_like),
        "Grey counts in part: the weights themselves count, and not whether they are above 0.": _gram(
            lambda w: (w > 0).astype("float64"), np.count_nonzero
        ),
    },
    praise="ones give the plain matrix, parts sum to it by their areas, and an empty region is refused.",
)
def region_gram(features: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """The Gram matrix per position of a region: features (h, w, N), and how much each position counts (h, w)."""
    return _gram()(features, weights)


two_mixtures = Question(
    "two_mixtures",
    "d",
    {
        "a": "that is true of their values, and yet not all is lost: write both squares out, and see which terms "
        "hold our own Gram matrix.",
        "b": "the mix of the losses is 0 only where both are, and no picture is in two styles at once; the loss to "
        "the mixed target could reach 0.",
        "c": "write both squares out: the terms with our own Gram matrix are the same in both.",
        "d": "both have the same terms in our Gram matrix G; what is left, w (1 - w) |A - B|^2, has no G in it.",
    },
    doc="How does the loss to a mix of two Gram matrices differ from the mix of the two losses?",
)


def _two_channels(draw: Draw) -> Case:
    """Values that are all different. The other has as many in a wide form, more in a tall one, else fewer."""
    height, width = draw.sides(4, 20)
    count = height * width if draw.form.sides == "wide" else draw.size(900, 1200) if draw.form.sides == "tall" else 11
    channel = draw.rng.permutation(height * width).reshape(height, width) * 1.5 - draw.rng.uniform(40, 60)
    like = draw.rng.uniform(0, 255, count) ** 1.1 / 1.5 - 20
    like[: count // 3] = like[0]  # One value is there many times.
    if draw.form.sides == "wide":
        like = like.reshape(width, height)
    arrays = (channel.astype(draw.form.dtype), like.astype(draw.form.dtype))
    return Case(arrays, f"of {height} x {width} pixels, where the other has {count},")


def _sorted_out(answer: Answer, channel: np.ndarray, like: np.ndarray) -> dict[str, Any]:
    """The values, or, where one may round places or go between them, what both ways keep."""
    found = Array("the channel", also=("tensor",)).plain(answer(channel, like))
    if found.shape != channel.shape:
        raise Wrong(f"the channel should keep its shape {channel.shape}, and has {found.shape}.")
    if channel.size == like.size:
        return {"values": found}
    levels, values = np.sort(like, axis=None), found.ravel()[channel.argsort(axis=None)]
    places = np.linspace(0, like.size - 1, channel.size)
    low, high = levels[np.floor(places - 1e-6).clip(0).astype(int)], levels[np.ceil(places - 1e-6).astype(int)]
    off = np.maximum(low - values, values - high).max()
    return {
        "ends": values[[0, -1]],
        "swaps": int((np.diff(values) < 0).sum()),
        "off": round(max(0.0, float(off)), 3),
    }


def _placed(values_of: Callable[[np.ndarray, np.ndarray], np.ndarray]) -> Callable:
    """Values made of (the other's levels from dark to bright, places), put where the channel's own order says."""

    def placed(channel: np.ndarray, like: np.ndarray) -> np.ndarray:
        matched = np.empty(channel.size)
        levels, places = np.sort(like, axis=None), np.linspace(0, like.size - 1, channel.size)
        matched[channel.argsort(axis=None)] = values_of(levels, places)
        return matched.reshape(channel.shape)

    return placed


def _between(levels: np.ndarray, places: np.ndarray) -> np.ndarray:
    return np.interp(places, np.arange(levels.size), levels)


def _by_mean_and_spread(channel: np.ndarray, like: np.ndarray) -> np.ndarray:
    return (channel - channel.mean()) / channel.std() * like.std() + like.mean()


def _unsorted(channel: np.ndarray, like: np.ndarray) -> np.ndarray:
    matched = np.empty(channel.size)
    matched[channel.argsort(axis=None)] = np.resize(like, channel.size)
    return matched.reshape(channel.shape)


def _wrong_way(channel: np.ndarray, like: np.ndarray) -> np.ndarray:
    return np.resize(np.sort(like, axis=None), channel.size)[channel.argsort(axis=None)].reshape(channel.shape)


@exercise(
    draws=_two_channels,
    use=_sorted_out,
    returns=Several(
        values=Array("the channel"),
        ends=Array("the darkest and the brightest value of the channel"),
        swaps=Number("the number of neighbours in brightness that have changed their order in the channel"),
        off=Number("how far the values of the channel lie from the other's levels at their places, at most,"),
    ),
    tolerance=Tolerance(1e-4, 1e-3),
    mistakes={
        "The sorted values lie in order from the top left: put them where the channel's own order says, "
        "matched[order] = values.": lambda channel, like: np.resize(np.sort(like, axis=None), channel.shape),
        "values[order] is the wrong way round: matched[order] = values.": _wrong_way,
        "The other's values have to be sorted too.": _unsorted,
        "That has the other's mean and spread, but not its values.": _by_mean_and_spread,
        "That turns dark into bright: both have to be sorted the same way.": _placed(
            lambda levels, places: _between(levels[::-1], places)
        ),
        "The other's values were repeated or cut off: take them at evenly spaced places, first and last included.": (
            _placed(lambda levels, places: np.resize(levels, places.size))
        ),
    },
    praise="the other's values, in this channel's order, whatever the other's size.",
)
def match_by_sorting(channel: np.ndarray, like: np.ndarray) -> np.ndarray:
    """A channel (h, w) with another's values, in its own order from dark to bright."""
    return _placed(_between)(channel, like)


def _square(draw: Draw) -> Case:
    stages = draw.size(2, 6)
    smallest = draw.size(20, 60)
    size, least = smallest * 2 ** (stages - 1), smallest * draw.size(61, 63) // 50
    return Case((size, stages, least), f"for size={size}, stages={stages}, least={least}")


def _all_sides(size: int, stages: int, factor: float = 2) -> list[float]:
    return [size / factor**k for k in reversed(range(stages))]


def _with_work(sides: Callable[[int, int, int], list], work: Callable | None = None) -> Callable:
    """Sides made of (size, stages, least), and the work of these, or another made of (size, sides, all sides)."""

    def stages_of(size: int, stages: int, least: int) -> tuple[list, float]:
        found = sides(size, stages, least)
        if work:
            return found, work(size, found, _all_sides(size, stages))
        return found, sum((side / size) ** 2 for side in found)

    return stages_of


def _kept(size: int, stages: int, least: int) -> list:
    sides = [round(side) for side in _all_sides(size, stages)]
    return [side for side in sides[:-1] if side >= least] + sides[-1:]


@exercise(
    draws=_square,
    forms=FLOAT32[:3],
    also=[
        Case((320, 3, 32), "for size=320, stages=3, least=32"),
        Case((512, 1, 32), "for size=512, stages=1, least=32"),
        Case((256, 5, 32), "for size=256, stages=5, least=32, which one side just reaches,"),
        Case((64, 3, 75), "for size=64, stages=3, least=75"),
    ],
    returns=Parts(Listed("the list of sides", Number("the side")), Number("the work"), things="things"),
    tolerance=Tolerance(1e-3, 1e-6),
    mistakes={
        "Stages below `least` have to go.": _with_work(lambda size, stages, least: _all_sides(size, stages)),
        "A stage of just `least` stays: only those below it have to go.": _with_work(
            lambda size, stages, least: [side for side in _all_sides(size, stages) if side > least or side == size]
        ),
        "The last stage always stays, even below `least`.": _with_work(
            lambda size, stages, least: [side for side in _all_sides(size, stages) if side >= least]
        ),
        "Each stage has twice the side of the one before it.": _with_work(
            lambda size, stages, least: [size * k / stages for k in range(1, stages + 1)]
        ),
        "The smallest comes first.": _with_work(lambda size, stages, least: _kept(size, stages, least)[::-1]),
        "Twice the side is asked for; a step of the square root of 2 is crowsonkb's.": _with_work(
            lambda size, stages, least: [side for side in _all_sides(size, stages, 2**0.5) if side >= least]
        ),
        "Work goes with the number of pixels, the square of the side.": _with_work(
            _kept, lambda size, sides, every: sum(sides) / size
        ),
        "That is in pixels; divide by those of the full size.": _with_work(
            _kept, lambda size, sides, every: sum(side**2 for side in sides)
        ),
        "Each stage was counted as one step at full size.": _with_work(_kept, lambda size, sides, every: len(sides)),
        "The last stage is missing: it is the dearest.": _with_work(
            _kept, lambda size, sides, every: sum((side / size) ** 2 for side in sides[:-1])
        ),
        "Stages that are left out cost nothing.": _with_work(
            _kept, lambda size, sides, every: sum((side / size) ** 2 for side in every)
        ),
    },
    praise="each stage has twice the side of the one before, and all together cost less than 4/3 of the last.",
)
def stages_of(size: int, stages: int, least: int) -> tuple[list[int], float]:
    """The sides of the stages of a square picture, and the work of one step at each, in steps at full size."""
    return _with_work(_kept)(size, stages, least)
