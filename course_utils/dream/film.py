"""A film that falls into a dream, and a film that is dreamt into.

Sources: GD = google/deepdream (2015); RDB = Ruder, Dosovitskiy and Brox, arXiv 1604.08610, for the films of styles.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from PIL import Image

from course_utils import checks
from course_utils.checks import COUNT
from course_utils.dream.method import deep_dream
from course_utils.dream.objectives import Wishes
from course_utils.dream.octaves import dream_steps, with_mask
from course_utils.dream.settings import PRESETS, DreamSettings, FilmSettings
from course_utils.errors import CourseError
from course_utils.optimize.evaluation import CompiledObjective, Objective, compiled
from course_utils.optimize.states import Result, consume
from course_utils.pictures.colours import match_colours
from course_utils.pictures.motion import carried, same_size
from course_utils.pictures.sizes import resize
from course_utils.settings import takes

NEXT_STEPS = 3  # At each octave of each frame but the first.
KEPT = 0.85  # Of the dream, from frame to frame: what is dreamt anew would else be too much soon.


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


def dream_film(
    frames: Sequence[np.ndarray], layers: Wishes = None, next_steps: int = NEXT_STEPS, **options: Any
) -> Iterator[Result]:
    """Dream into a film: a Result for each picture, begun with the dream before, moved along by optical flow (RDB).

    Each by itself would dream of other things, and the film would flicker. frames: pictures (h, w, 3) of one size, such
    as `load_film` gives. next_steps: at each octave of each but the first, where KEPT of what was dreamt is left.
    layers, options: see `deep_dream`. Raises CourseError, at the call, for frames that do
    not fit, and for a preset of one run.
    """
    if isinstance(name := options.get("preset"), str) and name in PRESETS and PRESETS[name].cost:
        raise CourseError(f"the preset {name} is one run of L-BFGS, which a film cannot go on with: choose another.")
    pictures, size = same_size(frames), options.pop("size", None)
    if size is not None:
        pictures = [resize(frame, size) for frame in pictures]
    return _dreamt(pictures, layers, {"steps": COUNT("next_steps", next_steps)}, {"progress": False} | options)


def _dreamt(
    frames: list[np.ndarray], layers: Wishes, later: dict[str, Any], options: dict[str, Any]
) -> Iterator[Result]:
    for k, frame in enumerate(frames):
        if not k:
            result = deep_dream(frame, layers, **options)
        else:
            dreamt = carried(result.picture, frames[k - 1], frame, fresh=frame) - frame
            result = deep_dream(frame + KEPT * dreamt, layers, **options | later)
        yield result
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
