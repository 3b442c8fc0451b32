"""Every public function, given what is wrong: a result, or one line that a person can act on, and never anything else.

`CALLS` holds one good call of each. Every argument of it is then replaced by each of `ODD`, one at a time.
"""

import inspect
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

import course_utils as cu
from course_utils.backend import tf
from course_utils.dream import dream_steps
from course_utils.errors import CourseError
from course_utils.optimize import CompiledObjective, Result, consume
from course_utils.pictures import read_settings

STUB = Path(cu.__file__).with_name("__init__.pyi").read_text(encoding="utf-8")
# Pure functions of tensors, constants, and what is no function of a user's pictures, names or settings.
EXEMPT = {"keras", "tf", "CourseError", "SCORES", "content_loss", "dream_loss", "gram_matrix", "guided_gram_matrix",
          "image_l2_loss", "layer_statistic", "style_loss", "total_variation_loss", "Network", "names",
          "commons_paintings"}  # fmt: skip
# What is a switch, or a function that the person writes.
SWITCHES = {"progress", "callback", "stop", "clip", "flat", "signed", "normalized", "function", "self", "options"}

ODD = {
    "nan": float("nan"),
    "infinity": float("inf"),
    "huge": 1e308,
    "negative": -1,
    "string": "no such thing",
    "digits": "96",
    "none": None,
    "empty": [],
    "numpy": np.int64(64),
    "half": np.float32(0.5),
    "tensor": tf.constant(0.25),
    "picture": tf.fill((40, 40, 3), 99.0),
    "nans": np.full((40, 40, 3), np.nan, "float32"),
    "object": object(),
}


def bright(picture):
    return {"brightness": tf.reduce_mean(picture) / 100}


@pytest.fixture(scope="module")
def calls(network, make_picture, tmp_path_factory):
    """By public name: the function, and the arguments of a good call, as quick as can be."""
    folder = tmp_path_factory.mktemp("public")
    picture, example = make_picture(40, 40), make_picture(40, 44, 1)
    cu.save_picture(picture, folder / "a.png")
    score, layer = CompiledObjective(bright), "block1_conv1"
    features = network.features(picture, layer)[layer].numpy()
    once = {"stop": lambda: True, "progress": False}
    painted = {"style_layers": [layer], "content_layer": layer, "network": network, "size": 40, "steps": 1, **once}
    return {
        "DreamCost": (cu.DreamCost, {"objective": bright, "continuity": 0.1, "l2": 0.1, "gain": 1.0}),
        "DreamObjective": (cu.DreamObjective, {"network": network, "layers": {layer: 1.0}, "guide": picture}),
        "deep_dream": (cu.deep_dream, {"picture": picture, "layers": layer, "octaves": 1, "steps": 1,
                                       "network": network, **once}),
        "dream_objective": (cu.dream_objective, {"network": network, "layers": {layer: 1.0}}),
        "dream_steps": (cu.dream_steps, {"objective": score, "picture": picture, "octaves": 1, "steps": 1}),
        "zoom_film": (cu.zoom_film, {"objective": score, "picture": picture, "frames": 2}),
        "dream_film": (cu.dream_film, {"frames": [picture], "layers": layer, "octaves": 1, "steps": 1, "size": 40,
                                       "network": network}),
        "style_film": (cu.style_film, {"frames": [picture], "style": example, **painted}),
        "load_film": (cu.load_film, {"path": folder / "a.png", "size": 20}),
        "as_picture": (cu.as_picture, {"values": picture}),
        "backward": (cu.backward, {"network": network, "picture": picture, "layer": layer, "delta": 1 + features}),
        "class_picture": (cu.class_picture, {"network": network, "wanted": "goldfish", "size": 40, "steps": 1,
                                             "octaves": 1, "unlike": [picture], "diversity": 1.0}),
        "class_shares": (cu.class_shares, {"network": network, "picture": picture}),
        "codes": (cu.codes, {"network": network, "pictures": [picture], "layer": layer}),
        "fooling_picture": (cu.fooling_picture, {"network": network, "picture": picture, "target": 3, "steps": 1,
                                                 "limit": 1}),
        "grad_cam": (cu.grad_cam, {"network": network, "picture": picture, "wanted": 3}),
        "heat": (cu.heat, {"values": picture[..., 0], "picture": picture}),
        "map_grid": (cu.map_grid, {"features": features}),
        "nearest": (cu.nearest, {"code": np.ones(3), "codes": np.eye(3)}),
        "occlusion_map": (cu.occlusion_map, {"network": network, "picture": picture, "wanted": 3, "size": 20,
                                             "stride": 20}),
        "picture_collection": (cu.picture_collection, {"folder": folder, "size": 40}),
        "randomized": (cu.randomized, {"network": network, "from_top": 1}),
        "relu_rule": (cu.relu_rule, {"rule": "guided"}),
        "saliency_map": (cu.saliency_map, {"network": network, "picture": picture, "wanted": 3}),
        "top_patches": (cu.top_patches, {"network": network, "layer": layer, "channels": [0], "pictures": [picture],
                                         "sizes": [40]}),
        "with_relu_rule": (cu.with_relu_rule, {"network": network, "rule": "guided"}),
        "deprocess_image": (cu.deprocess_image, {"batch": picture[None]}),
        "load_network": (cu.load_network, {"name": "random", "pooling": "average"}),
        "preprocess_image": (cu.preprocess_image, {"picture": picture}),
        "features": (network.features, {"picture": picture, "layers": layer}),
        "logits": (network.logits, {"picture": picture}),
        "receptive_field": (network.receptive_field, {"layer": layer}),
        "channels": (network.channels, {"layer": layer}),
        "LBFGS": (cu.LBFGS, {"function": lambda x: (float(x @ x), 2 * x), "x": np.ones(4)}),
        "PixelBasis": (cu.PixelBasis, {"shape": (40, 40, 3)}),
        "SpectralBasis": (cu.SpectralBasis, {"shape": (40, 40, 3)}),
        "adam": (cu.adam, {"objective": score, "start": picture, "steps": 1}),
        "after": (cu.after, {"count": 1}),
        "descent": (cu.descent, {"objective": score, "start": picture, "steps": 1}),
        "gradient_ascent": (cu.gradient_ascent, {"score": score, "start": picture, "steps": 1}),
        "minimize": (cu.minimize, {"objective": score, "start": picture, "steps": 1, "progress": False}),
        "consume": (consume, {"states": dream_steps(score, picture, steps=1, octaves=1), "progress": False}),
        "keep_alpha": (cu.keep_alpha, {"picture": picture, "source": example}),
        "keep_chroma": (cu.keep_chroma, {"picture": picture, "colours": picture}),
        "load_mask": (cu.load_mask, {"source": picture, "shape": (20, 20)}),
        "keep": (cu.keep, {"result": picture, "title": "A cat", "before": picture}),
        "my_picture": (cu.my_picture, {"size": 20, "instead": picture}),
        "remember_picture": (cu.remember_picture, {"source": picture}),
        "load_picture": (cu.load_picture, {"source": picture, "size": 20}),
        "match_colours": (cu.match_colours, {"picture": picture, "like": example}),
        "match_histogram": (cu.match_histogram, {"picture": picture, "like": example}),
        "painting": (cu.painting, {"name": "starry_nigth", "size": 20}),
        "read_settings": (read_settings, {"path": folder / "a.png"}),
        "resize": (cu.resize, {"picture": picture, "size": 20}),
        "save_animation": (cu.save_animation, {"frames": [picture], "path": folder / "a.gif"}),
        "save_picture": (cu.save_picture, {"picture": picture, "path": folder / "b.png"}),
        "show": (lambda picture, **how: cu.show(picture, **{"alt": "A cat."} | how),
                 {"picture": picture, "alt": "A cat.", "width": 20, "columns": 1, "quality": 80, "titles": ["cat"]}),
        "watch": (cu.watch, {"alt": "A cat."}),
        "logged": (cu.logged, {"method": cu.minimize, "folder": folder / "log", "note": ""}),
        "read_log": (cu.read_log, {"folder": folder}),
        "StyleObjective": (cu.StyleObjective, {"network": network, "content": picture, "styles": [example],
                                               "style_layers": [layer], "content_layer": layer}),
        "TextureObjective": (cu.TextureObjective, {"network": network, "example": picture, "start": picture,
                                                   "layers": [layer]}),
        "style_transfer": (cu.style_transfer, {"content": picture, "style": example, **painted}),
        "texture": (cu.texture, {"example": picture, "size": 40, "example_size": 40, "layers": layer, "steps": 1,
                                 "network": network, **once}),
    }  # fmt: skip


def test_every_public_function_is_among_them(calls):
    public = set(re.findall(r"(\w+) as \1", STUB))
    assert public - EXEMPT <= set(calls), public - EXEMPT - set(calls)


def outcome(function, arguments):
    """The answer, of an iterator the first thing, or a CourseError."""
    try:
        answer = function(**arguments)
        if isinstance(answer, Iterator) and not isinstance(answer, cu.LBFGS):
            answer = next(answer)
        return answer
    except CourseError as error:
        assert str(error) and "\n" not in str(error), repr(str(error))
        return error


NAMES = sorted(set(re.findall(r"(\w+) as \1", STUB)) - EXEMPT | {"features", "logits", "receptive_field", "channels",
                                                                "consume", "read_settings"})  # fmt: skip


SLOW = ("style_transfer", "deep_dream")


@pytest.fixture
def at_once(monkeypatch):
    """Runs that end when all of their arguments have been looked at: compiling takes a second each time."""
    result = Result(np.zeros((4, 4, 3)), 0.0, {}, {"loss": [0.0]}, "")
    monkeypatch.setattr("course_utils.explore.ascent.consume", lambda *args, **options: result)
    monkeypatch.setattr("course_utils.style.textures.minimize_stages", lambda *args, **options: result)
    monkeypatch.setattr("course_utils.explore.ascent.compiled", lambda odds: lambda now: ({"log odds": 9.0}, 0 * now))


@pytest.mark.filterwarnings("error::RuntimeWarning")
@pytest.mark.usefixtures("at_once")
@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=pytest.mark.slow) if name in SLOW else name for name in NAMES]
)
def test_what_is_wrong_is_one_line(name, calls, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # "no such thing" and "96" are good names of a folder, which is then made.
    function, good = calls[name]
    try:
        parameters = [name for name, one in inspect.signature(function).parameters.items()
                      if one.kind not in (one.VAR_KEYWORD, one.VAR_POSITIONAL)]  # fmt: skip
    except ValueError:
        parameters = []
    raw = []
    for parameter in sorted({*parameters, *good} - SWITCHES):
        for kind, odd in ODD.items():
            try:
                outcome(function, good | {parameter: odd})
            except Exception as error:
                raw.append(f"{parameter}={kind}: {type(error).__name__}: {str(error)[:150]}")
    assert not raw, "\n".join(raw)


# What is natural to ask is taken


def test_layers_by_themselves_weigh_1(network, make_picture):
    picture = make_picture(40, 40)
    for layers in ("block1_conv1", ["block1_conv1"], ("block1_conv1",), {"block1_conv1": 1}):
        assert cu.DreamObjective(network, layers).layers == {"block1_conv1": 1.0}
    assert cu.DreamObjective(network, ["block2_conv1", "block1_conv1"]).layers == {"block2_conv1": 1, "block1_conv1": 1}
    wishes = {"channels": ("block1_conv1", 3), "classes": "goldfish"}
    named = cu.DreamObjective(network, **wishes)
    assert named.channels == {("block1_conv1", 3): 1.0} and [*named.classes.values()] == [("goldfish", 1.0)]
    plain = {"octaves": 1, "steps": 1, "network": network, "progress": False}
    ours, theirs = (cu.deep_dream(picture, layers, **plain) for layers in ("block1_conv1", {"block1_conv1": 1.0}))
    np.testing.assert_allclose(ours.picture, theirs.picture, atol=1e-3)


def test_one_style_layer_one_mask_and_numpys_numbers_are_taken(network, make_picture):
    picture, style = make_picture(40, 40), make_picture(40, 40, 1)
    options = {"style_layers": "block1_conv1", "content_layer": "block1_conv1"}
    assert cu.StyleObjective(network, picture, [style], **options).style_layers == ("block1_conv1",)
    mask = np.eye(40) > 0
    assert len(cu.StyleObjective(network, picture, [style], masks=mask, **options).regions) == 1
    result = cu.texture(style, np.int64(36), layers="block1_conv1", steps=np.int32(1), network=network, progress=False)
    assert result.picture.shape == (36, 36, 3)


@pytest.mark.parametrize(
    ("name", "arguments", "words"),
    [
        ("texture", {"size": "96"}, ["size must be a whole number", "'96'"]),
        ("texture", {"seed": -1}, ["seed must be a whole number of at least 0", "-1"]),
        ("style_transfer", {"grain": float("nan")}, ["grain must be a number", "nan"]),
        ("style_transfer", {"style_layers": []}, ["style_layers must name at least one layer"]),
        ("style_transfer", {"size": 100_000}, ["size", "at most 4,096"]),
        ("minimize", {"start": np.full((9, 9, 3), np.nan)}, ["start holds values that are not numbers"]),
        ("minimize", {"steps": float("nan")}, ["steps must be a whole number"]),
        ("deep_dream", {"blur": 1e308}, ["blur must be a number of at most 1,000"]),
        ("deep_dream", {"palette": 1e308}, ["palette must be a number of at most 10"]),
        ("deep_dream", {"picture": np.full((40, 40, 3), 0.5)}, ["values from 0 to 1: multiply by 255"]),
    ],
)
def test_what_got_through_before(name, arguments, words, calls, refused):
    function, good = calls[name]
    with refused(*words):
        function(**good | arguments)


@pytest.mark.parametrize("method", ["lbfgs", "scipy"])
def test_one_pixel_can_be_minimised(method):
    distance = CompiledObjective(lambda picture: {"distance": tf.reduce_mean(tf.square(picture - 200))})
    for basis in ("pixels", "spectral", "even"):
        start = np.full((1, 1, 3), 127.5)
        picture = cu.minimize(distance, start, 60, basis=basis, method=method, progress=False).picture
        np.testing.assert_allclose(picture, 200, atol=0.1)


def test_a_picture_that_is_too_small_for_the_objective_is_one_line(network, refused):
    """Inside a compiled function the sides are not known, and TensorFlow's own error has dozens of lines."""

    def mirrored(picture):
        return {"mean": tf.reduce_mean(network.features(picture, "block1_conv1", 8)["block1_conv1"])}

    with refused("no value at a picture of 1 x 1 pixels", "larger"):
        cu.minimize(mirrored, np.zeros((1, 1, 3)), 5, progress=False)


def test_what_does_not_depend_on_the_picture_is_at_its_bottom():
    result = cu.minimize(lambda picture: {"one": tf.constant(1.0)}, np.zeros((8, 8, 3)), 5, progress=False)
    assert result.loss == 1 and "gradient is zero" in result.message


def test_weights_that_are_hardly_there_divide_nothing_by_zero(network, make_picture):
    """In float32 the square of such a gradient is 0, and so was its length."""
    result = cu.style_transfer(make_picture(40, 40), make_picture(40, 40, 1), content_weight=0, style_weight=1e-20,
                               network=network, size=40, steps=4, progress=False)  # fmt: skip
    losses = result.history["loss"]
    assert len(losses) == 4 and 0 < losses[-1] < losses[0]


# Nothing moved


def test_an_ascent_that_never_moves_says_so(make_picture, refused):
    def silent(picture):
        return {"block5_conv4:0": tf.reduce_mean(tf.nn.relu(picture - 1000))}

    picture = make_picture(32, 32)
    for states in (cu.dream_steps(silent, picture, octaves=1, steps=2), cu.gradient_ascent(silent, picture, 2)):
        with refused("nothing moved", "block5_conv4:0", "another channel, layer or picture"):
            consume(states, progress=False)


def test_a_dream_that_moves_late_is_a_dream(make_picture):
    """At a small octave a channel may be silent: what counts is the whole."""

    def late(picture):
        return {"late": tf.reduce_mean(picture) * tf.cast(tf.shape(picture)[1] > 40, tf.float32)}

    *_, last = cu.dream_steps(late, make_picture(64, 64), octaves=2, octave_scale=2, steps=1)
    assert last.step == 2


def test_a_silent_channel_is_told_by_the_whole_method(network, refused):
    grey = np.full((64, 64, 3), 128.0)
    features = network.features(grey, "block5_conv4")["block5_conv4"].numpy()
    channel = int(np.argmin(features.max((0, 1, 2))))
    assert features[..., channel].max() == 0
    with refused("nothing moved", f"block5_conv4:{channel}"):
        cu.deep_dream(grey, channels=("block5_conv4", channel), network=network, octaves=1, steps=1, jitter=0,
                      progress=False)  # fmt: skip
