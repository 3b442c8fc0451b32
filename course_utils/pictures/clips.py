"""Films as they are read: the pictures of a short one, and how long each is shown."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import ImageSequence

from course_utils.checks import COUNT, checked, optional
from course_utils.checks import path as a_path
from course_utils.errors import CourseError
from course_utils.pictures.decoding import complaining, opened, pixels_of
from course_utils.pictures.sizes import resize
from course_utils.pictures.values import on_white
from course_utils.pictures.videos import check_ffmpeg, is_video

MOST_FRAMES = 500
USUAL_SECONDS = 0.1  # Of a picture, where the file says nothing.


@dataclass(frozen=True)
class Clip:
    """frames: pictures (h, w, 3), 0..255, of one size. seconds_per_frame: how long each is shown."""

    frames: list[np.ndarray]
    seconds_per_frame: float


@checked(path=a_path, size=optional(COUNT))
def load_film(path: str | os.PathLike, size: int | None = None) -> Clip:
    """Load a film: an animated GIF, PNG or WebP, or with the package imageio-ffmpeg an MP4, WebM or MOV.

    size: length of the longest side in pixels afterwards. A picture that does not move is a film of one frame.
    Raises CourseError for what is neither, and for more than 500 frames.
    """
    film = _video(Path(path)) if is_video(path) else _animation(str(path))
    return film if size is None else Clip([resize(frame, size) for frame in film.frames], film.seconds_per_frame)


def _animation(path: str) -> Clip:
    with opened(path, path) as image:
        if isinstance(image, np.ndarray):
            return Clip([on_white(image)], USUAL_SECONDS)
        if (count := getattr(image, "n_frames", 1)) > MOST_FRAMES:
            raise _too_long(path, count)
        frames, times = [], []
        for frame in ImageSequence.Iterator(image):
            frame.load()  # Of a WebP the time is not known before.
            times.append(frame.info.get("duration") or 1000 * USUAL_SECONDS)  # The last one often stays longer.
            frames.append(on_white(pixels_of(frame.copy() if count > 1 else frame, path)))
        return Clip(frames, float(np.median(times)) / 1000)


def _video(path: Path) -> Clip:
    check_ffmpeg(path)
    if not path.is_file():
        raise CourseError(f"{path}: no such file.")
    import imageio_ffmpeg

    frames: list[np.ndarray] = []
    with complaining(str(path)):
        reader = imageio_ffmpeg.read_frames(str(path))
        about = next(reader)
        width, height = about["size"]
        for data in reader:
            if len(frames) == MOST_FRAMES:
                reader.close()
                raise _too_long(str(path), round(about["duration"] * about["fps"]))
            frames.append(np.frombuffer(data, "uint8").reshape(height, width, 3).astype("float32"))
    if not frames:
        raise CourseError(f"{path} is damaged or cut off: it has no picture.")
    return Clip(frames, 1 / about["fps"])


def _too_long(path: str, frames: int) -> CourseError:
    return CourseError(f"{path} has {frames} pictures, and {MOST_FRAMES} at most are read: cut it shorter first.")
