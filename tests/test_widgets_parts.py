"""The parts of the studios without a browser: choosing a picture, what stands in for a studio, the shares of a loss."""

import base64
import re

import ipywidgets as widgets
import numpy as np
import pytest
from ipywidgets.widgets.widget import _instances

from course_utils.pictures.loading import load_picture
from course_utils.pictures.plots import shares_svg
from course_utils.pictures.saving import encode, save_picture
from course_utils.pictures.shipped import PHOTOGRAPHS
from course_utils.widgets import DreamStudio, GramLens, LayerExplorer, StyleStudio, Upload
from course_utils.widgets.chooser import OWN, Chooser
from course_utils.widgets.parts import FileInput
from course_utils.widgets.studio import STILLS, Fold, Studio

EVERY = pytest.mark.parametrize("kind", [DreamStudio, GramLens, LayerExplorer, StyleStudio])


def send(file, name, data, part=1000):
    """What the browser does to send a file in parts; returns how often it was asked to go on."""
    asked = []
    file.send = asked.append
    starts = range(0, max(1, len(data)), part)
    for start in starts:
        message = {"event": "part", "name": name, "size": len(data), "first": start == 0, "last": start == starts[-1]}
        file._heard(None, message, [memoryview(data)[start : start + part]])
    return len(asked)


@pytest.fixture
def chooser():
    """A chooser that keeps what it says and complains in lists."""
    said, wrong, changes = [], [], []
    made = Chooser("picture", "cat", say=said.append, complain=wrong.append, changed=lambda: changes.append(1))
    made.said, made.wrong, made.changes = said, wrong, changes
    return made


def test_a_file_comes_in_parts_and_is_put_together():
    taken, progress = [], []
    file = FileInput(lambda *one: taken.append(one), print, lambda name, share: progress.append(share))
    data = np.random.default_rng(0).bytes(3500)
    assert send(file, "a.png", data) == 3 and taken == [("a.png", data)]
    assert progress == [1000 / 3500, 2000 / 3500, 3000 / 3500]
    send(file, "b.png", data[:10])
    assert taken[-1] == ("b.png", data[:10])


def test_names_paths_and_files_are_chosen_and_their_size_is_told(chooser, tmp_path):
    chooser.names.value = "coffee"
    assert chooser.source == "coffee" and chooser.said == ["coffee: 600 x 400 pixels."] and not chooser.uploaded
    path = save_picture(load_picture("rocket", 50), tmp_path / "small.png")
    chooser.path.value = str(path)
    assert chooser.source == str(path) and chooser.names.value == OWN and max(chooser.picture.shape) == 50
    np.testing.assert_array_equal(chooser.sized(80), load_picture(path, 80))  # As a line of code would load it.
    send(chooser.file, "wide.png", encode(np.zeros((3, 5000, 3)), "PNG"))
    assert chooser.said[-1] == "wide.png: 5000 x 3 pixels, made 4096 x 2."
    assert chooser.uploaded and "beside the notebook" in chooser.note() and len(chooser.changes) == 3


def test_a_bad_choice_is_told_in_a_line_and_changes_nothing(chooser, tmp_path):
    before = chooser.picture
    (tmp_path / "text.png").write_text("no picture")
    for path in (tmp_path, tmp_path / "text.png", "no_such_name"):
        chooser.path.value = str(path)
    send(chooser.file, "cut.png", encode(load_picture("cat", 60), "PNG")[:500])
    send(chooser.file, "empty.png", b"")
    assert len(chooser.wrong) == 5 and all("\n" not in line for line in chooser.wrong)
    assert "folder" in chooser.wrong[0] and "not a picture" in chooser.wrong[1] and "cut.png" in chooser.wrong[3]
    assert chooser.picture is before and chooser.changes == [] and chooser.names.value == "cat"


def test_what_is_chosen_by_hand_needs_a_file(chooser):
    chooser.names.value = OWN
    assert "button" in chooser.said[-1] and chooser.changes == []


def test_an_upload_shows_what_was_chosen():
    upload = Upload(instead="coffee", size=200)
    assert upload.picture.shape == (133, 200, 3) and upload.words.value.startswith("coffee: 600 x 400, made 200 x 133")
    send(upload.button, "cat.png", encode(load_picture("cat", 100), "PNG"))
    assert upload.picture.shape == (67, 100, 3) and upload.words.value == "cat.png: 100 x 67"
    send(upload.button, "text.png", b"no picture")
    assert "text.png is not a picture" in upload.words.value and upload.picture.shape == (67, 100, 3)
    upload.button._heard(None, {"event": "too large", "name": "huge.tif", "size": 2**40}, [])
    assert "huge.tif has 1,048,576 MiB" in upload.words.value


@EVERY
def test_a_picture_and_its_text_stand_in_for_a_studio(kind):
    studio = kind()
    data, meta = studio._repr_mimebundle_()
    assert base64.b64decode(data["image/jpeg"]) == (STILLS / f"{kind.still}.jpg").read_bytes()
    assert meta["image/jpeg"]["alt"] == data["text/plain"] == kind.words and len(kind.words) > 80
    assert "application/vnd.jupyter.widget-view+json" in data
    studio.close()


@EVERY
def test_nothing_is_computed_before_a_browser_shows_it_and_all_is_closed_at_the_end(kind):
    before = set(_instances)
    studio = kind()
    assert not studio.worker.running and studio.worker.wait(0)
    studio.close()
    assert set(_instances) == before


@EVERY
def test_every_control_has_a_name_and_a_tooltip(kind):
    studio = kind()

    def controls(widget):
        for child in getattr(widget, "children", ()):
            yield from controls(child)
        if isinstance(widget, (widgets.Button, widgets.ValueWidget)) and not isinstance(
            widget, (widgets.HTML, widgets.Label, widgets.widget_float.FloatProgress)
        ):
            yield widget

    found = list(controls(studio))
    assert len(found) > 3
    for one in found:
        assert one.description or getattr(one, "placeholder", ""), one
        assert one.tooltip or getattr(one, "tooltips", ()), one.description
    studio.close()


def test_a_fold_shows_and_hides_what_is_in_it():
    fold = Fold("More", widgets.Label("inside"))
    assert fold.inside.layout.display == "none" and fold.button.description == "▸ More"
    fold.button.value = True
    assert fold.inside.layout.display is None and fold.button.description == "▾ More"


def test_a_studio_tells_an_exception_in_one_line_and_escapes_it():
    studio = Studio()
    assert studio.guarded(lambda: 1 / 0)() is None
    assert "ZeroDivisionError: division by zero" in studio.status.value
    studio.say("a <b>")
    assert "a &lt;b&gt;" in studio.status.value
    studio.close()


def test_shares_fill_the_drawing_and_are_named_in_numbers():
    history = [{"content": 1.0, "style": 3.0}, {"content": 2.0, "style": 2.0}, {"content": 3.0, "style": 1.0}]
    drawn = shares_svg(history, 200, 100)
    bands = [
        [tuple(map(float, one.split(","))) for one in band.split()] for band in re.findall(r'points="([^"]+)"', drawn)
    ]
    content, style = bands
    assert content[:3] == [(0, 100), (100, 100), (200, 100)]  # It lies at the bottom,
    assert content[3:] == [(200, 25), (100, 50), (0, 75)] == style[:3][::-1]  # up to where the style begins,
    assert [y for _, y in style[3:]] == [0, 0, 0]  # which goes up to the top.
    assert "content 75%" in drawn and "style 25%" in drawn
    assert "content 100%" in shares_svg([{"content": 1.0, "style": -1.0}])


def test_the_pictures_of_the_course_are_all_offered(chooser):
    assert set(PHOTOGRAPHS) <= set(chooser.names.options) and "night_swirls" in chooser.names.options
