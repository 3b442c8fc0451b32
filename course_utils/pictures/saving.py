"""Write pictures and animations, whole or not at all; and encode them for notebooks and studios."""

from __future__ import annotations

import io
import os
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from PIL import Image, PngImagePlugin

from course_utils.checks import COUNT, Number, array, each, shown
from course_utils.checks import path as a_path
from course_utils.errors import CourseError
from course_utils.pictures.sizes import resize
from course_utils.pictures.values import on_white
from course_utils.pictures.videos import LAST_SECONDS, VIDEOS, check_ffmpeg, encode_video

SAVED_AS = {".png": "PNG", ".jpg": "JPEG", ".jpeg": "JPEG", ".webp": "WEBP"}
ANIMATED_AS = {".gif": "GIF", ".png": "PNG", ".webp": "WEBP", ".mp4": "MP4", ".webm": "WEBM"}


def to_image(picture: np.ndarray) -> Image.Image:
    """A Pillow image of a picture, (h, w, 3) or, with opacity, (h, w, 4), rounded and clipped to 0..255. The array is
    left as it is. Raises CourseError for values that are not numbers.
    """
    if np.isnan(picture).any():
        raise CourseError("the picture holds values that are not numbers (NaN), and cannot be shown or saved.")
    return Image.fromarray(np.clip(np.rint(picture), 0, 255).astype("uint8"))


def encode(picture: np.ndarray, format: str = "JPEG", quality: int = 85) -> bytes:
    """The bytes of a picture file, for notebooks and widgets."""
    file = io.BytesIO()
    to_image(picture).save(file, format, quality=quality)
    return file.getvalue()


def picture_to_save(picture: np.ndarray) -> np.ndarray:
    """A picture (h, w, 3), with opacity (h, w, 4), or of greys (h, w), whose values are finite: a file can hold it."""
    found = array("the picture", picture)
    if found.ndim != 2 and (found.ndim != 3 or found.shape[2] not in (3, 4)):
        raise CourseError(f"the picture must be an array (height, width, 3), not {shown(found)}.")
    return found


def check_output(path: str | os.PathLike, types: Iterable[str] = tuple(SAVED_AS)) -> Path:
    """Say before any work is done whether a picture can be written to a path.

    A `~` that no user's name follows is a part of the file's name. Raises CourseError: unknown type, a folder, no such
    folder, folder or file not writable, a name that no file can have.
    """
    out = Path(os.path.expanduser(a_path("path", path)))
    try:
        os.lstat(out)
    except (FileNotFoundError, NotADirectoryError):
        pass
    except (OSError, ValueError) as error:  # A name that is too long, or has a null byte in it.
        why = getattr(error, "strerror", error)
        raise CourseError(f"{path} cannot be written ({why}): choose another name.") from None
    if out.is_dir():
        raise CourseError(f"{path} is a folder: give a file name in it, such as {out / 'picture.png'}.")
    if out.suffix.lower() not in types:
        raise CourseError(f"{path}: unknown type {out.suffix or '(none)'!r}; use {', '.join(types)}.")
    check_ffmpeg(out)
    if not out.parent.is_dir():
        raise CourseError(f"{path}: there is no folder {out.parent}; make it first.")
    if not os.access(out.parent, os.W_OK) or (out.exists() and not os.access(out, os.W_OK)):
        raise CourseError(f"{path} may not be written: choose another folder.")
    return out


def save_picture(
    picture: np.ndarray,
    path: str | os.PathLike,
    settings: Mapping[str, Any] | None = None,
    dots_per_inch: int | None = None,
) -> Path:
    """Write a picture to PNG, JPEG or WebP. The file is complete or is not there; an older one is replaced at the end.

    picture: (h, w, 3), or (h, w, 4) with its opacity, as `keep_alpha` gives it; a JPEG lays that on white.
    settings: stored as text in a PNG, one entry each (`read_settings` gives them back). dots_per_inch: how large a
    printer is to make it, stored in a PNG or a JPEG.
    Raises CourseError: a path that cannot be written, values that are not numbers.
    """
    out = check_output(path)
    picture = picture_to_save(picture)
    picture = on_white(picture) if SAVED_AS[out.suffix.lower()] == "JPEG" and np.ndim(picture) == 3 else picture
    image = to_image(picture)
    options: dict[str, Any] = {"pnginfo": _png_text(settings)} if out.suffix.lower() == ".png" else {"quality": 92}
    if dots_per_inch is not None:
        options["dpi"] = (COUNT("dots_per_inch", dots_per_inch),) * 2
    write_whole(out, lambda file: image.save(file, SAVED_AS[out.suffix.lower()], **options))
    return out


def _png_text(settings: Mapping[str, Any] | None) -> PngImagePlugin.PngInfo:
    if settings is not None and not isinstance(settings, Mapping):
        raise CourseError(f"settings must be names with their values, not {shown(settings)}.")
    text = PngImagePlugin.PngInfo()
    for key, value in (settings or {}).items():
        # A file's name may hold bytes that are no text.
        text.add_itxt(str(key), str(value).encode("utf-8", "replace").decode())
    return text


def save_animation(
    frames: Iterable[np.ndarray],
    path: str | os.PathLike,
    seconds_per_frame: float = 0.1,
    settings: Mapping | None = None,
    last_seconds: float = LAST_SECONDS,
) -> Path:
    """Write pictures of one size as an animated GIF, PNG (with `settings`) or WebP, or as MP4 or WebM.

    last_seconds: that the last picture stays; 0, for a film that loops: as long as all. Raises CourseError for a path
    that cannot be written, for no frames or frames of several sizes, and for MP4 and WebM where imageio-ffmpeg is not
    installed.
    """
    out = check_output(path, tuple(ANIMATED_AS))
    Number(0, 60, above=True)("seconds_per_frame", seconds_per_frame)
    Number(0, 60)("last_seconds", last_seconds)
    last_seconds = max(last_seconds, seconds_per_frame)
    frames = each(lambda name, frame: frame)("frames", frames)
    images = [to_image(picture_to_save(frame)) for frame in frames]
    if not images:
        raise CourseError(f"{path}: there is no frame to write.")
    if len({image.size for image in images}) > 1:
        raise CourseError(f"{path}: the frames of a film must be of one size; `resize` them first.")
    if out.suffix.lower() in VIDEOS:
        pixels = [np.asarray(image.convert("RGB")) for image in images]
        write_whole(
            out, lambda file: file.write(encode_video(pixels, out.suffix.lower(), seconds_per_frame, last_seconds))
        )
        return out
    if out.suffix.lower() == ".gif":
        images = [image.quantize(256, dither=Image.Dither.FLOYDSTEINBERG) for image in images]
    times = [round(1000 * seconds_per_frame)] * (len(images) - 1) + [round(1000 * last_seconds)]
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
    """Let `save` write into a file that gets its name `out` only when all of it is there.

    Raises CourseError where that fails; what was there before is then still there.
    """
    try:
        _write_whole(out, save)
    except OSError as error:  # It would name the temporary file.
        raise CourseError(f"{out} could not be written: {error.strerror or error}.") from None


def _write_whole(out: Path, save: Callable[[BinaryIO], Any]) -> None:
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
