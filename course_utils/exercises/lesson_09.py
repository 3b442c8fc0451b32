"""Lesson 09, The painter's controls."""

from __future__ import annotations

import numpy as np

from course_utils.exercises.checking import Answer, NotAttempted, Wrong, checker, choice, compare, short, unchanged
from course_utils.pictures.colours import LUMA


def _with_colours_of(photo: np.ndarray, painted: np.ndarray) -> np.ndarray:
    return photo + ((painted - photo) @ LUMA)[..., None]


@checker(_with_colours_of)
def with_colours_of(attempt: Answer) -> str:
    """The light and dark of a painted picture with the colours of a photograph of the same shape."""
    rng = np.random.default_rng(1)
    photo, painted = rng.uniform(0, 255, (2, 5, 7, 3)).astype("float32")
    given = photo.copy(), painted.copy()
    found = attempt(*given)
    unchanged(photo, given[0], "The photograph")
    unchanged(painted, given[1], "The painted picture")
    right = _with_colours_of(photo, painted)
    light, dark = (photo @ LUMA)[..., None], (painted @ LUMA)[..., None]
    compare(
        found,
        right,
        "the picture of 5 x 7 pixels",
        mistakes={
            "The roles have changed: that has the photograph's light and the painted colours.": painted + light - dark,
            "Nothing may be clipped here: clipping changes the colours.": np.clip(right, 0, 255),
            "That takes the mean of the three channels for light and dark: green counts most, see the formula.": photo
            + (painted - photo).mean(-1, keepdims=True),
            "Multiplying changes the chrominance as well: add the difference of the two lumas.": photo * dark / light,
            "The photograph's own luma has to go first: add the difference of the two.": photo + dark,
            "That is the painted luma in all three channels: a grey picture.": np.repeat(dark, 3, -1),
            "The difference of the lumas has the wrong sign.": photo + light - dark,
        },
        rtol=1e-3,
        atol=0.02,
    )
    own = attempt(photo.copy(), photo.copy())
    compare(own, photo, "what comes of a photograph that was not painted at all", rtol=1e-3, atol=0.02)
    return "every pixel has the painted luma and the photograph's chrominance."


@checker("b")
def longest_waves(attempt: str) -> str:
    """At which style_scale does a woodcut give the longest waves, and why?"""
    return choice(
        attempt,
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
    )


def _region_gram(features: np.ndarray, weights: np.ndarray) -> np.ndarray:
    if not np.sum(weights) > 0:
        raise ValueError("the region is empty: all of its weights are 0.")
    flat, flat_weights = features.reshape(-1, features.shape[-1]), weights.reshape(-1, 1)
    return (flat_weights * flat).T @ flat / flat_weights.sum()


@checker(_region_gram)
def region_gram(attempt: Answer) -> str:
    """The Gram matrix per position of a region: features (h, w, N), and how much each position counts (h, w)."""
    rng = np.random.default_rng(2)
    features, weights = rng.normal(0.5, 1, (4, 6, 3)), rng.uniform(0, 1, (4, 6))
    given = features.copy(), weights.copy()
    found = attempt(*given)
    unchanged(features, given[0], "The array of features")
    unchanged(weights, given[1], "The array of weights")
    total = sum(w * np.outer(f, f) for f, w in zip(features.reshape(-1, 3), weights.ravel(), strict=True))
    masked, flat = (features * weights[..., None]).reshape(-1, 3), features.reshape(-1, 3)
    twice, plain = masked.T @ masked, flat.T @ flat
    compare(
        found,
        total / weights.sum(),
        "the Gram matrix of a region with random weights",
        mistakes={
            "Both factors were weighted, so that w^2 counts: weight only one of them.": twice / weights.sum(),
            "Both factors were weighted, so that w^2 counts: weight only one, and divide by the sum of w.": twice / 24,
            "Divide by the sum of the weights and not by the number of positions.": total / 24,
            "Divide by the sum of the weights: a large region would count more than a small one.": total,
            "The weights do not count yet.": plain / 24,
            "The weights do not count yet: each position counts w.": plain / weights.sum(),
        },
    )
    compare(attempt(features, np.ones((4, 6))), plain / 24, "with a mask of ones, the plain Gram matrix per position")
    left = np.zeros((4, 6))
    left[:, :2] = 1
    halves = (8 * np.asarray(attempt(features, left)) + 16 * np.asarray(attempt(features, 1 - left))) / 24
    compare(halves, plain / 24, "the Gram matrices of a left and a right part, summed by their areas")
    compare(attempt(features, 255 * weights), total / weights.sum(), "the matrix with all weights times 255")
    _refuses_nothing(attempt, features)
    return "ones give the plain matrix, parts sum to it by their areas, and an empty region is refused."


def _refuses_nothing(attempt: Answer, features: np.ndarray) -> None:
    """Raises Wrong unless a region without a position is refused by a ValueError with words."""
    try:
        with np.errstate(all="ignore"):
            found = attempt(features, np.zeros(features.shape[:2]))
    except NotAttempted:
        raise
    except ValueError as error:
        if len(str(error).split()) < 3:
            raise Wrong(f"the ValueError of an empty region says {short(str(error))}: say what is wrong.") from None
    else:
        raise Wrong(f"where all weights are 0 a ValueError was expected, and {short(np.asarray(found))} came.")


@checker("d")
def two_mixtures(attempt: str) -> str:
    """How does the loss to a mix of two Gram matrices differ from the mix of the two losses?"""
    return choice(
        attempt,
        "d",
        {
            "a": "that is true of their values, and yet not all is lost: write both squares out, and see which terms "
            "hold our own Gram matrix.",
            "b": "the mix of the losses is 0 only where both are, and no picture is in two styles at once; the loss to "
            "the mixed target could reach 0.",
            "c": "write both squares out: the terms with our own Gram matrix are the same in both.",
            "d": "both have the same terms in our Gram matrix G; what is left, w (1 - w) |A - B|^2, has no G in it.",
        },
    )


def _match_by_sorting(channel: np.ndarray, like: np.ndarray) -> np.ndarray:
    levels = np.sort(like, axis=None)
    places = np.linspace(0, levels.size - 1, channel.size).round().astype(int)
    matched = np.empty(channel.size, levels.dtype)
    matched[channel.argsort(axis=None)] = levels[places]
    return matched.reshape(channel.shape)


@checker(_match_by_sorting)
def match_by_sorting(attempt: Answer) -> str:
    """The values of another channel, in the order of the pixels of this one."""
    rng = np.random.default_rng(3)
    channel, like = rng.uniform(0, 100, (6, 5)), rng.uniform(40, 160, (5, 6)) ** 1.1 / 2
    given = channel.copy(), like.copy()
    found = attempt(*given)
    unchanged(channel, given[0], "The channel")
    unchanged(like, given[1], "The other channel")
    order, levels = channel.argsort(axis=None), np.sort(like, axis=None)
    rows = np.take_along_axis(np.sort(like.reshape(6, 5), 1), channel.argsort(1).argsort(1), 1)
    compare(
        found,
        _match_by_sorting(channel, like),
        "the channel of 6 x 5 pixels",
        mistakes={
            "The sorted values lie in order from the top left: put them where the channel's own order says, "
            "matched[order] = values.": levels.reshape(6, 5),
            "values[order] is the wrong way round: matched[order] = values.": levels[order].reshape(6, 5),
            "The other's values have to be sorted too.": _placed(order, like.ravel()),
            "That has the other's mean and spread, but not its values.": (channel - channel.mean())
            / channel.std()
            * like.std()
            + like.mean(),
            "That turns dark into bright: both have to be sorted the same way.": _placed(order, levels[::-1]),
            "Each row was sorted by itself; take all pixels together (axis=None).": rows,
        },
    )
    for count in (11, 400):
        other = np.sort(rng.uniform(0, 255, count))
        places = np.linspace(0, count - 1, channel.size)
        between = _placed(order, np.interp(places, np.arange(count), other))  # Or the nearest level: both are right.
        found = np.asarray(attempt(channel.copy(), rng.permutation(other)), "float64")
        compare(found, between, f"of another with {count} pixels, the channel", atol=float(np.diff(other).max()))
        ends = float(found.min()), float(found.max())
        compare(ends, (other[0], other[-1]), f"of another with {count} pixels, the darkest and the brightest value")
        if (np.diff(found.ravel()[order]) < 0).any():
            raise Wrong(f"of another with {count} pixels, what was darker has become brighter than what was brighter.")
    return "the other's values, in this channel's order, whatever the other's size."


def _placed(order: np.ndarray, values: np.ndarray) -> np.ndarray:
    placed = np.empty(order.size)
    placed[order] = values
    return placed.reshape(6, 5)


def _stages_of(size: int, stages: int, least: int) -> tuple[list[int], float]:
    sides = [round(size / 2**k) for k in reversed(range(stages))]
    sides = [side for side in sides[:-1] if side >= least] + sides[-1:]
    return sides, sum((side / size) ** 2 for side in sides)


@checker(_stages_of)
def stages_of(attempt: Answer) -> str:
    """The sides of the stages of a square picture, and the work of one step at each, in steps at full size."""
    for size, stages, least in ((320, 3, 32), (512, 1, 32), (256, 5, 32), (200, 4, 60), (64, 3, 75)):
        given = f"size={size}, stages={stages}, least={least}"
        found = attempt(size, stages, least)
        if not isinstance(found, (tuple, list)) or len(found) != 2 or np.ndim(found[1]) != 0:
            raise Wrong(f"a pair was expected, (sides, work), and not {short(found)}.")
        sides, work = _stages_of(size, stages, least)
        every = [size / 2**k for k in reversed(range(stages))]
        known = {
            "Stages below `least` have to go.": every,
            "The last stage always stays, even below `least`.": [side for side in every if side >= least],
            "Each stage has twice the side of the one before it.": [size * k / stages for k in range(1, stages + 1)],
            "The smallest comes first.": sides[::-1],
            "Twice the side is asked for; a step of the square root of 2 is crowsonkb's.": [
                round(size / 2 ** (k / 2)) for k in reversed(range(stages))
            ],
        }
        compare(found[0], sides, f"the sides for {given}", mistakes=known, atol=0.51)
        compare(
            found[1],
            work,
            f"the work for {given}",
            mistakes={
                "Work goes with the number of pixels, the square of the side.": sum(sides) / size,
                "That is in pixels; divide by those of the full size.": sum(side**2 for side in sides),
                "Each stage was counted as one step at full size.": len(sides),
                "The last stage is missing: it is the dearest.": work - 1,
                "Stages that are left out cost nothing.": sum((side / size) ** 2 for side in every),
            },
            rtol=1e-2,
        )
    return "each stage has twice the side of the one before, and all together cost less than 4/3 of the last."
