"""Superpixels, their masks and their picture; and the widget that chooses them."""

import numpy as np
import pytest

from course_utils.pictures.regions import outlined, region_mask, superpixels
from course_utils.widgets.regions import RegionPicker


@pytest.fixture
def halves():
    """A picture whose left half is black and right half white."""
    picture = np.zeros((40, 60, 3), "float32")
    picture[:, 30:] = 255
    return picture


def test_superpixels_keep_to_the_borders_of_colours(halves):
    labels = superpixels(halves, 20)
    assert labels.shape == (40, 60) and labels.min() == 0 and 8 <= labels.max() + 1 <= 40
    light = {int(k): halves[labels == k].mean() for k in np.unique(labels)}
    assert set(np.round(list(light.values()))) <= {0, 255}  # None lies on both sides.


def test_a_mask_is_one_where_it_was_chosen_and_soft_at_its_border():
    labels = np.repeat(np.arange(4), 10)[None].repeat(8, 0)
    mask = region_mask(labels, [1])
    np.testing.assert_array_equal(mask[0], np.repeat([0, 1, 0, 0], 10))
    soft = region_mask(labels, [1], feather=2.0)
    assert soft[4, 10] == pytest.approx(0.6, abs=0.1) and soft[4, 15] > 0.95 and soft[4, 0] < 1e-3
    assert soft.sum() == pytest.approx(mask.sum(), rel=0.01)


def test_what_is_chosen_is_shown_as_it_is_but_for_lines(halves):
    labels = np.repeat([0, 1], 30)[None].repeat(40, 0)
    shown = outlined(halves, labels, region_mask(labels, [0]))
    np.testing.assert_array_equal(shown[:, :29], halves[:, :29])
    assert (np.abs(shown[:, 31:] - halves[:, 31:]) > 5).all()
    assert (shown >= 0).all() and (shown <= 255).all()


def test_regions_are_chosen_by_clicks_and_drags_inverted_and_cleared(halves):
    told = []
    picker = RegionPicker(lambda: told.append(len(picker.chosen)), "the dream")
    assert picker.masks() == []
    picker._begin((0.5, 0.5))  # Before there is a picture.
    picker.fine.value = 20
    picker.divide(halves)
    picker.feather.value = 0.0
    count = picker.labels.max() + 1
    picker.canvas._heard(None, {"event": "click", "place": [0.0, 0.0]}, [])
    picker.canvas._heard(None, {"event": "drag", "place": [1.0, 1.0]}, [])
    picker.canvas._heard(None, {"event": "drag", "place": [1.0, 1.0]}, [])  # Already chosen.
    (mask,) = picker.masks()
    assert mask[0, 0] == mask[-1, -1] == 255 and len(picker.chosen) == 2 and f"2 of {count}" in picker.words.value
    picker.canvas._heard(None, {"event": "click", "place": [0.0, 0.0]}, [])  # Lets go.
    assert picker.masks()[0][0, 0] == 0
    picker.invert()
    assert len(picker.chosen) == count - 1 and picker.masks()[0][-1, -1] == 0
    picker.clear()
    assert picker.masks() == [] and "goes everywhere" in picker.words.value
    assert told[-4:] == [2, 1, count - 1, 0]


def test_a_picker_can_be_as_it_was(halves):
    picker = RegionPicker()
    picker.divide(halves)
    picker._begin((0.1, 0.1))
    state, before = picker.state(), picker.masks()[0]
    picker.fine.value, picker.feather.value = 40, 9.0
    picker.divide(halves[::-1])
    picker.restore(state)
    np.testing.assert_array_equal(picker.masks()[0], before)
