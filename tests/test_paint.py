"""The painting program, tools/paint.py, and the pictures that it has painted into images/."""

from pathlib import Path

import numpy as np
import paint
import pytest
from painters import colour
from painters.stained_glass import panes
from PIL import Image

ROOT = Path(__file__).resolve().parent.parent
NAMES = sorted(paint.PAINTINGS)
SMALL = 96
PATIENT = (
    "impasto_sunflowers",
    "ink_mountains",
    "mosaic_peacock",
    "night_swirls",
    "palette_knife",
    "pointillist_meadow",
)
SMALL_ONES = [pytest.param(name, marks=pytest.mark.slow if name in PATIENT else ()) for name in NAMES]


class Painted(dict):
    """Every painting once, small, when it is first asked for: most tests only look."""

    def __missing__(self, name):
        self[name] = paint.PAINTINGS[name](size=SMALL)
        return self[name]


@pytest.fixture(scope="module")
def small():
    return Painted()


def luminance(picture):
    return picture @ np.array([0.299, 0.587, 0.114])


def palette(picture):
    """How much of a picture lies in each of 4 × 4 × 4 boxes of colour."""
    boxes = np.asarray(picture).reshape(-1, 3) // 64
    return np.bincount(boxes @ (16, 4, 1), minlength=64) / len(boxes)


@pytest.mark.parametrize("name", SMALL_ONES)
def test_a_small_painting_is_a_picture(small, name):
    picture = small[name]
    assert picture.dtype == np.uint8
    assert max(picture.shape) == SMALL and min(picture.shape[:2]) == SMALL * 3 // 4 and picture.shape[2] == 3
    light = luminance(picture)
    assert np.percentile(light, 1) < 70 and np.percentile(light, 99) > 150  # light and dark
    assert np.ptp(picture.astype(int), axis=-1).mean() > 40  # and colour


@pytest.mark.parametrize("name", SMALL_ONES)
def test_a_seed_gives_the_same_painting_again(small, name):
    assert np.array_equal(paint.PAINTINGS[name](size=SMALL), small[name])


@pytest.mark.parametrize("name", ["stained_glass", "woven_kilim"])
def test_another_seed_gives_another_painting(small, name):
    assert not np.array_equal(paint.PAINTINGS[name](size=SMALL, seed=99), small[name])


@pytest.mark.parametrize("name", NAMES)
def test_the_random_numbers_come_from_the_seed(name, monkeypatch):
    """Of all paintings, most of which take seconds: what their random numbers begin with, before they are painted."""
    seeds = []

    def stop(seed=None):
        seeds.append(seed)
        raise InterruptedError

    monkeypatch.setattr(np.random, "default_rng", stop)
    with pytest.raises(InterruptedError):
        paint.PAINTINGS[name](size=SMALL, seed=99)
    assert seeds == [99]


@pytest.mark.parametrize("name", NAMES)
def test_no_canvas_is_left_bare(name):
    """Bare canvas would be the black of a new sheet, or an even patch: in every tile of a picture something happens."""
    with Image.open(ROOT / "images" / f"{name}.jpg") as picture:
        light = luminance(np.asarray(picture).astype(float))
    tiles = light.reshape(light.shape[0] // 24, 24, light.shape[1] // 24, 24)
    assert tiles.std(axis=(1, 3)).min() > 2
    assert (light < 2).mean() < 0.02


@pytest.mark.parametrize("name", NAMES)
def test_the_shipped_painting_is_large_enough_and_not_too_heavy(name):
    path = ROOT / "images" / f"{name}.jpg"
    assert path.stat().st_size < 350_000
    with Image.open(path) as picture:
        assert picture.mode == "RGB" and max(picture.size) >= 768 and min(picture.size) >= 512


@pytest.mark.parametrize("name", SMALL_ONES)
def test_the_shipped_painting_is_the_one_that_the_program_paints(small, name):
    with Image.open(ROOT / "images" / f"{name}.jpg") as picture:
        shipped = np.asarray(picture.resize(small[name].shape[1::-1], Image.Resampling.BOX)).astype(float)
    # Broad brushes stand for fine ones at the small size, so that only large forms and their colours can agree.
    assert np.corrcoef(shipped.ravel(), small[name].ravel().astype(float))[0, 1] > 0.5


def test_the_paintings_have_palettes_of_their_own():
    palettes = []
    for name in NAMES:
        with Image.open(ROOT / "images" / f"{name}.jpg") as picture:
            palettes.append(palette(picture))
    for i, one in enumerate(palettes):
        for other in palettes[:i]:
            assert np.minimum(one, other).sum() < 0.7  # the share of colour that two pictures have in common


def test_every_painting_is_credited():
    credits = (ROOT / "images" / "CREDITS.md").read_text(encoding="utf-8")
    for name in NAMES:
        assert f"`{name}`" in credits
    assert {path.stem for path in (ROOT / "images").glob("*.jpg")} == set(NAMES)


def test_the_command_line_paints_what_it_is_told(tmp_path, capsys):
    paint.main(["stained_glass", "--out", str(tmp_path / "new"), "--size", "96", "--seed", "3"])
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["stained_glass.jpg"]
    assert "stained_glass.jpg" in capsys.readouterr().out


def test_an_unknown_painting_is_refused_with_the_names_there_are(capsys):
    with pytest.raises(SystemExit):
        paint.main(["mona_lisa"])
    message = capsys.readouterr().err
    assert "mona_lisa" in message and "night_swirls" in message


def test_colours_are_read_and_mixed():
    assert np.allclose(colour.hexes("ff0000 0000ff"), [[1, 0, 0], [0, 0, 1]])
    black, grey, white = colour.ramp(np.array([0, 0.5, 1]), "000000 ffffff")
    assert np.allclose(black, 0, atol=0.01) and np.allclose(white, 1, atol=0.01)
    assert np.allclose(grey, 0.466, atol=0.01)  # half of the lightness that the eye sees, not half of the light


def test_the_lamp_stands_at_the_upper_left():
    y, x = np.mgrid[0:9, 0:9]
    lit = colour.relief(np.full((9, 9, 3), 0.5), -np.hypot(x - 4.0, y - 4.0), depth=0.5)
    assert lit[1, 1, 0] > 0.5 > lit[7, 7, 0]


def test_round_panes_close_without_a_seam():
    u, v = np.full(2, 3.0), np.array([0.001, 11.999])
    rows = np.array([0.0, 6.0])
    cells = panes(np.r_[rows, u], np.r_[rows, v], 12, np.random.default_rng(0))
    assert cells[2] == cells[3]
