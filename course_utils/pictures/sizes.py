"""Sizes of pictures: resize one, and the sizes of octaves and stages."""

from __future__ import annotations

import numbers
from collections.abc import Sequence
from typing import Any

import numpy as np
from PIL import Image

from course_utils.checks import Number, array, shown
from course_utils.errors import CourseError

LARGEST_SIDE = 16_384  # Of any picture, in pixels.


def resize(picture: np.ndarray, size: int | tuple[int, int]) -> np.ndarray:
    """Resize a picture with Lanczos filtering; float32 (h, w, 3), within 0..255 when the input is.

    size: the longest side, keeping the aspect, or (height, width). Raises CourseError: no picture, no size, or one with
    an empty side or of more than 16,384 pixels.
    """
    picture = array("the picture", picture)
    if picture.ndim != 3:
        raise CourseError(f"the picture must be an array (height, width, 3), not {shown(picture)}.")
    height, width = picture.shape[:2]
    if isinstance(size, tuple | list) and len(size) == 2:
        new = (_side(size[0], size), _side(size[1], size))
    else:
        wanted, longest = _side(size, size), max(height, width)
        new = (max(1, round(height * wanted / longest)), max(1, round(width * wanted / longest)))
    if new == (height, width):
        return picture.astype("float32")
    out = np.empty((*new, picture.shape[2]), "float32")
    for channel in range(picture.shape[2]):  # One by one, since each takes memory twice.
        plane = Image.fromarray(np.ascontiguousarray(picture[..., channel], "float32"))
        out[..., channel] = plane.resize(new[::-1], Image.Resampling.LANCZOS)
    return np.clip(out, min(0.0, float(picture.min())), max(255.0, float(picture.max())), out=out)


def _side(value: Any, size: Any) -> int:
    if isinstance(value, numbers.Real) and not isinstance(value, bool) and value < 1:
        raise CourseError(f"a picture of size {shown(size)} is empty: its sides must have at least 1 pixel.")
    return int(Number(1, LARGEST_SIDE, whole=True)("size", value))


def octave_shapes(shape: Sequence[int], octaves: int, scale: float, smallest: int = 1) -> list[tuple[int, int]]:
    """Heights and widths, the smallest first and `shape` last, each `scale` times the one before.

    Octaves whose shorter side would be below `smallest`, the least that a network takes, are left out.
    """
    shapes = [(round(shape[0] / scale**k), round(shape[1] / scale**k)) for k in reversed(range(octaves))]
    return [one for one in shapes[:-1] if min(one) >= smallest] + shapes[-1:]
