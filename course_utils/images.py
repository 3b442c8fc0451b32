"""Pictures: load, resize, show and save them, and the photographs and paintings that the course brings along.

A picture is a NumPy float32 array (height, width, 3), RGB, 0..255.
"""

from __future__ import annotations

import io
import os
import tempfile
import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from PIL import Image, ImageCms, ImageOps, ImageSequence, PngImagePlugin, UnidentifiedImageError

from course_utils import commons
from course_utils.errors import CourseError
from course_utils.lookup import did_you_mean

PAINTINGS = Path(__file__).resolve().parent.parent / "images"
PHOTOGRAPHS = {  # Name to the package that ships it, and its name or file there.
    "cat": ("skimage", "chelsea.png"),
    "astronaut": ("skimage", "astronaut.png"),
    "coffee": ("skimage", "coffee.png"),
    "rocket": ("skimage", "rocket.jpg"),
    "motorcycle": ("skimage", "motorcycle_left.png"),
    "temple": ("sklearn", "china.jpg"),
    "flower": ("sklearn", "flower.jpg"),
}
SAVED_AS = {".png": "PNG", ".jpg": "JPEG", ".jpeg": "JPEG", ".webp": "WEBP"}
ANIMATED_AS = {".gif": "GIF", ".png": "PNG", ".webp": "WEBP"}

Source = str | os.PathLike | bytes | np.ndarray | Image.Image


def names() -> dict[str, list[str]]:
    """Names that work wherever a file does: {"photographs": [...], "paintings": [...]}."""
    paintings = sorted(path.stem for path in PAINTINGS.glob("*.jpg"))
    return {"photographs": [name for name in PHOTOGRAPHS if _photograph(name)], "paintings": paintings}


def _photograph(name: str) -> Path | None:
    """The file of a photograph inside the package that ships it, or None where that package leaves it out."""
    if PHOTOGRAPHS[name][0] == "skimage":
        import skimage

        path = Path(skimage.__file__).parent / "data" / PHOTOGRAPHS[name][1]
    else:
        import sklearn

        path = Path(sklearn.__file__).parent / "datasets" / "images" / PHOTOGRAPHS[name][1]
    return path if path.is_file() else None


def find_picture(source: str | os.PathLike) -> Path:
    """The file behind a path or behind the name of a shipped picture.

    Raises CourseError: neither a file nor a name (the nearest names are given), or a folder.
    """
    path = Path(os.path.expanduser(source))
    if os.path.isdir(path):  # os.path, since Path raises where a name is too long for a file.
        raise CourseError(f"{source} is a folder: give one picture in it.")
    if os.path.isfile(path):
        return path
    if str(source) in PHOTOGRAPHS and (found := _photograph(str(source))):
        return found
    painting = PAINTINGS / f"{source}.jpg"
    if Path(source).name == str(source) and os.path.isfile(painting):
        return painting
    if str(source) in commons.PAINTINGS:
        raise CourseError(f"{source}: no such file; {commons.how_to_fetch(str(source))}")
    known = [name for group in names().values() for name in group]
    hint = did_you_mean(str(source), known, f"shipped pictures are {', '.join(known)}.", most=3, likeness=0.6)
    if not PAINTINGS.is_dir():
        hint += " The course's paintings are there in an installation from a checkout only."
    raise CourseError(f"{source}: no such file; {hint}")


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
    given = isinstance(source, bytes)
    name, file = ("the uploaded file", io.BytesIO(source)) if given else (source, find_picture(source))
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
            image = ImageCms.profileToProfile(opaque, given, screen, outputMode="RGB")
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


def load_mask(source: Source, shape: Sequence[int], name: str = "the mask") -> np.ndarray:
    """How much each pixel of a picture is meant: (h, w), 0..1, the lightness of a mask that is stretched to its shape.

    source: anything that `load_picture` takes. name: for the complaint.
    Raises CourseError: no picture, or one that is black everywhere.
    """
    mask = resize(load_picture(source), tuple(shape[:2])).mean(-1) / 255
    if not mask.any():
        raise CourseError(f"{name} is black everywhere, and no place is meant: make the parts that are meant light.")
    return mask


def to_image(picture: np.ndarray) -> Image.Image:
    """A Pillow image of a picture, rounded and clipped to 0..255. The array is left as it is."""
    return Image.fromarray(np.clip(np.rint(picture), 0, 255).astype("uint8"))


def encode(picture: np.ndarray, format: str = "JPEG", quality: int = 85) -> bytes:
    """The bytes of a picture file, for notebooks and widgets."""
    file = io.BytesIO()
    to_image(picture).save(file, format, quality=quality)
    return file.getvalue()


def check_output(path: str | os.PathLike, types: Iterable[str] = tuple(SAVED_AS)) -> Path:
    """Say before any work is done whether a picture can be written to a path.

    Raises CourseError: unknown type, a folder, no such folder, folder or file not writable.
    """
    out = Path(path).expanduser()
    if out.is_dir():
        raise CourseError(f"{path} is a folder: give a file name in it, such as {out / 'picture.png'}.")
    if out.suffix.lower() not in types:
        raise CourseError(f"{path}: unknown type {out.suffix or '(none)'!r}; use {', '.join(types)}.")
    if not out.parent.is_dir():
        raise CourseError(f"{path}: there is no folder {out.parent}; make it first.")
    if not os.access(out.parent, os.W_OK) or (out.exists() and not os.access(out, os.W_OK)):
        raise CourseError(f"{path} may not be written: choose another folder.")
    return out


def save_picture(picture: np.ndarray, path: str | os.PathLike, settings: Mapping[str, Any] | None = None) -> Path:
    """Write a picture to PNG, JPEG or WebP. The file is complete or is not there; an older one is replaced at the end.

    settings: stored as text in a PNG, one entry each (`read_settings` gives them back).
    """
    out = check_output(path)
    options = {"pnginfo": _png_text(settings)} if out.suffix.lower() == ".png" else {"quality": 92}
    write_whole(out, lambda file: to_image(picture).save(file, SAVED_AS[out.suffix.lower()], **options))
    return out


def _png_text(settings: Mapping[str, Any] | None) -> PngImagePlugin.PngInfo:
    text = PngImagePlugin.PngInfo()
    for key, value in (settings or {}).items():
        text.add_itxt(str(key), str(value))
    return text


def read_settings(path: str | os.PathLike) -> dict[str, str]:
    """The settings that `save_picture` stored in a PNG."""
    with Image.open(path) as image:
        image.load()
        return dict(getattr(image, "text", {}))


def save_animation(
    frames: Iterable[np.ndarray],
    path: str | os.PathLike,
    seconds_per_frame: float = 0.1,
    settings: Mapping | None = None,
) -> Path:
    """Write pictures of one size as an animated GIF, PNG (with `settings`) or WebP; the last stays for 1.5 seconds."""
    out = check_output(path, tuple(ANIMATED_AS))
    images = [to_image(frame) for frame in frames]
    if not images:
        raise CourseError(f"{path}: there is no frame to write.")
    if out.suffix.lower() == ".gif":
        images = [image.quantize(256, dither=Image.Dither.FLOYDSTEINBERG) for image in images]
    times = [round(1000 * seconds_per_frame)] * (len(images) - 1) + [1500]
    options = {"save_all": True, "append_images": images[1:], "duration": times, "loop": 0}
    options["pnginfo"] = _png_text(settings)  # The other types take no notice of it.
    write_whole(out, lambda file: images[0].save(file, ANIMATED_AS[out.suffix.lower()], **options))
    return out


def encode_film(frames: Sequence[np.ndarray], size: int = 320, seconds_per_frame: float = 0.1) -> bytes:
    """Pictures of one size as an animated WebP that a page can play, small: longest side `size`."""
    images = [to_image(resize(frame, min(size, max(frame.shape[:2])))) for frame in frames]
    file = io.BytesIO()
    duration = round(1000 * seconds_per_frame)
    images[0].save(file, "WEBP", save_all=True, append_images=images[1:], duration=duration, loop=0, quality=60)
    return file.getvalue()


def write_whole(out: Path, save: Callable[[BinaryIO], Any]) -> None:
    """Let `save` write into a file that gets its name `out` only when all of it is there."""
    handle, temporary = tempfile.mkstemp(suffix=out.suffix, dir=out.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            save(file)
        umask = os.umask(0)
        os.umask(umask)
        os.chmod(temporary, 0o666 & ~umask)  # mkstemp makes files that only their owner may read.
        os.replace(temporary, out)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def frames_of(path: str | os.PathLike) -> list[np.ndarray]:
    """All frames of an animation, as pictures."""
    with Image.open(path) as image:
        return [_to_array(frame.convert("RGB")) for frame in ImageSequence.Iterator(image)]
