"""What the numbers of a picture stand for: from whatever dtype and range they come in to 0..255."""

from __future__ import annotations

import numpy as np

from course_utils.errors import CourseError

UNIT16 = 257  # 65535 / 255: a value of 16 bits for each of 8.


def scaled(values: np.ndarray, name: str, from_file: bool = False) -> np.ndarray:
    """Values of a picture as new float32 numbers, 0..255.

    values: of bool, True is white; of uint8, 255; of uint16, 65535. Other whole numbers and floats have 0..255 in an
    array; in a file, which cannot be asked, floats that end at 1 have 0..1, and what goes on above 255 has 0..65535.
    Half a unit beyond is rounding, and is clipped. name: for the complaint. Raises CourseError for any other range.
    """
    if values.dtype == bool:
        return values * np.float32(255)
    if values.dtype == np.uint8:
        return values.astype("float32")
    low, high = float(values.min()), float(values.max())
    if not (np.isfinite(low) and np.isfinite(high)):
        raise CourseError(f"{name} holds values that are not numbers (NaN or infinity).")
    if values.dtype.kind == "u" and values.dtype.itemsize == 2:
        unit = UNIT16 if from_file else _unit_of_words(high, name)
    else:
        unit = (_unit_in_a_file if from_file else _unit_in_an_array)(values.dtype.kind == "f", low, high, name)
    picture = values.astype("float32")
    picture *= np.float32(1 / unit)
    return np.clip(picture, 0, 255, out=picture)


def _unit_of_words(high: float, name: str) -> float:
    if 0 < high <= 255:  # As 16 bits all of it would be black, and somebody means 8.
        raise CourseError(f'{name} is uint16, where 65535 is white, with values up to {high:g}: astype("uint8") it.')
    return UNIT16


def _unit_in_an_array(floats: bool, low: float, high: float, name: str) -> float:
    if floats and low >= 0 and 0 < high <= 1:
        raise CourseError(f"{name} has values from 0 to 1: multiply by 255, which is white here.")
    if low < -0.5 or high > 255.5:
        raise CourseError(f"{name} has values from {low:g} to {high:g}: bring them to 0 (black) to 255 (white).")
    return 1


def _unit_in_a_file(floats: bool, low: float, high: float, name: str) -> float:
    if low < 0 or high > 65535 or (floats and 1 < high <= 2):
        raise CourseError(
            f"{name} has values from {low:g} to {high:g}, and 0 to 1, to 255 or to 65535 are read: scale it first."
        )
    return 1 / 255 if floats and high <= 1 else 1 if high <= 255 else UNIT16


def on_white(pixels: np.ndarray) -> np.ndarray:
    """A picture (h, w, 3), float32, of pixels (h, w, 3) or (h, w, 4), 0..255, whose last channel is their opacity."""
    picture = pixels[..., :3].astype("float32")
    if pixels.shape[2] == 4:
        picture -= 255
        picture *= pixels[..., 3:].astype("float32") / 255
        picture += 255
    return picture
