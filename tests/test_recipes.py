"""Recipes of the studios are read back: whatever a file is called, code and command name just that file."""

import ast
import shlex

import numpy as np
import pytest

from course_utils.commands.parsing import parse
from course_utils.dream.settings import USUAL_STEPS
from course_utils.network import load_network
from course_utils.pictures.saving import save_picture
from course_utils.style.settings import TextureSettings
from course_utils.widgets.patch import PatchPicker
from course_utils.widgets.recipes import (
    dream_command,
    dream_line,
    film_lines,
    style_command,
    style_line,
    with_imports,
)
from course_utils.widgets.studio import Studio
from course_utils.widgets.weaver import Plan

NAMES = (
    "STEM.png", "STEM-mask1.png", "-x.png", "--size=9.png", "-", "it's.png", 'say "hi".png', "'\".png", "two words.png",
    "100% %s.png", "{name} {0} {.png", "$HOME `x` $(x).png", "back\\slash\\n.png", "# no comment.png", "new\nline.png",
    "ünï 猫 🐈.png", "~x.png", "a;b&c|d.png", "resize(texture(.png", "a, b=1.png",
)  # fmt: skip
EVERY_NAME = pytest.mark.parametrize("name", NAMES)


def constants(code):
    """The texts that stand in code, which has to parse."""
    return [
        one.value for one in ast.walk(ast.parse(code)) if isinstance(one, ast.Constant) and isinstance(one.value, str)
    ]


def dream_settings(**other):
    return {"wishes": {"layers": {"block5_conv1": 1.0}}, "guide_line": "", "size": 96, "steps": USUAL_STEPS,
            "masks": {"-mask1.png": np.ones((2, 2))}} | other  # fmt: skip


def test_a_large_dreams_octaves_are_told_where_they_are_not_the_usual_ones(network):
    for octaves, told in ((5, ""), (4, ", octaves=4")):
        settings = dream_settings(size=512, steps=USUAL_STEPS | {"octaves": octaves}, masks={})
        line = dream_line(settings, network, False, None)("dream-1")
        assert line.startswith("picture = deep_dream(picture, {'block5_conv1': 1.0}" + told), line


def style_settings(names):
    return {"names": names, "size": 96, "start": "content", "unusual": {}, "uploaded": False,
            "masks": {"-mask1.png": np.ones((2, 2)), "-mask2.png": np.ones((2, 2))}}  # fmt: skip


@EVERY_NAME
def test_a_style_of_any_file_is_read_back(name):
    settings, masks = style_settings([name, "mosaic_peacock"]), ["style-1-mask1.png", "style-1-mask2.png"]
    code = with_imports(style_line(settings, "mini", 10)("style-1"))
    assert code.startswith("from course_utils import style_transfer\n")
    assert constants(code) == [name, "mosaic_peacock", *masks]
    command = style_command(settings, "mini", 10)("style-1")
    words = shlex.split(command)
    options = parse(words[3:])
    assert words[:3] == ["python", "-m", "course_utils"] and options.output == "style-1.png"
    assert [options.content.removeprefix("./"), *options.styles] == [name, "mosaic_peacock"]
    assert (options.size, options.steps, options.masks) == (96, 10, masks)


@EVERY_NAME
def test_a_dream_of_any_file_is_read_back(name):
    network, settings = load_network("random"), dream_settings()
    options = parse(shlex.split(dream_command(settings, network, name)("dream-2"))[3:])
    assert options.image.removeprefix("./") == name and options.output == "dream-2.png"
    assert options.mask == "dream-2-mask1.png" and options.size == 96
    guided = dream_settings(guide_line=f"load_picture({name!r}, 96)")
    assert dream_command(guided, network, name) is None  # The command line has no guide.
    for code in (dream_line(guided, network, True, 3)("dream-2"), film_lines(guided, network, 4, "dream-2")):
        assert name in constants(code) and "dream-2-mask1.png" in constants(code)
    assert "dream-2-film.gif" in constants(film_lines(guided, network, 4, "dream-2"))


@EVERY_NAME
def test_a_patch_and_a_texture_of_any_file_are_read_back(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    studio = Studio()
    save_picture(np.full((40, 60, 3), 99.0), "plain.png")
    picker = PatchPicker(studio, "First", "plain.png", 48, 8, lambda: None)
    picker.chooser.source = name
    code = Plan(picker.picture, picker.code, 32, TextureSettings(layers=("block1_conv1",))).code(5)
    assert constants(code) == [name, "block1_conv1"]
    assert code.startswith("from course_utils import load_picture, texture\n")
    studio.close()


def test_an_import_names_what_is_used_and_not_what_a_file_is_called():
    code = with_imports("picture = load_picture('zoom_film(resize(after(.png', 96)")
    assert code.startswith("from course_utils import load_picture\n")
