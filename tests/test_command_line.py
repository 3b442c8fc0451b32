"""The command line: its pictures, its manners, and one line for everything that a person can get wrong."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from course_utils.__main__ import main, parser
from course_utils.images import frames_of, load_picture, read_settings

ROOT = Path(__file__).resolve().parent.parent
QUICK = ["--network", "random", "--size", "64", "--steps", "3"]


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """A folder with a picture, a cut-off one, a text, and an older picture at the place of the output."""
    noise = np.random.default_rng(0).integers(0, 256, (60, 80, 3)).astype("uint8")
    Image.fromarray(noise).save(tmp_path / "photo.png")
    whole = (tmp_path / "photo.png").read_bytes()
    (tmp_path / "cut.png").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "text.jpg").write_text("not a picture")
    (tmp_path / "old.png").write_bytes(b"older")
    return tmp_path


GOOD = ["{d}/photo.png", "{d}/photo.png", "-o", "{d}/old.png"]
BAD = {
    "no command": ([], "style | info"),
    "unknown command": (["stile"], "did you mean style?"),
    "no style": (["style", "cat"], "STYLE"),
    "no output": (["style", "cat", "cat"], "-o/--output"),
    "no such file": (["style", "{d}/nothing.jpg", *GOOD[1:]], "nothing.jpg: no such file"),
    "unknown name": (["style", "cta", *GOOD[1:]], "did you mean cat?"),
    "unknown painting": (["style", GOOD[0], "night_swirlz", *GOOD[2:]], "did you mean night_swirls?"),
    "a folder": (["style", "{d}", *GOOD[1:]], "is a folder"),
    "not a picture": (["style", "{d}/text.jpg", *GOOD[1:]], "text.jpg is not a picture"),
    "cut off": (["style", "{d}/cut.png", *GOOD[1:]], "cut.png is damaged or cut off"),
    "cut-off style": (["style", GOOD[0], "{d}/cut.png", *GOOD[2:]], "cut.png is damaged or cut off"),
    "cut-off start": (["style", *GOOD, "--start", "{d}/cut.png"], "cut.png is damaged or cut off"),
    "size 0": (["style", *GOOD, "--size", "0"], "--size: '0' must be a whole number of at least 1"),
    "size huge": (["style", *GOOD, "--size", "99999"], "at most 4096"),
    "size not whole": (["style", *GOOD, "--size", "3.5"], "'3.5' must be a whole number"),
    "size too small": (["style", *GOOD, "--size", "40"], "30 pixels on its shorter side"),
    "steps 0": (["style", *GOOD, "--steps", "0"], "--steps: '0'"),
    "steps negative": (["style", *GOOD, "--steps", "-3"], "--steps: '-3'"),
    "seed negative": (["style", *GOOD, "--seed", "-1"], "--seed: '-1'"),
    "weight NaN": (["style", *GOOD, "--content-weight", "nan"], "--content-weight: 'nan'"),
    "weight infinite": (["style", *GOOD, "--style-weight", "inf"], "--style-weight: 'inf'"),
    "weight negative": (["style", *GOOD, "--style-weight", "-1"], "--style-weight: '-1'"),
    "weight a word": (["style", *GOOD, "--style-weight", "much"], "--style-weight: 'much'"),
    "scale 0": (["style", *GOOD, "--style-scale", "0"], "--style-scale: '0' must be a number above 0"),
    "scale too small": (["style", *GOOD, "--size", "64", "--style-scale", "0.1"], "--style-scale"),
    "network": (["style", *GOOD, "--network", "vgg91"], "did you mean vgg19?"),
    "colours": (["style", *GOOD, "--colours", "blue"], "there are luminance, match"),
    "blend count": (["style", *GOOD, "--blend", "1,2"], "2 weights for 1"),
    "blend words": (["style", *GOOD, "--blend", "x"], "--blend: 'x'"),
    "blend zero": (["style", *GOOD, "--blend", "0"], "must not all be 0"),
    "output type": (["style", *GOOD[:2], "-o", "{d}/out.bmpx"], "unknown type '.bmpx'"),
    "output folder": (["style", *GOOD[:2], "-o", "{d}/no/out.png"], "there is no folder"),
    "output a folder": (["style", *GOOD[:2], "-o", "{d}"], "is a folder"),
    "output the input": (["style", *GOOD[:2], "-o", "{d}/photo.png"], "would be overwritten"),
    "frames type": (["style", *GOOD, "--frames", "{d}/film.mp4"], "unknown type '.mp4'"),
    "frames the output": (["style", *GOOD, "--frames", "{d}/old.png"], "is the output file itself"),
    "unknown option": (["style", *GOOD, "--sise", "64"], "there is no option --sise: did you mean --size?"),
    "option without value": (["style", *GOOD, "--size"], "--size: expected one argument"),
    "too much for info": (["info", "x"], "x is one argument too many"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input_is_one_line_and_leaves_the_files_alone(
    case: str, files: Path, capsys: pytest.CaptureFixture
) -> None:
    arguments, words = BAD[case]
    before = {path: path.read_bytes() for path in files.iterdir()}
    code = main([argument.replace("{d}", str(files)) for argument in arguments])
    printed = capsys.readouterr()
    assert code == 2
    assert printed.out == ""
    assert printed.err.count("\n") == 1 and printed.err.startswith("course_utils: error: ")
    assert words in printed.err
    assert {path: path.read_bytes() for path in files.iterdir()} == before


def test_checks_come_before_tensorflow(files: Path) -> None:
    program = (
        "import sys; from course_utils.__main__ import main\n"
        f"code = main(['style', {str(files / 'cut.png')!r}, 'cat', '-o', {str(files / 'o.png')!r}])\n"
        "assert code == 2, code\n"
        "assert not {'tensorflow', 'keras'} & set(sys.modules), 'TensorFlow was loaded for nothing'"
    )
    subprocess.run([sys.executable, "-c", program], check=True, cwd=ROOT)


def test_a_picture_its_settings_and_its_film(files: Path, capsys: pytest.CaptureFixture) -> None:
    photo, out, film = (str(files / name) for name in ("photo.png", "old.png", "film.gif"))
    arguments = ["style", photo, photo, "-o", out, *QUICK, "--start", "noise", "--seed", "7", "--frames", film]
    assert main(arguments) == 0
    assert load_picture(out).shape == (48, 64, 3)
    assert "64 x 48, 3 evaluations" in capsys.readouterr().out
    settings = read_settings(out)
    assert settings["seed"] == "7" and settings["steps"] == "3" and settings["network"] == "random"
    assert settings["content_weight"] == "0.005", "a setting that was not given is stored with its default"
    assert "--seed 7" in settings["command"]
    frames = frames_of(film)
    assert len(frames) >= 2 and frames[0].shape == (48, 64, 3)
    first = load_picture(out)
    assert main(arguments) == 0
    assert np.array_equal(load_picture(out), first), "one seed makes one picture"
    assert main([*arguments, "--seed", "8"]) == 0
    assert not np.array_equal(load_picture(out), first), "another seed makes another"


def test_the_help_tells_the_true_defaults() -> None:
    import inspect

    from course_utils.style import StyleObjective, style_transfer

    style = parser()._subparsers._group_actions[0].choices["style"]
    helps = {action.dest: action.help for action in style._actions}
    for function in (style_transfer, StyleObjective):
        for name, parameter in inspect.signature(function).parameters.items():
            told = name in ("size", "steps", "seed", "network", "content_weight", "start")
            if told and parameter.default is not inspect.Parameter.empty:
                assert f"({parameter.default})" in helps[name]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT to send to another process")
def test_ctrl_c_saves_what_is_there(files: Path) -> None:
    command = [sys.executable, "-m", "course_utils", "style", "cat", "cat", "-o", str(files / "old.png")]
    command += ["--network", "random", "--size", "96", "--steps", "10000", "--frames", str(files / "film.gif")]
    with open(files / "errors.txt", "wb") as errors:
        run = subprocess.Popen(command, cwd=ROOT, stderr=errors, stdout=subprocess.PIPE, preexec_fn=_hear_ctrl_c)
        for _ in range(600):  # Until the bar shows that pictures are being made.
            if b"loss" in (files / "errors.txt").read_bytes() or run.poll() is not None:
                break
            time.sleep(0.1)
        time.sleep(0.5)
        run.send_signal(signal.SIGINT)
        run.communicate(timeout=60)
    assert run.returncode == 130
    assert load_picture(files / "old.png").shape == (64, 96, 3)
    assert int(read_settings(files / "old.png")["evaluations"]) < 10_000
    assert len(frames_of(files / "film.gif")) >= 1
    assert b"Traceback" not in (files / "errors.txt").read_bytes()


def _hear_ctrl_c() -> None:
    signal.signal(signal.SIGINT, signal.default_int_handler)  # A shell's background jobs are made deaf to it.


def test_ctrl_c_before_the_first_picture_is_quiet(files: Path) -> None:
    program = (
        "import sys, course_utils.__main__ as m\n"
        "def stopped(*_): raise KeyboardInterrupt\n"
        "m.check = stopped\n"
        f"sys.exit(m.main(['style', 'cat', 'cat', '-o', {str(files / 'o.png')!r}]))"
    )
    run = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True)
    assert run.returncode == 130
    assert run.stderr.count("\n") == 1 and "Traceback" not in run.stderr
    assert not (files / "o.png").exists()


def test_a_folder_that_may_not_be_written(files: Path) -> None:
    locked = files / "locked"
    locked.mkdir()
    locked.chmod(0o500)
    if os.access(locked, os.W_OK):
        pytest.skip("this user (root) may write everywhere")
    assert main(["style", str(files / "photo.png"), str(files / "photo.png"), "-o", str(locked / "o.png")]) == 2


def test_info_tells_what_there_is(capsys: pytest.CaptureFixture) -> None:
    assert main(["info"]) == 0
    printed = capsys.readouterr().out
    for word in ("tensorflow 2.", "mini", "vgg19", "night_swirls", "cat", "1024 px"):
        assert word in printed
