"""The steps of a dream: octaves, jitter, tiles, masks and films by hand. For `deep_dream` see test_deep_dream.py."""

import inspect
import itertools

import numpy as np
import pytest
import scipy.ndimage

from course_utils.backend import tf
from course_utils.dream.film import enlarge, zoom_film
from course_utils.dream.objectives import DreamObjective
from course_utils.dream.octaves import dream_steps
from course_utils.dream.settings import DreamSettings
from course_utils.optimize.evaluation import CompiledObjective
from course_utils.optimize.steps import NORMALIZATIONS, gradient_ascent
from course_utils.pictures.colours import colour_filter, match_colours
from course_utils.pictures.sizes import octave_shapes, resize

PLAIN = {
    "octaves": 1,
    "jitter": 0,
    "smooth": 0,
    "blur": 0,
    "palette": 0,
    "smallest": 1,
}  # A step is then nothing but gradient ascent.


class Spy(CompiledObjective):
    """An objective whose gradient is a function of the picture; it keeps what it is shown."""

    def __init__(self, gradient):
        self.gradient, self.seen = gradient, []

    def __call__(self, picture):
        self.seen.append(picture.copy())
        return {"first": 1.0, "second": 0.5}, self.gradient(picture).astype("float32")


def outwards(picture):
    """The gradient of 1/2 sum (x - 100)^2, which knows of no neighbours: a rolled picture has it rolled."""
    return picture - 100


@pytest.fixture
def picture(make_picture):
    return np.clip(make_picture(48, 64, seed=1), 60, 190)  # A few steps away from black and white.


@pytest.fixture
def objective(network):
    return CompiledObjective(DreamObjective(network, {"block2_conv2": 1.0}))


# Octaves


def test_there_is_a_state_a_step_and_each_has_the_full_size(objective, picture):
    states = list(dream_steps(objective, picture, octaves=3, octave_scale=1.2, steps=2))
    assert [state.step for state in states] == [1, 2, 3, 4, 5, 6]
    for state in states:
        shown = state.picture
        assert shown.shape == picture.shape and shown.dtype == np.float32
        assert shown.min() >= 0 and shown.max() <= 255
        assert np.abs(shown - picture).max() > 0.5
        assert state.loss == sum(state.terms.values()) and list(state.terms) == ["block2_conv2"]


def test_black_and_white_are_not_left():
    picture = np.zeros((40, 40, 3), "float32")
    picture[:, 20:] = 255
    for state in dream_steps(Spy(outwards), picture, octaves=2, octave_scale=1.2, steps=3, step=20.0):
        shown = state.picture
        assert shown.min() == 0 and shown.max() == 255


def test_what_is_seen_at_each_octave_has_the_details_of_that_size(picture):
    """A step of 0 dreams nothing: the network must see the original at every size, as large as it is."""
    spy = Spy(outwards)
    states = list(dream_steps(spy, picture, octaves=3, octave_scale=1.2, steps=1, step=0.0, jitter=0))
    for seen, shape in zip(spy.seen, octave_shapes(picture.shape, 3, 1.2), strict=True):
        np.testing.assert_array_equal(seen, resize(picture, shape))
    for state in states:
        np.testing.assert_array_equal(state.picture, picture)


def test_the_second_octave_by_hand(picture):
    spy = Spy(outwards)
    states = list(dream_steps(spy, picture, **PLAIN | {"octaves": 2}, octave_scale=1.25, steps=1, step=3.0))
    small = resize(picture, (38, 51))  # 48 / 1.25 = 38.4, 64 / 1.25 = 51.2.
    dreamt = 3 * outwards(small) / np.abs(outwards(small)).mean()
    # What was dreamt is enlarged and laid on the original, whose own details no enlarging could have brought back.
    before = picture + resize(dreamt, (48, 64))
    np.testing.assert_allclose(states[0].picture, before, atol=1e-3)
    np.testing.assert_allclose(spy.seen[1], before, atol=1e-3)
    after = before + 3 * outwards(before) / np.abs(outwards(before)).mean()
    np.testing.assert_allclose(states[1].picture, after, atol=1e-3)


# Steps


@pytest.mark.parametrize("normalize", NORMALIZATIONS)
def test_without_its_refinements_it_is_gradient_ascent(normalize, objective, picture):
    options = {"steps": 3, "step": 1.5, "normalize": normalize}
    ours, theirs = dream_steps(objective, picture, **PLAIN, **options), gradient_ascent(objective, picture, **options)
    for one, other in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(one.picture, other.picture, atol=1e-2)
        assert one.terms == pytest.approx(other.terms, rel=1e-4)


def test_the_first_step_by_hand(picture):
    state = next(dream_steps(Spy(outwards), picture, **PLAIN, step=1.5))
    slope = picture.astype("float64") - 100
    np.testing.assert_allclose(state.picture, picture + 1.5 * slope / np.abs(slope).mean(), atol=1e-3)
    assert (state.step, state.loss, state.terms) == (1, 1.5, {"first": 1.0, "second": 0.5})


@pytest.mark.parametrize(
    "options", [{}, {"smooth": 0, "blur": 0}, {"smooth": 1.0, "blur": 3.0, "palette": 1.0}, {"tile": 40}], ids=str
)
def test_the_mean_change_of_a_step_is_what_was_asked_for(options, objective, picture):
    state = next(dream_steps(objective, picture, octaves=1, step=0.75, **options))
    assert state.picture.min() > 0 and state.picture.max() < 255  # Nothing is clipped.
    assert np.abs(state.picture - picture).mean() == pytest.approx(0.75, rel=1e-3)


def test_blur_is_scipys_gaussian(picture, rng):
    grain = rng.normal(size=picture.shape)
    state = next(dream_steps(Spy(lambda _: grain), picture, **PLAIN | {"blur": 2.0}, step=1.5))
    expected = scipy.ndimage.gaussian_filter(grain, 2.0, mode="reflect", axes=(0, 1), truncate=8)
    expected *= 1.5 / np.abs(expected).mean()
    np.testing.assert_allclose(state.picture - picture, expected, atol=1e-3)


def test_the_palette_multiplies_the_colours_of_a_step(picture):
    spy = Spy(lambda p: np.broadcast_to(np.float32([1, 0, 0]), p.shape))  # A wish for more red and nothing else.
    change = next(dream_steps(spy, picture, **PLAIN | {"palette": 0.5})).picture - picture
    expected = colour_filter(0.5)[0] / colour_filter(0.5)[0].mean()
    np.testing.assert_allclose(change, np.broadcast_to(expected, picture.shape), atol=1e-3)


def test_smoothing_favours_slow_waves_by_the_power_of_their_frequency():
    rows = (np.arange(64) + 0.5) / 64
    slow, fast = (np.cos(2 * np.pi * periods * rows)[:, None, None] for periods in (4, 16))
    picture = np.full((64, 64, 3), 127, "float32")
    for power, ratio in ((0.5, 2), (1.0, 4)):
        spy = Spy(lambda p: np.broadcast_to(slow + fast, p.shape))
        change = next(dream_steps(spy, picture, **PLAIN | {"smooth": power})).picture - picture
        heights = [np.mean(change * wave) for wave in (slow, fast)]
        assert heights[0] / heights[1] == pytest.approx(ratio, rel=1e-3)


def test_a_seed_gives_the_same_picture_again(objective, picture):
    first, again, other = (
        list(dream_steps(objective, picture, octaves=2, octave_scale=1.2, steps=2, seed=seed))[-1].picture
        for seed in (3, 3, 4)
    )
    np.testing.assert_allclose(first, again, atol=0.1)  # Threads may add up in another order.
    assert np.abs(first - other).max() > 1


def test_the_callers_picture_is_left_alone(objective, picture):
    before = picture.copy()
    for state in dream_steps(objective, picture, octaves=2, octave_scale=1.2, steps=1):
        state.picture[:] = 0
    np.testing.assert_array_equal(picture, before)


# Jitter


def shift_between(rolled, picture, reach):
    """The (rows, columns) by which a picture was rolled, found by trying."""
    shifts = list(itertools.product(range(-reach, reach + 1), repeat=2))
    found = [shift for shift in shifts if np.array_equal(np.roll(picture, shift, (0, 1)), rolled)]
    assert len(found) == 1
    return found[0]


def test_jitter_shows_the_picture_rolled_by_up_to_so_many_pixels(picture):
    spy = Spy(outwards)
    list(dream_steps(spy, picture, octaves=1, steps=40, step=0.0, jitter=2))
    shifts = [shift_between(seen, picture, 4) for seen in spy.seen]
    # In 40 draws each of the five shifts of an axis is missed with a chance of 5 x 0.8^40 = 7e-4; the seed is fixed.
    assert {rows for rows, _ in shifts} == {columns for _, columns in shifts} == {-2, -1, 0, 1, 2}


@pytest.mark.parametrize("options", [{"jitter": 9}, {"jitter": 9, "tile": 20}], ids=str)
def test_the_gradient_is_rolled_back(options, picture):
    """Where every pixel stands for itself, no roll makes a difference."""
    still, rolled = (
        [state.picture for state in dream_steps(Spy(outwards), picture, **PLAIN | more, steps=3)]
        for more in ({}, options)
    )
    np.testing.assert_allclose(rolled, still, atol=1e-3)
    assert np.abs(still[-1] - picture).max() > 3


# Tiles


def means(picture):
    """Two means over pixels: those of tiles, weighed by area, add up to those of the whole."""
    return {"waves": tf.reduce_mean(tf.cos(picture / 9)), "bend": tf.reduce_mean(tf.square(picture / 100))}


@pytest.mark.parametrize("tile", [7, 20, 48, 500])
def test_tiles_have_the_gradient_of_the_whole(tile, picture):
    evaluate = CompiledObjective(means)
    whole, tiled = (next(dream_steps(evaluate, picture, **PLAIN, tile=side, step=5.0)) for side in (None, tile))
    np.testing.assert_allclose(tiled.picture, whole.picture, atol=1e-2)
    assert tiled.terms == pytest.approx(whole.terms, rel=1e-4)


def test_tiles_of_unlike_sizes_do_not_change_the_proportions():
    """Without a normalisation by size the step is the gradient: half a pixel more in a tile must not show."""
    picture = np.full((41, 50, 3), 80, "float32")
    evaluate = CompiledObjective(lambda p: {"brightness": tf.reduce_mean(p)})
    state = next(dream_steps(evaluate, picture, **PLAIN, tile=15, normalize="none", step=float(picture.size)))
    np.testing.assert_allclose(state.picture, 81, rtol=1e-5)


@pytest.mark.parametrize(
    ("tile", "smallest", "count"),
    [(20, 1, 3 * 4), (16, 16, 3 * 4), (48, 32, 1 * 2), (64, 32, 1), (20, 17, 2 * 3), (40, 32, 1 * 2), (32, 32, 1 * 2)],
)
def test_tiles_cover_every_pixel_once_and_are_not_too_small(tile, smallest, count):
    picture = np.arange(48 * 64 * 3, dtype="float32").reshape(48, 64, 3) / 48  # Within 0..192, no value twice.
    spy = Spy(outwards)
    next(dream_steps(spy, picture, **PLAIN | {"smallest": smallest}, tile=tile))
    assert len(spy.seen) == count
    sides = [part.shape[:2] for part in spy.seen]
    for along in zip(*sides):
        assert smallest <= min(along) and max(along) - min(along) <= 1
        assert max(along) < max(tile + 1, 2 * smallest)
    np.testing.assert_array_equal(np.sort(np.concatenate([part.ravel() for part in spy.seen])), picture.ravel())


def test_the_edges_of_tiles_lie_elsewhere_at_each_step(picture):
    spy = Spy(outwards)
    list(dream_steps(spy, picture, **PLAIN, tile=24, steps=6, step=0.0))
    corners = [part[0, 0] for part in spy.seen[:: len(spy.seen) // 6]]
    assert len({tuple(corner) for corner in corners}) >= 5


# Masks


@pytest.fixture
def right_half(picture):
    mask = np.zeros(picture.shape[:2], "float32")
    mask[:, 32:] = 1
    return mask


def test_nothing_changes_where_the_mask_is_0(objective, picture, right_half):
    for state in dream_steps(objective, picture, octaves=1, steps=3, mask=right_half):
        np.testing.assert_array_equal(state.picture[:, :32], picture[:, :32])
    assert np.abs(state.picture - picture)[:, 32:].mean() > 1


def test_with_octaves_little_leaks_over_the_edge_of_the_mask(objective, picture, right_half):
    """A Lanczos filter reaches over three pixels of the smaller picture, 3.6 of ours: once as the mask is made smaller,
    once as the dream is enlarged. Further than 8 pixels from the edge nothing may change at all.
    """
    for state in dream_steps(objective, picture, octaves=2, octave_scale=1.2, steps=3, mask=right_half):
        change = np.abs(state.picture - picture)
        np.testing.assert_array_equal(change[:, :24], 0)
        assert change[:, 24:31].mean() < 0.2 * change[:, 33:].mean()
        assert change[:, 33:].mean() > 0.5


def test_a_grey_mask_takes_its_part_of_the_step(objective, picture):
    options = {"octaves": 1, "steps": 1, "jitter": 0}
    full = next(dream_steps(objective, picture, **options)).picture - picture
    mask = np.linspace(0, 1, 64, dtype="float32")[None].repeat(48, 0)
    masked = next(dream_steps(objective, picture, mask=mask, **options)).picture - picture
    np.testing.assert_allclose(masked, mask[..., None] * full, atol=1e-2)


# Films


def test_enlarging_keeps_the_size_and_1_changes_nothing(picture):
    assert enlarge(picture, 1.3).shape == picture.shape and enlarge(picture, 1.3).dtype == np.float32
    np.testing.assert_allclose(enlarge(picture, 1.0), picture, atol=1e-3)


@pytest.mark.parametrize("zoom", [1.05, 1.5, 2.0])
def test_enlarging_is_about_the_centre(zoom):
    """Of a ramp, which bicubic weights keep as it is: a pixel shows what was nearer to the centre by the factor."""
    rows, columns = np.arange(40) - 19.5, np.arange(60) - 29.5
    ramp = np.zeros((40, 60, 3), "float32")
    ramp[..., 0], ramp[..., 1], ramp[..., 2] = 127 + 3 * rows[:, None], 127 - 2 * columns, 9
    inner = slice(4, -4)  # At the border the weights are short of neighbours.
    expected = 127 + (ramp - 127) / zoom
    expected[..., 2] = 9
    np.testing.assert_allclose(enlarge(ramp, zoom)[inner, inner], expected[inner, inner], atol=0.05)


def test_enlarging_stays_in_the_range():
    picture = np.zeros((40, 40, 3), "float32")
    picture[::8] = 255  # Bicubic weights overshoot at such edges.
    enlarged = enlarge(picture, 1.4)
    assert enlarged.min() == 0 and enlarged.max() == 255


def test_a_film_falls_into_the_picture(picture):
    """Without a step each frame is nothing but the last one, enlarged, in the colours of the first."""
    frames = list(zoom_film(Spy(outwards), picture, 3, zoom=1.1, step=0.0))
    assert len(frames) == 3
    np.testing.assert_array_equal(frames[0], picture)
    for before, after in itertools.pairwise(frames):
        np.testing.assert_allclose(after, match_colours(enlarge(before, 1.1), picture), atol=1e-3)


def test_a_film_that_loops_ends_where_it_begins(picture):
    """Its first frame is the one after those that the last ones dissolve into; nothing else differs."""
    options = {"zoom": 1.1, "octaves": 1, "steps": 1, "step": 2.0}
    plain = list(zoom_film(Spy(outwards), picture, 8, **options))
    looped = list(zoom_film(Spy(outwards), picture, 6, loop=2, **options))
    assert len(looped) == 6
    for k in range(4):
        np.testing.assert_allclose(looped[k], plain[2 + k], atol=1e-3)
    np.testing.assert_allclose(looped[4], plain[6] * 2 / 3 + plain[0] / 3, atol=1e-2)
    np.testing.assert_allclose(looped[5], plain[7] / 3 + plain[1] * 2 / 3, atol=1e-2)


def test_a_film_does_not_drift_to_black_and_white():
    """Steps away from a middle grey, each of which makes the contrast larger by itself."""
    picture = np.random.default_rng(0).normal(127, 20, (40, 40, 3)).clip(60, 190).astype("float32")
    *_, last = zoom_film(Spy(lambda p: p - 127), picture, 6, octaves=1, steps=2, step=5.0, smallest=1)
    assert last.std() == pytest.approx(picture.std(), rel=0.1)
    np.testing.assert_allclose(last.mean((0, 1)), picture.mean((0, 1)), atol=2)


def test_every_frame_is_dreamt_on(objective, picture):
    options = {"zoom": 1.1, "octaves": 1, "steps": 2}
    first, second, third = zoom_film(objective, picture, 3, **options, seed=5)
    *_, last = dream_steps(objective, enlarge(second, 1.1), octaves=1, steps=2, seed=7)  # Each frame has its own seed.
    np.testing.assert_allclose(third, match_colours(last.picture, picture), atol=0.1)
    assert np.abs(second - match_colours(enlarge(first, 1.1), picture)).mean() > 0.5
    assert [frame.shape for frame in (first, second, third)] == [picture.shape] * 3


# Refusals


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"steps": 0}, ["steps", "at least 1"]),
        ({"step": float("nan")}, ["step", "nan"]),
        ({"normalize": "median"}, ["'median'"]),
        ({"tile": 20}, ["tile", "at least 32"]),
        ({"mask": np.full((48, 64), 256.0)}, ["mask", "256"]),
        ({"mask": np.zeros((4, 4))}, ["mask is black"]),
        ({"mask": np.full((48, 64), np.nan)}, ["mask", "not numbers"]),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, dict) else "",
)
@pytest.mark.parametrize("make", [dream_steps, zoom_film], ids=["steps", "film"])
def test_a_generator_refuses_at_the_call(make, options, words, picture, refused):
    """Not at the first `next`, which may come long after, in another cell."""
    spy = Spy(outwards)
    with refused(*words):
        make(spy, picture, **{"smallest": 32} | options)
    assert not spy.seen


def test_a_film_refuses_its_own_numbers_at_the_call(picture, refused):
    for options in ({"frames": 0}, {"zoom": 0.9}):
        with refused(*options):
            zoom_film(Spy(outwards), picture, **options)


def test_the_signature_is_still_there_to_be_read():
    assert inspect.signature(dream_steps).parameters["octaves"].default == DreamSettings.octaves
    assert "octave" in dream_steps.__doc__
