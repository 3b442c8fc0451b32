"""The patches that excite a channel: the same as by looking everywhere, each place once, with the right corners."""

import numpy as np
import pytest

from course_utils.explore.gradients import backward
from course_utils.explore.patches import PatchIndex, cell_at, cut, field_box, picture_collection, top_patches
from course_utils.network import MEAN_BGR
from course_utils.pictures.saving import save_picture
from course_utils.pictures.shipped import names
from course_utils.pictures.sizes import resize

LAYER, CHANNEL, SIDE, STRIDE = "block2_conv1", 4, 10, 2


@pytest.fixture(scope="module")
def pictures(make_picture):
    return {f"number {seed}": make_picture(40, 48, seed) for seed in range(4)}


def by_looking_everywhere(network, pictures, sizes, per_picture, inside):
    """(activation, picture, size, cell), the strongest first."""
    found = []
    for name, picture in pictures.items():
        places = []
        for size in sizes:
            scaled = resize(picture, size)
            activations = network.features(scaled, LAYER)[LAYER][0, ..., CHANNEL].numpy()
            for (i, j), value in np.ndenumerate(activations):
                middle = np.array([STRIDE * i + 1, STRIDE * j + 1])
                reach = inside * SIDE / 2
                if (middle >= reach).all() and (middle <= np.array(scaled.shape[:2]) - reach).all():
                    places.append((value, size, (i, j), middle / size, SIDE / size))
        kept = []
        for place in sorted(places, key=lambda place: -place[0]):
            if all(np.abs(place[3] - other[3]).max() >= (place[4] + other[4]) / 4 for other in kept):
                kept.append(place)
        found += [(value, name, size, cell) for value, size, cell, *_ in kept[:per_picture] if value > 0]
    return sorted(found, key=lambda one: -one[0])


@pytest.mark.parametrize("per_picture, inside", [(1, 0.5), (3, 0.0), (2, 1.0)])
def test_they_are_those_that_looking_everywhere_finds(network, pictures, per_picture, inside):
    sizes = (40, 48)
    options = {"sizes": sizes, "per_picture": per_picture, "inside": inside}
    patches = top_patches(network, LAYER, [CHANNEL], pictures, 6, **options)[CHANNEL]
    expected = by_looking_everywhere(network, pictures, sizes, per_picture, inside)[:6]
    assert [(one.picture, one.size, one.cell) for one in patches] == [one[1:] for one in expected]
    np.testing.assert_allclose([one.activation for one in patches], [one[0] for one in expected], rtol=1e-4)


def test_a_patch_is_what_its_cell_sees(network, pictures):
    (patch, *_) = top_patches(network, LAYER, [CHANNEL], pictures, inside=1, sizes=[None])[CHANNEL]
    picture = pictures[patch.picture]
    top, left, bottom, right = patch.box
    assert bottom - top == right - left == SIDE == network.receptive_field(LAYER)
    np.testing.assert_array_equal(patch.pixels, picture[top:bottom, left:right])
    delta = np.zeros_like(network.features(picture, LAYER)[LAYER])
    delta[0, *patch.cell, CHANNEL] = 1
    rows, columns = np.nonzero(np.abs(backward(network, picture, LAYER, delta)).max(-1))
    assert (rows.min(), columns.min(), rows.max() + 1, columns.max() + 1) == patch.box


def test_beyond_the_border_a_patch_shows_the_mean_colour(network):
    picture = np.full((40, 40, 3), 90, "float32")
    picture[:2, 38:] = (255, 0, 255)  # In this corner alone something happens.
    strongest = {}
    for k in range(network.channels(LAYER)):
        for patch in top_patches(network, LAYER, [k], [picture], sizes=[None], inside=0)[k]:
            strongest[patch.cell] = patch
    patch = strongest[0, 19]
    assert patch.picture == 0 and patch.size == 40
    top, left, bottom, right = patch.box
    assert (top, left, bottom, right) == (-4, 34, 6, 44)
    np.testing.assert_array_equal(patch.pixels[4:, :6], picture[:6, 34:])
    np.testing.assert_allclose(patch.pixels[:4], np.tile(MEAN_BGR[::-1], (4, 10, 1)))
    np.testing.assert_allclose(patch.pixels[:, 6:], np.tile(MEAN_BGR[::-1], (10, 4, 1)))


def test_several_channels_at_once_are_each_as_alone(network, pictures):
    both = top_patches(network, LAYER, [1, CHANNEL], pictures, 3, sizes=[48])
    assert list(both) == [1, CHANNEL]
    for k, patches in both.items():
        alone = top_patches(network, LAYER, [k], pictures, 3, sizes=[48])[k]
        assert [(one.picture, one.cell) for one in patches] == [(one.picture, one.cell) for one in alone]


def test_a_place_counts_once_at_whatever_size(network, pictures):
    patches = top_patches(network, LAYER, [CHANNEL], pictures, 40, sizes=(40, 44, 48), per_picture=10)[CHANNEL]
    for name in pictures:
        middles = [np.array(p.box).reshape(2, 2).mean(0) / p.size for p in patches if p.picture == name]
        gaps = [np.abs(a - b).max() for k, a in enumerate(middles) for b in middles[:k]]
        assert len(middles) > 1 and min(gaps) >= SIDE / 2 / 48


def test_a_channel_that_nothing_excites_has_no_patch(network, pictures):
    channels = range(network.channels(LAYER))
    silent = network.features(0 * pictures["number 0"], LAYER)[LAYER].numpy().max((0, 1, 2)) == 0
    patches = top_patches(network, LAYER, channels, [0 * pictures["number 0"]], sizes=[None], inside=0)
    assert silent.any() and all(bool(patches[k]) != silent[k] for k in channels)


def test_what_does_not_fit_is_refused(network, pictures, refused):
    with refused("block2_conv1", "not 99"):
        top_patches(network, LAYER, [99], pictures)
    with refused("'block9_conv1'"):
        top_patches(network, "block9_conv1", [0], pictures)
    with refused("too small"):
        top_patches(network, LAYER, [0], pictures, sizes=[24])


def test_the_collection_is_the_courses_own(make_picture):
    shipped = names()
    collection = picture_collection(size=40)
    assert list(collection) == shipped["photographs"] + shipped["paintings"]
    assert all(max(picture.shape) == 40 for picture in collection.values())


def test_a_folder_of_ones_own_is_a_collection(tmp_path, make_picture, refused):
    for name in ("b.png", "a.jpg"):
        save_picture(make_picture(30, 20), tmp_path / name)
    (tmp_path / "notes.txt").write_text("no picture")
    (tmp_path / "empty").mkdir()
    collection = picture_collection(tmp_path, 24)
    assert {name: picture.shape for name, picture in collection.items()} == {"a.jpg": (24, 16, 3), "b.png": (24, 16, 3)}
    with refused("no picture"):
        picture_collection(tmp_path / "empty")
    with refused("no folder", "elsewhere"):
        picture_collection(tmp_path / "elsewhere")
    with refused("no folder ~nobody-of-this-name"):
        picture_collection("~nobody-of-this-name")


@pytest.mark.parametrize("layer", ["block1_conv2", LAYER, "block3_conv1"])
def test_an_index_of_all_channels_answers_as_a_search_for_one(network, pictures, layer):
    index = PatchIndex(network, [layer, "block2_pool"])
    for key, picture in pictures.items():
        index.look_at(key, picture)
    for channel in range(0, network.channels(layer), 5):
        expected = top_patches(network, layer, [channel], pictures, 3, sizes=[None])[channel]
        best = index.best(layer, channel, 3)
        assert [(one.picture, one.cell, one.box) for one in best] == [
            (one.picture, one.cell, one.box) for one in expected
        ]
        for one, other in zip(best, expected, strict=True):
            assert one.activation == pytest.approx(other.activation, rel=1e-4)
            np.testing.assert_array_equal(one.pixels, other.pixels)


def test_an_index_knows_no_more_than_it_has_seen(network, pictures, refused):
    index = PatchIndex(network, [LAYER])
    assert index.best(LAYER, CHANNEL) == []
    index.look_at("black", np.zeros((40, 40, 3), "float32"))
    index.look_at("one", pictures["number 1"])
    index.look_at("one", pictures["number 1"])  # Again: it is one picture all the same.
    assert [one.picture for one in index.best(LAYER, CHANNEL)].count("one") == 1
    with refused("99"):
        index.best(LAYER, 99)
    with refused("block9_conv1"):
        index.best("block9_conv1", 0)


@pytest.mark.parametrize("layer", ["block1_conv1", "block2_pool", "block3_conv2"])
def test_the_box_of_a_cell_is_what_its_gradient_fills(network, make_picture, layer):
    picture = make_picture(90, 110)
    features = network.features(picture, layer)[layer]
    cell = cell_at(network, layer, features, 45.2, 61.9)
    delta = np.zeros(features.shape, "float32")
    delta[0, cell[0], cell[1]] = 1
    rows, columns = np.nonzero(np.abs(backward(network, picture, layer, delta)).max(-1))
    box = field_box(network, layer, cell)
    assert (rows.min(), columns.min(), rows.max() + 1, columns.max() + 1) == box
    middle = np.array([box[0] + box[2], box[1] + box[3]]) / 2
    assert np.abs(middle - (45.2, 61.9)).max() <= network.stride(layer) / 2 + 0.5


def test_a_place_on_the_rim_is_a_cell_too(network, make_picture):
    features = network.features(make_picture(37, 45), "block3_pool")["block3_pool"]
    assert features.shape[1:3] == (4, 5)  # Pooling leaves out the last rows.
    assert cell_at(network, "block3_pool", features, 37, 45) == (3, 4)
    assert cell_at(network, "block3_pool", features, 0, 0) == (0, 0)


def test_what_is_cut_beyond_the_border_is_filled(make_picture):
    picture = make_picture(8, 9)
    part = cut(picture, (-2, 6, 3, 11), 7)
    np.testing.assert_array_equal(part[2:, :3], picture[:3, 6:])
    assert (part[:2] == 7).all()
    assert (part[:, 3:] == 7).all()
