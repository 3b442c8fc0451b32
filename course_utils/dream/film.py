"""A film that falls into a dream.

Source: GD = google/deepdream (2015).
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import numpy as np
from PIL import Image

from course_utils import checks
from course_utils.dream.octaves import dream_steps, with_mask
from course_utils.dream.settings import DreamSettings, FilmSettings
from course_utils.optimize.evaluation import CompiledObjective, Objective, compiled
from course_utils.optimize.states import consume
from course_utils.pictures.colours import match_colours
from course_utils.settings import takes


@takes(FilmSettings)
def zoom_film(
    objective: Objective | CompiledObjective, picture: np.ndarray, frames: int = FilmSettings.frames, **options: Any
) -> Iterator[np.ndarray]:
    """Fall into a dream: pictures (h, w, 3), each the last one enlarged about its centre and dreamt on.

    Each frame is given the mean and covariance of the first one's colours, or black and white would take over. Ctrl-C,
    or the notebook's stop button, ends the film with the frame that is being dreamt.

    zoom: how much larger from frame to frame (GD: 1.05). loop: so many frames at the end dissolve into those that came
    before the first one shown, so that a player which begins anew falls on: the film then takes as many dreams more.
    The rest: see `dream_steps`, by which each frame is dreamt from the second on; the first is the picture as it is
    given, which may be a dream already.
    Raises CourseError, at the call, for an option that is out of its range.
    """
    how, picture = FilmSettings.of({"frames": frames} | options), checks.picture("the picture", picture)
    how = with_mask(picture, how)
    fall = _fall(compiled(objective), picture, how)  # A generator's own code would wait for the first `next`.
    return _looped(fall, how) if how.loop else fall


def _looped(frames: Iterator[np.ndarray], how: FilmSettings) -> Iterator[np.ndarray]:
    """All frames but the first few, and then the rest of the fall dissolving into those few: they move alike."""
    opening = list(itertools.islice(frames, how.loop))
    yield from itertools.islice(frames, how.frames - how.loop)
    for k, (ending, beginning) in enumerate(zip(frames, opening), 1):
        share = k / (how.loop + 1)
        yield (1 - share) * ending + share * beginning


def _fall(evaluate: CompiledObjective, first: np.ndarray, how: FilmSettings) -> Iterator[np.ndarray]:
    yield first
    picture, options = first, how.as_dict(DreamSettings)
    for k in range(1, how.frames + how.loop):
        states = dream_steps(evaluate, enlarge(picture, how.zoom), **options | {"seed": how.seed + k})
        result = consume(states, progress=False)
        picture = result.picture
        if how.mask is None:  # Else places that shall stay as they are would change.
            picture = match_colours(picture, first)
        yield picture
        if result.interrupted:
            return


def enlarge(picture: np.ndarray, zoom: float) -> np.ndarray:
    """A picture (h, w, 3) enlarged about its centre and cut to its old size; zoom is at least 1."""
    height, width = picture.shape[:2]
    inset = (1 - 1 / zoom) / 2
    box = (inset * width, inset * height, width - inset * width, height - inset * height)
    channels = [Image.fromarray(np.ascontiguousarray(picture[..., c], "float32")) for c in range(3)]
    larger = [np.asarray(c.resize((width, height), Image.Resampling.BICUBIC, box=box)) for c in channels]
    return np.clip(np.stack(larger, axis=-1), 0, 255)
