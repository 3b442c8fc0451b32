"""Names: what is known of the networks before they are loaded is true of them, and a wrong name has its near ones."""

import numpy as np
import pytest

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
