"""Figures in one look, each shown once with words beside it, and numbers that are shown as pictures."""

import io
import sys

import numpy as np
import pytest
from PIL import Image

from course_utils.explore.maps import BLUE, ORANGE, as_picture, heat, map_grid
from course_utils.pictures import plots
from course_utils.pictures.colours import LUMA
from course_utils.pictures.display import BELOW


@pytest.fixture
def shown(monkeypatch):
    """The words of each figure that a notebook would show."""
    words = []

    def display(picture, raw=False, display_id=False):
        if raw:  # The caption.
            words.append(picture["text/plain"])
            return
        data, metadata = picture._repr_mimebundle_(None, None)
        assert list(data) == ["image/png"]
        with Image.open(io.BytesIO(picture.data)) as image:
            assert image.format == "PNG" and np.ptp(np.asarray(image.convert("L"))) > 100  # Something is drawn.
        assert metadata["image/png"]["alt"] == BELOW

    monkeypatch.setattr("IPython.display.display", display)
    return words


@pytest.fixture
def drawn(monkeypatch):
    """The figures that would be shown, and their words."""
    figures = []
    monkeypatch.setattr(plots, "finish", lambda figure, alt: figures.append((figure, alt)))
    return figures


HISTORY = {"loss": [10.0, 6.0, 4.0], "content": [0.0, 1.5, 3.0], "style": [10.0, 4.5, 1.0]}


# Figures


def test_a_figure_is_shown_once_with_its_words_and_unknown_to_pyplot(shown):
    figure, axes = plots.figure()
    axes.plot([1, 2, 4])
    plots.finish(figure, alt="A curve that rises.")
    assert shown == ["A curve that rises."]
    pyplot = sys.modules.get("matplotlib.pyplot")
    assert pyplot is None or not pyplot.get_fignums()


def test_figures_have_axes_in_rows_and_columns_and_one_look():
    _, axes = plots.figure(2, 3)
    assert axes.shape == (2, 3)
    for one in axes.flat:
        assert not one.spines["top"].get_visible() and one.plot([0, 1])[0].get_color() == plots.COLOURS[0]


def test_curves_differ_by_their_dashes_as_well_as_by_colour():
    _, axes = plots.figure()
    curves = [axes.plot([0, 1])[0] for _ in plots.COLOURS]
    assert len({(curve.get_linestyle(), str(curve._dash_pattern)) for curve in curves}) == len(plots.COLOURS)


def test_every_figure_says_its_words_by_itself_or_takes_others(shown, make_picture):
    plots.losses(HISTORY)
    plots.loss_shares(HISTORY)
    plots.bars({"cat": 0.8, "dog": 0.15})
    plots.spectrum([make_picture(32, 32)], ["patches"])
    plots.losses(HISTORY, alt="mine")
    assert len(shown) == 5 and all(shown) and shown[-1] == "mine"
    assert "from 10 to 4" in shown[0] and "content from 0 to 75 %" in shown[1]
    assert "cat 80 %" in shown[2] and "patches" in shown[3]


def test_losses_draw_every_term_and_the_total(drawn):
    plots.losses(HISTORY, "A run")
    (axes,) = drawn[0][0].axes
    assert [line.get_label() for line in axes.lines] == ["content", "style", "total"]
    assert axes.lines[2].get_xydata().tolist() == [[1, 10], [2, 6], [3, 4]]
    assert axes.get_yscale() == "linear"  # The content is 0 at first.
    assert axes.get_title(loc="left") == "A run" and axes.get_xlabel() == "evaluations"
    plots.losses({"loss": [30.0, 1.0], "one term": [30.0, 1.0]})
    (axes,) = drawn[1][0].axes
    assert axes.get_yscale() == "log" and len(axes.lines) == 1 and axes.get_legend() is None


def test_shares_fill_the_whole(drawn, refused):
    plots.loss_shares(HISTORY)
    (axes,) = drawn[0][0].axes
    tops = [band.get_paths()[0].vertices[:, 1].max() for band in axes.collections]
    assert tops == [pytest.approx(75), pytest.approx(100)] and axes.get_ylim() == (0, 100)
    with refused("'goldfish'", "use losses"):
        plots.loss_shares({"loss": [1.0, 2.0], "goldfish": [-1.0, 2.0]})


def test_bars_share_one_scale_and_have_a_unit(drawn):
    plots.bars({"cat": 0.8, "dog": 0.15}, {"fish": 0.004}, titles=["before", "after"])
    before, after = drawn[0][0].axes
    assert before.get_xlim() == after.get_xlim() and before.get_xlabel() == "share, %"
    assert [bar.get_width() for bar in before.patches] == [80, 15] and before.yaxis_inverted()
    assert drawn[0][1] == "Bars. before: cat 80 % and dog 15 %; after: fish 0.4 %."
    plots.bars({"block1": 0.25}, unit="cells at 0, of 1")
    (axes,) = drawn[1][0].axes
    assert axes.get_xlabel() == "cells at 0, of 1" and [bar.get_width() for bar in axes.patches] == [0.25]


# Spectra


def test_white_noise_has_its_variance_as_power_everywhere(rng):
    grey = np.repeat(rng.normal(127.5, 20, (128, 128, 1)), 3, 2)
    frequencies, power = plots.radial_power(grey, 8)
    assert len(frequencies) == 8 and (np.diff(frequencies) > 0).all() and frequencies[-1] < 0.5
    np.testing.assert_allclose(power, 400, rtol=0.2)


def test_a_wave_has_its_power_at_its_frequency():
    columns = np.arange(64)
    picture = np.broadcast_to((127.5 + 50 * np.cos(2 * np.pi * columns / 4))[None, :, None], (48, 64, 3))
    frequencies, power = plots.radial_power(picture)
    assert abs(frequencies[power.argmax()] - 0.25) < 0.02
    assert power[np.abs(frequencies - 0.25) > 0.06].max() < 1e-3 * power.max()


def test_a_plain_picture_has_no_power():
    assert plots.radial_power(np.full((32, 48, 3), 99.0))[1].max() < 1e-15


# Numbers as pictures


def test_numbers_of_both_signs_lie_about_grey():
    values = np.array([[-2.0, 0, 1]])
    np.testing.assert_allclose(as_picture(values, 2)[0, :, 0], [0, 127.5, 191.25])
    np.testing.assert_allclose(as_picture(np.abs(values), 4)[0], np.repeat([[127.5], [0], [63.75]], 3, 1))
    assert as_picture(np.zeros((4, 4))).max() == 0


def test_one_odd_pixel_does_not_leave_the_rest_dark(rng):
    values = rng.uniform(0, 1, (100, 100))
    values[0, 0] = 1000
    assert as_picture(values).mean() > 100


def test_heat_is_orange_above_0_and_blue_below(make_picture):
    picture = make_picture(8, 12)
    laid = heat(np.array([[1.0, 0, -1]]), picture)
    assert laid.shape == picture.shape and laid.min() >= 0 and laid.max() <= 255
    light = 0.6 * (picture @ LUMA) + 0.4 * 255
    np.testing.assert_allclose(laid[:, 0], 0.15 * light[:, :1] + 0.85 * ORANGE, atol=6)
    np.testing.assert_allclose(laid[:, -1], 0.15 * light[:, -1:] + 0.85 * BLUE, atol=6)
    np.testing.assert_allclose(heat(np.zeros((2, 3)), picture), np.repeat(light[..., None], 3, 2), rtol=1e-5)


def test_maps_lie_in_rows_the_most_active_first():
    features = np.zeros((1, 2, 4, 3), "float32")
    features[0, :, :, 1] = 5
    features[0, 0, :2, 2] = 1
    grid = map_grid(features, 3, columns=2, width=8)
    assert grid.shape == (4 + 4 + 4, 8 + 4 + 8, 3)
    assert (grid[:4, :8] == 255).all()  # Channel 1.
    assert (grid[:2, 12:16] == 255).all() and (grid[2:4, 12:] == 0).all() and (grid[:4, 16:] == 0).all()  # Channel 2.
    assert (grid[8:, :8] == 0).all() and (grid[8:, 8:] == 255).all()  # Channel 0, and paper.
    np.testing.assert_array_equal(map_grid(features[0], channels=[1], width=8), grid[:4, :8])
