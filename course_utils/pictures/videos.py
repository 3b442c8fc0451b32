"""Films as MP4 or WebM, by ffmpeg, which comes with the optional package imageio-ffmpeg."""

from __future__ import annotations

import importlib.util
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from course_utils.errors import CourseError

# Codec and constant quality by type. A browser plays both; WebM is about half as large, and takes longer to write.
VIDEOS = {
    ".mp4": ("libx264", ["-crf", "20", "-movflags", "+faststart"]),
    ".webm": ("libvpx-vp9", ["-crf", "32", "-b:v", "0"]),
}
LAST_SECONDS = 1.5  # That the last picture of a film stays, unless it is told otherwise.


def is_video(path: str | os.PathLike) -> bool:
    """Whether a file is one for ffmpeg, by its name. A MOV, as phones make it, is read and not written."""
    return Path(path).suffix.lower() in (*VIDEOS, ".mov")


def check_ffmpeg(path: str | Path) -> None:
    """Raise CourseError where a film of this name would need ffmpeg, which is not installed."""
    if is_video(path) and importlib.util.find_spec("imageio_ffmpeg") is None:
        raise CourseError(f"{path} needs ffmpeg: `pip install imageio-ffmpeg` brings it; or choose .gif or .webp.")


def encode_video(
    frames: Sequence[np.ndarray], suffix: str, seconds_per_frame: float, last_seconds: float = LAST_SECONDS
) -> bytes:
    """The bytes of a film of pictures (h, w, 3) of one size, uint8.

    suffix: of VIDEOS. last_seconds: that the last one stays. An odd row or column at the border is left out, since
    these codecs have colour for every second pixel only.
    """
    import imageio_ffmpeg

    height, width = (side // 2 * 2 for side in frames[0].shape[:2])
    if not height or not width:
        raise CourseError(f"a film as {suffix} needs at least 2 pixels on every side.")
    codec, quality = VIDEOS[suffix]
    held = [frames[-1]] * max(0, round(last_seconds / seconds_per_frame) - 1)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"film{suffix}"
        writer = imageio_ffmpeg.write_frames(
            str(path), (width, height), fps=1 / seconds_per_frame, codec=codec, quality=None, macro_block_size=2,
            ffmpeg_log_level="error", output_params=quality,
        )  # fmt: skip
        writer.send(None)  # Starts ffmpeg.
        for frame in (*frames, *held):
            writer.send(np.ascontiguousarray(frame[:height, :width]).tobytes())
        writer.close()
        return path.read_bytes()
