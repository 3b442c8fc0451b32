"""What a dream is told before its network is loaded: octaves by hand, presets, the mask, and every number's range."""

import math

import numpy as np
import pytest

from course_utils import defaults
from course_utils.dream.settings import PRESETS, USUAL, DreamSettings, FilmSettings, find_preset
from course_utils.lookup import layer_widths
from course_utils.pictures.sizes import octave_shapes

NAN = float("nan")


def test_octaves_by_hand():
    # 320 / 1.4 = 228.6, / 1.4 = 163.3, / 1.4 = 116.6; 240 / 1.4 = 171.4, / 1.4 = 122.4, / 1.4 = 87.5.
    expected = [(117, 87), (163, 122), (229, 171), (320, 240)]
    assert octave_shapes((320, 240, 3), 4, 1.4) == expected
    assert octave_shapes((320, 240), 1, 1.4) == expected[3:]
    assert octave_shapes((320, 240), 4, 1.4, smallest=88) == expected[1:]
    assert octave_shapes((320, 240), 4, 1.4, smallest=87) == expected
    assert octave_shapes((20, 30, 3), 3, 1.5, smallest=32) == [(20, 30)]  # The picture itself is always one.


# Presets


@pytest.mark.parametrize("name", PRESETS)
def test_a_presets_layers_are_there(name):
    preset = PRESETS[name]
    for network in ("mini", "vgg19", "random"):
        assert preset.layers_of(network) and set(preset.layers_of(network)) <= set(layer_widths(network))
    assert set(preset.layers_of("inception_v3")) <= {f"mixed{k}" for k in range(11)}


@pytest.mark.parametrize("name", PRESETS)
def test_a_presets_numbers_are_in_their_ranges(name):
    DreamSettings.of(PRESETS[name].steps)
    assert bool(PRESETS[name].steps) != bool(PRESETS[name].cost)


def test_without_a_name_the_settings_are_the_courses_own_or_inceptions():
    assert find_preset(None, "mini", wished=False) is find_preset(None, "inception_v3", wished=True) is USUAL
    assert find_preset(None, "inception_v3", wished=False) is PRESETS["inception"]
    assert USUAL.layers_of("mini") == {defaults.DREAM_LAYER: 1.0}


def test_a_preset_is_found_by_its_name(refused):
    for name, preset in PRESETS.items():
        assert find_preset(name, "mini", wished=False) is preset
    with refused("'nightmare'", *PRESETS):
        find_preset("nightmare", "mini", wished=True)


@pytest.mark.parametrize("name", ["dreamy", "bad_trip"])
def test_a_preset_without_layers_for_inception_needs_others(name, refused):
    with refused(name, "inception_v3", "another network"):
        find_preset(name, "inception_v3", wished=False)
    assert find_preset(name, "inception_v3", wished=True) is PRESETS[name]


# Ranges

RANGES = {  # Values that are taken, and values that are not.
    "octaves": ([1, 20, np.int64(3)], [0, -1, 2.5, NAN, "4"]),
    "octave_scale": ([1.01, 2, np.float32(1.4)], [1, 0.5, 0, -2, NAN, math.inf]),
    "steps": ([1, 100], [0, -1, 1.5, None]),
    "step": ([0, 0.1, 300.0], [-0.1, NAN, math.inf, "much"]),
    "jitter": ([0, 50], [-1, 0.5, NAN]),
    "smooth": ([0, 0.5, 2], [-0.5, NAN, -math.inf]),
    "blur": ([0, 3.5], [-1, NAN, math.inf]),
    "palette": ([0, 0.5, 1], [-0.1, NAN]),
    "frames": ([1, 60], [0, 1.5]),
    "zoom": ([1, 1.05], [0.9, 0, NAN]),
    "tile": ([None, 32, 500], [0, 31, 40.5, -64]),
}


@pytest.mark.parametrize("name", RANGES)
def test_a_number_out_of_its_range_is_refused_by_its_name(name, refused):
    taken, others = RANGES[name]
    for value in taken:
        FilmSettings.of({name: value, "smallest": 32})
    for value in others:
        with refused(f"{name} must be a", repr(value)):
            FilmSettings.of({name: value, "smallest": 32})
