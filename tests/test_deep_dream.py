"""The whole of Deep Dream on small pictures: presets, wishes, guides, masks, stopping, and what is refused."""

import numpy as np
import pytest

from course_utils.backend import keras
from course_utils.defaults import DREAM_LAYER
from course_utils.dream.method import deep_dream, dream_objective
from course_utils.dream.objectives import DreamCost, DreamObjective
from course_utils.dream.octaves import dream_steps
from course_utils.dream.settings import PRESETS, USUAL_STEPS, usual_steps
from course_utils.network import Network
from course_utils.optimize.evaluation import CompiledObjective
from course_utils.optimize.loop import minimize
from course_utils.optimize.steps import NORMALIZATIONS
from course_utils.pictures.sizes import octave_shapes, resize


@pytest.fixture
def picture(make_picture):
    return np.clip(make_picture(48, 64, seed=1), 60, 190)  # A few steps away from black and white.


def dream(picture, network, **options):
    return deep_dream(picture, network=network, **{"steps": 2, "octaves": 1, "progress": False} | options)


# The whole method


def test_a_dream_climbs(network, picture):
    """Filtered by positive weights, a gradient still points uphill: a small step climbs. With jitter each step sees the
    picture at other places of the poolings' grid, which matters more than the step, and only the trend is upwards.
    """
    options = {"steps": 8, "octaves": 2, "octave_scale": 1.2}
    result = dream(picture, network, **options, jitter=0, step=0.5)
    assert list(result.history) == ["loss", DREAM_LAYER] and result.evaluations == 16
    jittered = dream(picture, network, **options).history[DREAM_LAYER]
    for octave in (slice(0, 8), slice(8, 16)):  # An octave begins with another picture.
        assert (np.diff(result.history[DREAM_LAYER][octave]) > 0).all()
        assert np.mean(jittered[octave][4:]) > 1.1 * np.mean(jittered[octave][:4])
    assert result.picture.shape == picture.shape and result.picture.dtype == np.float32
    assert result.message == "all steps are done" and not result.interrupted and result.clipped_loss is None


@pytest.mark.parametrize(
    ("wish", "term"),
    [
        ({}, DREAM_LAYER),
        ({"layers": {"block2_conv1": 1.0}}, "block2_conv1"),
        ({"channels": {("block3_conv1", 4): 2.0}}, "block3_conv1:4"),
        ({"classes": {"goose": 1.0}}, "goose"),
        ({"directions": [("block2_conv2", np.arange(32))]}, "direction 1 at block2_conv2"),
    ],
    ids=["none", "layers", "channels", "classes", "directions"],
)
def test_a_wish_stands_in_for_the_default_layer(wish, term, network, picture):
    assert list(dream(picture, network, **wish).terms) == [term]


def test_a_guide_has_the_pictures_size(network, picture, make_picture):
    guide, layers = make_picture(90, 120, seed=7), {"block2_conv1": 1.0}
    result = dream(picture, network, layers=layers, guide=guide, seed=1)
    objective = DreamObjective(network, layers, guide=resize(guide, 64))
    *_, last = dream_steps(objective, picture, octaves=1, steps=2, seed=1)
    np.testing.assert_allclose(result.picture, last.picture, atol=0.1)
    assert np.abs(result.picture - dream(picture, network, layers=layers, seed=1).picture).max() > 0.5


def test_the_light_parts_of_a_mask_dream(network, picture):
    mask = np.zeros((24, 32), "float32")  # Half as large: it is resized.
    mask[12:] = 255
    change = np.abs(dream(picture, network, mask=mask, steps=4).picture - picture)
    np.testing.assert_array_equal(change[:18], 0)  # Lanczos reaches over 3 of its pixels, 6 of ours.
    assert change[30:].mean() > 1


def test_a_size_is_that_of_the_longest_side(network, make_picture):
    assert dream(make_picture(60, 90), network, size=60).picture.shape == (40, 60, 3)
    assert dream(make_picture(33, 45), network).picture.shape == (33, 45, 3)


def test_octaves_that_the_network_cannot_take_are_left_out(network, make_picture):
    assert dream(make_picture(40, 56), network, octaves=4, octave_scale=1.2).evaluations == 2 * 2  # 40 and 33, not 28.


def test_the_callback_gets_every_state(network, picture):
    states = []
    result = dream(picture, network, octaves=2, octave_scale=1.2, callback=states.append)
    assert [state.step for state in states] == [1, 2, 3, 4]
    assert [state.loss for state in states] == result.history["loss"]
    np.testing.assert_array_equal(states[-1].picture, result.picture)


def test_it_stops_when_asked(network, picture):
    answers = iter([False, False, True])
    result = dream(picture, network, steps=9, stop=lambda: next(answers))
    assert result.evaluations == 3 and result.message == "stopped as asked" and not result.interrupted


@pytest.mark.parametrize("preset", [None, "bad_trip"])
def test_an_interrupt_gives_back_the_picture_as_it_is(preset, network, make_picture):
    def interrupt(state):
        seen.append(state)
        if len(seen) == 2:
            raise KeyboardInterrupt

    picture, seen = make_picture(64, 64), []
    result = deep_dream(picture, preset=preset, network=network, callback=interrupt, progress=False)
    assert result.interrupted and result.message.startswith("interrupted") and len(seen) == 2
    np.testing.assert_array_equal(result.picture, seen[-1].picture)
    assert np.abs(result.picture - picture).max() > 1


def test_the_bar_has_a_name_and_all_steps_and_can_be_left_out(network, picture, capsys):
    dream(picture, network, octaves=2, octave_scale=1.2, steps=3, progress="a dream")
    shown = capsys.readouterr().err
    assert "a dream" in shown and "/6 " in shown
    dream(picture, network)
    assert capsys.readouterr().err == ""


# Presets


@pytest.mark.parametrize("name", [name for name in PRESETS if not PRESETS[name].cost])
def test_a_preset_of_steps_runs_on_a_small_picture(name, network, make_picture):
    """Its smallest octave has maps of two cells, of which a border of 2 would leave none."""
    picture, preset = make_picture(64, 80), PRESETS[name]
    result = deep_dream(picture, preset=name, network=network, steps=1, progress=False)
    shapes = octave_shapes(picture.shape, preset.steps["octaves"], preset.steps["octave_scale"], 32)
    assert len(result.history["loss"]) == len(shapes) > 1
    assert set(result.terms) == set(preset.layers)
    assert result.picture.shape == picture.shape and np.abs(result.picture - picture).mean() > 0.5


def test_a_presets_settings_hold_unless_others_are_given(network, picture):
    steps = PRESETS["google"].steps | {"octaves": 1, "steps": 2, "jitter": 0}
    layers = {"block2_conv1": 1.0}
    result = deep_dream(picture, layers, preset="google", network=network, octaves=1, steps=2, jitter=0, progress=False)
    *_, last = dream_steps(DreamObjective(network, layers), picture, **steps)
    np.testing.assert_allclose(result.picture, last.picture, atol=0.1)
    assert set(result.terms) == set(layers)


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in PRESETS if PRESETS[name].cost])
def test_a_preset_of_l_bfgs_lowers_its_cost(name, network, make_picture):
    picture, preset = make_picture(64, 64), PRESETS[name]
    result = deep_dream(picture, preset=name, network=network, progress=False)
    assert list(result.terms) == [*preset.layers, "continuity", "l2"]
    assert result.loss == min(result.history["loss"]) < result.history["loss"][0]
    assert 1 < result.evaluations <= 35 and result.clipped_loss is None
    dream = DreamObjective(network, preset.layers, border=2)
    cost = CompiledObjective(DreamCost(dream, preset.cost["continuity"], preset.cost["l2"], preset.gain))
    first = {name: values[0] for name, values in result.history.items() if name != "loss"}
    assert cost(picture)[0] == pytest.approx(first, rel=1e-4)
    np.testing.assert_allclose(
        result.picture, minimize(cost, picture, 35, method="scipy", basis="pixels", progress=False).picture, atol=2
    )


@pytest.mark.parametrize(
    "options", [{"mask": np.ones((48, 64))}, {"octaves": 2}, {"steps": 9}, {"jitter": 3}], ids=lambda o: next(iter(o))
)
@pytest.mark.parametrize("name", ["dreamy", "bad_trip"])
def test_a_preset_of_l_bfgs_takes_no_octaves(name, options, network, picture, refused):
    with refused(name, "mask", "octaves", "steps", "jitter"):
        deep_dream(picture, preset=name, network=network, progress=False, **options)


def test_inception_has_its_own_layers_and_settings(make_picture):
    picture = keras.Input((None, None, 3), name="picture")
    x = keras.layers.AveragePooling2D(2, name="mixed3")(picture)
    for k in range(4, 8):
        x = keras.layers.Identity(name=f"mixed{k}")(x)
    network = Network("inception_v3", keras.Model(picture, x), [], 32)
    options = {"network": network, "steps": 1, "octaves": 1, "progress": False}
    assert list(deep_dream(make_picture(32, 32), preset="google", **options).terms) == ["mixed3"]
    # Without a word it is Keras' own dream, whose step is 1.275.
    result = deep_dream(np.full((32, 32, 3), 90, "float32"), **options)
    assert list(result.terms) == ["mixed4", "mixed5", "mixed6", "mixed7"]
    assert np.abs(result.picture - 90).mean() == pytest.approx(1.275, rel=1e-3)


def test_the_objective_of_a_dream_is_there_by_itself(network):
    default, preset, wish = (
        dream_objective(network, **options)
        for options in ({}, {"preset": "dreamy"}, {"channels": {("block2_conv1", 1): 1.0}, "preset": "dreamy"})
    )
    assert (default.layers, default.border) == ({DREAM_LAYER: 1.0}, 0)
    assert (preset.layers, preset.border) == (PRESETS["dreamy"].layers, 2)
    assert (wish.layers, wish.channels, wish.border) == ({}, {("block2_conv1", 1): 1.0}, 2)


# Refusals


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"picture": "cta"}, ["cta", "did you mean cat"]),
        ({"picture": np.zeros((20, 40, 3))}, ["40 x 20", "at least 32"]),
        ({"size": 24}, ["24 x 18", "at least 32"]),
        ({"size": 0}, ["size 0"]),
        ({"network": "vgg16"}, ["'vgg16'"]),
        ({"preset": "nightmare"}, ["'nightmare'", "inception", "bad_trip"]),
        ({"layers": {"conv4_2": 1}}, ["'conv4_2'", "block4_conv2"]),
        ({"layers": {"block2_conv1": 0}}, ["nothing to dream of"]),
        ({"channels": {("block2_conv1", 32): 1}}, ["block2_conv1", "0 to 31", "32"]),
        ({"classes": {"dragonfyl": 1}}, ["'dragonfyl'", "did you mean dragonfly"]),
        ({"guide": np.zeros((10, 64, 3))}, ["64 x 10", "at least 32"]),
        ({"guide": np.zeros((64, 64, 3)), "classes": {"goose": 1}}, ["guide", "layers"]),
        ({"mask": np.full((48, 64), np.nan)}, ["not numbers"]),
        ({"mask": np.zeros((4, 4))}, ["mask is black"]),
        ({"steps": 0}, ["steps", "at least 1"]),
        ({"octaves": 0}, ["octaves", "at least 1"]),
        ({"octave_scale": 1.0}, ["octave_scale", "above 1"]),
        ({"normalize": "median"}, ["'median'", *NORMALIZATIONS]),
        ({"tile": 20}, ["tile", "20", "at least 32"]),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, dict) else "",
)
def test_what_does_not_fit_is_refused(options, words, network, picture, refused):
    with refused(*words):
        dream(**{"picture": picture, "network": network} | options)


@pytest.mark.parametrize(
    ("longest", "octaves"), [(96, 4), (400, 4), (474, 4), (475, 5), (768, 6), (1024, 7), (2048, 9)]
)
def test_a_large_picture_has_more_octaves(longest, octaves):
    assert usual_steps(longest) == USUAL_STEPS | {"octaves": octaves}


def test_a_large_dream_begins_as_small_as_a_usual_one(network, make_picture):
    picture = make_picture(140, 475)
    result = deep_dream(picture, "block1_conv1", network=network, steps=1, progress=False)
    assert result.evaluations == 5
    result = deep_dream(picture, "block1_conv1", network=network, steps=1, octaves=2, progress=False)
    assert result.evaluations == 2
