"""The layer explorer without a browser: what a click, a key or a file leads to."""

import gc
import io
import threading

import numpy as np
import pytest
from PIL import Image

from course_utils.explore.altered import with_relu_rule
from course_utils.explore.forward import Forward, one_hot_delta
from course_utils.explore.gradients import backward
from course_utils.explore.maps import as_picture, map_grid, nearly_largest, strongest_channels
from course_utils.explore.patches import cut, field_box, top_patches
from course_utils.pictures.loading import load_picture
from course_utils.pictures.saving import encode, save_picture
from course_utils.widgets.explorer import PATCH_SIZE, LayerExplorer
from course_utils.widgets.explorer_views import shares

CROWD = ["coffee", "rocket", "cut_paper"]


@pytest.fixture
def make(network):
    """A function that makes an explorer, opened, of a small picture, which searches three pictures for patches."""
    made = []

    def explorer(picture="cat", size=96, opened=True):
        studio = LayerExplorer(picture, network, size)
        studio._unseen[:] = CROWD
        made.append(studio)
        if opened:
            studio.opened()
            settle(studio)
        return studio

    yield explorer
    for one in made:
        one.close()


def settle(studio):
    assert studio.worker.wait(60)
    return studio.choice


def click(canvas, x, y, event="click"):
    canvas._heard(None, {"event": event, "place": [x, y]}, [])


def choose_layer(studio, layer):
    studio.layers._heard(None, {"event": "chosen", "value": studio.network.layers.index(layer)}, [])


def delta_picture(studio, network, layer, channel, cell, rule="plain"):
    """The JPEG that the explorer must show for a neuron."""
    shape = network.features(studio.pixels, layer)[layer].shape
    changed = with_relu_rule(network, rule)
    gradient = backward(changed, studio.pixels, layer, one_hot_delta(shape, cell, channel))
    strongest = nearly_largest(cut(gradient, field_box(network, layer, cell), 0))
    return np.asarray(as_picture(gradient, strongest, signed=True))


def decoded(data):
    return np.asarray(Image.open(io.BytesIO(data)), "float32")


def passes():
    gc.collect()
    return sum(isinstance(one, Forward) for one in gc.get_objects())


def same(shown, expected):
    """Whether a JPEG shows a picture, up to roundings that move a grey by one before it is encoded."""
    return np.abs(decoded(shown) - decoded(encode(expected))).max() <= 12


def test_nothing_is_computed_before_it_is_seen(make):
    studio = make(opened=False)
    assert studio._forward is None
    assert not studio.worker.running
    assert studio.views.channels == []
    studio.views.picture._heard(None, {"event": "ready"}, [])
    settle(studio)
    assert studio._forward is not None
    assert len(studio.views.channels) == 24
    bundle = studio._repr_mimebundle_()
    assert "layer explorer" in str(bundle)


def test_a_place_sends_the_delta_of_its_neuron_backward(make, network):
    studio = make()
    layer = "block2_conv2"
    choose_layer(studio, layer)
    channel = settle(studio).channel
    click(studio.views.picture, 0.5, 0.4)
    assert settle(studio).channel == channel, "a place keeps the map that was chosen"
    height, width = studio.pixels.shape[:2]
    cell = int(0.4 * height) // 2, int(0.5 * width) // 2
    box = field_box(network, layer, cell)
    assert studio.views.picture.boxes == studio.views.delta.boxes == [shares(box, studio.pixels.shape)]
    assert f"row {cell[0]}, column {cell[1]}" in studio.status.value
    assert same(studio.views.delta.data, delta_picture(studio, network, layer, channel, cell))
    plain = studio.views.delta.data
    for rule in ("deconvnet", "guided"):
        studio.rule.value = rule
        settle(studio)
        assert studio.views.delta.data != plain
        assert same(studio.views.delta.data, delta_picture(studio, network, layer, channel, cell, rule))
    click(studio.views.picture, 0.2, 0.8, "drag")
    settle(studio)
    assert f"row {int(0.8 * height) // 2}" in studio.status.value


def test_a_click_chooses_the_map_that_lies_there(make, network):
    studio = make()
    choose_layer(studio, "block2_conv1")
    settle(studio)
    features = network.features(studio.pixels, "block2_conv1")["block2_conv1"].numpy()
    shown = strongest_channels(features, 24)
    assert studio.views.channels == shown
    assert studio.views.grid.data == encode(map_grid(features, channels=shown, columns=6, width=96))
    for place, (x, y) in {0: (0.01, 0.01), 8: (0.4, 0.4), 23: (0.99, 0.99)}.items():
        click(studio.views.grid, x, y)
        assert settle(studio).channel == shown[place]
        one = features[0, ..., shown[place]]
        row, column = divmod(int(one.argmax()), one.shape[1])
        assert f"map {shown[place]}, row {row}, column {column}:" in studio.status.value, "its strongest cell"
        left, top, right, bottom = studio.views.grid.boxes[0]
        assert left <= x <= right and top <= y <= bottom
        assert f"{(one == 0).mean():.0%} of the cells are 0" in studio.views.histogram.value
    studio.page.value = 24
    settle(studio)
    assert studio.views.channels == list(range(24, network.channels("block2_conv1")))
    assert studio.choice.channel in studio.views.channels


def test_the_large_map_has_cells_to_click_on(make, network):
    studio = make()
    choose_layer(studio, "block4_conv1")
    settle(studio)
    rows, columns = network.features(studio.pixels, "block4_conv1")["block4_conv1"].shape[1:3]
    for row in range(rows):
        click(studio.views.map, 0.999, (row + 0.5) / rows)
        settle(studio)
        assert f"row {row}, column {columns - 1}:" in studio.status.value


def test_a_deeper_layer_keeps_the_place(make, network):
    studio = make()
    click(studio.views.picture, 0.3, 0.6)
    sides = []
    for layer in ("block1_conv1", "block2_conv1", "block3_conv1"):
        choose_layer(studio, layer)
        assert settle(studio).place == (0.3, 0.6)
        features = network.features(studio.pixels, layer)[layer].numpy()[0]
        left, top, right, bottom = studio.views.picture.boxes[0]
        assert left <= 0.3 <= right and top <= 0.6 <= bottom
        sides.append(right - left)
        cell = tuple(
            int(share * side) // network.stride(layer)
            for share, side in zip((0.6, 0.3), studio.pixels.shape, strict=False)
        )
        assert features[cell][studio.choice.channel] == features[cell][studio.views.channels].max()
    assert sides == sorted(sides)


def test_the_patches_are_those_of_a_search_and_open_their_picture(make, network):
    studio = make()
    layer, channel = studio.choice.layer, studio.choice.channel
    crowd = {name: load_picture(name, PATCH_SIZE) for name in CROWD}
    expected = top_patches(network, layer, [channel], crowd, 9, sizes=[None])[channel]
    shown = studio.views.shown_patches
    assert [(one.picture, one.cell) for one in shown] == [(one.picture, one.cell) for one in expected]
    assert all(f"{one.activation:.1f}" in studio.views.about_patches.value for one in expected)
    second = shown[1]
    click(studio.views.patches, 0.5, 0.5)
    settle(studio)
    assert studio.chooser.source == studio.chooser.names.value == second.picture
    assert studio.choice.channel == channel
    height, width = crowd[second.picture].shape[:2]
    top, left, bottom, right = second.box
    assert studio.choice.place == pytest.approx(((left + right) / 2 / width, (top + bottom) / 2 / height))


def test_a_shut_neuron_says_so(make, network):
    studio = make()
    features = network.features(studio.pixels, studio.choice.layer)[studio.choice.layer].numpy()[0]
    row, column = np.argwhere(features[..., studio.choice.channel] == 0)[0]
    click(studio.views.map, (column + 0.5) / features.shape[1], (row + 0.5) / features.shape[0])
    settle(studio)
    assert "activation 0.00" in studio.status.value
    assert "Nothing comes back by the plain rule" in studio.status.value
    assert decoded(studio.views.delta.data).std() == 0
    studio.rule.value = "deconvnet"
    settle(studio)
    assert "Nothing comes back" not in studio.status.value


def test_bad_files_change_nothing_and_cost_one_line(make, tmp_path, make_picture):
    studio = make()
    before = studio.views.picture.data
    studio.chooser.path.value = str(tmp_path / "nowhere.png")
    assert "no such file" in studio.status.value
    studio.chooser._upload("notes.txt", b"not a picture")
    assert "notes.txt is not a picture" in studio.status.value
    assert studio.views.picture.data == before
    save_picture(make_picture(200, 12), tmp_path / "sliver.png")
    studio.chooser.path.value = str(tmp_path / "sliver.png")
    settle(studio)
    assert "too small" in studio.status.value and 'role="alert"' in studio.status.value
    studio.chooser._upload("mine.png", encode(make_picture(60, 80), "PNG"))
    settle(studio)
    assert studio.pixels.shape == (72, 96, 3)
    click(studio.views.picture, 0.5, 0.5)
    settle(studio)
    assert "activation" in studio.status.value


@pytest.mark.slow
def test_fifty_quick_changes_end_with_the_last_and_leave_no_thread(make, network):
    studio = make()
    before, kept = threading.active_count(), passes()
    for k in range(50):
        choose_layer(studio, network.layers[k % 12])
        click(studio.views.picture, (k * 0.37) % 1, (k * 0.61) % 1)
        studio.rule.value = ("plain", "deconvnet", "guided")[k % 3]
        if k % 10 == 0:
            studio.chooser.names.value = ("rocket", "coffee")[k // 10 % 2]
    settle(studio)
    assert studio.error is None
    layer, place = network.layers[49 % 12], ((49 * 0.37) % 1, (49 * 0.61) % 1)
    assert (studio.choice.layer, studio.choice.place, studio.choice.rule) == (layer, place, "deconvnet")
    height, width = studio.pixels.shape[:2]
    cell = tuple(
        int(share * side) // network.stride(layer) for share, side in zip(place[::-1], (height, width), strict=True)
    )
    expected = delta_picture(studio, network, layer, studio.choice.channel, cell, "deconvnet")
    assert same(studio.views.delta.data, expected)
    assert threading.active_count() <= before
    assert passes() <= kept, "of all those pictures one forward pass is kept"


def test_an_own_picture_and_wrong_ones(make_picture, network, refused):
    own = LayerExplorer(make_picture(50, 60), network, 60)
    assert own.pixels.shape == (50, 60, 3)
    own.close()
    with refused("no such file"):
        LayerExplorer("nowhere.png", network)
    with refused("no network"):
        LayerExplorer("cat", "alexnet")


def test_an_error_is_one_line_and_the_next_click_works(make, monkeypatch):
    studio = make()
    forward = studio._forward[1]
    monkeypatch.setattr(forward, "backward", lambda *_: 1 / 0)
    click(studio.views.picture, 0.1, 0.1)
    settle(studio)
    assert "ZeroDivisionError" in studio.status.value
    monkeypatch.undo()
    click(studio.views.picture, 0.2, 0.2)
    settle(studio)
    assert "activation" in studio.status.value
