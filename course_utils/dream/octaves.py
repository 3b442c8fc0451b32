"""Dream, octave by octave: steps of gradient ascent with jitter, filters, masks and tiles.

Sources: GD = google/deepdream (2015); KN = Keras' deep_dream.py of today.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, TypeVar

import numpy as np
import scipy.fft

from course_utils import checks
from course_utils.dream.settings import DreamSettings
from course_utils.optimize.bases import spectral_filter
from course_utils.optimize.evaluation import CompiledObjective, Objective, compiled
from course_utils.optimize.states import State
from course_utils.optimize.steps import NORMALIZATIONS, silent
from course_utils.pictures.colours import colour_filter
from course_utils.pictures.loading import load_mask
from course_utils.pictures.sizes import octave_shapes, resize
from course_utils.settings import takes

How = TypeVar("How", bound=DreamSettings)


@takes(DreamSettings)
def dream_steps(objective: Objective | CompiledObjective, picture: np.ndarray, **options: Any) -> Iterator[State]:
    """Dream, octave by octave; yields a State after each step, whose picture has the full size at any time.

    octaves, octave_scale: see `octave_shapes`. At each octave the picture is the original at that size plus what was
    dreamt so far: the detail that the smaller sizes lost is there before the network looks (as in GD; KN puts it back
    when the network has looked). steps: at each octave. step: mean change of a value in a step, 0..255 (GD: 1.5).
    normalize: what a gradient is divided by, see `optimize.steps.NORMALIZATIONS`. jitter: before each step the picture
    is rolled by up to so many pixels, so that no place is always at a corner of the poolings' grid.
    smooth, blur: the gradient's spectrum is multiplied by 1 / f^smooth, and the gradient blurred by so many pixels:
    fine grain is where a network is easiest to please and an eye hardest. palette: how much its hues are kept to those
    of nature, see `pictures.colours.colour_filter`. All three 0: the gradient as it is.
    mask: where to dream, see `load_mask`. tile: dream large pictures in squares of about this side,
    whose edges lie elsewhere at each step; memory then no longer grows with the picture.
    smallest: the shortest side, in pixels, of an octave and of a tile, see `Network.smallest_side`.
    Raises CourseError, at the call, for an option that is out of its range; and at the end where nothing moved, since
    the objective's gradient was 0 everywhere at each step.
    """
    how, picture = DreamSettings.of(options), checks.picture("the picture", picture)
    how = with_mask(picture, how)
    return _dream(compiled(objective), picture, how)  # A generator's own code would wait for the first `next`.


def with_mask(picture: np.ndarray, how: How) -> How:
    """Settings with their mask, if there is one, as an array (h, w), 0..1, of a picture's shape."""
    return how if how.mask is None else replace(how, mask=load_mask(how.mask, picture.shape))


def _dream(evaluate: CompiledObjective, picture: np.ndarray, how: DreamSettings) -> Iterator[State]:
    rng, count, dreamt, moved = np.random.default_rng(how.seed), 0, None, False
    mask: Any = None if how.mask is None else np.asarray(how.mask)[..., None]
    full = np.clip(picture.astype("float32"), 0, 255)
    for shape in octave_shapes(picture.shape, how.octaves, how.octave_scale, how.smallest):
        original = resize(full, shape)
        now = original if dreamt is None else np.clip(original + resize(dreamt, shape), 0, 255)
        where = None if mask is None else np.clip(resize(mask, shape), 0, 1)
        kept_waves = spectral_filter(shape, how.smooth, how.blur) if how.smooth or how.blur else None
        for _ in range(how.steps):
            count += 1
            terms, gradient = _rolled(evaluate, now, how.jitter, how.tile, how.smallest, rng)
            moved = moved or bool(gradient.any())
            if kept_waves is not None:
                spectrum = scipy.fft.dctn(gradient, axes=(0, 1), norm="ortho", workers=2) * kept_waves
                gradient = scipy.fft.idctn(spectrum, axes=(0, 1), norm="ortho", overwrite_x=True, workers=2)
            if how.palette:
                gradient = gradient @ colour_filter(how.palette)
            move = gradient * np.float32(how.step / (NORMALIZATIONS[how.normalize](gradient) + 1e-12))
            now = np.clip(now + (move if where is None else where * move), 0, 255)
            yield State(count, sum(terms.values()), terms, _at_full_size(full, now, original))
        dreamt = now - original
    if not moved:
        raise silent(terms)


def _at_full_size(full: np.ndarray, now: np.ndarray, original: np.ndarray) -> Callable[[], np.ndarray]:
    def draw() -> np.ndarray:
        return now if now.shape == full.shape else np.clip(full + resize(now - original, full.shape[:2]), 0, 255)

    return draw


def _rolled(
    evaluate: CompiledObjective,
    picture: np.ndarray,
    jitter: int,
    tile: int | None,
    smallest: int,
    rng: np.random.Generator,
) -> tuple[dict[str, float], np.ndarray]:
    """Terms and gradient of a picture that is rolled by a random shift, as a whole or in tiles; rolled back."""
    reach = jitter if tile is None else max(jitter, tile // 2)
    shift = rng.integers(-reach, reach + 1, 2)
    rolled = np.roll(picture, shift, (0, 1))
    terms, gradient = evaluate(rolled) if tile is None else _tiled(evaluate, rolled, tile, smallest)
    return terms, np.roll(gradient, -shift, (0, 1))


def _tiled(
    evaluate: CompiledObjective, picture: np.ndarray, tile: int, smallest: int
) -> tuple[dict[str, float], np.ndarray]:
    """Terms and gradient of the mean over tiles, each weighed by its area; tiles differ by a pixel at most."""
    height, width = picture.shape[:2]
    # Larger tiles rather than some that the network cannot take: 40 pixels in tiles of 32 are one, and not two of 20.
    counts = [max(1, min(-(-side // tile), side // smallest)) for side in (height, width)]
    rows, columns = (np.linspace(0, n, k + 1).round().astype(int) for n, k in zip((height, width), counts, strict=True))
    terms: dict[str, float] = {}
    gradient = np.empty_like(picture)
    for (top, bottom), (left, right) in itertools.product(itertools.pairwise(rows), itertools.pairwise(columns)):
        share = (bottom - top) * (right - left) / (height * width)
        part, part_gradient = evaluate(picture[top:bottom, left:right])
        gradient[top:bottom, left:right] = share * part_gradient
        for name, value in part.items():
            terms[name] = terms.get(name, 0.0) + share * value
    return terms, gradient
