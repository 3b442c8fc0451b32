"""Neural style: the weights of the terms, the targets, the colours, and the whole method on a small picture."""

import numpy as np
import pytest

from course_utils.backend import tf
from course_utils.defaults import CONTENT_LAYER, STYLE_LAYERS
from course_utils.optimize import pool
from course_utils.optimize.evaluation import CompiledObjective
from course_utils.pictures.colours import keep_chroma, match_colours, match_histogram
from course_utils.pictures.loading import load_picture
from course_utils.pictures.sizes import resize
from course_utils.style.objective import WEIGHTINGS, StyleObjective
from course_utils.style.settings import GRAIN, StyleSettings
from course_utils.style.transfer import start_picture, style_transfer

STYLE_TERMS = [f"style {layer}" for layer in STYLE_LAYERS]
VGG19_CHANNELS = (64, 128, 256, 512, 512)


@pytest.fixture(scope="module")
def content(make_picture):
    return make_picture(48, 64, seed=1)


@pytest.fixture(scope="module")
def paintings(make_picture):
    return [make_picture(40, 56, seed=2), make_picture(64, 36, seed=3)]


def terms_at(objective, picture):
    return {name: float(value) for name, value in objective(tf.constant(picture[None])).items()}


def gradient_at(objective, picture):
    return CompiledObjective(objective)(picture)[1]


# The objective


def test_shares_are_even_at_the_content_picture(network, content, paintings):
    objective = StyleObjective(network, content, paintings, content_weight=7.0, style_weight=3.0)
    terms = terms_at(objective, content)
    assert list(terms) == ["content", *STYLE_TERMS]
    assert terms["content"] == 0
    for name in STYLE_TERMS:
        assert terms[name] == pytest.approx(3 / 5, rel=1e-4)


def test_the_content_term_is_a_share_of_the_features_variance(network, content, paintings, make_picture):
    objective = StyleObjective(network, content, paintings, content_weight=0.01)
    other = make_picture(48, 64, seed=9)
    maps = (network.features(one, CONTENT_LAYER, objective.margin) for one in (content, other))
    before, after = (found[CONTENT_LAYER].numpy() for found in maps)
    # Channel means are taken out: what is measured against is how much a feature varies over the picture.
    expected = 0.01 * np.sum((after - before) ** 2) / np.sum((before - before.mean((0, 1, 2))) ** 2)
    assert terms_at(objective, other)["content"] == pytest.approx(expected, rel=1e-3)


def test_a_painting_has_its_own_style(network, make_picture, paintings):
    terms = terms_at(StyleObjective(network, make_picture(40, 56), paintings[:1]), paintings[0])
    assert [terms[name] for name in STYLE_TERMS] == pytest.approx([0] * 5, abs=1e-9) and terms["content"] > 0


def test_a_picture_in_its_own_style_has_finite_weights(network, content):
    terms = terms_at(StyleObjective(network, content, [content]), content)
    assert list(terms.values()) == pytest.approx([0] * 6, abs=1e-6)


def test_total_variation_is_per_pixel_and_in_units_of_half_the_range(network, content, paintings):
    objective = StyleObjective(network, content, paintings, variation_weight=2.0)
    picture = np.zeros_like(content)
    picture[:, 32:] = 127.5  # One step of half the range in each of 48 rows and 3 channels.
    assert terms_at(objective, picture)["variation"] == pytest.approx(2.0 * 48 * 3 / (48 * 64), rel=1e-5)


def test_a_blend_of_targets_pulls_like_the_blend_of_losses(network, content, paintings, make_picture):
    objectives = [StyleObjective(network, content, styles) for styles in (paintings[:1], paintings[1:])]
    mixed = StyleObjective(network, content, paintings, blend=[2, 1])
    for objective in objectives:
        objective.weights.assign(mixed.weights)
    picture = make_picture(48, 64, seed=9)
    first, second = (gradient_at(objective, picture) for objective in objectives)
    expected = (2 * first + second) / 3
    np.testing.assert_allclose(gradient_at(mixed, picture), expected, atol=1e-3 * np.abs(expected).max())
    assert np.abs(first - second).max() > 0.1 * np.abs(expected).max()  # The two do pull apart.


def test_a_painting_without_weight_has_no_say(network, content, paintings, make_picture):
    picture = make_picture(48, 64, seed=9)
    alone, blended = (
        terms_at(StyleObjective(network, content, styles, blend=blend), picture)
        for styles, blend in ((paintings[:1], None), (paintings, [5, 0]))
    )
    assert blended == pytest.approx(alone, rel=1e-5)


def test_other_pictures_of_other_sizes_need_no_new_trace(network, content, paintings, make_picture):
    traces = []

    class Counted(StyleObjective):
        def __call__(self, picture):
            traces.append(1)
            return super().__call__(picture)

    objective = Counted(network, content, paintings[:1])
    evaluate = CompiledObjective(objective)
    evaluate(content)
    for height, width in [(64, 40), (40, 40)]:
        other, picture = make_picture(height, width, seed=5), make_picture(height, width, seed=6)
        objective.retarget(other, paintings, [1, 3])
        fresh = terms_at(StyleObjective(network, other, paintings, blend=[1, 3]), picture)
        assert evaluate(picture)[0] == pytest.approx(fresh, rel=1e-3)
    assert len(traces) == 1


def test_weights_can_be_moved_without_a_new_trace(network, content, paintings, make_picture):
    objective, picture = StyleObjective(network, content, paintings), make_picture(48, 64, seed=9)
    evaluate = CompiledObjective(objective)
    before = evaluate(picture)[0]
    objective.weights.assign(objective.weights * [2, 1, 1, 1, 1, 0, 1])
    after = evaluate(picture)[0]
    expected = before | {"content": 2 * before["content"], STYLE_TERMS[-1]: 0}
    assert after == pytest.approx(expected, rel=1e-5)


def test_layers_can_be_chosen(network, content, paintings):
    objective = StyleObjective(
        network, content, paintings, content_layer="block2_conv2", style_layers=["block1_conv2", "block2_conv2"]
    )
    terms = terms_at(objective, content)
    assert terms == pytest.approx({"content": 0, "style block1_conv2": 0.5, "style block2_conv2": 0.5}, rel=1e-4)


@pytest.mark.parametrize("margin", [0, 8, 31])
def test_the_margin_mirrors_the_picture(margin, network, content, paintings):
    objective = StyleObjective(network, content, paintings, margin=margin)
    padded = np.pad(content, [(margin, margin), (margin, margin), (0, 0)], "reflect")
    for layer in ("block1_conv1", CONTENT_LAYER):
        expected = network.features(padded, layer)[layer]
        found = objective.network.features(content, [layer], objective.margin)[layer]
        np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-3)


# Masks


def halves(shape):
    """Masks of the left and the right half of a picture."""
    left = np.zeros((*shape[:2], 3), "float32")
    left[:, : shape[1] // 2] = 255
    return [left, 255 - left]


def test_a_mask_of_everything_is_as_none(network, content, paintings, make_picture):
    picture = make_picture(48, 64, seed=9)
    plain, masked = (
        terms_at(StyleObjective(network, content, paintings[:1], masks=masks), picture)
        for masks in (None, [np.full((4, 6, 3), 255.0)])
    )
    assert masked == pytest.approx(plain, rel=1e-4)


def test_each_style_pulls_where_its_mask_is_light_and_nowhere_else(network, content, paintings):
    """Without a margin, and away from the border between the masks by more than conv3_1 sees."""
    options = {"masks": halves(content.shape), "style_layers": ["block1_conv1", "block3_conv1"], "content_weight": 0}
    picture = np.random.default_rng(3).uniform(0, 255, (48, 160, 3)).astype("float32")
    wide = resize(content, (48, 160))
    options["masks"] = halves(wide.shape)
    both = StyleObjective(network, wide, paintings, **options)
    other = StyleObjective(network, wide, [paintings[0], paintings[0]], **options)
    other.weights.assign(both.weights)
    first, second = (gradient_at(objective, picture) for objective in (both, other))
    np.testing.assert_allclose(first[:, :40], second[:, :40], atol=1e-4 * np.abs(first).max())
    assert np.abs(first - second)[:, 120:].max() > 0.01 * np.abs(first).max()


def test_parts_weigh_what_they_cover_and_begin_at_the_same_loss(network, content, paintings):
    objective = StyleObjective(network, content, paintings, masks=halves(content.shape), style_weight=3.0)
    assert [terms_at(objective, content)[name] for name in STYLE_TERMS] == pytest.approx([3 / 5] * 5, rel=1e-3)
    quarter = np.zeros((48, 64, 3), "float32")
    quarter[:, :16] = 255
    objective = StyleObjective(network, content, paintings, masks=[quarter, 255 - quarter])
    assert objective.areas.tolist() == pytest.approx([0.25, 0.75], abs=0.01)


def test_where_no_mask_is_light_only_the_content_counts(network, content, paintings):
    wide, masks = resize(content, (48, 160)), halves((48, 160))
    objective = StyleObjective(network, wide, paintings[:1], masks=masks[:1], style_layers=["block2_conv1"])
    picture = np.random.default_rng(3).uniform(0, 255, (48, 160, 3)).astype("float32")
    objective.weights.assign(objective.weights * [0, 1, 0])
    gradient = gradient_at(objective, picture)
    assert np.abs(gradient[:, 110:]).max() < 1e-6 * np.abs(gradient).max()


def test_masks_follow_to_other_pictures_without_a_new_trace(network, content, paintings, make_picture):
    objective = StyleObjective(network, content, paintings, masks=halves(content.shape))
    evaluate = CompiledObjective(objective)
    evaluate(content)
    other, picture = make_picture(64, 40, seed=5), make_picture(64, 40, seed=6)
    objective.retarget(other, paintings, masks=halves(other.shape))
    fresh = terms_at(StyleObjective(network, other, paintings, masks=halves(other.shape)), picture)
    assert evaluate(picture)[0] == pytest.approx(fresh, rel=1e-3)


# Other programs' weights


@pytest.mark.parametrize(
    ("name", "table"),
    [
        ("paper", "0.2 0.2 0.2 0.2 0.2"),
        ("keras", "91.0 22.8 5.69 1.42 0.089"),
        ("jcjohnson", "0.098 0.024 0.0061 0.0015 0.0015"),
        ("gatys-pytorch", "0.98 0.24 0.061 0.015 0.015"),
        ("d2l", "9.8 2.4 0.61 0.15 0.15"),
        ("pytorch", "977 244 61 15 15"),
        ("tensorflow", "0.008 0.008 0.008 0.008 0.008"),
    ],
)
def test_style_weights_of_known_programs_in_the_papers_unit(name, table):
    """What each program has in front of the paper's E_l, worked out from its source, to the digits of the table."""
    pixels = 512 * 384
    for k, (channels, text) in enumerate(zip(VGG19_CHANNELS, table.split())):
        weight = WEIGHTINGS[name][0](channels, pixels // 4**k, pixels, 5)
        decimals = len(text.partition(".")[2])
        assert f"{weight:.{decimals}f}" == text


def test_keras_new_style_weights_are_its_old_ones_in_another_unit():
    arguments = (64, 512 * 384, 512 * 384, 5)
    assert WEIGHTINGS["keras-io"][0](*arguments) == pytest.approx(1e-6 * WEIGHTINGS["keras"][0](*arguments))


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("paper", 1e-3),
        ("keras", 0.05),
        ("keras-io", 5e-8),
        ("jcjohnson", 6.4e-6),
        ("gatys-pytorch", 1.3e-6),
        ("d2l", 1.3e-6),
        ("pytorch", 1.3e-6),
        ("tensorflow", 0.0127),
    ],
)
def test_content_weights_of_known_programs(name, expected):
    """At conv4_2 of a picture of 512 x 384 pixels: 512 channels at 64 x 48 positions."""
    assert WEIGHTINGS[name][1](512, 64 * 48) == pytest.approx(expected, rel=0.03)  # The table has two digits.


def test_the_papers_weighting_gives_the_papers_losses(network, content, make_picture):
    """Equations 1, 4, 5 and 7 in NumPy, with beta 2 and alpha / beta 1e-3; painting and photograph of one size."""
    painting, picture = make_picture(48, 64, seed=2), make_picture(48, 64, seed=9)
    objective = StyleObjective(
        network, content, [painting], weighting="paper", content_weight=2.0, style_weight=2.0, margin=0
    )
    features = [network.features(one, objective.layers) for one in (picture, content, painting)]
    f, p = (maps[CONTENT_LAYER].numpy() for maps in features[:2])
    expected = {"content": 2e-3 * 0.5 * np.sum((f - p) ** 2)}
    for layer in STYLE_LAYERS:
        f, a = (maps[layer].numpy().reshape(-1, maps[layer].shape[-1]).astype("float64") for maps in features[::2])
        positions, filters = f.shape
        distance = np.sum((f.T @ f - a.T @ a) ** 2) / (4 * filters**2 * positions**2)
        expected[f"style {layer}"] = 2 * distance / 5
    assert terms_at(objective, picture) == pytest.approx(expected, rel=1e-3)


def test_keras_weighting_gives_keras_losses(network, content, make_picture):
    """Keras' example divides sum (G - A)^2 by 4 x 3^2 x pixels^2, whatever the layer, and by the number of layers."""
    painting, picture = make_picture(48, 64, seed=2), make_picture(48, 64, seed=9)
    objective = StyleObjective(network, content, [painting], weighting="keras", margin=0)
    ours = terms_at(objective, picture)
    for layer in STYLE_LAYERS:
        f, a = (network.features(one, layer)[layer].numpy() for one in (picture, painting))
        f, a = (maps.reshape(-1, maps.shape[-1]).astype("float64") for maps in (f, a))
        expected = np.sum((f.T @ f - a.T @ a) ** 2) / (4 * 3**2 * (48 * 64) ** 2) / 5
        assert ours[f"style {layer}"] == pytest.approx(expected, rel=1e-3)


# Colours and starts


def test_matched_colours_have_the_mean_and_the_covariance(rng):
    def cloud(centre, spread, shape):  # Low contrast, so that nothing is clipped.
        return (centre + spread * rng.normal(size=(*shape, 3)) @ rng.normal(size=(3, 3))).astype("float32")

    picture, like = cloud(90, 3, (30, 40)), cloud(150, 5, (25, 25))
    matched = match_colours(picture, like)
    assert matched.shape == picture.shape and matched.dtype == np.float32
    assert matched.min() > 0 and matched.max() < 255
    ours, theirs = matched.reshape(-1, 3), like.reshape(-1, 3)
    np.testing.assert_allclose(ours.mean(0), theirs.mean(0), rtol=1e-4)
    np.testing.assert_allclose(np.cov(ours.T), np.cov(theirs.T), rtol=1e-2, atol=1e-2)


def test_matching_a_picture_to_itself_changes_nothing(content):
    np.testing.assert_allclose(match_colours(content, content), content, atol=0.01)


@pytest.mark.parametrize("picture", [np.full((9, 9, 3), 80.0), np.full((9, 9, 3), 1.0) * np.arange(9)[:, None, None]])
def test_even_and_grey_pictures_can_be_matched(picture, content):
    matched = match_colours(picture, content)
    assert np.isfinite(matched).all() and matched.min() >= 0 and matched.max() <= 255


def test_chroma_is_of_the_one_and_luma_of_the_other(make_picture):
    picture, colours = (0.3 * make_picture(12, 14, seed) + 90 for seed in (1, 2))  # Within 90..167: nothing clips.
    to_ycbcr = np.array([[0.299, 0.587, 0.114], [-0.168736, -0.331264, 0.5], [0.5, -0.418688, -0.081312]])
    mixed, light, chroma = (one @ to_ycbcr.T for one in (keep_chroma(picture, colours), picture, colours))
    np.testing.assert_allclose(mixed[..., 0], light[..., 0], atol=1e-3)
    np.testing.assert_allclose(mixed[..., 1:], chroma[..., 1:], atol=1e-3)


def test_chroma_is_clipped():
    black, white = np.zeros((2, 2, 3), "float32"), np.full((2, 2, 3), 255, "float32")
    red = black + np.array([200, 0, 0], "float32")
    np.testing.assert_allclose(keep_chroma(black, red)[0, 0], [200 - 59.8, 0, 0], atol=1e-3)
    assert keep_chroma(white, red).max() == 255


def test_noise_depends_on_the_seed_alone(content):
    first, again, other = (start_picture("noise", content, seed) for seed in (0, 0, 1))
    np.testing.assert_array_equal(first, again)
    assert np.abs(first - other).mean() > 30
    assert first.shape == content.shape and first.dtype == np.float32 and first.min() >= 0 and first.max() <= 255
    assert first.mean() == pytest.approx(127.5, abs=10)  # It is pink: a few slow waves decide the mean.


def test_the_start_may_be_the_content_or_another_picture(content, make_picture):
    start = start_picture("content", content)
    np.testing.assert_array_equal(start, content)
    assert not np.shares_memory(start, content)
    other = make_picture(96, 128, seed=5)
    assert start_picture(other, content).shape == content.shape
    np.testing.assert_array_equal(start_picture("coffee", load_picture("coffee", 64)), load_picture("coffee", 64))


def test_a_matched_histogram_is_the_others_and_the_order_stays(rng):
    picture, like = rng.uniform(0, 255, (20, 30, 3)), rng.uniform(0, 255, (25, 24, 3)) ** 2 / 255
    matched = match_histogram(picture, like)
    assert matched.shape == picture.shape and matched.dtype == np.float32
    for channel in range(3):
        found, wanted = (np.sort(one[..., channel].ravel()) for one in (matched, like))
        np.testing.assert_allclose(found, wanted, atol=1)  # As many values on both sides.
        assert (matched[..., channel].ravel().argsort() == picture[..., channel].ravel().argsort()).all()


# The whole method


def transfer(content, style, **options):
    return style_transfer(content, style, **{"size": 64, "steps": 8, "network": "random", "progress": False} | options)


@pytest.mark.parametrize("start", ["content", "noise"])
def test_a_picture_is_painted(start, make_picture, paintings):
    photograph = make_picture(90, 120, seed=1)
    result = transfer(photograph, paintings, blend=[2, 1], start=start, steps=20)
    assert result.picture.shape == (48, 64, 3)
    assert result.picture.min() >= 0 and result.picture.max() <= 255 and result.evaluations <= 20
    assert result.loss == min(result.history["loss"]) < 0.5 * result.history["loss"][0]
    assert set(result.terms) == {"content", *STYLE_TERMS}


def test_a_seed_gives_the_same_picture_again(content, paintings):
    first, again, other = (transfer(content, paintings, start="noise", seed=seed).picture for seed in (0, 0, 1))
    # The same up to rounding: threads may add up in another order.
    np.testing.assert_allclose(first, again, atol=0.5)
    assert np.abs(first - other).mean() > 5


def test_more_weight_on_the_content_keeps_more_of_it(content, paintings):
    near, far = (transfer(content, paintings, content_weight=w).terms["content"] / w for w in (10.0, 0.001))
    assert near < 0.5 * far


def test_the_photographs_colours_can_be_kept(content, paintings):
    plain, kept = (transfer(content, paintings, colours=colours).picture for colours in (None, "luminance"))
    np.testing.assert_allclose(kept, keep_chroma(plain, content), atol=0.5)


def test_the_paintings_colours_can_be_matched(content, paintings):
    paintings = [resize(one, 64) for one in paintings]  # Of the final size, so that the order does not matter.
    by_hand = transfer(content, [match_colours(one, content) for one in paintings])
    np.testing.assert_allclose(transfer(content, paintings, colours="match").picture, by_hand.picture, atol=0.5)


def test_the_paintings_histograms_can_be_matched(content, paintings):
    paintings = [resize(one, 64) for one in paintings]
    by_hand = transfer(content, [match_histogram(one, content) for one in paintings])
    np.testing.assert_allclose(transfer(content, paintings, colours="histogram").picture, by_hand.picture, atol=0.5)


@pytest.mark.slow
def test_a_second_picture_is_not_compiled_again_and_is_what_it_would_be_alone(content, paintings, monkeypatch):
    monkeypatch.setattr(pool, "_idle", {})
    traces = []
    call = StyleObjective.__call__
    monkeypatch.setattr(StyleObjective, "__call__", lambda self, picture: traces.append(1) or call(self, picture))
    plain = transfer(content, paintings[:1])
    options = {"style_weight": 3.0, "content_weight": 0.1, "weighting": "paper", "blend": [1, 2], "size": 96}
    transfer(content, paintings, **options)
    again = transfer(content, paintings[:1])
    np.testing.assert_array_equal(again.picture, plain.picture)
    assert len(traces) == 1
    transfer(content, paintings[:1], content_layer="block3_conv2")
    transfer(content, paintings[:1], variation_weight=1.0)
    transfer(content, paintings[:1], masks=halves(content.shape)[:1])
    assert len(traces) == 4  # What the compilation depends on.


@pytest.mark.slow
def test_two_runs_at_once_do_not_share_an_objective(content, paintings, monkeypatch):
    monkeypatch.setattr(pool, "_idle", {})
    alone = transfer(content, paintings[:1])
    inner = []

    def callback(state):
        if not inner:
            inner.append(transfer(content, paintings[1:]).picture)

    np.testing.assert_array_equal(transfer(content, paintings[:1], callback=callback).picture, alone.picture)
    assert inner and not np.array_equal(inner[0], alone.picture)
    assert len(pool._idle) == 1  # Of one structure one is enough.


@pytest.mark.parametrize(
    ("start", "grain", "added"),
    [
        ("content", None, GRAIN),
        ("noise", None, GRAIN),  # That of the later stages.
        ("painting.png", None, 0),
        (np.zeros((8, 8, 3)), None, 0),
        ("content", 0.0, 0),
        ("painting.png", 3.0, 3),
    ],
    ids=["photograph", "noise", "file", "array", "none asked for", "asked for"],
)
def test_grain_is_for_a_start_that_no_run_has_left(start, grain, added):
    assert StyleSettings(start=start, grain=grain).grain_of_start == added


def test_stages_grow_from_small_to_large_and_end_at_the_size(make_picture):
    content, painting, shapes = make_picture(96, 128, seed=1), make_picture(128, 112, seed=2), []
    options = {"steps": [4, 4, 3], "callback": lambda state: shapes.append(state.picture.shape)}
    result = transfer(content, painting, size=128, stages=3, **options)
    assert list(dict.fromkeys(shapes)) == [(48, 64, 3), (96, 128, 3)]  # 24 x 32 is too small for the network.
    assert result.picture.shape == (96, 128, 3)
    assert {name: len(values) for name, values in result.history.items()} == dict.fromkeys(result.history, 7)
    # At half the size the content counts twice as much.
    small = transfer(content, painting, size=64, steps=4, content_weight=2 * StyleSettings.content_weight)
    assert result.history["loss"][:4] == pytest.approx(small.history["loss"], rel=1e-3)


def test_a_stop_in_an_early_stage_gives_the_picture_in_its_size(make_picture, paintings):
    result = transfer(make_picture(96, 128), paintings, size=128, stages=2, steps=4, stop=lambda: True)
    assert result.picture.shape == (96, 128, 3) and len(result.history["loss"]) < 4
    assert result.message.startswith("stopped as asked")


def test_the_scale_of_the_painting_is_a_multiple_of_the_size(content, network, monkeypatch, make_picture):
    sizes = []
    retarget = StyleObjective.retarget

    def recorded(self, content, styles, blend=None, masks=None):
        sizes.extend(style.shape for style in styles)
        retarget(self, content, styles, blend)

    monkeypatch.setattr(StyleObjective, "retarget", recorded)
    transfer(content, make_picture(100, 200), steps=1, network=network, style_scale=1.5)
    assert sizes == [(48, 96, 3)]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"colours": "sepia"}, ["colours", "'sepia'"]),
        ({"style_scale": 0}, ["style_scale", "0"]),
        ({"style_scale": float("nan")}, ["style_scale", "nan"]),
        ({"size": 20}, ["20 x 15", "32"]),
        ({"size": 0}, ["size", "at least 1", "0"]),
        ({"steps": 0}, ["steps", "0"]),
        ({"network": "vgg16"}, ["'vgg16'"]),
        ({"pooling": "median"}, ["'median'"]),
        ({"method": "newton"}, ["'newton'"]),
        ({"basis": "wavelets"}, ["'wavelets'"]),
        ({"start": "nosie"}, ["nosie"]),
        ({"weighting": "mine"}, ["weighting", "'mine'"]),
        ({"content_layer": "conv4_2"}, ["'conv4_2'", "block4_conv2"]),
        ({"style_layers": ["block9_conv1"]}, ["'block9_conv1'"]),
        ({"content_weight": -1}, ["content_weight", "-1"]),
        ({"style_weight": float("inf")}, ["style_weight", "inf"]),
        ({"variation_weight": float("nan")}, ["variation_weight", "nan"]),
        ({"margin": 32}, ["margin", "31"]),
        ({"margin": -1}, ["margin", "-1"]),
        ({"masks": [np.ones((4, 4))]}, ["masks", "each of the 2"]),
        ({"masks": [np.ones((4, 4))] * 2, "blend": [1, 1]}, ["masks", "blend"]),
        ({"masks": [np.ones((4, 4)), np.zeros((4, 4))]}, ["mask 2 is black"]),
        ({"stages": 0}, ["stages", "0"]),
        ({"stages": 1.5}, ["stages", "1.5"]),
        ({"content_weight": 0, "style_weight": 0}, ["all weights are 0"]),
        ({"blend": [1]}, ["1 blend weights", "2 style pictures"]),
        ({"blend": [1, -1]}, ["blend"]),
        ({"blend": [0, 0]}, ["blend"]),
        ({"blend": [1, float("nan")]}, ["blend"]),
        ({"style": []}, ["at least one style"]),
        ({"style": "night_swirl"}, ["night_swirl", "did you mean night_swirls"]),
    ],
    ids=lambda value: " ".join(f"{k}={v}" for k, v in value.items()) if isinstance(value, dict) else "",
)
def test_what_does_not_fit_is_refused(options, words, content, paintings, refused):
    style = options.pop("style") if "style" in options else paintings
    with refused(*words):
        transfer(content, style, **options)
