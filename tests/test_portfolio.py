"""A learner's own work: what is kept and shown on a page, the chosen picture, the solved exercises."""

import base64
import io
import os
import re

import numpy as np
import pytest
from lessons import NOTEBOOKS
from PIL import Image

from course_utils import exercises, keep, my_picture, remember_picture
from course_utils.__main__ import main
from course_utils.exercises.kinds import Wrong
from course_utils.optimize.states import Result
from course_utils.pictures import read_settings
from course_utils.portfolio import solved
from course_utils.portfolio.folder import own_folder


@pytest.fixture(autouse=True)
def mine(tmp_path, monkeypatch):
    """The folder of this test's learner, which is made when something is kept."""
    folder = tmp_path / "mine"
    monkeypatch.setenv("COURSE_MY_PICTURES", str(folder))
    return folder


def page(folder):
    return (folder / "gallery.html").read_text(encoding="utf-8")


def test_a_result_is_kept_with_what_made_it_and_shown_beside_what_it_was(mine, make_picture, capsys):
    before, after = make_picture(30, 40), make_picture(30, 40, 1)
    result = Result(after, 0.51234, {}, {"loss": [3.0, 0.5]}, "done")
    keep(result, "A cat, dreaming", before=before, layer="block5_conv3", size=40)
    told = read_settings(mine / "a_cat_dreaming.png")
    assert told.pop("kept")[:2] == "20"
    assert told == {"title": "A cat, dreaming", "layer": "block5_conv3", "size": "40", "evaluations": "2",
                    "loss": "0.5123"}  # fmt: skip
    stored = np.asarray(Image.open(mine / "a_cat_dreaming.png"))
    assert (stored == np.rint(after)).all()
    words = page(mine)
    assert re.findall(r'alt="([^"]*)"', words) == ["The picture that it was made of: A cat, dreaming",
                                                   "A cat, dreaming"]  # fmt: skip
    assert "<dt>layer</dt><dd>block5_conv3</dd>" in words
    assert "my_pictures/a_cat_dreaming.png" in capsys.readouterr().out


def test_the_page_holds_its_pictures_and_asks_nothing_of_anyone(mine, make_picture):
    keep(make_picture(30, 700), "wide")
    (data,) = re.findall(r'src="data:image/jpeg;base64,([^"]+)"', page(mine))
    assert Image.open(io.BytesIO(base64.b64decode(data))).size == (640, 27)
    assert not re.search(r'(?:src|href)="(?!data:)', page(mine)) and "http" not in page(mine)


def test_a_title_is_kept_once_and_who_deletes_a_file_has_deleted_it_from_the_page(mine, make_picture):
    keep(make_picture(8, 8), "one")
    keep(make_picture(8, 8, 1), "one")
    keep(make_picture(8, 8, 2), "Two & <b>")
    assert page(mine).count("<section>") == 2 and "<h2>Two &amp; &lt;b&gt;</h2>" in page(mine)
    (mine / "one.png").unlink()
    keep(make_picture(8, 8), "three")
    assert [*re.findall("<h2>(.*)</h2>", page(mine))] == ["three", "Two &amp; &lt;b&gt;"]


def test_neither_the_page_nor_a_picture_tells_how_folders_are_called(mine, make_picture, tmp_path):
    path = tmp_path / "secret" / "cat.png"
    keep(make_picture(8, 8), "cat", content=path, style=str(path), network=r"C:\secret\net.npz", note="a/b")
    assert "secret" not in page(mine) and "secret" not in str(read_settings(mine / "cat.png"))
    assert "<dd>cat.png</dd>" in page(mine) and "<dd>a/b</dd>" in page(mine)


@pytest.mark.parametrize("title", ["", "...", "___"])
def test_a_title_needs_a_letter(title, refused, make_picture):
    with refused("title"):
        keep(make_picture(8, 8), title)


def test_what_is_no_picture_is_refused(refused):
    with refused("result"):
        keep("a cat", "cat")


@pytest.mark.skipif(os.geteuid() == 0 if hasattr(os, "geteuid") else True, reason="this user may write everywhere")
def test_where_nothing_can_be_written_the_lesson_goes_on(mine, make_picture, capsys):
    mine.mkdir(mode=0o500)
    keep(make_picture(8, 8), "cat")
    assert "Not kept" in capsys.readouterr().out


def test_a_folder_that_is_a_file_ends_no_lesson(mine, make_picture, capsys):
    mine.touch()
    keep(make_picture(8, 8), "cat")
    assert capsys.readouterr().out.startswith("Not kept: my_pictures cannot be written")
    solved.solved_now("deltas")
    assert solved.solved_names() == set()


def test_the_chosen_picture_is_remembered_and_is_not_on_the_page(mine, make_picture):
    assert my_picture(64).shape == (43, 64, 3)  # The cat, until one is chosen.
    assert my_picture(64, instead="astronaut").shape == (64, 64, 3)
    chosen = make_picture(20, 30)
    remember_picture(chosen)
    np.testing.assert_allclose(my_picture(), chosen, atol=0.51)  # A file holds whole numbers.
    assert my_picture(15).shape == (10, 15, 3)
    keep(make_picture(8, 8), "Chosen")  # Its file must not be that of the chosen picture.
    assert my_picture().shape == (20, 30, 3) and page(mine).count("<section>") == 1


def test_a_chosen_picture_that_was_damaged_since_is_told_and_replaced(mine, make_picture, capsys):
    remember_picture(make_picture(20, 30))
    (mine / "chosen.png").write_bytes(b"no picture")
    assert my_picture(64).shape == (43, 64, 3)
    assert "choose your picture in lesson 00 again" in capsys.readouterr().out


def test_without_the_variable_it_lies_in_the_courses_folder(monkeypatch):
    monkeypatch.delenv("COURSE_MY_PICTURES")
    assert own_folder() == NOTEBOOKS.parent / "my_pictures"


# Solved exercises


def test_the_names_read_from_the_files_are_those_of_the_checkers():
    assert solved.exercise_names() == {lesson: [*found] for lesson, found in exercises.by_lesson().items()}


def test_lessons_are_called_as_their_titles_say():
    for path in NOTEBOOKS.glob("[0-9]*.ipynb"):
        title = re.search(r'"# \d\d ([^"\\]+)', path.read_text(encoding="utf-8"))[1]
        assert title.startswith(solved.LESSONS[path.name[:2]])


def test_a_right_answer_is_written_down_once_and_others_are_not(mine, capsys):
    question, check = exercises.every()["unmoved"], exercises.every()["deltas"]
    for _ in range(2):
        question("c")
    check(...)
    with pytest.raises(Wrong):
        question("a")
    assert (mine / "solved.txt").read_text() == "unmoved\n"
    check(check.reference)
    assert solved.solved_names() == {"unmoved", "deltas"}
    capsys.readouterr()
    assert main(["progress"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 11
    count = len(exercises.by_lesson()["02"])
    assert lines[2].startswith(f"02 The backward pass to the picture 2 of {count}  to do: ")
    assert "deltas" not in lines[2]
    assert lines[1].endswith("not begun")


def test_a_teachers_marking_writes_nothing_down(mine, monkeypatch):
    monkeypatch.setenv("COURSE_GRADING", "1")
    exercises.every()["unmoved"]("c")
    assert not mine.exists()
