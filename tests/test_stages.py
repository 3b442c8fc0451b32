"""Pictures that are made small first: which sizes, how many evaluations at each, and what goes from stage to stage."""

import numpy as np
import pytest
import scipy.fft

from course_utils.pictures.sizes import resize
from course_utils.style import style_transfer, texture
from course_utils.style.noise import coloured_noise, pink_noise
from course_utils.style.settings import FIRST_SIDE, StyleSettings, TextureSettings
from course_utils.style.stages import Stage, descend_stages, minimize_stages
from course_utils.style.textures import texture_steps
from course_utils.style.transfer import style_steps

QUICK = {"network": "random", "size": 256, "stroke": 2.0, "style_layers": ["block1_conv1", "block2_conv1"]}


def sides(how):
    """Longest sides of the stages."""
    count, growth = how.growth
    return [round(how.size / growth ** (count - 1 - k)) for k in range(count)]


# Which sizes


@pytest.mark.parametrize(
    ("size", "stroke", "expected"),
    [
        (192, 1, [192]),
        (256, 1, [256]),  # 192 is so near that it would only cost.
        (320, 1, [192, 320]),
        (512, 1, [192, 314, 512]),
        (1024, 1, [192, 335, 586, 1024]),
        (512, 2, [96, 168, 293, 512]),
        (512, 0.25, [512]),
    ],
)
def test_a_stroke_is_as_large_as_the_first_size_is_small(size, stroke, expected):
    assert sides(StyleSettings(size=size, stroke=stroke)) == expected
    assert len(expected) == 1 or expected[0] == round(FIRST_SIDE / stroke)


def test_stages_that_are_asked_for_double_and_a_picture_is_gone_on_from_at_its_size():
    assert sides(StyleSettings(size=512, stages=3)) == [128, 256, 512]
    assert sides(StyleSettings(size=512, start="mine.png")) == [512]
    assert sides(StyleSettings(size=512, start="mine.png", stages=2)) == [256, 512]
    assert sides(StyleSettings(size=512, steps=[9, 0])) == [192, 512]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"stages": 2, "stroke": 2.0}, ["stroke", "stages", "not both"]),
        ({"stages": 2, "steps": [9, 9, 9]}, ["3 numbers of steps", "2 stages"]),
        ({"steps": []}, ["steps must be a number, or one for each of 1 to 8 stages"]),
        ({"steps": [0, 0]}, ["steps must be a number, or one for each"]),
        ({"steps": [9, -1]}, ["steps 2", "-1"]),
        ({"steps": "many"}, ["steps", "'many'"]),
        ({"stroke": 0}, ["stroke", "above 0"]),
        ({"stroke": 5}, ["stroke", "at most 4"]),
    ],
    ids=str,
)
def test_what_does_not_fit_is_refused(options, words, refused):
    with refused(*words):
        StyleSettings(**options)


def test_steps_that_are_all_left_out_are_refused(make_picture, refused):
    with refused("steps are 0 at every size that the network can take"):  # At 96 pixels it is too small at first.
        style_transfer(make_picture(96, 24), make_picture(64, 64), steps=[5, 0], size=140, progress=False)


# How many evaluations


def test_each_larger_size_takes_fewer_evaluations():
    assert StyleSettings(size=512).steps_by_stage() == [75, 49, 32]
    assert StyleSettings(size=512, steps=10).steps_by_stage(2) == [10, 6]
    assert StyleSettings(size=512, steps=[7, 0, 2]).steps_by_stage() == [7, 0, 2]
    assert TextureSettings(example_size=256).steps_by_stage() == [150, 75]


@pytest.mark.parametrize(
    ("reached", "steps"),
    [
        ({0: 75, 1: 124, 2: 156}, 75),  # Just what was asked for.
        ({0: 76, 1: 125, 2: 157}, [76, 49, 32]),
        ({0: 75, 1: 100}, [75, 25, 0]),
        ({0: 12}, [12, 0, 0]),
        ({1: 49, 2: 81}, [0, 49, 32]),  # The first was too small for the network.
    ],
    ids=str,
)
def test_the_steps_of_a_run_that_was_stopped_are_those_of_each_stage(reached, steps):
    assert StyleSettings(size=512).steps_done(reached) == steps


# What goes from stage to stage


class Bowl:
    """The squared distance to a grey, which another can take over."""

    structure = "bowl"

    def __init__(self, grey):
        from course_utils.backend import tf

        self.grey = tf.Variable(float(grey), trainable=False)

    def take_over(self, other):
        self.grey.assign(other.grey)

    def __call__(self, picture):
        from course_utils.backend import tf

        return {"bowl": tf.reduce_mean(tf.square(picture - self.grey))}


def bowls(began):
    def start(side):
        def begin(before):
            began.append(before)
            return np.full((side, side, 3), 128.0, "float32") if before is None else resize(before, (side, side))

        return begin

    return [
        Stage(k, 30, lambda grey=grey: Bowl(grey), start(side), "pixels")
        for k, (grey, side) in enumerate([(60, 8), (200, 16)])
    ]


def test_each_stage_begins_where_the_one_before_has_ended_and_has_its_own_aim():
    began, told = [], []
    result = minimize_stages(bowls(began), method="lbfgs", callback=told.append, stop=None, progress=False)
    assert began[0] is None and began[1].mean() == pytest.approx(60, abs=0.5)
    assert result.picture.shape == (16, 16, 3) and result.picture.mean() == pytest.approx(200, abs=0.5)
    assert [state.step for state in told] == sorted({state.step for state in told}), "steps go on"
    assert {state.stage for state in told} == {0, 1} and len(result.history["bowl"]) == result.evaluations
    began.clear()
    *_, last = descend_stages(bowls(began))
    np.testing.assert_allclose(last.picture, result.picture, atol=0.1)


@pytest.mark.parametrize("most", [3, 9], ids=["in the first stage", "in the second"])
def test_a_style_that_was_left_is_made_again_by_its_steps(most, make_picture):
    content, painting = make_picture(192, 256, 1), make_picture(200, 256, 2)
    how, reached = StyleSettings(steps=6, **QUICK), {}
    for state in style_steps(content, painting, steps=6, **QUICK):
        assert state.picture.shape == content.shape
        reached[state.stage] = state.step
        if state.step >= most:
            break
    steps = how.steps_done(reached)
    assert sum(steps) == state.step and len(steps) == 3
    again = style_transfer(content, painting, progress=False, **QUICK | {"steps": steps})
    np.testing.assert_allclose(again.picture, np.clip(state.picture, 0, 255), atol=0.05)


def test_a_texture_that_was_left_is_made_again_by_its_steps(make_picture):
    example, reached = make_picture(120, 160, 1), {}
    options = {"network": "random", "layers": ["block1_conv1"], "example_size": 256}
    for state in texture_steps(example, 90, steps=6, **options):
        reached[state.stage] = state.step
        if state.stage == 1:
            break
    assert state.picture.shape == (90, 90, 3)
    steps = TextureSettings(steps=6).steps_done(reached)
    again = texture(example, 90, steps=steps, progress=False, **options)
    np.testing.assert_allclose(again.picture, np.clip(state.picture, 0, 255), atol=0.05)


# The noise that it grows from


@pytest.mark.parametrize("power", [0.0, 0.4, 0.85])
def test_the_amplitude_of_the_noise_falls_as_a_power_of_the_frequency(power):
    noise = pink_noise((128, 128, 3), 0, power)
    assert noise.std() == pytest.approx(1, abs=0.05) and noise.dtype == np.float32
    spectrum = np.abs(scipy.fft.dctn(noise, axes=(0, 1), norm="ortho"))
    rows, columns = np.indices((128, 128)) / 2
    frequency = np.hypot(rows, columns)
    means = [spectrum[(low <= frequency) & (frequency < 2 * low)].mean() for low in (4, 8, 16, 32)]
    slopes = np.diff(np.log2(means))
    np.testing.assert_allclose(slopes, -power, atol=0.12)


def test_noise_depends_on_its_seed(make_picture):
    one, again, other = (pink_noise((32, 40, 3), seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(one, again)
    assert np.corrcoef(one.ravel(), other.ravel())[0, 1] < 0.3


def test_a_texture_starts_with_a_part_of_the_examples_spread(make_picture):
    example = 100 + 0.2 * make_picture(60, 80, 3)
    whole, fifth = (coloured_noise(example, (64, 64), 0, spread) for spread in (1.0, 0.2))
    mean = example.mean((0, 1))
    np.testing.assert_allclose(fifth - mean, 0.2 * (whole - mean), atol=1e-3)


def test_a_texture_has_no_more_of_the_finest_grain_than_its_example():
    """From noise of the example's whole spread, a tenth of the power stays in the finest waves: a chessboard."""
    from course_utils.pictures.loading import load_picture

    def finest(picture):
        grey = picture.mean(-1)
        power = scipy.fft.dctn(grey - grey.mean(), norm="ortho") ** 2
        rows, columns = (np.arange(side)[:, None] / 2 / side for side in grey.shape)
        return power[np.hypot(rows, columns.T) > 0.45].sum() / power.sum()

    made = texture("night_swirls", 96, example_size=128, steps=40, progress=False).picture
    assert finest(made) < 2 * finest(load_picture("night_swirls", 128))
