"""The parts of the studios without a browser: choosing a picture, what stands in for a studio, the shares of a loss."""

import base64
import gc
import re
import struct
import weakref

import ipywidgets as widgets
import nbformat
import numpy as np
import psutil
import pytest
from ipywidgets.widgets.widget import _instances
from PIL import Image
from studios import NOTEBOOKS, calls_in

from course_utils.pictures.loading import load_picture
from course_utils.pictures.plots import shares_svg
from course_utils.pictures.saving import encode, save_picture
from course_utils.pictures.shipped import PHOTOGRAPHS
from course_utils.portfolio import my_picture
from course_utils.widgets import DreamStudio, GramLens, LayerExplorer, StyleStudio, Upload
from course_utils.widgets.chooser import OWN, Chooser
from course_utils.widgets.closing import parts_of
from course_utils.widgets.parts import FileInput
from course_utils.widgets.stills import STILLS, call_of, still_of, told_by
from course_utils.widgets.studio import Fold, Studio

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


def broken_files():
    """Small files that are no pictures, each broken in another way, by name."""
    whole = {kind: encode(load_picture("cat", 24), kind) for kind in ("PNG", "JPEG", "WEBP")}

    def tiff(*tags):
        """A TIFF of one directory, with tags (number, type, count, value)."""
        inside = b"".join(struct.pack("<HHII", *tag) for tag in tags)
        return b"II*\0" + struct.pack("<IH", 8, len(tags)) + inside + bytes(64)

    size = ((256, 3, 1, 4), (257, 3, 1, 4), (258, 3, 1, 8), (259, 3, 1, 1), (262, 3, 1, 1))
    rest = ((277, 3, 1, 1), (278, 3, 1, 4), (279, 4, 1, 16))
    files = {f"cut.{kind}": data[: len(data) // 2] for kind, data in whole.items()}
    files |= {"empty.png": b"", "text.png": b"no picture", "zero.bmp": b"BM" + bytes(60), "half.gif": b"GIF89a\4\0\4\0"}
    files |= {f"type{kind}.tif": tiff(*size, (273, kind, 4, 8), *rest) for kind in (1, 2, 5, 7, 11, 12)}
    files |= {f"text{tag}.tif": tiff(*((t, 2, 4, 65) if t == tag else (t, *x) for t, *x in size), *rest)
              for tag in (256, 257, 258, 259, 262)}  # fmt: skip
    files["loop.tif"] = tiff((256, 3, 1, 4), (330, 4, 1, 8))
    noise = np.random.default_rng(0)
    for name, data in whole.items():
        flipped = bytearray(data)
        for place in noise.integers(16, len(data), 12):
            flipped[place] = noise.integers(256)
        files[f"flipped.{name}"] = bytes(flipped)
    return files


@pytest.mark.parametrize("name", broken_files())
def test_a_broken_file_ends_in_a_line_that_names_it_or_in_a_picture(name, chooser):
    data, upload = broken_files()[name], Upload(instead="coffee", size=40)
    send(chooser.file, name, data)
    send(upload.button, name, data)
    for told in ([*chooser.wrong, *chooser.said][-1], upload.words.value):
        assert name in told and "\n" not in told and "uploaded file" not in told
    assert len(chooser.wrong) + len(chooser.changes) == 1
    if chooser.wrong:
        assert chooser.source == "cat" and not chooser.uploaded


def test_a_chosen_picture_is_remembered_only_where_that_is_asked_for_and_only_if_it_can_be_read(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_MY_PICTURES", str(tmp_path / "mine"))
    good = encode(np.full((20, 30, 3), 90.0), "PNG")
    send(Upload(size=40).button, "good.png", good)
    upload = Upload(size=40, remember=True)
    send(upload.button, "bad.png", b"no picture")
    assert not (tmp_path / "mine").exists()
    send(upload.button, "good.png", good)
    assert my_picture().shape == (20, 30, 3) and my_picture().mean() == 90
    monkeypatch.setenv("COURSE_MY_PICTURES", str(tmp_path / "mine" / "chosen.png"))  # A file where a folder should be.
    send(upload.button, "good.png", good)
    assert "my_pictures cannot be written" in upload.words.value


@pytest.mark.parametrize(
    "error",
    [TypeError("a\nb"), MemoryError(), struct.error("short"), KeyError(273), RecursionError("deep"), AssertionError()],
)
def test_whatever_a_decoder_raises_ends_in_a_line(error, chooser, monkeypatch):
    upload = Upload(instead="coffee", size=40)

    def decode(*_, **__):
        raise error

    for module in ("chooser", "upload"):
        monkeypatch.setattr(f"course_utils.widgets.{module}.load_picture", decode)
    send(chooser.file, "odd.tif", b"anything")
    send(upload.button, "odd.tif", b"anything")
    for told in (chooser.wrong[-1], upload.words.value):
        assert told.startswith(f"odd.tif cannot be read: {type(error).__name__}") and "\n" not in told
    chooser.path.value = "coffee"
    chooser.names.value = "rocket"
    assert len(chooser.wrong) == 3 and chooser.source == "cat" and chooser.changes == []


def test_what_fails_after_a_file_has_come_is_told_too(chooser, monkeypatch):
    monkeypatch.setattr("course_utils.widgets.chooser._kept", lambda picture: np.empty((9**9, 9**9, 3)))
    send(chooser.file, "a.png", encode(load_picture("cat", 24), "PNG"))
    assert "Error" in chooser.wrong[0] and "\n" not in chooser.wrong[0]
    file = FileInput(lambda *_: None, chooser.wrong.append)
    file._heard(None, {"event": "part"}, [])
    assert chooser.wrong[1] == "KeyError: 'first'"


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


@pytest.mark.parametrize("path", sorted(NOTEBOOKS.glob("*.ipynb")), ids=lambda path: path.stem)
def test_the_stored_picture_of_a_studio_is_of_the_very_call_in_its_cell(path):
    for cell in nbformat.read(path, 4).cells:
        for call in calls_in(cell):
            assert told_by(STILLS / f"{call[1]}.jpg") == call[0]
            shown = [output.data["image/jpeg"] for output in cell.outputs]
            assert [base64.b64decode(one) for one in shown] == [still_of(call)], cell.source


@pytest.mark.parametrize(
    ("kind", "names"),
    [
        (DreamStudio, ["temple"]),
        (GramLens, []),
        (LayerExplorer, ["temple"]),
        (StyleStudio, ["flower", "stained_glass"]),
    ],
)
def test_a_picture_and_its_text_stand_in_for_a_studio(kind, names):
    studio = kind(*names)
    data, meta = studio._repr_mimebundle_()
    assert base64.b64decode(data["image/jpeg"]) == still_of(call_of(kind, tuple(names), {}))
    assert meta["image/jpeg"]["alt"] == data["text/plain"] == kind.words and len(kind.words) > 80
    assert "application/vnd.jupyter.widget-view+json" in data
    studio.close()


def test_a_call_of_which_there_is_no_picture_gets_none(tmp_path, monkeypatch):
    studio = LayerExplorer(load_picture("rocket", 40), size=32)
    assert "image/jpeg" not in studio._repr_mimebundle_()[0]
    studio.close()
    line, stem = call_of(StyleStudio, ("flower", "stained_glass"), {"network": "mini", "size": 256})
    assert (line, stem) == ("StyleStudio(content='flower', style='stained_glass')", "style-flower-stained_glass")
    assert call_of(DreamStudio, ("a/b c.png",), {}) == ("DreamStudio(picture='a/b c.png')", "dream-a_b_c_png")
    monkeypatch.setattr("course_utils.widgets.stills.STILLS", tmp_path)
    Image.new("RGB", (8, 8)).save(tmp_path / f"{stem}.jpg", comment=b"StyleStudio()")
    assert still_of((line, stem)) == b""  # It is of another call, whatever its name.


@EVERY
def test_nothing_is_computed_before_a_browser_shows_it_and_all_is_closed_at_the_end(kind):
    before = set(_instances)
    studio = kind()
    assert not studio.worker.running and studio.worker.wait(0)
    studio.close()
    assert set(_instances) == before


@EVERY
def test_a_closed_studio_lets_go_of_its_pictures_at_once_and_of_its_parts(kind):
    """Also where somebody has the studio still, as a notebook's `Out` has."""
    studio = kind()
    parts = list(parts_of(studio))
    pictures = [weakref.ref(part.picture) for part in parts if isinstance(part, Chooser)]
    pictures += [weakref.ref(getattr(studio, name)) for name in ("pixels",) if hasattr(studio, name)]
    pictures += [weakref.ref(studio.now.picture)] if hasattr(studio, "now") else []
    refs = [weakref.ref(part) for part in parts if part is not studio]
    kinds = {type(part).__name__ for part in parts}
    assert {"Canvas", "CopyText", "FileInput", "Chooser"} <= kinds and len(refs) > 60
    del parts
    studio.close()
    assert [one() for one in pictures if one() is not None] == []
    gc.collect()
    alive = [type(one()).__name__ for one in refs if one() not in (None, studio.layout)]
    assert alive == []
    assert "Studio" in repr(studio) or kind.__name__ in repr(studio)  # It can be shown, and closed again.
    studio.close()
    itself = weakref.ref(studio)
    del studio
    gc.collect()
    assert itself() is None


def test_a_closed_upload_keeps_its_picture_and_nothing_else():
    upload = Upload(instead="coffee", size=60)
    picture, refs = upload.picture, [weakref.ref(part) for part in (upload.button, upload.preview)]
    upload.close()
    gc.collect()
    assert upload.picture is picture and [one() for one in refs] == [None, None]


def test_running_its_cell_again_closes_an_upload(monkeypatch):
    class Shell:
        execution_count = 1

        def get_parent(self):
            return {"metadata": {"cellId": "of an upload"}}

    shell = Shell()
    monkeypatch.setattr("IPython.get_ipython", lambda: shell)
    old, beside = Upload(size=40), Upload(size=40)
    assert old.comm is not None and beside.comm is not None
    shell.execution_count = 2
    new = Upload(size=40)
    assert old.comm is None and beside.comm is None and new.comm is not None and old.picture.shape == (27, 40, 3)


@pytest.mark.slow
def test_fifty_studios_opened_and_closed_take_no_memory(tmp_path):
    """Each kind in turn, with a picture of 2.2 MB, so that a leak of one a studio would be 110 MB."""
    save_picture(np.zeros((750, 1000, 3)), tmp_path / "large.png")
    kinds, held = (DreamStudio, GramLens, LayerExplorer, StyleStudio), []

    def memory():
        gc.collect()
        return psutil.Process().memory_info().rss / 2**20

    for k in range(58):
        held.append(kinds[k % 4](str(tmp_path / "large.png")))  # As a notebook keeps what its cells show.
        held[-1].close()
        if k == 7:
            before = memory()
    assert memory() - before < 30


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
