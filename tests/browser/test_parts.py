"""The parts of which the studios are built, in a browser."""

import hashlib

import numpy as np
import pytest
from playwright.sync_api import expect

CANVAS = """
from course_utils.pictures.loading import load_picture
from course_utils.widgets.parts import Canvas, Tiles, CopyText, FileInput
canvas = Canvas(alt="A cat.", mode="click", hint="Click somewhere.", width=300)
canvas.show(load_picture("cat", 300))
told = []
for event in ("ready", "click", "drag", "box"):
    canvas.on(event, lambda message, _: told.append(message))
canvas
"""


def rounded(text):
    return [(one["event"], [round(x, 2) for x in one.get("place") or one.get("box", [])]) for one in eval(text)]


def test_a_canvas_tells_clicks_drags_and_keys(notebook, page):
    book = notebook(CANVAS)
    canvas = page.locator(".course-canvas")
    box = canvas.bounding_box()
    assert box["width"] == pytest.approx(300, abs=1)
    page.mouse.click(box["x"] + 0.25 * box["width"], box["y"] + 0.5 * box["height"])
    for key in ("ArrowRight", "Shift+ArrowDown", "Enter"):
        page.keyboard.press(key)
    assert rounded(book.execute("print(told)")) == [
        ("ready", []),
        ("click", [0.25, 0.5]),
        ("click", [0.27, 0.6]),
    ]
    book.execute("told.clear(); canvas.mode = 'box'")
    page.mouse.move(box["x"] + 0.2 * box["width"], box["y"] + 0.8 * box["height"])
    page.mouse.down()
    page.mouse.move(box["x"] + 0.6 * box["width"], box["y"] + 0.4 * box["height"])
    page.mouse.up()
    for key in ("Enter", "Shift+ArrowRight", "Shift+ArrowDown", "Enter"):
        page.keyboard.press(key)
    assert rounded(book.execute("print(told)")) == [("box", [0.2, 0.4, 0.6, 0.8]), ("box", [0.6, 0.4, 0.7, 0.5])]


def test_tiles_are_chosen_by_mouse_and_keys(notebook, page):
    book = notebook(
        CANVAS + "tiles = Tiles(label='Layer', names=['one', 'two', 'three'], value=0, look='network',"
        "bars=[[30, 5], [20, 9], [10, 14]])\nchosen = []\n"
        "tiles.on('chosen', lambda m, _: chosen.append(m['value']))\ntiles"
    )
    page.get_by_role("radio", name="three").click()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("radio", name="one")).to_have_attribute("aria-checked", "true")
    book.wait_for("(tiles.value, chosen) == (0, [2, 0])")  # The event and the value come in messages of their own.


def test_a_line_is_copied(notebook, page):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    notebook(CANVAS + "CopyText(text='deep_dream(\"cat\")', label='Copy the code')")
    page.get_by_role("button", name="Copy the code").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == 'deep_dream("cat")'


def test_files_of_any_size_arrive_whole(notebook, page, tmp_path):
    """The last is more than a server takes in one message, 10 MB."""
    book = notebook(CANVAS + "taken = []\nFileInput(lambda *file: taken.append(file), taken.append)")
    for count, size in enumerate((1, 2**20, 24 * 2**20 + 5), 1):
        data = np.random.default_rng(0).bytes(size)
        (tmp_path / "picture.bin").write_bytes(data)
        page.locator(".course-file input").set_input_files(tmp_path / "picture.bin")
        book.wait_for(f"len(taken) == {count}")
        code = "import hashlib; print(taken[-1][0], hashlib.md5(taken[-1][1]).hexdigest())"
        assert book.execute(code) == f"picture.bin {hashlib.md5(data).hexdigest()}"


def test_a_file_that_is_too_large_is_refused_in_words(notebook, page, tmp_path):
    book = notebook(CANVAS + "words = []\nFileInput(print, words.append, largest=1000)")
    (tmp_path / "large.png").write_bytes(bytes(2000))
    page.locator(".course-file input").set_input_files(tmp_path / "large.png")
    book.wait_for("words")
    assert "give its path" in book.execute("print(words)")
