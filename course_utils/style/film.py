"""A film in the style of a painting, frame by frame.

Source: RDB = Ruder, Dosovitskiy and Brox, "Artistic style transfer for videos", arXiv 1604.08610.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from course_utils.checks import COUNT
from course_utils.optimize.states import Result
from course_utils.pictures.colours import match_colours
from course_utils.pictures.loading import Source
from course_utils.pictures.motion import carried, same_size
from course_utils.pictures.sizes import resize
from course_utils.style.noise import FINE_POWER
from course_utils.style.settings import GRAIN, StyleSettings
from course_utils.style.transfer import start_picture, style_transfer

NEXT_STEPS = 20  # Evaluations of each frame but the first, which begins with nearly all of it painted.


def style_film(
    frames: Sequence[np.ndarray], style: Source | Sequence[Source], next_steps: int = NEXT_STEPS, **options: Any
) -> Iterator[Result]:
    """Paint a film: a Result for each picture, begun with the one before, moved along by optical flow (RDB).

    Each by itself would be painted anew, and the film would flicker. frames: pictures (h, w, 3) of one size, such as
    `load_film` gives. next_steps: evaluations of each but the first, not more than that one begins with. options: see
    `style_transfer`.
    Raises CourseError, at the call, for an option that is out of its range.
    """
    how, next_steps = StyleSettings.of(options), COUNT("next_steps", next_steps)
    pictures, next_steps = same_size(frames), min(next_steps, max(how.steps_by_stage()))
    return _painted([resize(frame, how.size) for frame in pictures], style, next_steps, how, options)


def _painted(
    frames: list[np.ndarray], style: Source | Sequence[Source], next_steps: int, how: StyleSettings, options: dict
) -> Iterator[Result]:
    for k, frame in enumerate(frames):
        if not k:
            result = style_transfer(frame, style, progress=False, **options)
        else:
            # What has come into view begins in the painting's colours, with a grain from which strokes can grow.
            made = result.picture
            fresh = start_picture(match_colours(frame, made), frame, how.seed + k, GRAIN, FINE_POWER)
            start = carried(made, frames[k - 1], frame, fresh)
            later = options | {"start": start, "steps": next_steps, "grain": 0.0, "stages": None, "stroke": 1.0}
            result = style_transfer(frame, style, progress=False, **later)
        yield result
        if result.interrupted:
            return
