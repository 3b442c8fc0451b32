"""The commands `dream` and `texture`: pictures, films, what a PNG keeps, Ctrl-C, and one line for each mistake."""

from __future__ import annotations

import inspect
import itertools
import re
import shlex
import signal
from pathlib import Path

import numpy as np
import pytest
from command_lines import UNDER_WAY, check_refused, check_without_tensorflow, contents, interrupt, posix
from PIL import Image

from course_utils import defaults
from course_utils.__main__ import main
from course_utils.commands import parse
from course_utils.dream.settings import DreamSettings
from course_utils.pictures.loading import frames_of, load_picture, read_settings
from course_utils.style.settings import TextureSettings

DREAM = "dream photo.png -o old.png"
QUICK = f"{DREAM} --network random --size 64 --octaves 2 --steps 2"
TEXTURE = "texture photo.png -o old.png"
WOVEN = f"{TEXTURE} --network random --example-size 64 --size 40x36 --steps 3"
BAD = {  # A command, and words that its complaint must hold.
    "dream": "missing: IMAGE, -o OUT; a whole command is python -m course_utils dream rocket -o dream.png",
    "dream photo.png": "missing: -o OUT",
    "dream photo.png cat -o old.png": "cat is too much here: one picture is asked for",
    "dream cta -o old.png": "cta: no such file; did you mean cat",
    "dream cut.png -o old.png": "cut.png is damaged or cut off",
    "dream strip.png -o old.png": "strip.png would have a side of 2 pixels, and the network needs 32",
    "dream photo.png -o link.png": "would be overwritten",
    f"{DREAM} --mask old.png": "old.png is one of the pictures to be read and would be overwritten",
    f"{DREAM} --guide ./old.png": "would be overwritten",
    f"{DREAM} --size 40": "photo.png would have a side of 30 pixels, and the network needs 32: choose a larger --size",
    f"{DREAM} --network inception_v3 --size 64": "the network needs 75: choose a larger --size (for 100 pixels)",
    f"{DREAM} --size 0": "--size: '0' is not a whole number from 1",
    f"{DREAM} --network vgg": "--network: there is no 'vgg'; did you mean vgg19?",
    f"{DREAM} --layer conv4_2": "mini has no layer 'conv4_2'; its layers are block1_conv1",
    f"{DREAM} --layer block4_cnv2": "did you mean block4_conv2",
    f"{DREAM} --layer block5_pool": "mini has no layer 'block5_pool'",
    f"{DREAM} --layer block4_conv2=much": "--layer: 'much' is not a number",
    f"{DREAM} --layer block4_conv2=nan": "--layer: 'nan' is not a number",
    f"{DREAM} --layer block4_conv2=1e9": "--layer: '1e9' is not a number from -1,000,000 to 1,000,000",
    f"{DREAM} --layer =2": "--layer: a name is missing in '=2'",
    f"{DREAM} --layer block4_conv2,block4_conv2=2": "--layer names block4_conv2 twice: leave one out",
    f"{DREAM} --layer block4_conv2 --layer block4_conv2": "--layer names block4_conv2 twice",
    f"{DREAM} --layer block4_conv2=0": "--layer: every weight is 0",
    f"{DREAM} --class goose=0 --channel block4_conv2:1=0": "--channel: every weight is 0",
    f"{DREAM} --channel block4_conv2": "--channel: 'block4_conv2' is not LAYER:K, such as",
    f"{DREAM} --channel block4_conv2:-1": "--channel: 'block4_conv2:-1' is not LAYER:K",
    f"{DREAM} --channel block1_conv2:999 --network random": "block1_conv2 of random has channels 0 to 15, not 999",
    f"{DREAM} --channel block9_conv1:1": "no layer 'block9_conv1'",
    f"{DREAM} --channel block4_conv2:1,block4_conv2:1=3": "--channel names block4_conv2:1 twice",
    f"{DREAM} --class goldfsh": "mini has no class 'goldfsh'; did you mean goldfish",
    f"{DREAM} --class cat": "'cat' is a part of several classes, Persian cat, Egyptian cat: give the whole name",
    f"{DREAM} --class goose --guide cat": "--guide goes with layers: name one, such as --layer block4_conv2",
    f"{DREAM} --guide nothing.jpg": "nothing.jpg: no such file",
    f"{DREAM} --guide strip.png": "strip.png would have a side of 2 pixels",
    f"{DREAM} --guide cat --layer block1_conv1 --size 512": "block1_conv1 would take 137 GB; choose a deeper",
    f"{DREAM} --guide cat --preset bad_trip --size 4096": "block4_conv1 would take",
    f"{DREAM} --mask black.png": "--mask black.png is black everywhere",
    f"{DREAM} --mask text.jpg": "text.jpg is not a picture",
    f"{DREAM} --preset bad": "--preset: there is no 'bad'; did you mean bad_trip?",
    f"{DREAM} --preset dreamy --octaves 3": "--preset dreamy is one run of L-BFGS, without octaves and steps: leave "
    "--octaves out",
    f"{DREAM} --preset dreamy --octave-scale 2": "leave --octave-scale out",
    f"{DREAM} --preset bad_trip --mask cat": "leave --mask out",
    f"{DREAM} --preset dreamy --zoom-frames 5": "leave --zoom-frames out",
    f"{DREAM} --preset dreamy --network inception_v3": "dreamy names layers that inception_v3 has not: choose another",
    f"{DREAM} --octaves 0": "--octaves: '0' is not a whole number from 1 to 20",
    f"{DREAM} --octaves 2.5": "--octaves: '2.5' is not a whole number",
    f"{DREAM} --octave-scale 1": "--octave-scale: '1' is not a number above 1",
    f"{DREAM} --octave-scale nan": "--octave-scale: 'nan' is not",
    f"{DREAM} --steps 5000": "After some tens a dream covers everything",
    f"{DREAM} --step 0": "--step: '0' is not a number above 0",
    f"{DREAM} --step inf": "--step: 'inf' is not",
    f"{DREAM} --jitter -1": "--jitter: '-1' is not a whole number from 0",
    f"{DREAM} --seed x": "--seed: 'x' is not",
    f"{DREAM} --zoom_frames 5": "there is no option --zoom_frames; did you mean --zoom-frames",
    f"{DREAM} --zoom-frames 1": "--zoom-frames: '1' is not a whole number from 2 to 500",
    f"{DREAM} --zoom-frames 501": "Each frame is a dream of its own",
    f"{DREAM} --loop 3": "--loop is for frames of --zoom-frames: add that.",
    "dream photo.png -o o.gif --zoom-frames 5 --loop 3": "--loop is for frames of --zoom-frames: half of its 5 at most",
    "dream photo.png -o o.gif --zoom-frames 5 --save-every 5": "--save-every saves a picture, and --zoom-frames makes",
    f"{DREAM} --save-every 0": "--save-every: '0' is not a whole number from 1",
    "dream photo.png -o o.jpg --zoom-frames 3": "--zoom-frames makes a film of it; use .gif, .png, .webp, .mp4, .webm",
    "dream photo.png -o o.gif": "-o o.gif: .gif is for films; add --zoom-frames, or use .png",
    "dream photo.png -o o.gif --zoom-frames 3 --frames o.gif": "--frames o.gif is the picture that -o names",
    f"{DREAM} --frames film.avi": "unknown type '.avi'",
    "dream photo.png -o no/o.png": "there is no folder no; make it first",
    "texture": "missing: IMAGE, -o OUT; a whole command is python -m course_utils texture woven_kilim -o kilim.png",
    "texture photo.png cat -o old.png": "cat is too much here: one example is asked for",
    "texture empty.png -o old.png": "empty.png is not a picture",
    "texture strip.png -o old.png": "choose a larger --example-size (for 1320 pixels)",
    "texture photo.png -o photo.png": "would be overwritten",
    "texture photo.png -o o.gif": "unknown type '.gif'",
    f"{TEXTURE} --size 32": "--size: '32' is not a whole number from 33 to 4,096",
    f"{TEXTURE} --size 64x": "--size: '64x' is not WxH, such as 512x384",
    f"{TEXTURE} --size 64x64x64": "--size: '64x64x64' is not WxH",
    f"{TEXTURE} --size 64xtall": "--size: 'tall' is not a whole number",
    f"{TEXTURE} --size 64x5000": "--size: '5000' is not",
    f"{TEXTURE} --example-size 40": "photo.png would have a side of 30 pixels, and the network needs 33",
    f"{TEXTURE} --example-size 4096": "would make a texture of 8192 pixels, twice as many: give a --size",
    f"{TEXTURE} --steps 0": "--steps: '0' is not a whole number from 1",
    f"{TEXTURE} --steps 100000": "After some hundreds hardly anything changes",
    f"{TEXTURE} --statistic variance": "--statistic: there is no 'variance'; did you mean covariance?",
    f"{TEXTURE} --layer conv4_2": "mini has no layer 'conv4_2'; its layers are",
    f"{TEXTURE} --layer block1_conv1=2": "'block1_conv1=2' has a weight, and here all weigh the same: leave it out",
    f"{TEXTURE} --layer block1_conv1,block1_conv1": "--layer names block1_conv1 twice",
    f"{TEXTURE} --layer ,": "--layer: a name is missing in ','",
    f"{TEXTURE} --network inception_v3": "inception_v3 has not the layers that styles are taken from; use one of mini",
    f"{TEXTURE} --mask cat": "there is no option --mask",
}


@pytest.mark.parametrize("command", BAD)
def test_what_does_not_fit_is_told_in_one_line_and_leaves_the_files_alone(
    command: str, files: Path, capsys: pytest.CaptureFixture
) -> None:
    check_refused(command, BAD[command], files, capsys)


def test_checks_come_before_tensorflow(files: Path) -> None:
    check_without_tensorflow(dict.fromkeys(BAD, 2) | dict.fromkeys(("dream --help", "texture --help"), 0))


# Dreams


def told(path: str, capsys: pytest.CaptureFixture) -> int:
    """How many frames a film has by what was printed."""
    return int(re.search(rf"{path}: .*?(\d+) frames", capsys.readouterr().out)[1])


def test_a_dream_is_that_of_the_method(files: Path) -> None:
    """With every option that a dream has."""
    from course_utils import deep_dream

    plain = {"network": "random", "size": 64, "octaves": 2, "steps": 2, "progress": False}
    cases = {
        "": {},
        "--layer block3_conv1=2,block2_conv1 --layer block1_conv2=-1 --seed 5 --jitter 3 --step .5": {
            "layers": {"block3_conv1": 2.0, "block2_conv1": 1.0, "block1_conv2": -1.0},
            "seed": 5,
            "jitter": 3,
            "step": 0.5,
        },
        "--channel block3_conv1:7=2 --class goose,espresso=.5 --octave-scale 1.2": {
            "channels": {("block3_conv1", 7): 2.0},
            "classes": {"goose": 1.0, "espresso": 0.5},
            "octave_scale": 1.2,
        },
        "--guide cat --mask coffee --preset google": {"guide": "cat", "mask": "coffee", "preset": "google"},
    }
    for words, options in cases.items():
        assert main(shlex.split(f"{QUICK} {words}")) == 0
        expected = deep_dream("photo.png", **plain | options).picture
        # Threads may add up in another order, and half a grey level is rounded.
        np.testing.assert_allclose(load_picture("old.png"), expected, atol=0.6, err_msg=words)


def test_a_preset_of_l_bfgs_has_a_loss_and_no_steps(files: Path, capsys: pytest.CaptureFixture) -> None:
    assert main(shlex.split(f"{DREAM} --network random --size 64 --preset bad_trip --frames film.png")) == 0
    settings = read_settings("old.png")
    assert settings["layers"] == "block4_conv1=0.05,block4_conv2=0.01,block4_conv3=0.01"
    assert {"octaves", "steps", "step", "jitter", "score"}.isdisjoint(settings) and float(settings["loss"])
    assert len(frames_of("film.png")) == told("film.png", capsys) <= 36


def test_without_a_size_a_picture_keeps_its_own_up_to_a_limit(files: Path) -> None:
    assert main(shlex.split(f"{DREAM} --network random --octaves 1 --steps 1")) == 0
    assert load_picture("old.png").shape == (60, 80, 3) and read_settings("old.png")["size"] == "80"
    options = parse(shlex.split("dream astronaut -o new.png"))
    assert options.size is None and load_picture("astronaut").shape[0] == 512


def test_a_dream_is_repeated_by_the_command_that_it_keeps(files: Path, capsys: pytest.CaptureFixture) -> None:
    assert main(shlex.split(f"{QUICK} --seed 7 --channel block2_conv1:3=-.5 --class goose")) == 0
    assert capsys.readouterr().out.startswith("old.png: 64 x 48, 4 evaluations, ")
    first, settings = load_picture("old.png"), read_settings("old.png")
    given = {"image": "photo.png", "size": "64", "network": "random", "seed": "7", "octaves": "2", "steps": "2"}
    given |= {"layers": "none", "channels": "block2_conv1:3=-0.5", "classes": "goose=1", "evaluations": "4"}
    unasked = {"preset": "none", "guide": "none", "mask": "none", "ended": "all steps are done"}
    unasked |= {"jitter": str(DreamSettings.jitter), "step": str(DreamSettings.step)}
    assert given | unasked == {key: settings[key] for key in given | unasked}
    assert float(settings["score"])

    stored = shlex.split(settings["command"])
    assert stored[:3] == ["python", "-m", "course_utils"]
    assert main(stored[3:]) == 0
    np.testing.assert_allclose(load_picture("old.png"), first, atol=1)
    assert main([*stored[3:], "--seed", "8"]) == 0
    assert np.abs(load_picture("old.png") - first).max() > 3


def test_a_film_goes_from_the_picture_to_the_dream(files: Path, capsys: pytest.CaptureFixture) -> None:
    assert main(shlex.split(f"{QUICK} --frames film.png")) == 0
    frames = frames_of("film.png")
    assert len(frames) == told("film.png", capsys) == 1 + 4  # The picture, and what every step made of it.
    np.testing.assert_allclose(frames[-1], load_picture("old.png"))
    changes = [np.abs(frame - frames[0]).mean() for frame in frames]
    assert changes[0] == 0 < changes[1] < changes[-1]


def test_a_film_falls_into_the_dream(files: Path, capsys: pytest.CaptureFixture) -> None:
    from course_utils.dream.film import enlarge

    assert main(shlex.split(f"{QUICK} --step .5")) == 0
    dream = load_picture("old.png")
    capsys.readouterr()
    assert main(shlex.split(f"{QUICK} --step .5 --zoom-frames 3 --mask cat -o fall.png")) == 0
    frames, settings = frames_of("fall.png"), read_settings("fall.png")
    assert len(frames) == told("fall.png", capsys) == 3
    assert settings["zoom_frames"] == "3" and settings["mask"] == "cat"
    assert {frame.shape for frame in frames} == {dream.shape}
    for before, after in itertools.pairwise(frames):  # Each is the one before, enlarged, and dreamt on a little.
        assert 0.1 < np.abs(after - enlarge(before, 1.05)).mean() < 2 * 4 * 0.5 + 0.5


def test_a_film_that_loops_does_not_wait_at_its_end(files: Path) -> None:
    quick = "dream photo.png --network random --size 64 --steps 1 --octaves 1 --zoom-frames 5"
    assert main(shlex.split(f"{quick} -o waits.webp")) == main(shlex.split(f"{quick} --loop 2 -o fall.webp")) == 0
    times = {}
    for name in ("waits.webp", "fall.webp"):
        with Image.open(name) as film:
            times[name] = []
            for k in range(film.n_frames):
                film.seek(k)
                film.load()
                times[name].append(film.info["duration"])
    assert times == {"waits.webp": [100] * 4 + [1500], "fall.webp": [100] * 5}


@pytest.mark.parametrize("film", ["fall.gif", "fall.webp"])
def test_a_fall_may_be_of_any_type_of_film(film: str, files: Path) -> None:
    command = f"dream photo.png -o {film} --network random --size 64 --steps 1 --octaves 1 --zoom-frames 2"
    assert main(shlex.split(command)) == 0
    assert [frame.shape for frame in frames_of(film)] == [(48, 64, 3)] * 2


@pytest.mark.slow
@posix
def test_sigterm_saves_the_dream_as_it_is(files: Path) -> None:
    command = f"{DREAM} --network random --size 64 --steps 1000 --frames film.gif"
    code, printed, errors = interrupt(shlex.split(command), rb" \d\d+/2000 ", signal.SIGTERM)
    assert code == 130 and b"Traceback" not in errors
    assert printed.startswith(b"old.png: 64 x 48, ") and b", interrupted\n" in printed
    settings = read_settings("old.png")
    assert 1 <= int(settings["evaluations"]) < 2000 and settings["ended"] == "interrupted"
    assert len(frames_of("film.gif")) >= 2


@pytest.mark.slow
@posix
def test_ctrl_c_ends_a_fall_with_the_frame_that_is_dreamt(files: Path) -> None:
    command = "dream photo.png -o fall.png --network random --size 64 --steps 1 --octaves 1 --zoom-frames 500"
    code, printed, errors = interrupt(shlex.split(command), rb"falling: +[1-9]")
    assert code == 130 and b"Traceback" not in errors
    assert re.search(rb"fall.png: 64 x 48, 1 evaluations, \d+ frames, [\d.]+ s, interrupted\n", printed)
    assert 2 <= len(frames_of("fall.png")) < 500 and read_settings("fall.png")["ended"] == "interrupted"


@pytest.mark.slow
@posix
def test_ctrl_c_before_the_first_step_leaves_nothing(files: Path) -> None:
    """Whatever TensorFlow is doing then: a KeyboardInterrupt could come out of it as another error."""
    before = contents(files)
    code, printed, errors = interrupt(shlex.split(f"{DREAM} --network random"), rb" 0/")
    assert (code, printed) == (130, b"") and b"Traceback" not in errors
    assert contents(files) == before


# Textures


@pytest.mark.slow
def test_a_texture_is_that_of_the_method(files: Path) -> None:
    from course_utils import texture

    plain = {"network": "random", "example_size": 64, "steps": 3, "progress": False}
    cases = {
        "": {},
        "--statistic covariance --seed 4 --size 36": {"statistic": "covariance", "seed": 4, "size": 36},
        "--layer block1_conv1 --layer block2_pool,block3_conv1": {
            "layers": ["block1_conv1", "block2_pool", "block3_conv1"]
        },
    }
    for words, options in cases.items():
        assert main(shlex.split(f"{WOVEN} {words}")) == 0
        expected = texture("photo.png", **{"size": (36, 40)} | plain | options).picture
        np.testing.assert_allclose(load_picture("old.png"), expected, atol=2, err_msg=words)


def test_a_texture_keeps_its_settings_and_is_repeated_by_them(files: Path, capsys: pytest.CaptureFixture) -> None:
    assert main(shlex.split(f"{WOVEN} --seed 7 --layer block1_conv1,block2_conv1")) == 0
    assert capsys.readouterr().out.startswith("old.png: 40 x 36, 3 evaluations, ")
    first, settings = load_picture("old.png"), read_settings("old.png")
    given = {"image": "photo.png", "size": "40x36", "example_size": "64", "steps": "3", "seed": "7"}
    given |= {"statistic": "gram", "network": "random", "layers": "block1_conv1,block2_conv1", "evaluations": "3"}
    assert given == {key: settings[key] for key in given} and float(settings["loss"])
    assert main(shlex.split(settings["command"])[3:]) == 0
    np.testing.assert_allclose(load_picture("old.png"), first, atol=1)


def test_without_a_size_a_texture_is_twice_as_large_as_its_example(files: Path) -> None:
    assert main(shlex.split(f"{TEXTURE} --network random --example-size 48 --steps 1 --layer block1_conv1")) == 0
    assert load_picture("old.png").shape == (72, 96, 3)


def test_a_film_goes_from_noise_to_the_texture(files: Path, capsys: pytest.CaptureFixture) -> None:
    from course_utils.style.noise import coloured_noise
    from course_utils.style.settings import SPREAD

    assert main(shlex.split(f"{WOVEN} --steps 12 --frames film.png")) == 0
    frames = frames_of("film.png")
    assert len(frames) == told("film.png", capsys) > 3
    noise = coloured_noise(load_picture("photo.png", 64), (36, 40), defaults.SEED, SPREAD)
    np.testing.assert_allclose(frames[0], noise, atol=0.6)
    np.testing.assert_array_equal(frames[-1], load_picture("old.png"))


@pytest.mark.slow
@posix
def test_ctrl_c_saves_the_texture_as_it_is(files: Path) -> None:
    code, printed, errors = interrupt(shlex.split(f"{WOVEN} --steps 10000"), UNDER_WAY)
    assert code == 130 and b"Traceback" not in errors
    assert printed.startswith(b"old.png: 40 x 36, ") and printed.endswith(b", interrupted\n")
    assert read_settings("old.png")["ended"] == "interrupted"


# Words


@pytest.mark.parametrize("command", ["dream", "texture"])
def test_the_defaults_are_those_of_the_method(command: str) -> None:
    from course_utils.dream.octaves import dream_steps
    from course_utils.dream.settings import USUAL_STEPS
    from course_utils.style.textures import texture

    options = vars(parse([command, "cat", "-o", "cat.png"]))
    method = {"dream": dream_steps, "texture": texture}[command]
    usual = {name: parameter.default for name, parameter in inspect.signature(method).parameters.items()}
    if command == "dream":
        assert {name: usual[name] for name in USUAL_STEPS} == USUAL_STEPS
        assert all(options[name] is None for name in USUAL_STEPS), "what was not asked for is the preset's"
        assert (options["seed"], options["network"]) == (usual["seed"], "mini")
    else:
        shared = {"example_size", "steps", "statistic", "seed", "network"}
        assert {name: options[name] for name in shared} == {name: usual[name] for name in shared}


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("dream", ["python -m course_utils dream rocket -o dream.png", "default block5_conv3", "bad_trip", "Ctrl-C",
                   f"default {DreamSettings.octaves}, 5 at 512 pixels, 7 at 1024, or the preset's"]),
        ("texture", ["python -m course_utils texture woven_kilim -o kilim.png", f"default {TextureSettings.steps}",
                     "mean, diagonal, covariance, gram", "Ctrl-C"]),
    ],
)  # fmt: skip
def test_help_is_for_reading(command: str, words: list[str], capsys: pytest.CaptureFixture) -> None:
    assert main([command, "--help"]) == 0
    printed = re.sub(r"\s+", " ", capsys.readouterr().out)
    for one in words:
        assert one in printed
