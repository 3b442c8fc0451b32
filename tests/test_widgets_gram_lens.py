"""The Gram lens without a browser: what it shows is what the package computes, and no haste breaks it."""

import re
import time

import numpy as np
import psutil
import pytest

from course_utils.defaults import STYLE_LAYERS
from course_utils.explore.matrices import common_scale, statistic_picture
from course_utils.losses import gram_matrix, layer_statistic, relative_distance
from course_utils.network import load_network
from course_utils.pictures.loading import load_picture, read_settings
from course_utils.pictures.saving import save_picture
from course_utils.style.textures import inner_features, shuffle_positions, texture, texture_steps
from course_utils.widgets import GramLens
from course_utils.widgets.weaver import layers_of


def text(part):
    return re.sub("<[^>]+>", "", part.value)


def draw_box(picker, *box):
    picker.canvas._heard(None, {"event": "box", "box": list(box)}, [])


@pytest.fixture
def lens(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    studio = GramLens("woven_kilim", "pointillist_meadow", size=96)
    studio.opened()
    assert studio.worker.wait(60)
    yield studio
    assert studio.error is None
    workers = studio.worker, studio.weaver.worker  # What it is made of is gone once it is closed.
    studio.close()
    assert all(worker.closed and worker.wait(30) for worker in workers)


def run_to_the_end(lens, **values):
    weaver = lens.weaver
    for name, value in ({"size": 96, "steps": 10} | values).items():
        getattr(weaver, name).value = value
    weaver.run.click()
    assert weaver.worker.wait(60)
    return weaver


# What the package computes


def test_shuffled_cells_keep_every_statistic_and_channels_shuffled_by_themselves_the_diagonal(rng):
    features = rng.gamma(1, 1, (1, 7, 9, 5)).astype("float32")
    together, alone = (shuffle_positions(features, 3, one) for one in (True, False))
    assert sorted(map(tuple, together.reshape(-1, 5))) == sorted(map(tuple, features.reshape(-1, 5)))
    assert np.array_equal(np.sort(alone.reshape(-1, 5), 0), np.sort(features.reshape(-1, 5), 0))
    off = {
        kind: [
            float(relative_distance(layer_statistic(x, kind), layer_statistic(features, kind)))
            for x in (together, alone)
        ]
        for kind in ("mean", "diagonal", "covariance", "gram")
    }
    assert all(one < 1e-5 for one, _ in off.values())
    assert off["mean"][1] < 1e-5 and off["diagonal"][1] < 1e-5
    assert off["covariance"][1] > 0.05 and off["gram"][1] > 0.02
    assert np.array_equal(together, shuffle_positions(features, 3)) and not np.array_equal(together, alone)
    assert not np.array_equal(together, shuffle_positions(features, 4))


def test_a_distance_is_a_share_of_the_targets_size():
    target = np.array([[3.0, 0], [0, 4]], "float32")
    assert float(relative_distance(target, target)) == 0
    assert float(relative_distance(3 * target, target)) == pytest.approx(2)
    assert float(relative_distance(0 * target, target)) == pytest.approx(1)
    assert float(relative_distance(0 * target, 0 * target)) == 0


def test_the_cells_of_a_texture_are_those_of_the_picture(network, make_picture, refused):
    picture = make_picture(40, 64)
    found = inner_features(network, picture, ("block1_conv1", "block2_pool", "block4_conv1"))
    assert [one.shape[1:3] for one in found.values()] == [(40, 64), (10, 16), (5, 8)]
    with refused("more than 32 pixels", "not 30"):
        inner_features(network, make_picture(30, 64), "block1_conv1")


def test_the_steps_end_where_the_texture_does(network):
    options = {"example_size": 64, "layers": STYLE_LAYERS[:2], "network": network, "seed": 3}
    states = list(texture_steps("woven_kilim", 48, steps=12, **options))
    result = texture("woven_kilim", 48, steps=states[-1].step, progress=False, **options)
    assert np.array_equal(states[-1].picture, result.picture)
    assert len(states) > 5 and states[-1].loss == pytest.approx(result.loss)


def test_a_matrix_as_a_picture():
    values = np.array([[2.0, -1], [0, 1]])
    picture = statistic_picture(values, 2.0, side=5)
    assert picture.shape == (6, 6, 3)
    assert np.allclose(picture[0, 0], [213, 94, 0]) and np.allclose(picture[5, 0], 255)
    assert np.allclose(picture[0, 5], [127.5, 184.5, 216.5])  # Half of the way to blue.
    assert np.allclose(statistic_picture(9 * values, 2.0, side=2)[1, 1], [213, 94, 0])  # Beyond full is full.


def test_a_vector_as_bars():
    rising = statistic_picture(np.array([0.0, 0.5, 2.0]), 1.0, side=9) < 250
    assert rising.any(-1).sum(0).reshape(3, 3).mean(1).tolist() == [0, 4, 9]
    both = statistic_picture(np.array([1.0, -1.0]), 1.0, side=8)
    coloured = (both < 250).any(-1)
    assert coloured[:4, 0].all() and not coloured[4:, 0].any() and coloured[4:, 4].all() and not coloured[:4, 4].any()
    assert both[0, 0, 0] > both[0, 0, 2] and both[7, 4, 0] < both[7, 4, 2]  # Orange up, blue down.


def test_a_scale_for_several():
    assert common_scale(np.arange(101), -np.arange(101), share=0.0) == 100
    assert common_scale(np.zeros(3)) > 0


def test_the_layers_up_to_one():
    known = (*STYLE_LAYERS[:2], "block2_pool", *STYLE_LAYERS[2:])
    assert layers_of("up to", "block2_pool", known) == ("block1_conv1", "block2_conv1", "block2_pool")
    assert layers_of("up to", "block3_conv1", known) == STYLE_LAYERS[:3]
    assert layers_of("alone", "block2_pool", known) == ("block2_pool",)
    assert layers_of("all", "block2_pool", known) == STYLE_LAYERS


# What the studio shows


def by_hand(lens, kind="gram", pictures=None):
    network = load_network("mini", "average")
    pictures = pictures or [load_picture(name, 96) for name in ("woven_kilim", "pointillist_meadow")]
    first, second = (
        layer_statistic(inner_features(network, one, lens.layer_name)[lens.layer_name], kind).numpy()
        for one in pictures
    )
    return float(np.linalg.norm(second - first) / np.linalg.norm(first))


def test_nothing_is_computed_before_a_browser_shows_it():
    started = time.monotonic()
    studio = GramLens("woven_kilim", "pointillist_meadow")
    assert time.monotonic() - started < 2 and not studio.worker.running and studio.found is None
    studio.pickers[0].canvas._heard(None, {"event": "ready"}, [])
    assert studio.worker.wait(60) and studio.found is not None
    studio.close()


def test_the_distance_is_that_computed_by_hand(lens):
    assert lens.distance == pytest.approx(by_hand(lens), rel=1e-4)
    assert f"{100 * lens.distance:.1f} %" in text(lens.answer) and f"{100 * lens.distance:.1f} %" in text(lens.status)
    assert np.allclose(lens.found[0], lens.found[0].T)
    seen = {lens.canvases[2].data}
    for kind in ("mean", "diagonal", "covariance"):
        lens.statistic.value = kind
        assert lens.worker.wait(30)
        assert lens.distance == pytest.approx(by_hand(lens, kind), rel=1e-4)
        seen.add(lens.canvases[2].data)
    lens.layer.value = 0
    assert lens.worker.wait(30)
    assert lens.distance == pytest.approx(by_hand(lens, "covariance"), rel=1e-4)
    assert "block1_conv1" in text(lens.status) and len(seen) == 4


def test_a_patch_is_compared_and_the_whole_picture_again(lens):
    whole = lens.distance
    draw_box(lens.pickers[0], 0.25, 0.0, 0.75, 1.0)
    assert lens.worker.wait(30)
    pictures = [load_picture("woven_kilim", 96)[:, 24:72], load_picture("pointillist_meadow", 96)]
    assert lens.distance == pytest.approx(by_hand(lens, pictures=pictures), rel=1e-4) and lens.distance != whole
    assert eval(lens.pickers[0].code, {"load_picture": load_picture}).shape == lens.pickers[0].picture.shape
    lens.pickers[0].whole.click()
    assert lens.worker.wait(30) and lens.distance == pytest.approx(whole) and lens.pickers[0].canvas.boxes == []


def test_the_same_picture_is_at_distance_0(lens):
    lens.pickers[1].chooser.names.value = "woven_kilim"
    assert lens.worker.wait(30)
    assert lens.distance == 0 and "off by 0 %" in text(lens.answer)


@pytest.mark.parametrize("kind", ["gram", "mean"])
def test_shuffled_positions_change_the_map_and_not_the_statistic(kind, lens):
    lens.statistic.value = kind
    assert lens.worker.wait(30)
    before, after, said = lens.before.data, lens.after.data, text(lens.torn)
    assert before != after and float(re.search(r"off by ([\d.]+) %", said)[1]) > 20 and "by 0 % (rounding" in said
    lens.again.click()
    assert lens.worker.wait(30)
    assert lens.after.data != after and lens.before.data == before and "by 0 % (rounding" in text(lens.torn)
    lens.how.value = False
    assert lens.worker.wait(30)
    assert ("by 0 % (rounding" in text(lens.torn)) == (kind == "mean")


def test_a_number_is_read_where_it_is_clicked(lens):
    count = len(lens.found[0])
    lens.canvases[0]._heard(None, {"event": "click", "place": [(3 + 0.5) / count, (7 + 0.5) / count]}, [])
    assert f"Channels 7 and 3 together: first {lens.found[0][7, 3]:.3g}" in text(lens.reading)
    assert lens.canvases[2].boxes[0] == pytest.approx([3 / count, 7 / count, 4 / count, 8 / count])
    lens.canvases[0]._heard(None, {"event": "click", "place": [1.0, 1.0]}, [])
    assert f"Channel {count - 1}: first" in text(lens.reading)


def test_a_patch_that_is_too_small_is_told_and_the_earlier_stays(lens):
    draw_box(lens.pickers[0], 0.1, 0.1, 0.9, 0.9)
    assert lens.worker.wait(30)
    kept, boxes = lens.pickers[0].box, lens.pickers[0].canvas.boxes
    draw_box(lens.pickers[0], 0.1, 0.1, 0.2, 0.9)
    assert (
        "too small" in text(lens.status) and "at least 33" in text(lens.status) and "course-wrong" in lens.status.value
    )
    assert lens.pickers[0].box == kept and lens.pickers[0].canvas.boxes == boxes
    draw_box(lens.pickers[0], 0.5, 0.5, 0.5, 0.5)
    assert "course-wrong" not in lens.status.value and lens.pickers[0].box == kept


def test_pictures_that_do_not_fit_are_told_in_one_line(lens, tmp_path):
    save_picture(np.full((20, 90, 3), 99, "float32"), tmp_path / "thin.png")
    chooser = lens.pickers[1].chooser
    chooser.path.value = "nothing.png"
    assert "no such file" in text(lens.status)
    chooser.path.value = str(tmp_path / "thin.png")
    assert "at least 33" in text(lens.status)
    lens.weaver.example.value = "second"
    lens.weaver.run.click()
    assert "at least 33" in text(lens.status) and not lens.weaver.worker.running
    assert "at least 33" in str(lens.error)
    lens.error = None
    chooser.names.value = "cat"
    assert lens.worker.wait(30) and "off by" in text(lens.status)


def test_what_is_no_network_or_no_picture_is_refused(refused):
    with refused("mini, vgg19 or random"):
        GramLens(network="inception_v3")
    with refused("'big'", "mini"):
        GramLens(network="big")
    with refused("no such file"):
        GramLens("nothing.png")


def test_a_network_that_is_given_is_used(network):
    studio = GramLens("woven_kilim", "cat", network=network, size=64)
    studio.opened()
    assert studio.worker.wait(60) and studio.error is None
    weaver = run_to_the_end(studio, steps=10, layers="alone")
    names = {"network": network}
    exec(weaver.code.text, names)
    assert "network=network" in weaver.code.text and np.array_equal(names["picture"], weaver.state.picture)
    studio.close()


# The texture


@pytest.mark.parametrize("whole", [True, False])
def test_the_copied_code_makes_the_saved_picture(whole, lens, tmp_path):
    if not whole:
        draw_box(lens.pickers[1], 0.1, 0.1, 0.9, 0.9)
    lens.statistic.value = "covariance"
    weaver = run_to_the_end(lens, example="second", layers="up to", seed=2)
    assert weaver.words.value.count("Done after 1")
    names = {}
    exec(weaver.code.text, names)
    assert np.abs(names["picture"] - weaver.state.picture).max() < 1
    weaver.save.click()
    weaver.save.click()
    assert "texture-2.png" in text(weaver.words)
    assert np.abs(load_picture("texture-1.png") - names["picture"]).max() < 2
    assert read_settings("texture-1.png")["code"] == weaver.code.text
    assert read_settings(tmp_path / "texture-2.png")["statistic"] == "covariance"


def wait_for_a_state(weaver, seconds=30):
    end = time.monotonic() + seconds
    while weaver.state is None and time.monotonic() < end:
        time.sleep(0.005)
    assert weaver.state is not None


def test_stop_answers_at_once_and_keeps_the_picture(lens):
    weaver = lens.weaver
    weaver.steps.value = 300
    weaver.run.click()
    wait_for_a_state(weaver)
    weaver.run.click()  # A second click does nothing.
    lens.layer.value = 1  # And looking elsewhere does not end it.
    assert lens.worker.wait(30) and weaver.worker.running
    pressed = time.monotonic()
    weaver.stop.click()
    assert time.monotonic() - pressed < 0.5
    kept, code = weaver.canvas.data, weaver.code.text
    assert "Stopped after" in text(weaver.words) and weaver.stop.disabled and not weaver.save.disabled
    assert weaver.worker.wait(30) and weaver.canvas.data == kept and weaver.code.text == code
    names = {}
    exec(code, names)
    assert np.abs(names["picture"] - weaver.state.picture).max() < 1  # What was stopped can be made again too.


@pytest.mark.slow
def test_no_haste_breaks_it(lens, rng):
    """A hundred things done at random, as fast as they go, and then all is as if they had been done slowly."""
    weaver, picker = lens.weaver, lens.pickers[0]
    weaver.size.value = 96

    def do(what):
        if what == "box":
            left, top = rng.uniform(0, 0.4, 2)
            draw_box(picker, left, top, left + 0.5, top + 0.5)
        elif what == "layer":
            lens.layer.value = int(rng.integers(20))
        elif what == "statistic":
            lens.statistic.value = str(rng.choice(["mean", "diagonal", "covariance", "gram"]))
        else:
            {"run": weaver.run, "stop": weaver.stop, "again": lens.again, "whole": picker.whole}[what].click()

    for what in rng.choice(["box", "layer", "statistic", "run", "stop", "again", "whole"], 100):
        do(str(what))
        time.sleep(float(rng.uniform(0, 0.02)))
    weaver.stop.click()
    assert lens.worker.wait(60) and weaver.worker.wait(60)
    assert weaver.stop.disabled and not weaver.run.disabled
    pictures = [lens.pickers[0].picture, lens.pickers[1].picture]
    assert lens.distance == pytest.approx(by_hand(lens, lens.statistic.value, pictures), rel=1e-3)
    run_to_the_end(lens)
    assert "Done after" in text(weaver.words)


def test_an_error_is_a_line_and_the_studio_goes_on(lens, monkeypatch):
    from course_utils.widgets import weaver as module

    def broken(*_, **__):
        raise RuntimeError("out of luck\nand more")

    monkeypatch.setattr(module, "texture_steps", broken)
    lens.weaver.run.click()
    assert lens.weaver.worker.wait(30)
    assert "RuntimeError: out of luck" in text(lens.status) and "and more" not in text(lens.status)
    assert not lens.weaver.run.disabled and lens.weaver.save.disabled
    monkeypatch.undo()
    lens.error = None
    assert "Done after" in text(run_to_the_end(lens).words)


@pytest.mark.slow
def test_memory_does_not_grow_over_50_changes(lens):
    def change(k):
        lens.layer.value, lens.seed = k % 3, k
        lens.compare()
        run_to_the_end(lens, steps=10, layers="alone")
        assert lens.worker.wait(30)

    for k in range(6):
        change(k)
    before = psutil.Process().memory_info().rss
    for k in range(50):
        change(k)
    assert (psutil.Process().memory_info().rss - before) / 2**20 < 60


def test_the_gram_matrix_of_the_lesson_is_the_one_shown(lens):
    features = inner_features(load_network("mini", "average"), load_picture("woven_kilim", 96), lens.layer_name)
    features = features[lens.layer_name]
    positions = features.shape[1] * features.shape[2]
    assert np.allclose(lens.found[0], gram_matrix(features) / positions, rtol=1e-4)
