"""Films that are read, and made anew picture by picture: how things move, what flickers, and what the commands say."""

import itertools
import shlex

import numpy as np
import pytest

import course_utils.pictures.clips as clips
from course_utils import deep_dream, dream_film, load_film, load_picture, save_animation, style_film, style_transfer
from course_utils.__main__ import main
from course_utils.pictures.motion import carried, flow, moved, within

RIGHT, DOWN = 3, 1  # Pixels that the camera of `pan` moves from picture to picture.


@pytest.fixture(scope="module")
def pan():
    """Five pictures (64, 96, 3) of a camera that moves over a photograph."""
    wide = load_picture("temple", 180)
    return [np.ascontiguousarray(wide[20 + DOWN * k :, 10 + RIGHT * k :][:64, :96]) for k in range(5)]


def flicker(frames, edge=8):
    """Mean change of what the camera sees, along its motion, away from the border."""
    changes = [
        np.abs(after[edge : -edge - DOWN, edge : -edge - RIGHT] - before[edge + DOWN : -edge, edge + RIGHT : -edge])
        for before, after in itertools.pairwise(frames)
    ]
    return float(np.mean(changes))


def test_the_flow_of_a_pan_is_known(pan):
    field = flow(pan[0], pan[1])
    inner = field[:, 12:-12, 12:-12]
    assert np.abs(inner[0] - DOWN).mean() < 0.1 and np.abs(inner[1] - RIGHT).mean() < 0.1


def test_a_picture_is_moved_by_whole_pixels(pan):
    field = np.zeros((2, 64, 96))
    np.testing.assert_allclose(moved(pan[0], field), pan[0], atol=1e-4)
    field[0], field[1] = DOWN, RIGHT
    np.testing.assert_allclose(moved(pan[0], field)[:-DOWN, :-RIGHT], pan[0][DOWN:, RIGHT:], atol=1e-3)
    assert within(field)[:-DOWN, :-RIGHT].all() and not within(field)[-DOWN:].any()
    assert not within(field)[:, -RIGHT:].any()


def test_what_comes_into_view_is_fresh_and_the_rest_is_carried(pan):
    fresh = np.zeros_like(pan[0])
    made = carried(255 - pan[0], pan[0], pan[1], fresh)
    np.testing.assert_allclose(made[:, -1].mean(), 0, atol=40)
    np.testing.assert_allclose(made[12:-12, 12:-12], (255 - pan[1])[12:-12, 12:-12], atol=8)


@pytest.mark.slow
def test_a_painted_film_does_not_flicker(pan):
    """Measured at 256 pixels: 2.2 grey levels against 20."""
    how = {"size": 96, "steps": 30, "progress": False}
    film = [result.picture for result in style_film(pan, "night_swirls", 8, size=96, steps=30)]
    alone = [style_transfer(frame, "night_swirls", **how).picture for frame in pan[:3]]
    np.testing.assert_array_equal(film[0], alone[0])
    assert len(film) == len(pan) and flicker(film) < flicker(alone) / 3
    assert np.abs(film[-1] - pan[-1]).mean() > 0.5 * np.abs(film[0] - pan[0]).mean(), "the last one is painted too"


@pytest.mark.slow
def test_a_dreamt_film_does_not_flicker_and_its_dream_neither_fades_nor_floods(pan):
    """Measured at 256 pixels and the usual steps: 2.9 grey levels against 10.6."""
    film = [result.picture for result in dream_film(pan, octaves=1, steps=8)]
    alone = [deep_dream(frame, octaves=1, steps=8, progress=False).picture for frame in pan[:3]]
    np.testing.assert_array_equal(film[0], alone[0])
    assert len(film) == len(pan) and flicker(film) < 0.75 * flicker(alone)
    changes = [np.abs(made - frame).mean() for made, frame in zip(film, pan)]
    assert 0.5 < changes[-1] / changes[0] < 2


@pytest.mark.parametrize("make", [lambda frames, **how: style_film(frames, "night_swirls", **how), dream_film])
def test_frames_and_options_that_do_not_fit_are_refused_at_the_call(make, pan, refused):
    for frames in ([], [pan[0], pan[1][:40]], ["cat"], 5):
        with refused("frame"):
            make(frames)
    with refused("next_steps"):
        make(pan, next_steps=0)


# Reading


@pytest.mark.parametrize("name", ["film.gif", "film.webp", "film.png", "film.mp4", "film.webm"])
def test_a_film_comes_back_with_its_times(name, pan, tmp_path):
    save_animation(pan, tmp_path / name, 0.25, last_seconds=0)
    film = load_film(tmp_path / name, 48)
    assert len(film.frames) == 5 and film.seconds_per_frame == pytest.approx(0.25, rel=0.02)
    assert {frame.shape for frame in film.frames} == {(32, 48, 3)}
    whole = load_film(tmp_path / name).frames
    assert np.abs(np.stack(whole) - np.stack(pan)).mean() < 8  # A GIF has few colours, a video loses some.


def test_a_picture_is_a_film_of_one_frame(files):
    film = load_film("photo.png", 20)
    assert len(film.frames) == 1 and film.frames[0].shape == (15, 20, 3)


def test_what_is_no_film_is_refused_in_a_line(files, pan, refused, monkeypatch):
    save_animation(pan, "long.gif")
    monkeypatch.setattr(clips, "MOST_FRAMES", 4)
    with refused("long.gif", "5 pictures", "4 at most"):
        load_film("long.gif")
    (files / "cut.mp4").write_bytes(b"not a film")
    for name in ("text.jpg", "cut.mp4", "none.gif", "none.mp4"):
        with refused(name):
            load_film(name)


# Commands

SMALL = "--size 64 --network random"


@pytest.mark.parametrize(
    "command", [f"style pan.gif photo.png {SMALL} --steps 2", f"dream pan.gif {SMALL} --steps 1 --octaves 1"]
)
def test_a_command_works_on_every_picture_of_a_film(command, files, pan, capsys):
    save_animation(pan[:3], "pan.gif", 0.2, last_seconds=0)
    assert main([*shlex.split(command), "-o", "out.webp"]) == 0
    film = load_film("out.webp")
    assert len(film.frames) == 3 and film.seconds_per_frame == 0.2 and film.frames[0].shape == (43, 64, 3)
    assert "out.webp: 64 x 43" in (told := capsys.readouterr().out) and "3 frames" in told
    assert main([*shlex.split(command), "-o", "out.png"]) == 0, "of a film, a picture is its first"
    assert len(load_film("out.png").frames) == 1


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("style pan.gif photo.png --frames b.gif -o a.gif", "--frames is for a picture: leave it out"),
        ("style pan.gif photo.png --save-every 5 -o a.gif", "--save-every is for a picture: leave it out"),
        ("dream pan.gif --zoom-frames 5 -o a.gif", "--zoom-frames is for a picture: leave it out"),
        ("style pan.mp4 photo.png -o a.png", "pan.mp4 is a film: the painting of it is one too, and -o names it"),
        ("dream pan.gif --preset dreamy --size 64 -o a.gif", "the preset dreamy is one run of L-BFGS"),
        ("style photo.png photo.png -o a.gif", "a.gif: unknown type '.gif'"),
    ],
)
def test_what_a_film_has_not_is_told_in_one_line(command, words, files, pan, capsys):
    save_animation(pan[:3], "pan.gif")
    save_animation(pan[:3], "pan.mp4")
    assert main(shlex.split(command)) == 2
    assert words in capsys.readouterr().err
    assert not any((files / name).exists() for name in ("a.gif", "a.png", "b.gif"))
