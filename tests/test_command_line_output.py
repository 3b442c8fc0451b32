"""What a command writes: the picture so far, the picture in the end, and neither a folder's name nor a lost run."""

from __future__ import annotations

import errno
import os
import re
import shlex
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from command_lines import contents, environment, posix
from PIL import Image

from course_utils.__main__ import main
from course_utils.commands import style
from course_utils.commands.files import names, renamed
from course_utils.commands.output import Output
from course_utils.commands.parsing import parse
from course_utils.pictures import saving
from course_utils.pictures.loading import frames_of, load_picture, read_settings

STYLE = "style photo.png photo.png -o old.png --network random --size 64"
DREAM = "dream photo.png -o old.png --network random --size 64 --octaves 2 --steps 4"
TEXTURE = "texture photo.png -o old.png --network random --example-size 64 --size 40x36"


def run(command: str) -> int:
    return main(shlex.split(command))


def test_a_poster_fills_its_paper_and_says_what_it_will_take(
    files: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    """A photograph of 80 x 60 pixels on a paper of 96 x 68: its shorter side is what is full first."""
    monkeypatch.setitem(style.PAPERS, "a4", (96, 68))
    assert run("style photo.png photo.png -o poster.png --network random --paper a4 --steps 1") == 0
    with Image.open("poster.png") as poster:
        assert poster.size == (91, 68)
        assert poster.info["dpi"] == pytest.approx((150, 150), abs=0.1)  # A PNG counts dots a metre.
    assert re.search(r"^a4: 91 x 68 pixels; about 1 min and 0.\d GiB of memory$", capsys.readouterr().err, re.M)


@pytest.fixture
def grown(monkeypatch: pytest.MonkeyPatch) -> list[dict]:
    """The settings of the picture that lay in its place after each step, by a run that writes it now and then."""
    seen: list[dict] = []
    real = Output.grown

    def look(self: Output, state) -> None:
        real(self, state)
        seen.append(read_settings("old.png") | {"step": state.step, "shape": load_picture("old.png").shape})

    monkeypatch.setattr(Output, "grown", look)
    return seen


@pytest.mark.parametrize("command", [f"{STYLE} --steps 12 --start noise", DREAM, f"{TEXTURE} --steps 12"])
def test_the_picture_so_far_is_written_every_few_steps(command: str, files: Path, grown: list[dict]) -> None:
    before = contents(files)
    assert run(f"{command} --save-every 3") == 0
    assert "evaluations" not in grown[0], "the file was there before, and is not touched before it is due"
    saved = [(one["step"], int(one["evaluations"])) for one in grown if "evaluations" in one]
    assert len({evaluations // 3 for _, evaluations in saved}) >= 2 and all(s - e < 3 for s, e in saved)
    assert grown[-1]["ended"] == "not yet: the run goes on" and "--save-every 3" in grown[-1]["command"]
    assert read_settings("old.png")["ended"] != grown[-1]["ended"], "in the end the result takes its place"
    assert contents(files).keys() == before.keys()


def test_a_picture_so_far_has_the_size_and_the_colours_of_the_result(files: Path, grown: list[dict]) -> None:
    assert run(f"{STYLE} --size 96 --stages 2 --steps 6 --start noise --colours luminance --save-every 2") == 0
    assert {one["shape"] for one in grown if "evaluations" in one} == {(72, 96, 3)}


def test_a_full_disk_amid_the_run_is_told_once_and_the_run_goes_on(
    files: Path, capsys: pytest.CaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, tries = saving._write_whole, []

    def full(out: Path, save) -> None:
        tries.append(out)
        if len(tries) < 4:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        real(out, save)

    monkeypatch.setattr(saving, "_write_whole", full)
    assert run(f"{STYLE} --steps 12 --start noise --save-every 2") == 0
    errors = [line for line in capsys.readouterr().err.split("\n") if "could not be written" in line]
    assert len(tries) > 4 and len(errors) == 1
    assert errors[0].startswith("course_utils: error: old.png ") and "The run goes on." in errors[0]
    assert "evaluations" in read_settings("old.png")


@pytest.mark.parametrize("where", ["beside it", "temporary folder", "nowhere"])
def test_a_picture_that_its_place_cannot_take_is_saved_elsewhere_and_named(
    where: str, files: Path, capsys: pytest.CaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    (files / "temporary").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(files / "temporary"))
    expected = {"beside it": Path("old-2.png"), "temporary folder": files / "temporary" / "old-2.png"}.get(where)
    real, before = saving._write_whole, contents(files)

    def full(out: Path, save) -> None:
        if out != expected:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        real(out, save)

    monkeypatch.setattr(saving, "_write_whole", full)
    assert run(f"{STYLE} --steps 3") == 2
    printed, errors = capsys.readouterr()
    told = errors.splitlines()[-1]
    assert told.startswith(f"course_utils: error: old.png could not be written: {os.strerror(errno.ENOSPC)}. ")
    if expected:
        assert told.endswith(f"It is saved as {expected} instead.") and printed.startswith(f"{expected}: 64 x 48, ")
        assert read_settings(expected)["evaluations"] == "3"
    else:
        assert told.endswith("No other folder could take it.") and printed == ""
    after = contents(files)
    after.pop(files / "old-2.png", None)
    assert after == before


@pytest.mark.parametrize("by", ["SIGINT", "SIGTERM"])
def test_a_run_that_is_asked_to_end_again_and_again_saves_its_picture_and_its_film(
    by: str, files: Path, capsys: pytest.CaptureFixture, monkeypatch: pytest.MonkeyPatch, hears_ctrl_c: None
) -> None:
    """At two stages and with the photograph's colours something is left to do after the last evaluation."""
    from course_utils.pictures.colours import keep_chroma

    def ask(*_) -> None:
        signal.raise_signal(getattr(signal, by))

    def asked(*pictures: np.ndarray) -> np.ndarray:
        ask(), ask()
        return keep_chroma(*pictures)

    def write(out: Path, save, real=saving._write_whole) -> None:
        ask()
        real(out, save)
        ask()

    monkeypatch.setattr(Output, "grown", lambda self, state: (ask(), ask()) if state.step > 3 else None)
    monkeypatch.setattr("course_utils.style.transfer.keep_chroma", asked)
    monkeypatch.setattr(saving, "_write_whole", write)
    options = "--size 96 --stages 2 --steps 9 --colours luminance --frames film.gif"
    assert run(f"{STYLE} {options}") == 130
    printed = capsys.readouterr().out
    assert printed.startswith("old.png: 96 x 72, ") and ", interrupted\n" in printed
    settings = read_settings("old.png")
    assert settings["ended"] == "interrupted" and 3 < int(settings["evaluations"]) < 9
    assert frames_of("film.gif")[0].shape == (72, 96, 3)


# Going on


def test_a_run_goes_on_from_its_own_picture_with_the_loss_that_it_had(files: Path) -> None:
    """To 1 %: the file holds whole grey levels, and what is black or white is pulled from there by four of them."""
    command = "style cat night_swirls -o old.png --size 64"
    assert run(f"{command} --steps 40") == 0
    reached = float(read_settings("old.png")["loss"])
    assert run(f"{command} --steps 1 --start old.png -o again.png") == 0
    settings = read_settings("again.png")
    assert float(settings["loss"]) == pytest.approx(reached, rel=0.01) and settings["grain"] == "0.0"
    assert run(f"{command} --steps 1 --start old.png --grain 12 -o again.png") == 0
    settings = read_settings("again.png")
    assert float(settings["loss"]) > 1.5 * reached and settings["grain"] == "12.0"


# What is stored


def test_a_picture_keeps_the_names_of_files_and_not_of_folders(files: Path) -> None:
    (files / "anna" / "private").mkdir(parents=True)
    for name in ("photo.png", "black.png"):
        (files / name).rename(files / "anna" / "private" / name)
    folder = files / "anna" / "private"
    words = f"style {folder}/photo.png cat --start={folder}/black.png --mask {folder}/photo.png"
    assert run(f"{words} -o {folder}/out.png --network random --size 64 --steps 2 --frames {folder}/film.png") == 0
    data = (folder / "out.png").read_bytes()
    assert b"anna" not in data and b"private" not in data
    settings = read_settings(folder / "out.png")
    stored = "python -m course_utils style photo.png cat --start=black.png --mask photo.png -o out.png"
    assert settings["command"].startswith(stored) and settings["content"] == settings["masks"] == "photo.png"
    assert settings["start"] == "black.png"
    first = load_picture(folder / "out.png")
    os.chdir(folder)  # The fixture goes back.
    assert main(shlex.split(settings["command"])[3:]) == 0
    np.testing.assert_array_equal(load_picture("out.png"), first)


def test_two_files_of_one_name_are_told_apart_by_as_little_as_that_takes() -> None:
    options = parse(shlex.split("style /home/anna/a/cat.png /home/anna/b/cat.png -o /home/anna/b/out.png"))
    called = names(options, [options.content, *options.styles])
    assert called == {
        "/home/anna/a/cat.png": "a/cat.png",
        "/home/anna/b/cat.png": "b/cat.png",
        "/home/anna/b/out.png": "out.png",
    }
    words = ["style", "/home/anna/a/cat.png", "--mask=/home/anna/b/cat.png", "-o", "/home/anna/b/out.png", "--seed=3"]
    assert renamed(words, called) == ["style", "a/cat.png", "--mask=b/cat.png", "-o", "out.png", "--seed=3"]


@pytest.mark.slow
@posix
def test_without_stderr_and_stdout_the_picture_is_made_all_the_same(files: Path) -> None:
    """TensorFlow's log lines, and tqdm's bar, then have nowhere to go."""
    command = [sys.executable, "-m", "course_utils", *shlex.split(f"{STYLE} --steps 3")]
    done = subprocess.run(f"{shlex.join(command)} 2>&- >&-", shell=True, env=environment())
    assert done.returncode == 0 and read_settings("old.png")["evaluations"] == "3"
