"""InceptionV3 and VGG-19 with weights from a folder; and Deep Dream on a network that has seen all of ImageNet."""

from functools import partial
from pathlib import Path

import numpy as np
import pytest
import released

import course_utils.network as networks
from course_utils import deep_dream, load_network
from course_utils.backend import tf
from course_utils.pictures.loading import load_picture

WEIGHTS = Path(__file__).resolve().parents[2] / "shared" / "data" / "weights"
pytestmark = pytest.mark.skipif(
    not all((WEIGHTS / name).is_file() for name in released.FILES.values()),
    reason="the released weights are not here: only who builds the course has them",
)


@pytest.fixture
def installed(monkeypatch):
    monkeypatch.setattr(networks, "_load", networks._load)  # To be put back, whatever is put in its place.
    released.install(WEIGHTS)


def convolved(stored, name, x, *size):
    """A convolution by the definition in the file: the kernel (out, height, width, in), zeros around, ReLU."""
    kernel = stored[f"{name}/weights"].astype("float32").reshape(-1, *size, x.shape[-1]).transpose(1, 2, 3, 0)
    return tf.nn.relu(tf.nn.conv2d(x, kernel, 1, "SAME") + stored[f"{name}/bias"].astype("float32"))


def branch(stored, name, x, *sizes):
    for k, size in enumerate(sizes):
        x = convolved(stored, f"{name}_conv_{k}" if k else f"{name}_conv", x, *size)
    return x


@pytest.mark.usefixtures("installed")
@pytest.mark.parametrize(
    ("block", "before", "after", "sizes"),
    [
        ("mixed_1", "mixed0", "mixed1", [[(1, 1), (5, 5)], [(1, 1), (3, 3), (3, 3)]]),
        ("mixed_5", "mixed4", "mixed5", [[(1, 1), (1, 7), (7, 1)], [(1, 1), (7, 1), (1, 7), (7, 1), (1, 7)]]),
    ],
)
def test_every_weight_is_in_its_place(block, before, after, sizes):
    """Two of the blocks, of which each kind of branch is one, against the file's own words for them."""
    network = load_network("inception_v3")
    found = network.features(load_picture("coffee", 160), [before, after])
    x = found[before]
    with np.load(WEIGHTS / released.FILES["inception_v3"]) as stored:
        of = partial(branch, stored)
        pooled = tf.nn.avg_pool2d(x, 3, 1, "SAME")
        parts = [of(block, x, (1, 1)), of(f"{block}_tower", x, *sizes[0]), of(f"{block}_tower_1", x, *sizes[1])]
        expected = tf.concat([*parts, of(f"{block}_tower_2", pooled, (1, 1))], -1).numpy()
    assert expected.max() > 1
    np.testing.assert_allclose(found[after], expected, rtol=1e-3, atol=1e-3 * expected.max())


@pytest.mark.usefixtures("installed")
def test_what_lies_deeper_than_the_file_is_not_there(refused):
    assert load_network("inception_v3").layers[-1] == "mixed7" and load_network("vgg19").layers[-1] == "block3_conv4"
    with refused("block4_conv1", "vgg19"):
        load_network("vgg19").features(load_picture("coffee", 64), "block4_conv1")
    assert load_network("mini").layers[-1] == "block5_conv4"


@pytest.mark.slow
@pytest.mark.usefixtures("installed")
@pytest.mark.parametrize("preset", ["inception", "google"])
def test_the_dreams_of_known_programs(preset):
    """What each program climbs rises by more than half, and the photograph is still there."""
    photo = load_picture("coffee", 200)
    result = deep_dream(photo, preset=preset, network="inception_v3", progress=False)
    network, layer = load_network("inception_v3"), {"inception": "mixed5", "google": "mixed3"}[preset]
    before, after = (
        float(tf.reduce_mean(tf.square(network.features(one, layer)[layer]))) for one in (photo, result.picture)
    )
    assert after > 1.5 * before, (before, after)
    kept = np.corrcoef(photo.mean(-1).ravel(), result.picture.mean(-1).ravel())[0, 1]
    assert result.picture.shape == photo.shape and kept > 0.8, kept
