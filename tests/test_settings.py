"""Settings in one place: what a dataclass of options does for the methods that take them."""

import inspect
from dataclasses import dataclass

import numpy as np
import pytest

from course_utils.dream import dream_steps, zoom_film
from course_utils.dream.settings import DreamSettings, FilmSettings
from course_utils.settings import Settings, takes
from course_utils.style import StyleObjective, style_transfer, texture
from course_utils.style.settings import ObjectiveSettings, StyleSettings, TextureSettings
from course_utils.style.textures import texture_steps
from course_utils.style.transfer import style_steps

METHODS = [
    (style_transfer, StyleSettings),
    (style_steps, StyleSettings),
    (StyleObjective.__init__, ObjectiveSettings),
    (texture, TextureSettings),
    (texture_steps, TextureSettings),
    (dream_steps, DreamSettings),
    (zoom_film, FilmSettings),
]


@dataclass(frozen=True, kw_only=True)
class Brush(Settings):
    width: int = 3
    colour: str = "red"
    bristles: object = None


@takes(Brush)
def paint(picture, colour="blue", *, progress=True, **options):
    """Paint."""
    return Brush.of(options)


def test_the_signature_shows_the_options_with_their_defaults_before_the_methods_own():
    shown = inspect.signature(paint).parameters
    assert list(shown) == ["picture", "colour", "width", "bristles", "progress"]
    assert shown["width"].default == 3 and shown["width"].kind is inspect.Parameter.KEYWORD_ONLY
    assert shown["colour"].default == "blue", "what the method takes itself is its own"


def test_an_unknown_option_is_refused_with_the_nearest_one(refused):
    with refused("'widht'", "did you mean width?"):
        paint(None, widht=4)
    with refused("'xyz'", "width, colour, bristles"):
        paint(None, xyz=4)


def test_options_are_taken_and_the_others_are_as_usual():
    assert paint(None, width=5) == Brush(width=5) and paint(None) == Brush()
    assert Brush.among({"width": 4, "length": 9}) == {"width": 4}
    assert Brush(width=4).as_dict() == {"width": 4, "colour": "red", "bristles": None}


def test_what_is_unusual_is_told_even_of_arrays():
    assert Brush().unusual() == {}
    assert Brush(width=3, colour="green").unusual() == {"colour": "green"}
    given = np.zeros(3)
    assert Brush(bristles=given).unusual()["bristles"] is given
    assert Brush(width=True).unusual() == {"width": True}, "of another type, if as large"


def test_settings_of_a_part_can_be_handed_on():
    how = StyleSettings(content_weight=2.0, size=64)
    part = how.as_dict(ObjectiveSettings)
    assert part["content_weight"] == 2.0 and "size" not in part and ObjectiveSettings.of(part)


@pytest.mark.parametrize(("method", "settings"), METHODS)
def test_a_method_takes_its_settings_with_their_defaults(method, settings):
    shown = inspect.signature(method).parameters
    usual = settings().as_dict()
    assert {name: shown[name].default for name in usual} == usual
    assert not any(one.kind is inspect.Parameter.VAR_KEYWORD for one in shown.values())


@pytest.mark.parametrize(("method", "settings"), METHODS)
def test_a_wrong_option_of_a_method_is_one_line(method, settings, refused):
    name = settings.names()[0]
    with refused(repr(f"{name}s"), f"did you mean {name}"):
        answer = method(*[None] * (4 if method is StyleObjective.__init__ else 2), **{f"{name}s": 1})
        next(iter(answer))  # An iterator of states may look at its options when it is first asked.
