"""Names: what is known of the networks before they are loaded is true of them, and a wrong name has its near ones."""

import shutil

import numpy as np
import pytest

from course_utils import lookup
from course_utils.defaults import CONVS, VGG19_WIDTHS
from course_utils.lookup import check_channel, check_layer, class_names, did_you_mean, find_class, layer_widths
from course_utils.network import build_vgg, load_network

CLASSES = ["Persian cat", "tabby", "Egyptian cat", "slug", "sea slug"]


@pytest.mark.parametrize("name", ["mini", "random"])
def test_what_is_known_before_a_network_is_loaded_is_true_of_it(name):
    network = load_network(name)
    assert layer_widths(name) == {layer: network.channels(layer) for layer in network.layers}
    assert list(layer_widths(name)) == network.layers  # In order of depth.
    assert class_names(name) == network.classes


def test_vgg19s_layers_are_those_of_its_layout():
    model = build_vgg(VGG19_WIDTHS)
    expected = {layer.name: layer.output.shape[-1] for layer in model.layers if layer.name.startswith("block")}
    assert layer_widths("vgg19") == expected and set(CONVS) < set(expected)
    assert class_names("vgg19") is None


def test_of_inception_nothing_is_known():
    assert layer_widths("inception_v3") is None and class_names("inception_v3") is None


def test_a_layer_is_known_or_refused_with_its_near_ones_or_all(refused):
    layers = ["block1_conv1", "block1_pool", "block2_conv1"]
    check_layer("block1_pool", layers, "mini")
    with refused("mini has no layer 'block1_pol'", "did you mean block1_pool"):
        check_layer("block1_pol", layers, "mini")
    with refused("'relu'", "its layers are block1_conv1, block1_pool, block2_conv1"):
        check_layer("relu", layers, "mini")


@pytest.mark.parametrize("k", [0, 15])
def test_a_channel_within_the_count_is_taken(k):
    check_channel("block1_conv1", k, 16, "mini")


@pytest.mark.parametrize("k", [-1, 16, 999])
def test_a_channel_beyond_the_count_is_refused(k, refused):
    with refused("block1_conv1 of mini has channels 0 to 15", f"not {k}"):
        check_channel("block1_conv1", k, 16, "mini")


@pytest.mark.parametrize(
    ("name", "k"),
    [("tabby", 1), ("TABBY ", 1), ("persian_cat", 0), ("egypt", 2), ("slug", 3), ("sea", 4)],
)
def test_a_class_is_found_by_its_name_or_by_a_part_that_no_other_has(name, k):
    assert find_class(name, CLASSES, "mini") == k


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("cat", ["'cat' is a part of several classes, Persian cat, Egyptian cat", "whole name"]),
        ("taby", ["mini has no class 'taby'", "did you mean tabby"]),
        ("zzz", ["it has 5, from persian cat to sea slug"]),
        ("", ["no class ''"]),
        ("  ", ["no class '  '"]),
    ],
)
def test_a_class_that_is_not_there_or_not_the_only_one_is_refused(name, words, refused):
    with refused(*words):
        find_class(name, CLASSES, "mini")


def test_near_words_are_named_the_nearest_first_and_not_too_many():
    known = ["octaves", "octave-scale", "steps", "step"]
    assert did_you_mean("octave", known, "nothing") == "did you mean octaves or octave-scale?"
    assert did_you_mean("stepp", known, "nothing", most=1) == "did you mean step?"
    assert did_you_mean("zoom", known, "use one of them.") == "use one of them."
    assert did_you_mean(np.str_("steps"), known, "nothing").startswith("did you mean steps")


# The files of the small network


@pytest.fixture
def weights(tmp_path, monkeypatch):
    """A copy of them, which is what is read."""
    shutil.copytree(lookup.WEIGHTS, tmp_path / "weights")
    monkeypatch.setattr(lookup, "WEIGHTS", tmp_path / "weights")
    return tmp_path / "weights"


def half(data):
    return data[: len(data) // 2]


def wrong_byte(data):
    middle = len(data) // 2
    return data[:middle] + bytes([data[middle] ^ 255]) + data[middle + 1 :]


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (half, "git checkout"),
        (wrong_byte, "install the course again"),
        (lambda data: b"", "missing or damaged"),
        (lambda data: b"not at all", "missing or damaged"),
        (lambda data: b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 2", "git lfs pull"),
        (None, "missing or damaged"),
    ],
    ids=["cut", "a wrong byte", "empty", "text", "pointer", "missing"],
)
def test_damaged_weights_are_told_with_what_to_do(spoil, words, weights, refused):
    file = weights / "mini.npz"
    if spoil is None:
        file.unlink()
    else:
        file.write_bytes(spoil(file.read_bytes()))
    with refused(str(file), words):
        lookup.mini_weights()
    if spoil is not wrong_byte:  # Which lies in an array that is not asked for here.
        with refused(str(file), words):
            layer_widths("mini")


def test_weights_of_another_network_are_refused(weights, refused):
    np.savez(weights / "mini.npz", other=np.zeros(3))
    with refused("missing or damaged"):
        layer_widths("mini")


@pytest.mark.parametrize("spoil", ["one missing", "one twice", "one empty", "one more", "none", "latin-1"])
def test_names_of_classes_are_all_there_or_refused(spoil, weights, refused):
    file = weights / "class_names.txt"
    names = file.read_text(encoding="utf-8").splitlines()
    assert class_names("mini") == names and len(names) == 200
    file.write_bytes(file.read_bytes().replace(b"\n", b"\r\n"))
    assert class_names("random") == names, "as Git may write it on Windows"
    spoilt = {
        "one missing": names[:50] + names[51:],
        "one twice": [*names[:50], names[49], *names[51:]],
        "one empty": [*names[:50], "", *names[51:]],
        "one more": [*names, "unicorn"],
        "none": [],
        "latin-1": ["caf\xe9", *names[1:]],
    }[spoil]
    file.write_text("\n".join(spoilt), encoding="latin-1" if spoil == "latin-1" else "utf-8")
    with refused(str(file), "install the course again"):
        class_names("mini")
