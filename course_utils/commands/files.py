"""The pictures that a command reads and the files that it writes, checked before any work is done."""

from __future__ import annotations

import argparse
import math
import os
import tempfile
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from course_utils.defaults import LARGEST_SIZE
from course_utils.errors import CourseError
from course_utils.pictures import commons, fetch
from course_utils.pictures.clips import Clip, load_film
from course_utils.pictures.loading import load_mask, load_opacity, load_picture
from course_utils.pictures.saving import ANIMATED_AS, SAVED_AS, check_output
from course_utils.pictures.shipped import find_picture
from course_utils.pictures.sizes import resize
from course_utils.pictures.videos import VIDEOS, is_video

MOVING = (".gif", ".webp", *VIDEOS)  # As what a film that is worked on is written; a PNG is taken for a picture.


def find(source: str) -> Path | None:
    """The file of a picture, or None for a painting on Wikimedia Commons, of which only the name is checked yet."""
    if not source.startswith(commons.PREFIX):
        return find_picture(source)
    commons.find_painting(source.removeprefix(commons.PREFIX))
    return None


def is_film(options: argparse.Namespace) -> bool:
    """Whether OUT is one, by its name, and can be nothing else."""
    return Path(options.output).suffix.lower() in (".gif", *VIDEOS)


def clip(source: str, options: argparse.Namespace, what: str) -> Clip | None:
    """The film that a command is to work on, picture by picture, when OUT is one too; None: it works on a picture.

    Raises CourseError where OUT is no film and the source is a video, and for what a film has not.
    """
    out, video = Path(options.output).suffix.lower(), is_video(source)
    if source.startswith(commons.PREFIX) or (out not in MOVING and not video):
        return None
    if out not in MOVING:
        raise CourseError(f"{source} is a film: {what} of it is one too, and -o names it; use {', '.join(MOVING)}.")
    found = load_film(find_picture(source), options.size)
    if len(found.frames) == 1:
        return None
    for name in ("frames", "save_every", "zoom_frames"):
        if getattr(options, name, None):
            raise CourseError(f"{source} is a film, and --{name.replace('_', '-')} is for a picture: leave it out.")
    return found


def read(source: str) -> np.ndarray:
    """A picture in its own size; a painting on Wikimedia Commons is fetched."""
    if source.startswith(commons.PREFIX):
        return fetch.painting(source.removeprefix(commons.PREFIX))
    return load_picture(source)


def mask(source: str, picture: np.ndarray) -> np.ndarray:
    """The mask that --mask names, for a picture: (h, w), 0..1."""
    fetched = source.startswith(commons.PREFIX)
    return load_mask(read(source) if fetched else source, picture.shape, f"--mask {source}")


def opacity(source: str, picture: np.ndarray) -> np.ndarray | None:
    """How opaque the file of a picture is, (h, w), 0..255, at the picture's size; None where all of it is."""
    return None if source.startswith(commons.PREFIX) else load_opacity(source, picture.shape)


def with_opacity(picture: np.ndarray, opacity: np.ndarray | None) -> np.ndarray:
    """A picture to be saved, (h, w, 3), or (h, w, 4) where what it was made of is transparent somewhere."""
    return picture if opacity is None else np.dstack([picture, opacity])


def outputs(
    options: argparse.Namespace, sources: Iterable[str], types: Iterable[str] = tuple(SAVED_AS)
) -> tuple[Path, Path | None]:
    """The files that -o and --frames name, when they can be written and are none of the sources.

    Raises CourseError for a source that is not there as well.
    """
    inputs = [file for file in map(find, sources) if file]
    out = _writable(options.output, types, inputs)
    frames = _writable(options.frames, ANIMATED_AS, inputs) if options.frames else None
    if frames and _same(out, frames):
        raise CourseError(f"--frames {frames} is the picture that -o names: give the film another name.")
    return out, frames


def names(options: argparse.Namespace, sources: Iterable[str]) -> dict[str, str]:
    """What the files of a command are called in the picture, by what was typed: without their folders.

    Whoever shows her picture to others does not mean to show how her folders are called. Two files of one name keep as
    much as tells them apart.
    """
    paths = {path: Path(path).parts for path in (*sources, options.output, options.frames) if path}
    short = {}
    for path, parts in paths.items():
        others = [other for name, other in paths.items() if name != path]
        unlike = (k for k in range(1, len(parts)) if all(other[-k:] != parts[-k:] for other in others))
        short[path] = "/".join(parts[-k:]) if (k := next(unlike, 0)) else path
    return short


def renamed(words: Iterable[str], names: dict[str, str]) -> list[str]:
    """The words of a command with these names in the place of those that were typed."""
    return [_renamed(word, names) for word in words]


def _renamed(word: str, names: dict[str, str]) -> str:
    flag, equals, value = word.partition("=")
    return f"{flag}={names[value]}" if word.startswith("-") and equals and value in names else names.get(word, word)


def _writable(path: str, types: Iterable[str], inputs: list[Path]) -> Path:
    """The path of a file to be written, if it can be, and if it is none of the inputs."""
    out = check_output(path, tuple(types))
    if any(_same(out, source) for source in inputs):
        raise CourseError(f"{path} is one of the pictures to be read and would be overwritten: choose another name.")
    try:  # Permissions say nothing to an administrator, nor of a disk that is full or may only be read.
        with tempfile.TemporaryFile(dir=out.parent):
            return out
    except OSError as error:
        raise CourseError(f"{path} cannot be written ({error.strerror}): choose another folder.") from None


def _same(one: Path, other: Path) -> bool:
    try:
        return os.path.samefile(one, other)
    except FileNotFoundError:  # What is not there yet can only have the same name.
        return os.path.normcase(one.resolve()) == os.path.normcase(other.resolve())


def load(source: str, size: int, least: int, remedy: str, clip: Clip | None = None) -> np.ndarray:
    """A picture, or the first of a film, at a size, if its shorter side is then as long as the network needs."""
    picture = read(source) if clip is None else clip.frames[0]
    shorter, longer = sorted(picture.shape[:2])
    if round(size * shorter / longer) >= least:
        return resize(picture, size)
    needed = math.ceil(least * longer / shorter)
    raise CourseError(
        f"{source} would have a side of {round(size * shorter / longer)} pixels, and the network needs {least}: "
        + (f"choose a larger {remedy} (for {needed} pixels)." if needed <= LARGEST_SIZE else "crop it first.")
    )
