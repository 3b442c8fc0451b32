"""The dream and the style studio without a browser: what a person does, step by step, and what has come of it."""

import gc
import shlex
import time

import numpy as np
import psutil
import pytest

from course_utils.__main__ import main
from course_utils.network import load_network
from course_utils.pictures.loading import frames_of, load_mask, load_picture, read_settings
from course_utils.pictures.saving import encode, save_picture
from course_utils.widgets import DreamStudio, StyleStudio


@pytest.fixture
def open_studio(tmp_path, monkeypatch):
    """A function that opens a small studio and, like a browser, says that it is drawn; the folder is empty."""
    monkeypatch.chdir(tmp_path)
    opened = []

    def open_(kind, *names):
        network = load_network("random") if kind is DreamStudio else load_network("random", "average")
        opened.append(kind(*names, network=network, size=96))
        if kind is DreamStudio:
            opened[-1].numbers["steps"].value = 3
            opened[-1].numbers["octaves"].value = 2
        else:
            opened[-1].steps_most.value = 10
        opened[-1].canvas._heard(None, {"event": "ready"}, [])
        assert opened[-1].worker.wait(60)
        assert "Ready" in opened[-1].status.value
        return opened[-1]

    yield open_
    for studio in opened:
        studio.close()
        assert studio.worker.wait(60)


BOTH = pytest.mark.parametrize("kind", [DreamStudio, StyleStudio])


def run(studio):
    studio.run_button.click()
    assert studio.worker.wait(60)
    assert studio.error is None


def made_by(code):
    names = {}
    exec(code, names)
    return names["picture"]


def steps_until(studio, count=1):
    """Wait until a run has come so far."""
    end = time.monotonic() + 30
    while studio._count < count and studio.working:
        assert time.monotonic() < end
        time.sleep(0.001)


@pytest.mark.slow
@BOTH
def test_the_code_makes_the_same_picture_to_the_last_bit(kind, open_studio):
    """Also of a run that was stopped, of one that went on after a control had moved, and of one at another size."""
    studio = open_studio(kind)
    run(studio)
    np.testing.assert_array_equal(made_by(studio.code.text), studio.now.picture)
    first = studio.now.picture
    studio.run_button.click()
    steps_until(studio)
    (studio.numbers["step"] if kind is DreamStudio else studio.scale).value = 2.0
    steps_until(studio)
    studio.stop_button.click()
    studio.size.value = 192
    run(studio)
    assert studio.now.picture.shape[1] == 192 and studio.now.picture.shape != first.shape
    np.testing.assert_array_equal(made_by(studio.code.text), studio.now.picture)


@BOTH
def test_what_is_saved_holds_the_settings_and_a_command_that_makes_it(kind, open_studio, tmp_path, capsys):
    source = tmp_path / '-STEM {it\'s} 100% "of" 猫.png'
    save_picture(load_picture("temple", 200), source)
    studio = open_studio(kind, source.name)
    studio.network = load_network("mini") if kind is DreamStudio else "mini"
    run(studio)
    path = studio.save()
    saved = load_picture(path)
    assert np.abs(saved - studio.now.picture).max() <= 0.5  # Whole numbers.
    words = read_settings(path)
    assert words["code"] == studio.code.text
    command = shlex.split(words["command"])
    assert command[:3] == ["python", "-m", "course_utils"] and command[-1] == path.name
    path.rename(tmp_path / "by_hand.png")
    assert main(command[3:]) == 0
    np.testing.assert_array_equal(load_picture(path), saved)
    assert studio.save().name != path.name and path.exists()  # Nothing is overwritten.


@BOTH
def test_stop_keeps_the_picture_and_go_on_goes_on_from_it(kind, open_studio):
    studio = open_studio(kind)
    start = studio.now.picture
    studio.run_button.click()
    steps_until(studio)
    assert studio.run_button.disabled and not studio.stop_button.disabled
    studio.stop_button.click()
    kept = studio.now.picture
    assert not np.array_equal(kept, start) and not studio.run_button.disabled and studio.stop_button.disabled
    assert studio.worker.wait(60) and studio.now.picture is kept
    run(studio)
    assert len(studio.past) == 2 and studio.past[1].picture is kept
    studio.undo_button.click()
    assert studio.now.picture is kept
    studio.undo_button.click()
    assert studio.now.picture is start and studio.undo_button.disabled
    run(studio)
    studio.again_button.click()
    np.testing.assert_array_equal(studio.now.picture, start)
    assert "stop" not in studio.code.text


@BOTH
def test_clicks_in_any_order_do_no_harm(kind, open_studio):
    studio, rng = open_studio(kind), np.random.default_rng(0)
    number = studio.numbers["jitter"] if kind is DreamStudio else studio.scale
    doings = [studio.run_button.click] * 3 + [studio.stop_button.click, studio.undo_button.click, studio.save]
    doings += [studio.again_button.click, lambda: setattr(number, "value", int(rng.integers(1, 3)))] * 2
    for k in rng.integers(0, len(doings), 120):
        doings[k]()
        time.sleep(float(rng.choice([0, 0, 0.01])))
    studio.stop_button.click()
    assert studio.worker.wait(60) and studio.error is None and not studio.working
    assert studio.now.picture.shape == studio.first().picture.shape
    if studio.code.text:
        np.testing.assert_array_equal(made_by(studio.code.text), studio.now.picture)


@BOTH
def test_what_cannot_be_is_told_in_one_line_and_the_studio_goes_on(kind, open_studio, tmp_path):
    studio = open_studio(kind)
    boxes = studio.layers.values()
    before = [box.value for box in boxes]
    for box in boxes:
        box.value = type(box.value)(0)
    studio.run_button.click()
    assert "layer" in studio.status.value and "course-wrong" in studio.status.value and not studio.working
    for box, value in zip(boxes, before, strict=True):
        box.value = value
    chooser = studio.source
    (tmp_path / "text.png").write_text("no picture")
    for path, words in (("text.png", "not a picture"), ("nowhere.png", "no such file")):
        chooser.path.value = path
        assert words in studio.status.value and "course-wrong" in studio.status.value
    studio.error = None
    run(studio)


@BOTH
def test_an_exception_in_the_thread_is_one_line_and_keeps_the_picture(kind, open_studio, monkeypatch):
    studio = open_studio(kind)
    right = type(studio).steps

    def wrong(self, picture, settings):
        for k, state in enumerate(right(self, picture, settings)):
            yield state
            if k == 1:
                raise RuntimeError("out of luck\nand more")

    monkeypatch.setattr(type(studio), "steps", wrong)
    start = studio.now.picture
    studio.run_button.click()
    assert studio.worker.wait(60)
    assert "RuntimeError: out of luck" in studio.status.value and "more" not in studio.status.value
    assert not studio.working and not np.array_equal(studio.now.picture, start)
    monkeypatch.setattr(type(studio), "steps", right)
    studio.error = None
    run(studio)


@BOTH
def test_an_uploaded_picture_is_taken_and_code_says_where_it_must_lie(kind, open_studio):
    studio = open_studio(kind)
    chooser = studio.source
    data = encode(load_picture("coffee", 300), "PNG")
    for k, part in enumerate((data[:1000], data[1000:])):
        message = {"event": "part", "name": "mine.png", "size": len(data), "first": k == 0, "last": k == 1}
        chooser.file._heard(None, message, [part])
    assert "mine.png: 300 x 200 pixels." in studio.status.value
    assert studio.now.picture.shape == (64, 96, 3)
    run(studio)
    assert "'mine.png'" in studio.code.text and "beside the notebook" in studio.code.text
    assert studio.command.text == ""  # The file is not there yet.
    chooser.file._heard(None, {"event": "too large", "name": "huge.tif", "size": 2**40}, [])
    assert "give its path" in studio.status.value


@BOTH
def test_only_chosen_regions_change(kind, open_studio, tmp_path):
    studio = open_studio(kind)
    studio.regions.divide(studio.source.sized(64))
    studio.regions.feather.value = 0.0
    studio.regions._begin((0.1, 0.1))
    if kind is DreamStudio:
        studio.numbers["octaves"].value = 1  # What is enlarged from a smaller one spills over by some pixels.
    run(studio)
    if kind is DreamStudio:
        mask = load_mask(studio.regions.masks()[0], studio.now.picture.shape)
        untouched = mask == 0
        assert 0.5 < untouched.mean() < 1
        change = np.abs(studio.now.picture - studio.first().picture).max(-1)
        assert change[untouched].max() == 0 < change[~untouched].max()
    assert "-mask1.png" in studio.code.text
    studio.save()
    np.testing.assert_array_equal(made_by(studio.code.text), studio.now.picture)


@BOTH
def test_running_the_cell_again_ends_the_old_studio(kind, open_studio, monkeypatch):
    from course_utils.widgets import closing as module

    class Shell:
        execution_count = 1

        def get_parent(self):
            return {"metadata": {"cellId": "a"}}

    shell = Shell()
    monkeypatch.setattr("IPython.get_ipython", lambda: shell)
    monkeypatch.setattr(module, "_shown", {})
    old, beside = open_studio(kind), open_studio(kind)
    old.run_button.click()
    steps_until(old)
    assert beside.worker.wait(1) and beside.comm is not None
    shell.execution_count = 2
    new = open_studio(kind)
    assert old.worker.wait(60) and old.comm is None and beside.comm is None  # Both were made by the earlier run.
    run(new)


@BOTH
def test_two_studios_do_not_disturb_each_other(kind, open_studio):
    alone = open_studio(kind)
    run(alone)
    one, two = open_studio(kind), open_studio(kind, "coffee")
    one.run_button.click()
    two.run_button.click()
    assert one.worker.wait(60) and two.worker.wait(60)
    np.testing.assert_array_equal(one.now.picture, alone.now.picture)
    assert not np.array_equal(one.now.picture, two.now.picture)


@pytest.mark.slow
@BOTH
def test_memory_does_not_grow_over_fifty_runs(kind, open_studio):
    studio, sizes = open_studio(kind), []
    if kind is StyleStudio:
        studio.steps_most.value = 5
    for k in range(50):
        run(studio)
        if k % 5 == 4:
            studio.again_button.click()
            gc.collect()
            sizes.append(psutil.Process().memory_info().rss / 2**20)
    # The pictures to go back to fill the first runs; a picture has 0.1 MB, and a leak of one a step would be 20 MB.
    assert sizes[-1] - sizes[4] < 15, sizes


def test_what_is_dreamt_of_can_be_a_channel_a_class_or_a_guide(open_studio):
    studio, pictures = open_studio(DreamStudio), []
    for aim in ("layers", "one channel", "a class", "like a guide"):
        studio.aim.value = aim
        assert studio.worker.wait(60)
        run(studio)
        np.testing.assert_array_equal(made_by(studio.code.text), studio.now.picture)
        pictures.append(studio.now.picture)
        studio.again_button.click()
    assert all(not np.allclose(one, other) for k, one in enumerate(pictures) for other in pictures[:k])
    studio.channel_layer.value = "block1_conv1"
    assert studio.channel.max == 15
    studio.class_name.value = "no such thing"
    studio.aim.value = "a class"
    assert studio.worker.wait(60) and "no such thing" in studio.status.value


@BOTH
def test_a_moment_comes_back_with_its_controls(kind, open_studio, tmp_path):
    studio = open_studio(kind)
    chooser, number = studio.source, studio.numbers["jitter"] if kind is DreamStudio else studio.ratio
    studio.regions.divide(chooser.sized(64))
    studio.regions._begin((0.1, 0.1))
    value, chosen = number.value, set(studio.regions.chosen)
    run(studio)
    made = studio.now.picture
    number.value = 1
    studio.size.value = 192
    studio.regions.clear()
    chooser.names.value = "coffee"
    run(studio)
    studio.undo_button.click()
    studio.undo_button.click()
    assert studio.now.picture is made and "'coffee'" not in studio.code.text
    assert (number.value, studio.size.value, studio.regions.chosen) == (value, 96, chosen)
    assert chooser.source != "coffee" and chooser.names.value == chooser.source
    studio.save()
    np.testing.assert_array_equal(made_by(studio.code.text), made)


def test_a_class_that_is_meant_by_a_part_of_its_name_is_shown_whole(open_studio):
    studio = open_studio(DreamStudio)
    studio.class_name.value = "flower"
    assert studio.class_name.value == "cauliflower" and "cauliflower" in studio.status.value


def test_the_code_of_a_film_makes_the_same_film(open_studio, tmp_path):
    studio = open_studio(DreamStudio)
    run(studio)
    studio.regions.divide(studio.source.sized(64))
    studio.regions._begin((0.1, 0.1))
    studio.numbers["jitter"].value, studio.numbers["step"].value, studio.film_frames.value = 5, 2.0, 3
    studio.film()
    assert studio.worker.wait(60)
    film = tmp_path / "dream-1-film.gif"
    saved = film.read_bytes()
    film.unlink()
    exec(studio.film_code.text, {})
    assert film.read_bytes() == saved


def test_a_film_is_saved_whole_and_as_far_as_it_was_stopped(open_studio, tmp_path):
    studio = open_studio(DreamStudio)
    run(studio)
    kept = studio.now.picture
    studio.film_frames.value = 4
    studio.film()
    assert studio.worker.wait(60)
    assert len(frames_of(tmp_path / "dream-1-film.gif")) == 4 and "4 pictures" in studio.status.value
    assert "dream-1-film.gif" in studio.film_words.value
    (tmp_path / "played.webp").write_bytes(studio.film_canvas.data)
    assert len(frames_of(tmp_path / "played.webp")) == 4
    assert studio.now.picture is kept  # A film changes nothing.
    studio.film_frames.value = 100
    studio.film()
    while studio.bar.value < 0.03:
        time.sleep(0.01)
    studio.stop_button.click()
    assert studio.worker.wait(60)
    assert 2 <= len(frames_of(tmp_path / "dream-2-film.gif")) < 100 and not studio.working


def test_a_slider_moved_while_it_paints_compiles_nothing(open_studio, monkeypatch):
    from course_utils.style.objective import StyleObjective

    studio, traced = open_studio(StyleStudio), []
    call = StyleObjective.__call__
    monkeypatch.setattr(StyleObjective, "__call__", lambda self, picture: traced.append(1) or call(self, picture))
    studio.steps_most.value = 400
    studio.run_button.click()
    for value in (0.05, 0.5):
        steps_until(studio, 2)
        studio.ratio.value = value
    steps_until(studio, 2)
    studio.stop_button.click()
    assert studio.worker.wait(60) and studio.error is None
    assert traced == [] and studio.code.text.count("style_transfer(") == 3


@pytest.mark.slow
def test_moments_of_a_run_can_be_gone_back_to(open_studio):
    studio = open_studio(StyleStudio)
    studio.steps_most.value = 40
    run(studio)
    assert len(studio.history.pictures) == 4 and studio.history.value == 3
    studio.history._heard(None, {"event": "chosen", "value": 1}, [])
    assert not np.array_equal(studio.now.picture, studio.past[-1].picture)
    np.testing.assert_array_equal(made_by(studio.code.text), studio.now.picture)
    for _ in range(4):
        run(studio)
    assert len(studio.history.pictures) == 12  # And no more.


def test_make_it_large_tells_the_time_first_and_goes_on_from_the_picture(open_studio):
    studio = open_studio(StyleStudio)
    assert "about" in studio.large_words.value and " s on this machine" in studio.large_words.value
    run(studio)
    studio.large.options = [192]
    studio.large_button.click()
    assert studio.worker.wait(60) and studio.error is None
    assert max(studio.now.picture.shape) == 192 and "start=picture, grain=0" in studio.code.text


def test_two_paintings_are_blended_or_take_a_region_each(open_studio, tmp_path):
    studio = open_studio(StyleStudio)
    studio.two.value = True
    studio.blend.value = 0.25
    run(studio)
    assert "blend=[0.75, 0.25]" in studio.code.text and "--blend=0.75,0.25" in studio.command.text
    studio.again_button.click()
    studio.regions.divide(studio.source.sized(64))
    studio.regions._begin((0.2, 0.2))
    run(studio)
    assert "blend" not in studio.code.text and studio.code.text.count("mask") == 3
    first, second = studio.now.masks.values()
    assert studio.blend.disabled
    studio.save()
    saved = studio.now.picture
    np.testing.assert_array_equal(made_by(studio.code.text), saved)  # From both masks as the files hold them.
    assert sorted(path.name for path in tmp_path.glob("*mask*")) == ["style-1-mask1.png", "style-1-mask2.png"]
    np.testing.assert_array_equal(first + second, 255)
