"""The log of runs: every setting is there, the pictures lie beside it, and a run can be made again from its line."""

import codecs
import json
import subprocess
import sys
from types import SimpleNamespace

import numpy as np
import pytest

from course_utils import __version__, runlog, style_transfer, texture
from course_utils.errors import CourseError
from course_utils.network import load_network
from course_utils.pictures.loading import load_picture, read_settings
from course_utils.runlog import LOG, logged, read_log

QUICK = {"size": 48, "steps": 3, "network": "random", "progress": False}


@pytest.fixture
def painting(make_picture):
    return make_picture(40, 56, seed=2)


def test_a_run_is_written_down_with_all_its_settings(tmp_path, painting):
    folder = tmp_path / "a" / "project"
    result = logged(style_transfer, "cat", painting, folder=folder, note="darker, I guess", seed=4, **QUICK)
    (run,) = read_log(folder)
    assert run["run"] == 1 and run["method"] == "style_transfer" and run["note"] == "darker, I guess"
    assert run["seed"] == 4 and run["course_utils"] == __version__ and run["ended"] == result.message
    told = {"content": "cat", "style": "an array of 40 x 56 x 3", "size": 48, "steps": 3, "network": "random"}
    assert told.items() <= run["settings"].items()
    assert run["settings"]["pooling"] == "average", "what was not asked for is told as well"
    assert not {"progress", "callback", "stop"} & set(run["settings"])
    assert run["loss"] == result.loss and run["terms"] == result.terms and run["evaluations"] == 3
    assert run["first_loss"] == result.history["loss"][0] and run["seconds"] >= 0
    np.testing.assert_array_equal(load_picture(folder / "001.png"), np.rint(result.picture))
    assert read_settings(folder / "001.png")["note"] == "darker, I guess"


@pytest.mark.slow
def test_runs_are_counted_and_nothing_is_overwritten(tmp_path, painting):
    for seed in (0, 1):
        logged(texture, painting, folder=tmp_path, steps=2, network="random", progress=False, seed=seed)
    assert [(run["run"], run["seed"]) for run in read_log(tmp_path)] == [(1, 0), (2, 1)]
    (tmp_path / LOG).write_text((tmp_path / LOG).read_text().splitlines(keepends=True)[1])  # Someone deletes a line.
    logged(texture, painting, folder=tmp_path, steps=2, network="random", progress=False)
    assert [run["run"] for run in read_log(tmp_path)] == [2, 3]
    assert sorted(path.name for path in tmp_path.glob("*.png")) == ["001.png", "002.png", "003.png"]


def test_a_run_is_made_again_from_its_line(tmp_path):
    logged(style_transfer, "cat", "night_swirls", folder=tmp_path, start="noise", **QUICK)
    (run,) = read_log(tmp_path)
    again = style_transfer(**run["settings"], progress=False)
    np.testing.assert_array_equal(load_picture(tmp_path / "001.png"), np.rint(again.picture))


def test_objects_are_told_by_their_names(tmp_path, painting):
    logged(style_transfer, painting, [painting], folder=tmp_path, blend=[np.float32(2)],
           **QUICK | {"network": load_network("random")})  # fmt: skip
    settings = read_log(tmp_path)[0]["settings"]
    assert settings["network"] == "random" and settings["blend"] == [2.0]
    assert settings["style"] == ["an array of 40 x 56 x 3"]


def test_a_run_that_fails_leaves_no_line(tmp_path, painting, refused):
    with refused("stages", "0"):
        logged(style_transfer, "cat", painting, folder=tmp_path, stages=0, **QUICK)
    assert read_log(tmp_path) == [] and not list(tmp_path.glob("*.png"))


def test_what_is_in_the_way_is_told(tmp_path, painting, refused):
    (tmp_path / "file").write_text("")
    with refused("file", "another folder"):
        logged(style_transfer, "cat", painting, folder=tmp_path / "file", **QUICK)
    (tmp_path / LOG).write_text(json.dumps({"run": 1}) + "\n{ cut off\n")
    with refused("line 2", "damaged"):
        logged(style_transfer, "cat", painting, folder=tmp_path, **QUICK)


def test_no_log_has_no_runs(tmp_path):
    assert read_log(tmp_path / "nothing") == []


def quick(picture, seed=0):
    """A method that takes no time."""
    history = {"loss": [2.0, 1.0]}
    return SimpleNamespace(picture=picture, history=history, loss=1.0, terms={}, evaluations=2, message="x")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"", b'{"run": 1}'),
        (codecs.BOM_UTF8, b'{"run": 1}\r\n'),
        (b"\n", b'{"run": 1, "note": "one\xe2\x80\xa8line"}\n\n  \n'),
    ],
    ids=["no line end", "Windows", "blank lines, and a line separator in a note"],
)
def test_a_log_that_a_person_has_edited_is_read_and_continued(before, after, tmp_path, painting):
    (tmp_path / LOG).write_bytes(before + after)
    assert [run["run"] for run in read_log(tmp_path)] == [1]
    logged(quick, painting, folder=tmp_path)
    logged(quick, painting, folder=tmp_path)
    assert [run["run"] for run in read_log(tmp_path)] == [1, 2, 3]
    assert (tmp_path / LOG).read_bytes().startswith(before + after)


@pytest.mark.parametrize(
    "line", ["5", "null", "[]", '"run"', "{}", '{"run": "1"}', "{ cut", "[" * 100_000, "caf\xe9", "\xff\xfe{"]
)
def test_a_line_that_is_no_run_is_named(line, tmp_path, painting, refused):
    (tmp_path / LOG).write_bytes(b'{"run": 1}\n' + line.encode("latin-1") + b"\n")
    with refused("line 2", LOG, "damaged"):
        read_log(tmp_path)
    with refused("line 2"):
        logged(lambda picture: pytest.fail("the run has begun"), painting, folder=tmp_path)


@pytest.mark.parametrize("note", ["a lone \ud800", 5, None])
def test_a_note_that_cannot_be_written_down_is_refused_before_the_run(note, tmp_path, painting, refused):
    with refused("note"):
        logged(lambda picture: pytest.fail("the run has begun"), painting, folder=tmp_path, note=note)
    assert not list(tmp_path.iterdir())


WRITES = """
import sys
import numpy as np
from types import SimpleNamespace
from course_utils.runlog import logged
def method(level):
    picture = np.full((4, 4, 3), float(level))
    return SimpleNamespace(picture=picture, history={"loss": [1.0]}, loss=1.0, terms={}, evaluations=1, message="x")
print("ready", flush=True)
sys.stdin.readline()
for k in range(20):
    logged(method, int(sys.argv[1]) + k, folder=sys.argv[2], note=sys.argv[1])
"""


def test_two_programs_overwrite_nothing_of_each_other(tmp_path):
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    programs = [subprocess.Popen([sys.executable, "-c", WRITES, k, str(tmp_path)], **pipes) for k in ("0", "100")]
    for program in programs:
        assert program.stdout.readline() == b"ready\n" or program.stdout.readline() == b"ready\r\n"
    for program in programs:
        program.stdin.write(b"go\n"), program.stdin.flush()
    for program in programs:
        program.communicate(timeout=60)
        assert program.returncode == 0
    runs = read_log(tmp_path)
    assert sorted(run["run"] for run in runs) == list(range(1, 41)), "every number once"
    for run in runs:
        assert load_picture(tmp_path / run["picture"]).mean() == run["settings"]["level"]
    assert sorted(run["settings"]["level"] for run in runs) == [*range(20), *range(100, 120)]


def test_a_picture_without_a_line_keeps_its_number(tmp_path, painting):
    (tmp_path / "007.png").write_bytes(b"someone's")
    (tmp_path / "notes.png").touch()
    logged(quick, painting, folder=tmp_path)
    assert read_log(tmp_path)[0]["picture"] == "008.png" and (tmp_path / "007.png").read_bytes() == b"someone's"


def test_a_run_that_cannot_be_written_down_is_still_given_back(tmp_path, painting, monkeypatch):
    def full(*_):
        raise CourseError("001.png could not be written: no space")

    monkeypatch.setattr(runlog, "save_picture", full)
    with pytest.warns(UserWarning, match="not in the log: 001.png could not be written: no space"):
        assert logged(quick, painting, folder=tmp_path).loss == 1.0
    assert read_log(tmp_path) == [] and not list(tmp_path.glob("*.png"))


def test_its_pictures_tell_no_folders_and_its_lines_do(tmp_path, painting):
    (tmp_path / "anna").mkdir()
    photo = tmp_path / "anna" / "photo.png"
    photo.touch()
    logged(lambda source: quick(painting), photo, folder=tmp_path)
    assert read_log(tmp_path)[0]["settings"]["source"] == str(photo)
    assert "anna" not in read_settings(tmp_path / "001.png")["settings"]
    assert "photo.png" in read_settings(tmp_path / "001.png")["settings"]
