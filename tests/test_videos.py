"""Films as MP4 and WebM: what is read back, and what is said where there is no ffmpeg."""

import importlib.util

import numpy as np
import pytest

from course_utils.pictures.saving import save_animation
from course_utils.pictures.videos import VIDEOS

imageio_ffmpeg = pytest.importorskip("imageio_ffmpeg", reason="imageio-ffmpeg, an extra, is not installed")


def read(path):
    """What ffmpeg says of a film, and its frames (h, w, 3)."""
    reader = imageio_ffmpeg.read_frames(str(path))
    about = next(reader)
    width, height = about["size"]
    return about, [np.frombuffer(frame, "uint8").reshape(height, width, 3) for frame in reader]


@pytest.mark.parametrize("suffix", VIDEOS)
def test_a_film_is_read_back_as_it_was(suffix, tmp_path):
    """Its frames, the time that each stays, and its colours as far as the codec keeps them."""
    rows, columns = np.indices((49, 64))  # Odd on one side, which no such codec takes.
    frames = [np.stack([2 * columns + 60 * k, 3 * rows, np.full_like(rows, 90)], -1) for k in range(3)]
    path = save_animation(frames, tmp_path / f"film{suffix}", seconds_per_frame=0.25)
    about, found = read(path)
    assert about["size"] == (64, 48) and about["fps"] == 4
    assert len(found) == 3 + 5, "the last one stays for 1.5 seconds, which are 6 frames"
    for k, frame in enumerate(frames):
        assert np.abs(found[k].astype(int) - np.clip(frame, 0, 255)[:48]).mean() < 4
    assert path.stat().st_size < 20_000
    assert [one.name for one in tmp_path.iterdir()] == [path.name], "nothing else is left"


@pytest.mark.parametrize("suffix", VIDEOS)
def test_without_ffmpeg_it_is_said_before_any_work(suffix, tmp_path, monkeypatch, refused):
    found = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "imageio_ffmpeg" else found(name))
    with refused(f"film{suffix} needs ffmpeg", "pip install imageio-ffmpeg", ".gif"):
        save_animation([np.zeros((8, 8, 3))], tmp_path / f"film{suffix}")


def test_frames_of_several_sizes_are_refused(tmp_path, refused):
    with refused("must be of one size"):
        save_animation([np.zeros((8, 8, 3)), np.zeros((8, 9, 3))], tmp_path / "film.mp4")


def test_a_frame_that_is_too_small_is_refused(tmp_path, refused):
    with refused("at least 2 pixels on every side"):
        save_animation([np.zeros((1, 8, 3))], tmp_path / "film.webm")
