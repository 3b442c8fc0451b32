"""Load a picture, or a mask, from a file, a name, bytes, a Pillow image or an array."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

import numpy as np
from PIL import Image, ImageSequence

from course_utils import checks
from course_utils.checks import COUNT, as_array, checked, optional, text
from course_utils.errors import CourseError
from course_utils.pictures.decoding import check_memory, complaining, has_alpha, name_of, opened, pixels_of
from course_utils.pictures.sizes import resize
from course_utils.pictures.values import on_white, scaled

LEAST_LIGHT = 0.02  # Of the lightest place of a mask: what is darker everywhere was meant otherwise.

Source = str | os.PathLike | bytes | np.ndarray | Image.Image


@checked(name=optional(text))
def load_picture(source: Source, size: int | None = None, name: str | None = None) -> np.ndarray:
    """Load a picture as an array (height, width, 3), float32, RGB, 0..255.

    source: a path (PNG, JPEG, WebP, a phone's HEIC, AVIF, GIF, TIFF, BMP), the name of a shipped picture (see `names`),
    the bytes of a file, a Pillow image, or an array (h, w), (h, w, 3) or (h, w, 4), a tensor too, with values 0..255,
    or of bool or uint16. size: length of the longest side in pixels afterwards; the aspect is kept. name: for the
    complaint, of what has no file.
    Rotation and colour profile are applied, transparency is laid on white (see `keep_alpha`), 16 bits become 8, floats
    of a file that end at 1 are multiplied by 255, of an animation the first frame is taken. A file of more than 60
    megapixels is refused, or if it is a JPEG, up to 200, decoded smaller.
    Raises CourseError for anything that is not a picture.
    """
    picture = on_white(_pixels(source, name))
    return picture if size is None else resize(picture, size)


def _pixels(source: Any, name: str | None) -> np.ndarray:
    """A source's pixels (h, w, 3), or (h, w, 4) with their opacity, uint8 or float32, 0..255."""
    if isinstance(source, bytearray | memoryview):
        source = bytes(source)
    if isinstance(source, str | os.PathLike | bytes):
        name = name or name_of(source)
        with opened(source, name) as image:
            return image if isinstance(image, np.ndarray) else pixels_of(image, name)
    name = name or "the picture"
    if isinstance(source, Image.Image):
        with complaining(name):
            check_memory(source, name)
            return pixels_of(source, name)
    array = _as_array(source, name)
    return array if array.dtype == np.uint8 else scaled(array, name)


def _as_array(source: Any, name: str) -> np.ndarray:
    """An array or a tensor as an array (h, w, 3) or (h, w, 4) of numbers."""
    array = as_array(name, source, "a file, a name, an array or a Pillow image", "a picture")
    if array.ndim == 2:
        array = np.repeat(array[:, :, None], 3, axis=2)
    if array.ndim != 3 or array.shape[2] not in (3, 4) or 0 in array.shape or array.dtype.kind not in "buif":
        raise CourseError(
            f"an array of shape {array.shape} and type {array.dtype} is not a picture: (height, width, 3) is expected."
        )
    return array


@checked(name=text)
def load_mask(source: Source, shape: Sequence[int], name: str = "the mask") -> np.ndarray:
    """How much each pixel of a picture is meant: (h, w), 0..1, the lightness of a mask that is stretched to its shape.

    source: anything that `load_picture` takes; what goes up to 1 alone, in an array or in a file, has 1 for white. Of a
    mask with transparency only the opaque counts; where that is black everywhere, its opacity is the mask.
    shape: of the picture, (h, w) or (h, w, 3). name: for the complaint.
    Raises CourseError: no picture, or one that is black everywhere.
    """
    pair = isinstance(shape, Sequence) and len(shape) in (2, 3)
    height, width = (COUNT("the shape of a mask", side) for side in (shape[:2] if pair else (shape,) * 2))
    if isinstance(source, str | os.PathLike) and str(source) not in name:
        name = f"{name} {source}"
    # From here on 0..1, so that a mask that comes back, as a command's does, stays as it is to the last bit.
    light = np.clip(resize(_lightness(source, name)[..., None], (height, width))[..., 0], 0, 1)
    if light.max() < LEAST_LIGHT:
        raise CourseError(f"{name} is black everywhere, and no place is meant: make the parts that are meant light.")
    return light


def _lightness(source: Source, name: str) -> np.ndarray:
    """How light a mask of any kind is: (h, w), 0..1."""
    array = None if isinstance(source, Image.Image) or not hasattr(source, "__array__") else _as_array(source, name)
    unit = array is not None and array.min() >= 0 and array.max() <= 1  # No NaN either.
    pixels = array if array is not None and unit else _pixels(source if array is None else array, name)
    white, brightest = np.float32(1 if unit else 255), float(pixels[..., :3].max())
    light = pixels[..., :3].mean(-1, dtype="float64").astype("float32") / white  # Of three equal ones: just that.
    if not unit and 0 < brightest <= 1:  # A file of 0 and 1, too.
        light *= white / np.float32(brightest)
    if pixels.shape[2] == 3:
        return light
    opacity = pixels[..., 3].astype("float32") / white
    seen = light * opacity
    return seen if seen.any() else opacity


def load_opacity(source: Source, shape: Sequence[int], name: str | None = None) -> np.ndarray | None:
    """How opaque a picture is, (h, w), 0..255, stretched to a shape; None where all of it is."""
    if isinstance(source, str | os.PathLike | bytes):
        with opened(source, name or name_of(source)) as image:
            if isinstance(image, Image.Image) and not has_alpha(image):
                return None
    pixels = _pixels(source, name)
    if pixels.shape[2] == 3 or (pixels[..., 3] == 255).all():
        return None
    return resize(pixels[..., 3:], (shape[0], shape[1]))[..., 0]


def keep_alpha(picture: np.ndarray, source: Source) -> np.ndarray:
    """A picture (h, w, 3) with the transparency of another, stretched over it: (h, w, 4), 0..255, for `save_picture`.

    source: anything that `load_picture` takes, such as the cut-out that the picture was made of. Where that is opaque
    everywhere, the picture stays as it is.
    """
    picture = checks.picture("the picture", picture)
    opacity = load_opacity(source, picture.shape)
    return picture if opacity is None else np.dstack([picture.astype("float32", copy=False), opacity])


def read_settings(path: str | os.PathLike) -> dict[str, str]:
    """The settings that `save_picture` stored in a PNG. Raises CourseError for a file that is no picture."""
    with opened(checks.path("path", path), str(path)) as image:
        if isinstance(image, np.ndarray):
            return {}
        image.load()
        return dict(getattr(image, "text", {}))


def frames_of(path: str | os.PathLike) -> list[np.ndarray]:
    """All frames of an animation, as pictures."""
    with Image.open(path) as image:
        return [np.asarray(frame.convert("RGB"), "float32") for frame in ImageSequence.Iterator(image)]
