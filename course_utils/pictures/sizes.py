"""Sizes of pictures: resize one, and the sizes of octaves and stages."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PIL import Image

from course_utils.errors import CourseError


def resize(picture: np.ndarray, size: int | tuple[int, int]) -> np.ndarray:
    """Resize a picture with Lanczos filtering; float32 (h, w, 3), within 0..255 when the input is.

    size: the longest side, keeping the aspect, or (height, width). Raises CourseError when a side would be empty.
    """
    height, width = picture.shape[:2]
    if isinstance(size, tuple):
        new = size
    else:
        new = tuple(max(1, round(side * size / max(height, width))) for side in (height, width))
    if np.min(size) < 1:
        raise CourseError(f"a picture of size {size} is empty: its sides must have at least 1 pixel.")
    if new == (height, width):
        return picture.astype("float32")
    channels = [Image.fromarray(np.ascontiguousarray(picture[..., c], "float32")) for c in range(3)]
    out = np.stack([np.asarray(c.resize(new[::-1], Image.Resampling.LANCZOS)) for c in channels], axis=-1)
    return np.clip(out, min(0, picture.min()), max(255, picture.max()))


def octave_shapes(shape: Sequence[int], octaves: int, scale: float, smallest: int = 1) -> list[tuple[int, int]]:
    """Heights and widths, the smallest first and `shape` last, each `scale` times the one before.

    Octaves whose shorter side would be below `smallest`, the least that a network takes, are left out.
    """
    shapes = [(round(shape[0] / scale**k), round(shape[1] / scale**k)) for k in reversed(range(octaves))]
    return [one for one in shapes[:-1] if min(one) >= smallest] + shapes[-1:]
