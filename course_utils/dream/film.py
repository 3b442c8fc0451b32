"""A film that falls into a dream.

Source: GD = google/deepdream (2015).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from PIL import Image

from course_utils.dream.octaves import _checked, dream_steps
from course_utils.optimize.evaluation import CompiledObjective, Objective, compiled
from course_utils.optimize.states import consume
from course_utils.pictures.colours import match_colours


@_checked
def zoom_film(
    objective: Objective | CompiledObjective,
    picture: np.ndarray,
    frames: int = 60,
    *,
    zoom: float = 1.05,
    octaves: int = 2,
    steps: int = 4,
    seed: int = 0,
    **options: Any,
) -> Iterator[np.ndarray]:
    """Fall into a dream: pictures (h, w, 3), each the last one enlarged about its centre and dreamt on.

    Each frame is given the mean and covariance of the first one's colours, or black and white would take over.

    zoom: how much larger from frame to frame (GD: 1.05). The rest: see `dream_steps`, by which each frame is dreamt
    from the second on; the first is the picture as it is given, which may be a dream already.
    Raises CourseError, at the call, for an option that is out of its range.
    """
    evaluate, first = compiled(objective), picture
    yield picture
    for k in range(1, frames):
        larger = enlarge(picture, zoom)
        picture = consume(dream_steps(evaluate, larger, octaves=octaves, steps=steps, seed=seed + k, **options),
                          progress=False).picture  # fmt: skip
        if options.get("mask") is None:  # Else places that shall stay as they are would change.
            picture = match_colours(picture, first)
        yield picture


def enlarge(picture: np.ndarray, zoom: float) -> np.ndarray:
    """A picture (h, w, 3) enlarged about its centre and cut to its old size; zoom is at least 1."""
    height, width = picture.shape[:2]
    inset = (1 - 1 / zoom) / 2
    box = (inset * width, inset * height, width - inset * width, height - inset * height)
    channels = [Image.fromarray(np.ascontiguousarray(picture[..., c], "float32")) for c in range(3)]
    larger = [np.asarray(c.resize((width, height), Image.Resampling.BICUBIC, box=box)) for c in channels]
    return np.clip(np.stack(larger, axis=-1), 0, 255)
