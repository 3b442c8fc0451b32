"""Picture files to pixels, within a limit of memory, whatever a file says of itself."""

from __future__ import annotations

import importlib
import io
import logging
import os
import struct
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from typing import BinaryIO

import numpy as np
import pillow_heif
from PIL import Image, ImageCms, JpegImagePlugin, UnidentifiedImageError

from course_utils.errors import CourseError
from course_utils.pictures.shipped import find_picture
from course_utils.pictures.values import scaled

# Nothing else is opened, whatever a file is called: a decoder of Pillow's for EPS starts another program.
FORMATS = ("PNG", "JPEG", "WebP", "HEIC", "AVIF", "GIF", "TIFF", "BMP")
MOST_BYTES = 300e6  # Of a file.
MOST_MEMORY = 1.5e9  # Bytes that a file may take until it is a picture.
PIXEL = 24  # Bytes that a pixel takes on the way, at most: as Pillow has it, in whole numbers, and in floats.
WHOLE = ("WEBP", "HEIF", "AVIF")  # Formats whose files Pillow, and then their decoder, hold as a whole.
MOST_MEGAPIXELS = 60
MOST_TAGS = 1_000_000  # Numbers in the tags of a TIFF, each of which becomes an object of Python's.
LARGEST_DRAFT = 4096  # A JPEG is not decoded larger than it is needed, as far as its decoder can.

TURNS = {  # What sets a picture upright, by the orientation in its EXIF.
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def name_of(source: str | os.PathLike | bytes) -> str:
    """What a complaint calls a file."""
    return "the uploaded file" if isinstance(source, bytes) else str(source)


@contextmanager
def opened(source: str | os.PathLike | bytes, name: str) -> Iterator[Image.Image | np.ndarray]:
    """The Pillow image of a file, not yet decoded; or its pixels, (h, w, 3) or (h, w, 4), where Pillow has no mode for
    them. What goes wrong in here, decoding too, is a CourseError of one line with the file's name.
    """
    with complaining(name), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Pillow warns of large pictures and odd tags.
        with io.BytesIO(source) if isinstance(source, bytes) else open(find_picture(source), "rb") as file:
            size = file.seek(0, os.SEEK_END)
            if size > MOST_BYTES:
                raise CourseError(f"{name} has {size / 1e6:,.0f} MB, and {MOST_BYTES / 1e6:g} at most are read: "
                                  "save it smaller.")  # fmt: skip
            yield _open(file, size, name)


@contextmanager
def complaining(name: str) -> Iterator[None]:
    """Whatever a decoder raises in here as one line that names the file."""
    try:
        yield
    except CourseError:
        raise
    except UnidentifiedImageError:
        raise CourseError(f"{name} is not a picture that can be read ({', '.join(FORMATS)} can).") from None
    except PermissionError:
        raise CourseError(f"{name} may not be read: its permissions forbid it.") from None
    except MemoryError:
        raise CourseError(f"{name} takes more memory than there is: make it smaller first.") from None
    except Exception as error:  # A decoder that meets a damaged file may raise anything.
        why = str(error).partition("\n")[0] or type(error).__name__
        raise CourseError(f"{name} is damaged or cut off: {why}") from None


@cache
def _readable() -> list[str]:
    """Those of the formats that this Pillow can read: an older one may lack AVIF."""
    pillow_heif.register_heif_opener()
    for plugin in ("Png", "Jpeg", "WebP", "Avif", "Gif", "Tiff", "Bmp"):
        with suppress(ImportError):
            importlib.import_module(f"PIL.{plugin}ImagePlugin")
    return [name for name in ("HEIF" if name == "HEIC" else name.upper() for name in FORMATS) if name in Image.OPEN]


def _open(file: BinaryIO, size: int, name: str) -> Image.Image | np.ndarray:
    file.seek(0)
    start = file.read(4)
    tiff = start[:3] in (b"II*", b"MM\0", b"II+")
    if tiff and not _plausible_tags(file, size):
        raise CourseError(f"{name} is damaged: its table of tags tells of more than the file holds.")
    try:
        image = Image.open(file, formats=_readable())
    except Image.DecompressionBombError:
        if start[:3] != b"\xff\xd8\xff":
            assert Image.MAX_IMAGE_PIXELS  # Where Pillow has no limit, nothing is above it.
            raise _too_large(f"more than {2 * Image.MAX_IMAGE_PIXELS / 1e6:.0f}", name) from None
        file.seek(0)
        image = JpegImagePlugin.JpegImageFile(file)  # Pillow's limit knows nothing of decoding a part of it.
    except UnidentifiedImageError:
        if not tiff:
            raise
        return _by_tifffile(file, name)
    if image.format == "TIFF" and _deep_planes(image):
        return _by_tifffile(file, name)
    if image.format in ("JPEG", "MPO"):
        _draft(image, name)
    else:
        check_memory(image, name, size if image.format in WHOLE else 0)
        image.draft("RGB", (LARGEST_DRAFT, LARGEST_DRAFT))  # Of a HEIC, a thumbnail that is large enough.
    return image


def _too_large(megapixels: str, name: str, most: float = MOST_MEGAPIXELS) -> CourseError:
    return CourseError(f"{name} has {megapixels} megapixels, and {most:.0f} at most are read: make it smaller first.")


def check_memory(image: Image.Image, name: str, held: int = 0) -> None:
    """Raises CourseError for an image that would take too much memory. held: bytes of a file that is held as a whole,
    by Pillow and by its decoder.
    """
    pixels = image.width * image.height
    if pixels > 1e6 * MOST_MEGAPIXELS or PIXEL * pixels + 2 * held > MOST_MEMORY:
        raise _too_large(f"{pixels / 1e6:,.0f}", name)


def _draft(image: Image.Image, name: str) -> None:
    """Have a JPEG decoded smaller, if all of it is more than is needed or would take too much memory."""
    pixels, channels = image.width * image.height, len(image.getbands())
    coefficients = 2 * channels * pixels  # The decoder keeps them all where a file comes in several scans.
    for scale in (1, 2, 4, 8):
        if coefficients + PIXEL * pixels / scale**2 <= MOST_MEMORY:
            wanted = (image.width // scale, image.height // scale)
            image.draft("RGB", wanted if scale > 1 else (LARGEST_DRAFT, LARGEST_DRAFT))
            return
    raise _too_large(f"{pixels / 1e6:,.0f}", name, MOST_MEMORY / (2 * channels + PIXEL / 64) / 1e6)


def _plausible_tags(file: BinaryIO, size: int) -> bool:
    """Whether the first table of tags in a TIFF, or in EXIF, holds no more than the file of `size` bytes.

    A few bytes can point at the whole file thousands of times, and Pillow would read it as often.
    """
    file.seek(0)
    head = file.read(16)
    order = "<" if head[:2] == b"II" else ">"
    try:
        big = struct.unpack(order + "H", head[2:4])[0] == 43
        count_type, entry, inline = ("Q", "HHQ8x", 8) if big else ("H", "HHL4x", 4)
        at = struct.unpack(order + ("Q" if big else "L"), head[8:16] if big else head[4:8])[0]
        file.seek(at)
        count = struct.unpack(order + count_type, file.read(struct.calcsize(order + count_type)))[0]
        width = struct.calcsize(order + entry)
        if count * width > size:
            return False
        held = numbers = 0
        for _, kind, values in struct.iter_unpack(order + entry, file.read(count * width)):
            one = {3: 2, 8: 2, 4: 4, 9: 4, 11: 4, 13: 4, 5: 8, 10: 8, 12: 8, 16: 8, 17: 8, 18: 8}.get(kind, 1)
            held += one * values if one * values > inline else 0
            numbers += values if kind not in (1, 2, 6, 7) else 0
        return held <= size and numbers <= MOST_TAGS
    except (struct.error, OverflowError, OSError, ValueError):
        return False


def _deep_planes(image: Image.Image) -> bool:
    """Whether the colours of a TIFF lie one after the other with more than 8 bits, which Pillow reads as stripes."""
    tags = image.tag_v2  # type: ignore[attr-defined]  # Of every image whose format is TIFF.
    bits = tags.get(258, (1,))
    return tags.get(284) == 2 and len(bits) > 1 and max(bits) > 8


def _by_tifffile(file: BinaryIO, name: str) -> np.ndarray:
    """Pixels (h, w, 3) or (h, w, 4), float32, 0..255, of a TIFF with colours in floats, or in planes of 16 bits."""
    refusal = CourseError(f"{name} is a TIFF of a kind that is not read: save it with 8 bits a colour, or as PNG.")
    log = logging.getLogger("tifffile")  # It tells of odd tags, in lines of its own.
    silent, log.disabled = log.disabled, True
    try:
        import tifffile  # Comes with scikit-image; loaded late, since few files need it.

        file.seek(0)
        with tifffile.TiffFile(file) as tiff:
            page = tiff.pages.first
            orientation = page.tags.get(274)
            if page.photometric != 2 or page.axes not in ("YXS", "SYX") or (orientation and orientation.value != 1):
                raise refusal
            if 3 * PIXEL * page.size / page.samplesperpixel > 2 * MOST_MEMORY:  # Floats of 64 bits come first.
                raise _too_large(f"{page.size / page.samplesperpixel / 1e6:,.0f}", name, MOST_MEGAPIXELS * 2 / 3)
            pixels = page.asarray()
            pixels = np.moveaxis(pixels, 0, -1) if page.axes == "SYX" else pixels
    except (CourseError, MemoryError):
        raise
    except Exception:
        raise refusal from None
    finally:
        log.disabled = silent
    if pixels.shape[2] not in (3, 4) or pixels.dtype.kind not in "uif":
        raise refusal
    return scaled(pixels, name, from_file=True)


def pixels_of(image: Image.Image, name: str) -> np.ndarray:
    """Decode a Pillow image: (h, w, 3), or (h, w, 4) with its opacity, uint8 or float32, 0..255.

    Rotation and colour profile are applied, 16 bits become 8.
    """
    image.load()
    turn = TURNS.get(_orientation(image))
    image = image if turn is None else image.transpose(turn)
    if image.mode.startswith("I") or image.mode == "F":  # 16 bits, floats: Pillow's own conversion would clip them.
        return np.repeat(scaled(np.asarray(image), name, from_file=True)[..., None], 3, 2)
    if has_alpha(image):
        return np.asarray(_in_srgb(image.convert("RGBA"), image.info.get("icc_profile")))
    if image.mode == "P":
        image = image.convert("RGB")
    return np.asarray(_in_srgb(image, image.info.get("icc_profile")).convert("RGB"))


def has_alpha(image: Image.Image) -> bool:
    """Whether an image may be transparent somewhere, known before it is decoded."""
    return "A" in image.getbands() or "a" in image.getbands() or "transparency" in image.info


def _orientation(image: Image.Image) -> int:
    """The orientation in a picture's EXIF; 1, upright, where there is none or it is broken: the picture is good."""
    data = image.info.get("exif", b"")
    table = data.removeprefix(b"Exif\0\0") if isinstance(data, bytes) else b""
    if table and not _plausible_tags(io.BytesIO(table), len(table)):
        return 1
    try:
        found = image.getexif().get(0x0112, 1)
    except Exception:  # Pillow's reader may raise anything.
        return 1
    return found if isinstance(found, int) else 1


def _in_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """An image whose colours are those of its profile, in sRGB; as it is where there is none that can be read."""
    if not profile or image.mode not in ("RGB", "RGBA", "CMYK", "L"):
        return image
    try:
        given, screen = ImageCms.ImageCmsProfile(io.BytesIO(profile)), ImageCms.createProfile("sRGB")
        opaque = image.convert("RGB") if image.mode == "RGBA" else image
        # It gives None only where it is told to change the image itself.
        colours = ImageCms.profileToProfile(opaque, given, screen, outputMode="RGB") or opaque
    except (ImageCms.PyCMSError, OSError, ValueError):
        return image  # A broken profile is no reason to refuse a picture: its numbers are taken as sRGB, as viewers do.
    if image.mode == "RGBA":
        colours.putalpha(image.getchannel("A"))
    return colours
