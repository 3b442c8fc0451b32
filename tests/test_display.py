"""Pictures in a notebook: side by side, in rows, and growing in place."""

import html
import io

import numpy as np
import pytest
from PIL import Image

from course_utils.optimize.states import State
from course_utils.pictures.display import BELOW, GAP, TITLE, sheet, show, watch


@pytest.fixture
def shown(monkeypatch):
    """What a notebook would show, in order; `update` of a handle adds to it as well."""
    pictures = []

    class Handle:
        def update(self, picture):
            pictures.append(picture)

    def display(picture, display_id=False, raw=False):
        pictures.append(picture)
        return Handle() if display_id else None

    monkeypatch.setattr("IPython.display.display", display)
    return pictures


def test_pictures_are_shown_side_by_side_with_words_for_who_cannot_see_them(make_picture, shown):
    show(make_picture(20, 40), make_picture(40, 40), titles=["wide", "square"], alt="two patches", width=100)
    one, caption = shown
    with Image.open(io.BytesIO(one.data)) as image:
        assert image.format == "JPEG" and image.size == (100 + GAP + 100, TITLE + 100)
    assert one._repr_mimebundle_(None, None)[1]["image/jpeg"]["alt"] == BELOW
    assert caption["text/plain"] == "two patches. Left to right: wide; square."


def test_a_caption_says_what_stands_in_the_picture_and_no_sign_of_it_is_taken_for_markdown(make_picture, shown):
    titles = ["a_b*c*", "$x$ < 1", "[d]"]
    show(*[make_picture(8, 8)] * 3, titles=titles, alt="three patches", columns=2)
    show(make_picture(8, 8), titles=["cat, 25%"], alt="One patch:")
    first, second = shown[1], shown[3]
    assert first["text/plain"] == "three patches. Row by row: a_b*c*; $x$ < 1; [d]."
    assert not set("*_$[]") & set(first["text/markdown"]) and html.unescape(first["text/markdown"]) == (
        f"<small>{first['text/plain']}</small>"
    )
    assert second["text/plain"] == "One patch: cat, 25%."


def test_rows_are_filled_from_the_left(make_picture):
    red, grey = np.zeros((10, 20, 3), "float32"), np.full((10, 20, 3), 99, "float32")
    red[..., 0] = 255
    paper = np.asarray(sheet([grey, grey, red], width=20, columns=2))
    assert paper.shape == (10 + GAP + 10, 20 + GAP + 20, 3)
    assert (paper[10 + GAP :, :20] == (255, 0, 0)).all() and (paper[10 + GAP :, 20:] == 255).all()
    assert (paper[:10, :20] == 99).all() and (paper[:10, 20 + GAP :] == 99).all()


def test_a_growing_picture_is_shown_every_few_steps_in_one_place(shown):
    look = watch("a picture that grows", every=5, width=10)
    for step in range(1, 13):
        look(State(step, 0.0, {}, lambda step=step: np.full((10, 10, 3), 10.0 * step, "float32")))
    first, caption, *later = shown
    assert caption["text/plain"] == "a picture that grows"
    levels = [int(np.asarray(Image.open(io.BytesIO(one.data))).mean().round()) for one in (first, *later)]
    assert levels == [10, 50, 100]  # The first one, so that there is something to see, and steps 5 and 10.
