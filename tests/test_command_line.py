"""The command line: its pictures, its manners, and one line for everything that a person can get wrong."""

from __future__ import annotations

import errno
import inspect
import os
import re
import shlex
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from command_lines import (
    UNDER_WAY,
    check_refused,
    check_without_tensorflow,
    contents,
    environment,
    interrupt,
    posix,
    start,
)
from PIL import Image

from course_utils.__main__ import main
from course_utils.commands import parse
from course_utils.commands.job import FRAMES, Film
from course_utils.pictures.loading import frames_of, load_picture, read_settings
from course_utils.pictures.sizes import resize
from course_utils.style.settings import StyleSettings

QUICK = ["--network", "random", "--size", "64", "--steps", "3"]

GOOD = "photo.png photo.png -o old.png"
BAD = {  # A command, and words that its complaint must hold.
    "": "say what to do: style or info",
    "stile": "did you mean style?",
    "paint cat": "there is no command 'paint'; use one of style, info",
    "--size 64": "there is no command '--size'",
    "info photo.png": "photo.png is too much here",
    "info --fast": "there is no option --fast",
    "style": "missing: CONTENT, STYLE, -o OUT",
    "style photo.png -o old.png": "missing: STYLE",
    "style photo.png photo.png": "missing: -o OUT; a whole command is python -m course_utils style",
    f"style {GOOD} --sise 64": "there is no option --sise; did you mean --size",
    "style photo.png --content_weight 1": "there is no option --content_weight; did you mean --content-weight",
    f"style {GOOD} -x": "there is no option -x",
    f"style {GOOD} --size": "--size needs a value",
    f"style {GOOD} --size --steps 3": "--size needs a value",
    "style photo.png photo.png -o ''": "-o needs a value",
    "style nothing.jpg photo.png -o old.png": "nothing.jpg: no such file",
    "style '' photo.png -o old.png": "empty name",
    "style cta photo.png -o old.png": "cta: no such file; did you mean cat",
    "style photo.png nothing.jpg -o old.png": "nothing.jpg: no such file",
    "style photo.png photo.png nothing.jpg -o old.png": "nothing.jpg: no such file",
    "style . photo.png -o old.png": ". is a folder",
    "style text.jpg photo.png -o old.png": "text.jpg is not a picture",
    "style empty.png photo.png -o old.png": "empty.png is not a picture",
    "style cut.png photo.png -o old.png": "cut.png is damaged or cut off",
    "style photo.png cut.png -o old.png": "cut.png is damaged or cut off",
    f"style {GOOD} --start cut.png": "cut.png is damaged or cut off",
    f"style {GOOD} --start nosie": "--start nosie: no such file; did you mean noise?",
    f"style {GOOD} --start nothing.jpg": "nothing.jpg: no such file",
    f"style {GOOD} --size 0": "--size: '0' is not a whole number from 1 to 4,096",
    f"style {GOOD} --size -5": "--size: '-5' is not",
    f"style {GOOD} --size 3.5": "--size: '3.5' is not a whole number",
    f"style {GOOD} --size big": "--size: 'big' is not a whole number",
    f"style {GOOD} --size 99999": "A larger picture would take more than",
    f"style {GOOD} --size 40": "photo.png would have a side of 30 pixels, and the network needs 32: choose",
    "style photo.png strip.png -o old.png": "strip.png would have a side of 8 pixels",
    "style strip.png photo.png -o old.png --size 64": "choose a larger --size (for 1280 pixels)",
    f"style {GOOD} --paper a5": "there is no 'a5'; did you mean a4",
    f"style {GOOD} --paper a4 --size 64": "--paper chooses the size by itself: leave --size out",
    "style photo.png photo.png -o old.gif --paper a4": "--paper is for a picture, and a film is asked for",
    f"style {GOOD} --style-scale 0.1": "choose a larger --size or --style-scale",
    f"style {GOOD} --style-scale 0": "--style-scale: '0' is not a number above 0",
    f"style {GOOD} --style-scale -1": "--style-scale: '-1' is not",
    f"style {GOOD} --style-scale nan": "--style-scale: 'nan' is not",
    f"style {GOOD} --style-scale 8 --size 1024": "--style-scale 8 would make the painting 8192 pixels large",
    f"style {GOOD} --steps 0": "--steps: '0' is not a whole number from 1",
    f"style {GOOD} --steps -3": "--steps: '-3' is not",
    f"style {GOOD} --steps 7.5": "--steps: '7.5' is not",
    f"style {GOOD} --steps 1000000": "After some hundreds hardly anything changes",
    f"style {GOOD} --seed -1": "--seed: '-1' is not",
    f"style {GOOD} --seed x": "--seed: 'x' is not",
    f"style {GOOD} --content-weight nan": "--content-weight: 'nan' is not a number from 0",
    f"style {GOOD} --content-weight -inf": "--content-weight: '-inf' is not",
    f"style {GOOD} --style-weight inf": "--style-weight: 'inf' is not",
    f"style {GOOD} --style-weight -1": "--style-weight: '-1' is not",
    f"style {GOOD} --style-weight 1e30": "--style-weight: '1e30' is not",
    f"style {GOOD} --style-weight much": "--style-weight: 'much' is not",
    f"style {GOOD} --style-weight 0 --content-weight 0": "both 0",
    f"style {GOOD} --network vgg91": "there is no 'vgg91'; did you mean vgg19",
    f"style {GOOD} --network inception_v3": "inception_v3 has not the layers that styles are taken from; use one of",
    f"style {GOOD} --colours blue": "there is no 'blue'; use one of luminance, match, histogram",
    f"style {GOOD} --grain nan": "--grain: 'nan' is not a number from 0 to 255",
    f"style {GOOD} --save-every 1.5": "--save-every: '1.5' is not a whole number from 1",
    "style photo.png photo.png -o ~nobody-of-this-name/o.png": "there is no folder ~nobody-of-this-name; make it",
    "style '\x1b[2J\r.png' photo.png -o old.png": r"\x1b[2J\r.png: no such file",
    f"style {GOOD} --stages 0": "--stages: '0' is not a whole number from 1 to 8",
    f"style {GOOD} --mask nothing.png": "nothing.png: no such file",
    f"style {GOOD} --mask black.png": "--mask black.png is black everywhere",
    f"style {GOOD} --mask photo.png --mask photo.png": "--mask was given 2 times; the number of paintings is 1",
    f"style {GOOD} --mask photo.png --blend 1": "--mask takes the place of --blend",
    f"style {GOOD} --blend 1,2": "--blend has 2 weights; the number of paintings is 1",
    f"style {GOOD} --blend 1;2": "--blend: '1;2' is not a number",
    f"style {GOOD} --blend 1,": "--blend: '' is not a number",
    f"style {GOOD} --blend -1,2": "--blend: '-1' is not a number from 0",
    f"style {GOOD} --blend 0": "--blend: all weights are 0",
    "style photo.png photo.png -o out.bmpx": "unknown type '.bmpx'",
    "style photo.png photo.png -o out": "unknown type",
    "style photo.png photo.png -o no/out.png": "there is no folder no",
    "style photo.png photo.png -o .": "is a folder",
    "style photo.png photo.png -o photo.png": "photo.png is one of the pictures to be read and would be overwritten",
    "style photo.png photo.png -o link.png": "would be overwritten",
    "style photo.png cat -o ./photo.png": "would be overwritten",
    f"style {GOOD} --start old.png": "would be overwritten",
    f"style {GOOD} --frames photo.png": "would be overwritten",
    f"style {GOOD} --frames film.avi": "unknown type '.avi'",
    f"style {GOOD} --frames old.png": "--frames old.png is the picture that -o names",
    "style photo.png photo.png -o new.png --frames ./new.png": "is the picture that -o names",
}


@pytest.mark.parametrize("command", BAD)
def test_what_does_not_fit_is_told_in_one_line_and_leaves_the_files_alone(
    command: str, files: Path, capsys: pytest.CaptureFixture
) -> None:
    check_refused(command, BAD[command], files, capsys)


def test_checks_come_before_tensorflow(files: Path) -> None:
    check_without_tensorflow(dict.fromkeys(BAD, 2) | dict.fromkeys(("--help", "style --help", "--version"), 0))


@pytest.mark.parametrize("name", ["nothing is writable", "no space"])
def test_a_file_that_cannot_be_written_is_told_before_and_after_the_work(
    name: str, files: Path, capsys: pytest.CaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As an administrator, whom permissions do not stop, sees a file system that may only be read, or that is full."""

    def refuse(*_, **__):
        raise OSError(errno.EROFS, os.strerror(errno.EROFS), "temporary.png")

    before = contents(files)
    monkeypatch.setattr(tempfile, "TemporaryFile" if name == "nothing is writable" else "mkstemp", refuse)
    assert main(["style", *shlex.split(GOOD), *QUICK]) == 2
    error = capsys.readouterr().err.splitlines()[-1]
    assert error.startswith("course_utils: error: old.png c") and os.strerror(errno.EROFS) in error
    assert contents(files) == before


def test_a_folder_without_permission(files: Path, capsys: pytest.CaptureFixture) -> None:
    (files / "locked").mkdir(mode=0o500)
    if os.access(files / "locked", os.W_OK):
        pytest.skip("this user may write everywhere")
    assert main(shlex.split("style photo.png photo.png -o locked/o.png")) == 2
    assert "may not be written" in capsys.readouterr().err


def test_a_picture_is_repeated_by_the_command_that_it_keeps(files: Path, capsys: pytest.CaptureFixture) -> None:
    command = ["style", *shlex.split(GOOD), *QUICK, "--start", "noise", "--seed", "7", "--style-weight", "2"]
    assert main(command) == 0
    assert capsys.readouterr().out.startswith("old.png: 64 x 48, 3 evaluations, ")
    first, settings = load_picture("old.png"), read_settings("old.png")
    assert first.shape == (48, 64, 3)
    given = {"content": "photo.png", "styles": "photo.png", "size": "64", "steps": "3", "seed": "7", "start": "noise"}
    assert given | {"network": "random", "style_weight": "2.0", "evaluations": "3"} == {
        key: settings[key] for key in (*given, "network", "style_weight", "evaluations")
    }
    assert float(settings["content_weight"]) == StyleSettings.content_weight, "what was not asked for is kept as well"

    stored = shlex.split(settings["command"])
    assert stored[:3] == ["python", "-m", "course_utils"]
    assert main(stored[3:]) == 0
    assert np.array_equal(load_picture("old.png"), first)
    assert main([*stored[3:], "--seed", "8"]) == 0
    assert not np.array_equal(load_picture("old.png"), first)


def test_every_option_reaches_the_method(files: Path) -> None:
    """The command's answer is that of `style_transfer` with the same settings."""
    from course_utils import style_transfer

    plain = {"network": "random", "size": 64, "steps": 3, "progress": False}
    cases = {
        "--content-weight 3 --style-weight .5 --style-scale .8": {
            "content_weight": 3,
            "style_weight": 0.5,
            "style_scale": 0.8,
        },
        "--colours match --blend 1,3 --start old.png": {"colours": "match", "blend": [1, 3], "start": "old.png"},
        "--colors luminance --start noise --seed 5": {"colours": "luminance", "start": "noise", "seed": 5},
        "--mask photo.png --mask cat": {"masks": ["photo.png", "cat"]},
        "--stages 2 --size 96 --colours histogram": {"stages": 2, "size": 96, "colours": "histogram"},
    }
    for words, options in cases.items():
        assert main(["style", "photo.png", "cat", *QUICK, "-o", "new.png", *shlex.split(words), "coffee"]) == 0
        expected = style_transfer("photo.png", ["cat", "coffee"], **(plain | options)).picture
        assert np.array_equal(load_picture("new.png"), np.rint(expected)), words


@pytest.mark.parametrize("command", ["style cut.png photo.png --steps 2", "dream cut.png --octaves 1 --steps 1"])
def test_a_cut_out_stays_one_where_the_file_can_hold_it(command: str, files: Path) -> None:
    image = Image.open("photo.png").convert("RGBA")
    image.putalpha(Image.linear_gradient("L").resize(image.size))
    image.save("cut.png")
    for out in ("new.png", "new.jpg"):
        assert main([*shlex.split(command), "--network", "random", "--size", "64", "-o", out]) == 0
    with Image.open("new.png") as image:
        alpha = np.asarray(image)[..., 3]
        assert image.mode == "RGBA" and alpha[0].max() < 10 and alpha[-1].min() > 245 and "command" in image.text
    with Image.open("new.jpg") as image:
        assert image.mode == "RGB" and np.asarray(image)[0].min() > 235, "a JPEG has white"


@pytest.mark.parametrize("film", ["film.gif", "film.png", "film.webp"])
def test_a_film_goes_from_the_start_to_the_picture(film: str, files: Path, capsys: pytest.CaptureFixture) -> None:
    command = ["style", *shlex.split(GOOD), *QUICK, "--steps", "50", "--start", "noise", "--frames", film]
    assert main([*command, "--colours", "luminance"]) == 0
    frames, told = frames_of(film), int(re.search(rf"{film}: (\d+) frames", capsys.readouterr().out)[1])
    assert 25 <= told <= 40 and 10 < len(frames) <= told, "WebP makes one of frames that it finds alike"
    assert {frame.shape for frame in frames} == {(48, 64, 3)}
    first, last = (np.abs(frame - load_picture("old.png")).mean() for frame in (frames[0], frames[-1]))
    assert last < 12 < first, "a GIF has but 256 colours, and WebP loses some too"
    if film == "film.png":  # Nothing is lost, so that the photograph's differences of red and green can be found again.
        assert len(frames) == told
        photo = resize(load_picture("photo.png"), 64)
        for frame in frames:
            inside = ((frame > 0) & (frame < 255)).all(axis=2)  # Elsewhere it was clipped.
            redder = [(picture[..., 0] - picture[..., 1])[inside] for picture in (frame, photo)]
            np.testing.assert_allclose(*redder, atol=1.1)


def test_a_film_of_several_stages_has_frames_of_one_size(files: Path) -> None:
    options = ["--size", "96", "--stages", "2", "--steps", "12", "--start", "noise", "--frames", "film.gif"]
    assert main(["style", *shlex.split(GOOD), *QUICK, *options]) == 0
    frames = frames_of("film.gif")
    assert len(frames) > 12 and {frame.shape for frame in frames} == {(72, 96, 3)}


def test_a_film_of_a_long_run_does_not_keep_it_all() -> None:
    picture = np.full((2, 2, 3), 300.0, "float32")
    film = Film(picture, 10_000)
    for step in range(2, 10_001):
        film(SimpleNamespace(step=step, picture=picture - step / 100))
    assert FRAMES <= len(film.frames) <= FRAMES + 1
    assert film.frames[0].dtype == "uint8" and [film.frames[k].max() for k in (0, -1)] == [255, 200]


@pytest.mark.slow
@posix
def test_ctrl_c_saves_what_is_there(files: Path) -> None:
    command = ["style", *shlex.split(GOOD), *QUICK, "--start", "noise", "--steps", "10000", "--frames", "film.gif"]
    code, printed, errors = interrupt(command, UNDER_WAY)
    assert code == 130
    assert b"Traceback" not in errors
    assert printed.startswith(b"old.png: 64 x 48, ") and b", interrupted\n" in printed
    settings = read_settings("old.png")
    assert 1 <= int(settings["evaluations"]) < 10_000 and settings["ended"] == "interrupted"
    assert len(frames_of("film.gif")) >= 2


@posix
def test_ctrl_c_while_tensorflow_is_loaded_leaves_nothing(files: Path) -> None:
    (files / "slow").mkdir()
    (files / "slow" / "tensorflow.py").write_text("import time\nprint('loading', flush=True)\ntime.sleep(60)\n")
    before = contents(files)
    with start(["style", *shlex.split(GOOD)], first=str(files / "slow")) as run:
        assert run.stdout.readline() == b"loading\n", "the stand-in for TensorFlow was not used"
        run.send_signal(signal.SIGINT)
        assert run.communicate(timeout=30) == (b"", b"")
    assert run.returncode == 130
    assert contents(files) == before


def test_ctrl_c_before_the_first_evaluation_is_quiet(
    files: Path, capsys: pytest.CaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(*_):
        raise KeyboardInterrupt

    before = contents(files)
    monkeypatch.setattr("course_utils.commands.files.resize", stopped)
    assert main(["style", *shlex.split(GOOD)]) == 130
    assert capsys.readouterr() == ("", "")
    assert contents(files) == before


@pytest.mark.parametrize("kind", ["Python's", "TensorFlow's"])
def test_too_little_memory(
    kind: str, files: Path, capsys: pytest.CaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    from course_utils.backend import tf

    def full(*_, **__):
        raise MemoryError if kind == "Python's" else tf.errors.ResourceExhaustedError(None, None, "OOM")

    before = contents(files)
    monkeypatch.setattr("course_utils.style.transfer.style_transfer", full)
    assert main(["style", *shlex.split(GOOD)]) == 1
    assert capsys.readouterr().err == "course_utils: error: there is not enough memory: choose a smaller --size.\n"
    assert contents(files) == before


def test_an_installation_without_the_paintings_takes_files(
    files: Path, capsys: pytest.CaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("course_utils.pictures.shipped.PAINTINGS", files / "nowhere")
    assert main(["style", *shlex.split(GOOD), *QUICK]) == 0
    capsys.readouterr()
    assert main(shlex.split("style photo.png night_swirls -o old.png")) == 2
    assert "checkout" in capsys.readouterr().err


def test_the_defaults_are_those_of_the_method() -> None:
    from course_utils.style.objective import StyleObjective
    from course_utils.style.transfer import style_transfer

    options = vars(parse(shlex.split("style cat night_swirls -o cat.png")))
    parameters = inspect.signature(StyleObjective).parameters | inspect.signature(style_transfer).parameters
    told = {name: parameter.default for name, parameter in parameters.items()}
    shared = set(options) & {name for name, default in told.items() if default is not inspect.Parameter.empty}
    assert shared == {"size", "steps", "seed", "network", "start", "style_scale", "content_weight", "style_weight",
                      "blend", "colours", "masks", "stages", "grain", "stroke"}  # fmt: skip
    assert {name: options[name] for name in shared} == {name: told[name] for name in shared}


def test_help_is_for_reading(capsys: pytest.CaptureFixture) -> None:
    assert main(["style", "--help"]) == 0
    printed = capsys.readouterr().out
    for words in (
        "python -m course_utils style cat night_swirls -o cat.png",
        f"default {StyleSettings.steps}",
        "Ctrl-C",
    ):
        assert words in printed


@posix
def test_a_reader_that_has_seen_enough_is_no_error(files: Path) -> None:
    command = f"{shlex.quote(sys.executable)} -m course_utils style --help"
    run = subprocess.run(f"({command}; echo $? >code) | true", shell=True, env=environment(), capture_output=True)
    assert run.stderr == b"" and Path("code").read_text() == "0\n"


def test_info_tells_what_there_is(capsys: pytest.CaptureFixture) -> None:
    assert main(["info"]) == 0
    printed = capsys.readouterr().out
    for word in ("tensorflow 2.", "jupyterlab", "cores", "random: here", "vgg19: ", "astronaut", "1024", "GiB"):
        assert word in printed
