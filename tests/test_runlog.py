"""The log of runs: every setting is there, the pictures lie beside it, and a run can be made again from its line."""

import json

import numpy as np
import pytest

from course_utils import __version__, style_transfer, texture
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
