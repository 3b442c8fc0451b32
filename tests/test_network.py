"""The networks: VGG-19's layout and its numbers, what a neuron can see, and what is said when weights cannot be had."""

from pathlib import Path

import numpy as np
import pytest

from course_utils import network as networks
from course_utils.backend import keras, tf
from course_utils.network import (
    CONVS,
    RANDOM_WIDTHS,
    VGG19_WIDTHS,
    Network,
    build_vgg,
    deprocess_image,
    imagenet_classes,
    load_network,
    preprocess_image,
)
from course_utils.pictures import shipped
from course_utils.pictures.loading import load_picture
from course_utils.pictures.shipped import names

SHARED = Path(__file__).resolve().parents[2] / "shared"
EXACT = SHARED / "data" / "weights" / "vgg19_conv1_1-conv3_4.npz"
PAPERS = ("block1_conv1", "block2_conv1", "block3_conv1", "block4_conv1", "block5_conv1", "block4_conv2")


@pytest.fixture
def empty_caches():
    """No network is remembered from before the test, and none of the test's is remembered after it."""
    for cached in (networks._load, networks._application):
        cached.cache_clear()
    yield
    for cached in (networks._load, networks._application):
        cached.cache_clear()


# Layers


def test_the_layers_are_vgg19s(network):
    vgg19 = keras.applications.VGG19(weights=None, include_top=False, input_shape=(32, 32, 3))
    assert network.layers == [layer.name for layer in vgg19.layers[1:-1]]  # All but its last pooling.
    assert [name for name in network.layers if "conv" in name] == CONVS and len(CONVS) == 16
    for name in CONVS:
        assert vgg19.get_layer(name).filters == VGG19_WIDTHS[name]


def test_features_have_the_shapes_of_their_depth(network, make_picture):
    features = network.features(make_picture(64, 96), CONVS)
    assert list(features) == CONVS
    for name, output in features.items():
        halvings = int(name[5]) - 1
        assert output.shape == (1, 64 >> halvings, 96 >> halvings, RANDOM_WIDTHS[name])
        assert float(tf.reduce_min(output)) == 0 < float(tf.reduce_max(output))  # After the ReLU.


def test_a_picture_may_be_an_array_or_a_batch_of_one_and_of_any_type(network):
    picture = np.arange(32 * 32 * 3).reshape(32, 32, 3) % 256
    kinds = [picture, picture[None], picture.astype("uint8"), tf.constant(picture, tf.float32)]
    outputs = [network.features(kind, "block2_conv1")["block2_conv1"].numpy() for kind in kinds]
    for output in outputs[1:]:
        np.testing.assert_array_equal(output, outputs[0])


def test_no_deeper_layer_is_computed(make_picture):
    model = build_vgg(RANDOM_WIDTHS, classes=7)
    network, computed = Network("spied", model, [], 32), []
    for layer in model.layers:

        def spy(*args, layer=layer, call=layer.call, **options):
            computed.append(layer.name)
            return call(*args, **options)

        layer.call = spy
    network.features(make_picture(32, 32), "block2_conv1")
    computed.clear()  # Building a part of the model runs its layers as well.
    network.features(make_picture(32, 32), "block2_conv1")
    assert [name for name in computed if name != "picture"] == [*CONVS[:2], "block1_pool", "block2_conv1"]


def test_there_is_a_score_a_class_for_every_size(network, make_picture):
    assert len(network.classes) == 200
    for height, width in [(32, 32), (50, 70)]:
        assert network.logits(make_picture(height, width)).shape == (1, 200)


def test_random_is_random_once(network, make_picture):
    again = networks._small_model("random", "average", 200)
    picture = make_picture(32, 32)
    np.testing.assert_allclose(again(picture[None]), network.logits(picture), rtol=1e-5)


def test_a_layer_knows_its_channels(network, refused):
    assert {name: network.channels(name) for name in CONVS} == RANDOM_WIDTHS
    assert network.channels("block2_pool") == RANDOM_WIDTHS["block2_conv2"]
    with refused("'block2_conv9'", "did you mean block2_conv"):
        network.channels("block2_conv9")


# Borders


@pytest.fixture(scope="module")
def pixels():
    """A network whose only layer is the picture itself."""
    picture = keras.Input((None, None, 3), name="picture")
    return Network("pixels", keras.Model(picture, keras.layers.Identity(name="same")(picture)), [], 1)


def test_a_margin_goes_on_as_a_mirror_or_with_the_opposite_side(pixels):
    picture = np.repeat(np.array([[[1], [2], [3]], [[4], [5], [6]], [[7], [8], [9]]], "float32"), 3, 2)

    def shown(**options):
        return pixels.features(picture, "same", **options)["same"].numpy()[0, ..., 0].astype(int).tolist()

    assert shown() == [[1, 2, 3], [4, 5, 6], [7, 8, 9]]
    assert shown(margin=1) == [  # The border itself is not shown twice.
        [5, 4, 5, 6, 5],
        [2, 1, 2, 3, 2],
        [5, 4, 5, 6, 5],
        [8, 7, 8, 9, 8],
        [5, 4, 5, 6, 5],
    ]
    assert shown(margin=1, wrap=True) == [
        [9, 7, 8, 9, 7],
        [3, 1, 2, 3, 1],
        [6, 4, 5, 6, 4],
        [9, 7, 8, 9, 7],
        [3, 1, 2, 3, 1],
    ]


@pytest.mark.parametrize("wrap", [False, True])
def test_a_wider_margin_is_numpys(wrap, pixels, make_picture):
    picture = make_picture(20, 30)
    expected = np.pad(picture, [(9, 9), (9, 9), (0, 0)], "wrap" if wrap else "reflect")
    np.testing.assert_array_equal(pixels.features(picture, "same", 9, wrap)["same"][0], expected)


def test_a_picture_without_a_border_has_maps_without_one(network, make_picture):
    """Rolled by whole cells, its maps are rolled; with the zeros of the padding they are not."""
    picture, layer, cell, margin = make_picture(48, 64), "block3_conv1", 4, 16
    rolled = np.roll(picture, (8, -12), (0, 1))
    inside = slice(margin // cell, -margin // cell)
    before, after = (network.features(one, layer, margin, wrap=True)[layer].numpy()[0] for one in (picture, rolled))
    before, after = before[inside, inside], after[inside, inside]
    assert before.shape[:2] == (48 // cell, 64 // cell)
    np.testing.assert_allclose(after, np.roll(before, (2, -3), (0, 1)), atol=1e-5 * before.max())
    bare, bare_rolled = (network.features(one, layer)[layer].numpy()[0] for one in (picture, rolled))
    assert np.abs(bare_rolled - np.roll(bare, (2, -3), (0, 1))).max() > 0.05 * before.max()


# Receptive fields


@pytest.mark.parametrize(("layer", "side"), list(zip(PAPERS, (3, 10, 24, 68, 156, 84))))
def test_receptive_fields_by_formula(layer, side, network):
    assert network.receptive_field(layer) == side


def test_the_deepest_receptive_fields(network):
    assert network.receptive_field("block5_conv2") == 188
    assert network.receptive_field("block1_pool") == 6  # Two 3 x 3 see 5 x 5, and pooling sees two of those.


@pytest.mark.parametrize(("layer", "side"), [("block2_conv1", 48), ("block3_conv1", 64), ("block4_conv1", 144)])
def test_the_gradient_of_one_position_fills_its_receptive_field(layer, side, network, make_picture):
    picture = tf.constant(make_picture(side, side)[None])
    with tf.GradientTape() as tape:
        tape.watch(picture)
        output = network.features(picture, layer)[layer]
        middle = output.shape[1] // 2
        score = tf.reduce_sum(output[0, middle, middle])  # Every channel: a single one may be silent.
    seen = np.abs(tape.gradient(score, picture).numpy()[0]).max(-1) > 0
    rows, columns = np.flatnonzero(seen.any(1)), np.flatnonzero(seen.any(0))
    field = network.receptive_field(layer)
    assert (np.ptp(rows) + 1, np.ptp(columns) + 1) == (field, field)
    assert rows[0] > 0 and rows[-1] < side - 1  # The picture is larger than what is seen of it.


# Refusals


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("vgg16",), ["'vgg16'", "mini"]),
        (("random", "median"), ["'median'", "average"]),
        (("inception_v3", "average"), ["inception_v3", "pooling"]),
        (("inception_v3", "max", True), ["inception_v3", "normalized"]),
    ],
)
def test_an_unknown_network_is_refused(arguments, words, refused):
    with refused(*words):
        load_network(*arguments)


def test_an_unknown_layer_is_refused_with_the_known_ones(network, make_picture, refused):
    with refused("'conv4_2'", "block4_conv2"):
        network.features(make_picture(32, 32), ["block1_conv1", "conv4_2"])
    with refused("'conv4_2'", "block4_conv2"):
        network.receptive_field("conv4_2")


@pytest.mark.parametrize("call", ["features", "logits"])
def test_a_picture_that_is_too_small_is_refused(call, network, make_picture, refused):
    arguments = {"features": ["block1_conv1"], "logits": []}[call]
    with refused("80 x 31", "at least 32"):
        getattr(network, call)(make_picture(31, 80), *arguments)


# Preprocessing


def test_preprocessing_by_hand_and_back(make_picture):
    pixel = np.array([[[255, 0, 10]]], "float32")
    expected = [[[[10 - 103.939, 0 - 116.779, 255 - 123.68]]]]  # Blue first.
    np.testing.assert_allclose(preprocess_image(pixel), expected, rtol=1e-6)
    picture = make_picture(8, 9)
    batch = preprocess_image(picture)
    assert batch.shape == (1, 8, 9, 3) and batch.dtype == np.float32
    np.testing.assert_allclose(deprocess_image(batch), picture, atol=1e-4)


def test_preprocessing_copies(make_picture):
    picture = make_picture(8, 9)
    original, batch = picture.copy(), preprocess_image(picture)
    kept = batch.copy()
    deprocess_image(batch)[:] = 7
    np.testing.assert_array_equal(batch, kept)
    batch[:] = 7
    np.testing.assert_array_equal(picture, original)


def test_deprocessing_clips():
    batch = np.array([[[[-500, 0, 500]]]], "float32")
    np.testing.assert_allclose(deprocess_image(batch), [[[255, 116.779, 0]]], rtol=1e-6)


# Pooling and normalisation


@pytest.mark.parametrize(("pooling", "reduce"), [("max", np.max), ("average", np.mean)])
def test_pooling_does_what_its_name_says(pooling, reduce, make_picture):
    features = load_network("random", pooling).features(make_picture(32, 48), ("block1_conv2", "block1_pool"))
    cells = features["block1_conv2"].numpy().reshape(1, 16, 2, 24, 2, -1)
    np.testing.assert_allclose(features["block1_pool"], reduce(cells, axis=(2, 4)), rtol=1e-5, atol=1e-5)


def test_pooling_makes_no_difference_where_a_picture_is_even():
    even = np.full((64, 64, 3), 90, "float32")
    layer = "block3_conv1"
    largest, average = (
        load_network("random", pooling).features(even, layer)[layer].numpy() for pooling in ("max", "average")
    )
    middle = slice(4, -4)  # Of 16 cells; nearer to the border the padding shows.
    np.testing.assert_allclose(largest[:, middle, middle], average[:, middle, middle], rtol=1e-4, atol=1e-5)
    assert not np.allclose(largest, average, rtol=1e-3)


@pytest.mark.slow
def test_normalisation_gives_every_filter_the_same_mean_and_changes_no_score(make_picture):
    plain, normalized = load_network("mini", "average"), load_network("mini", "average", normalized=True)
    shipped = names()
    pictures = [load_picture(one, 224) for one in shipped["photographs"] + shipped["paintings"]]

    def means(network):
        sums = [
            [tf.reduce_mean(output, (0, 1, 2)).numpy() for output in network.features(picture, CONVS).values()]
            for picture in pictures
        ]
        return [np.mean(values, 0) for values in zip(*sums)]

    for before, after in zip(means(plain), means(normalized)):
        live = before > 0
        assert live.mean() > 0.5
        np.testing.assert_allclose(after[live], 1, rtol=1e-3)
        np.testing.assert_array_equal(after[~live], 0)
    picture = make_picture(64, 64)
    scores, expected = normalized.logits(picture).numpy(), plain.logits(picture).numpy()
    np.testing.assert_allclose(scores, expected, atol=1e-4 * np.abs(expected).max())


@pytest.mark.parametrize("missing", ["painting", "photograph"])
def test_normalisation_without_one_of_the_pictures_is_refused(missing, refused, tmp_path, monkeypatch):
    """It would give other weights, without a word."""
    if missing == "painting":
        for painting in shipped.PAINTINGS.glob("*.jpg"):
            if painting.stem != "night_swirls":
                (tmp_path / painting.name).symlink_to(painting)
        monkeypatch.setattr(shipped, "PAINTINGS", tmp_path)
    else:
        monkeypatch.setitem(shipped.PHOTOGRAPHS, "cat", ("skimage", "data/no such file.png"))
    with refused("night_swirls" if missing == "painting" else "cat", "not there"):
        load_network("random", normalized=True)


def test_the_pictures_that_are_measured_are_all_that_there_are():
    assert shipped.all_shipped() == [*names()["photographs"], *names()["paintings"]]


# The small network


def test_mini_is_whole():
    mini = load_network("mini")
    assert len(mini.classes) == len(set(mini.classes)) == 200 and all(mini.classes)
    assert all(np.isfinite(weights).all() and weights.std() > 0 for weights in mini.model.get_weights())
    assert (mini.layers, mini.smallest_side) == (load_network("random").layers, 32)


def test_mini_knows_a_cup_of_coffee():
    """Of the photographs that come with the course this one has a class of its own; a wrong order of colours or of
    classes would lose it.
    """
    mini = load_network("mini")
    scores = mini.logits(load_picture("coffee", 96))[0].numpy()
    assert "espresso" in [mini.classes[k] for k in np.argsort(-scores)[:5]]


def test_a_network_is_loaded_once_however_it_is_asked_for():
    assert load_network() is load_network("mini") is load_network(name="mini", pooling="max") is load_network("mini")
    assert load_network("mini", "average") is not load_network("mini")


# VGG-19 and Inception v3


@pytest.mark.parametrize("pooling", ["max", "average"])
def test_the_layout_computes_what_vgg19_computes(pooling, make_picture):
    """Against the definition, in float64 NumPy: BGR minus the mean, zeros around, ReLU, 2 x 2 pooling."""
    if not EXACT.is_file():
        pytest.skip(f"VGG-19's exact first layers are not here ({EXACT.name}): only who builds the course has them")
    picture = make_picture(32, 40)
    model = build_vgg(VGG19_WIDTHS, pooling)
    x = picture[..., ::-1].astype("float64") - [103.939, 116.779, 123.68]
    with np.load(EXACT) as stored:
        for name in CONVS[:8]:
            key = f"conv{name[5]}_{name[-1]}"
            kernel, bias = stored[f"{key}_w"], stored[f"{key}_b"]
            model.get_layer(name).set_weights([kernel.transpose(2, 3, 1, 0), bias])
            if name in ("block2_conv1", "block3_conv1"):
                cells = x.reshape(x.shape[0] // 2, 2, x.shape[1] // 2, 2, -1)
                x = cells.max((1, 3)) if pooling == "max" else cells.mean((1, 3))
            windows = np.lib.stride_tricks.sliding_window_view(np.pad(x, [(1, 1), (1, 1), (0, 0)]), (3, 3), (0, 1))
            x = np.maximum(0, np.tensordot(windows, kernel.astype("float64"), ([2, 3, 4], [1, 2, 3])) + bias)
    ours = Network("vgg19", model, [], 32).features(picture, "block3_conv4")["block3_conv4"].numpy()[0]
    assert x.max() > 100
    np.testing.assert_allclose(ours, x, rtol=1e-4, atol=1e-5 * x.max())


@pytest.fixture
def no_connection(monkeypatch, tmp_path, empty_caches):
    """Keras' cache is an empty folder, and every download fails as `keras.utils.get_file` fails."""

    def fail(*args, **options):
        raise Exception("URL fetch failure on https://storage.googleapis.com/a.h5: None -- [Errno -2] Name not known")

    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    monkeypatch.setattr(keras.utils, "get_file", fail)
    for name in ("VGG19", "InceptionV3"):
        monkeypatch.setattr(keras.applications, name, fail)
    return tmp_path / "models"


@pytest.mark.parametrize("name", ["vgg19", "inception_v3"])
def test_without_a_connection_the_remedy_is_named(name, no_connection, refused):
    file = networks.KERAS_FILES[name][0][0]
    with refused(name, str(no_connection / file), '"mini"', "MB"):
        load_network(name)


def test_another_failure_of_keras_passes_through(no_connection, monkeypatch):
    def fail(**options):
        raise ZeroDivisionError("a bug")

    monkeypatch.setattr(keras.applications, "VGG19", fail)
    with pytest.raises(ZeroDivisionError):
        load_network("vgg19")


@pytest.mark.parametrize("name", ["vgg19", "inception_v3"])
def test_a_damaged_file_is_named(name, no_connection, refused):
    file = no_connection / networks.KERAS_FILES[name][0][0]
    file.parent.mkdir()
    file.write_bytes(b"half a download")
    with refused(str(file), "damaged", "delete"):
        load_network(name)


def test_without_names_the_classes_are_numbers(no_connection):
    assert imagenet_classes()[:2] == ["class 0", "class 1"] and len(imagenet_classes()) == 1000


def without_weights(monkeypatch, name):
    build = getattr(keras.applications, name)
    monkeypatch.setattr(keras.applications, name, lambda **options: build(**options | {"weights": None}))


@pytest.fixture
def untrained(monkeypatch, tmp_path, empty_caches):
    """Keras' networks with random weights, in place of downloads."""
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    monkeypatch.setattr(networks, "imagenet_classes", lambda: [f"class {k}" for k in range(1000)])
    for name in ("VGG19", "InceptionV3"):
        without_weights(monkeypatch, name)


def test_vgg19_takes_keras_weights_and_preprocessing(untrained, make_picture):
    vgg19, picture = load_network("vgg19"), make_picture(32, 32)
    keras_own = networks._application("vgg19")
    x = tf.constant(keras.applications.vgg19.preprocess_input(picture[None].copy()))
    for own in keras_own.layers[keras_own.layers.index(keras_own.get_layer("block1_conv1")) :]:
        x = own(x)
    for output in (vgg19.features(picture, "block5_pool")["block5_pool"], keras_own(tf.constant(picture[None]))):
        np.testing.assert_allclose(output, x, rtol=1e-3, atol=1e-3 * float(tf.reduce_max(x)))
    assert len(vgg19.classes) == 1000 and vgg19.layers == [*load_network("random").layers, "block5_pool"]


@pytest.mark.slow
def test_inception_has_its_layers_and_scores(untrained, make_picture):
    inception, picture = load_network("inception_v3"), make_picture(128, 128)
    assert inception.features(picture, "mixed4")["mixed4"].shape == (1, 6, 6, 768)
    assert inception.logits(picture).shape == (1, 1000) and len(inception.classes) == 1000
    first = inception.layers[0]
    prepared = keras.applications.inception_v3.preprocess_input(picture[None].copy())
    expected = inception.model.get_layer(first)(prepared)
    np.testing.assert_allclose(inception.features(picture, first)[first], expected, rtol=1e-4, atol=1e-4)
    assert inception.receptive_field("mixed10") == 1311  # Araujo, Norris and Sim, "Computing Receptive Fields", 2019.
