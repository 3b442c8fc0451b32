"""Load a picture, or a mask, from a file, a name, bytes, a Pillow image or an array."""

from __future__ import annotations

import io
import os
import warnings
from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageCms, ImageOps, ImageSequence, UnidentifiedImageError

from course_utils.errors import CourseError
from course_utils.pictures.shipped import find_picture
from course_utils.pictures.sizes import resize

Source = str | os.PathLike | bytes | np.ndarray | Image.Image


def load_picture(source: Source, size: int | None = None) -> np.ndarray:
    """Load a picture as an array (height, width, 3), float32, RGB, 0..255.

    source: a path (PNG, JPEG, WebP, GIF, TIFF, a phone's HEIC ...), the name of a shipped picture (see `names`), the
    bytes of a file, a Pillow image, or an array (h, w), (h, w, 3) or (h, w, 4) with values 0..255.
    size: length of the longest side in pixels afterwards; the aspect is kept.
    Rotation and colour profile are applied, transparency is laid on white, 16 bits become 8, of an animation the first
    frame is taken. Raises CourseError for anything that is not a picture.
    """
    if isinstance(source, np.ndarray):
        picture = _from_array(source)
    elif isinstance(source, Image.Image):
        picture = _to_array(source)
    else:
        picture = _decode(source)
    return picture if size is None else resize(picture, size)


def _decode(source: str | os.PathLike | bytes) -> np.ndarray:
    name = "the uploaded file" if isinstance(source, bytes) else source
    file = io.BytesIO(source) if isinstance(source, bytes) else find_picture(source)
    import pillow_heif

    pillow_heif.register_heif_opener()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Pillow warns of large pictures and odd tags.
            with Image.open(file) as image:
                image.draft("RGB", (4096, 4096))
                return _to_array(image)
    except UnidentifiedImageError:
        raise CourseError(
            f"{name} is not a picture that can be read (PNG, JPEG, WebP, HEIC, GIF, TIFF, BMP can)."
        ) from None
    except Image.DecompressionBombError:
        assert Image.MAX_IMAGE_PIXELS  # Where Pillow has no limit, nothing is above it.
        raise CourseError(
            f"{name} has more than {2 * Image.MAX_IMAGE_PIXELS:,} pixels: make it smaller first."
        ) from None
    except CourseError:
        raise
    except PermissionError:
        raise CourseError(f"{name} may not be read: its permissions forbid it.") from None
    except (OSError, EOFError, RuntimeError, SyntaxError, ValueError) as error:  # What Pillow's decoders raise.
        raise CourseError(f"{name} is damaged or cut off: {str(error).partition(chr(10))[0]}") from None


def _to_array(image: Image.Image) -> np.ndarray:
    image = ImageOps.exif_transpose(image)
    if image.mode.startswith("I") or image.mode == "F":  # 16 bits, floats: Pillow's own conversion would clip them.
        grey = np.asarray(image, "float64")
        top = 65535 if image.mode.startswith("I;16") or grey.max(initial=0) > 255 else 255
        return _from_array((grey * (255 / top)).astype("float32"))
    profile = image.info.get("icc_profile")
    if "A" in image.getbands() or "transparency" in image.info:
        image = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image)
    elif image.mode == "P":
        image = image.convert("RGB")
    if profile and image.mode in ("RGB", "RGBA", "CMYK", "L"):
        try:
            opaque = image.convert("RGB") if image.mode == "RGBA" else image
            given, screen = ImageCms.ImageCmsProfile(io.BytesIO(profile)), ImageCms.createProfile("sRGB")
            # It gives None only where it is told to change the image itself.
            image = ImageCms.profileToProfile(opaque, given, screen, outputMode="RGB") or image
        except (ImageCms.PyCMSError, OSError, ValueError):
            pass  # A broken profile is no reason to refuse a picture: its numbers are taken as sRGB, as viewers do.
    return np.asarray(image.convert("RGB"), "float32")


def _from_array(array: np.ndarray) -> np.ndarray:
    if array.ndim == 2:
        array = np.repeat(array[:, :, None], 3, axis=2)
    if array.ndim != 3 or array.shape[2] not in (3, 4) or 0 in array.shape or array.dtype.kind not in "buif":
        raise CourseError(
            f"an array of shape {array.shape} and type {array.dtype} is not a picture: (height, width, 3) is expected."
        )
    picture = array.astype("float32")  # A copy, always: what is optimised later must not be the caller's own array.
    if not np.isfinite(picture).all():
        raise CourseError("the picture holds values that are not numbers (NaN or infinity).")
    if picture.shape[2] == 4:
        picture = picture[..., :3] * (alpha := picture[..., 3:] / 255) + 255 * (1 - alpha)
    return picture


def load_mask(source: Source, shape: Sequence[int], name: str = "the mask") -> np.ndarray:
    """How much each pixel of a picture is meant: (h, w), 0..1, the lightness of a mask that is stretched to its shape.

    source: anything that `load_picture` takes. name: for the complaint.
    Raises CourseError: no picture, or one that is black everywhere.
    """
    height, width = shape[:2]
    mask = resize(load_picture(source), (height, width)).mean(-1) / 255
    if not mask.any():
        raise CourseError(f"{name} is black everywhere, and no place is meant: make the parts that are meant light.")
    return mask


def read_settings(path: str | os.PathLike) -> dict[str, str]:
    """The settings that `save_picture` stored in a PNG."""
    with Image.open(path) as image:
        image.load()
        return dict(getattr(image, "text", {}))


def frames_of(path: str | os.PathLike) -> list[np.ndarray]:
    """All frames of an animation, as pictures."""
    with Image.open(path) as image:
        return [_to_array(frame.convert("RGB")) for frame in ImageSequence.Iterator(image)]
