"""The Gram lens in a browser: every control by mouse, some by keys, at two widths and in the dark."""

import re

import numpy as np
from PIL import Image
from playwright.sync_api import expect

from conftest import assert_fits, darken, digest, wait_for_change

LENS = "from course_utils.widgets import GramLens\nlens = GramLens('woven_kilim', 'pointillist_meadow')\nlens"


def canvases(page):
    """First, second, the three statistics, the maps before and after, and the texture."""
    return [page.locator(".course-studio .course-canvas").nth(k) for k in range(8)]


def opened(notebook, page):
    book = notebook(LENS)
    expect(page.locator(".course-studio .course-status")).to_contain_text("of the first's size", timeout=40_000)
    return book


def drag(page, canvas, start, end):
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    page.mouse.move(box["x"] + start[0] * box["width"], box["y"] + start[1] * box["height"])
    page.mouse.down()
    page.mouse.move(box["x"] + end[0] * box["width"], box["y"] + end[1] * box["height"], steps=4)
    page.mouse.up()


def stays(page, canvas):
    """The digest of a canvas that does not change any more."""
    kept = digest(canvas)
    page.wait_for_timeout(500)
    assert digest(canvas) == kept
    return kept


def test_it_fits_both_widths_and_a_texture_grows_and_stops(notebook, page):
    opened(notebook, page)
    studio = page.locator(".course-studio").first
    assert_fits(page)
    first, _, matrix, *_, texture = canvases(page)
    before = digest(matrix)
    drag(page, first, (0.1, 0.2), (0.6, 0.8))
    wait_for_change(matrix, before)
    expect(studio.get_by_text("a patch of 128 x 11")).to_be_visible()
    before = digest(texture)
    page.get_by_role("button", name="Run", exact=True).click()
    for _ in range(3):
        before = wait_for_change(texture, before)
    page.get_by_role("button", name="Stop", exact=True).click()
    expect(studio.get_by_text("Stopped after")).to_be_visible()
    stays(page, texture)
    assert_fits(page)
    studio.evaluate("(one) => one.scrollIntoView()")


def test_the_lens_by_mouse_and_by_keys(notebook, page, tmp_path):
    book = opened(notebook, page)
    status = page.locator(".course-studio .course-status")
    first, second, matrix, _, difference, before, after, _ = canvases(page)

    def changes(canvas, do):
        seen = digest(canvas)
        do()
        wait_for_change(canvas, seen)

    changes(difference, lambda: page.get_by_role("radio", name="block2_conv1").click())
    changes(difference, lambda: page.keyboard.press("ArrowDown"))
    expect(status).to_contain_text("block2_conv2")
    changes(difference, lambda: page.get_by_label("Statistic").select_option("diagonal (mean squares)"))
    expect(status).to_contain_text("Diagonal of block2_conv2")
    matrix.click(position={"x": 40, "y": 40})
    expect(page.get_by_text(re.compile(r"^Channel \d+: first"))).to_be_visible()
    changes(after, lambda: page.get_by_role("button", name="Shuffle again").click())
    changes(after, lambda: page.get_by_label("Shuffle", exact=True).select_option("each channel by itself"))
    changes(before, lambda: page.get_by_label("Whose").select_option("second"))

    def box_by_keys():
        second.focus()
        for key in ("Enter", "Shift+ArrowRight", "Shift+ArrowRight", "Shift+ArrowDown", "Shift+ArrowDown", "Enter"):
            page.keyboard.press(key)

    changes(difference, box_by_keys)
    assert book.execute("print(lens.pickers[1].box)") == "(96, 134, 128, 179)"
    drag(page, first, (0.5, 0.5), (0.52, 0.9))
    expect(status).to_contain_text("too small")
    assert book.execute("print(lens.pickers[0].box)") == "None"
    expect(first.locator(".course-marks div")).to_have_count(0)
    changes(difference, lambda: page.get_by_role("button", name="Whole picture").nth(1).click())
    (tmp_path / "bad.png").write_bytes(b"no picture")
    page.locator(".course-file input").first.set_input_files(tmp_path / "bad.png")
    expect(status).to_contain_text("bad.png is not a picture")
    noise = np.random.default_rng(0).integers(0, 255, (90, 120, 3), "uint8")
    Image.fromarray(noise).save(tmp_path / "good.png")
    changes(first, lambda: page.locator(".course-file input").first.set_input_files(tmp_path / "good.png"))
    expect(status).to_contain_text("off by")
    changes(first, lambda: page.get_by_label("First", exact=True).select_option("night_swirls"))


def test_a_texture_by_keys_in_the_dark_is_saved_and_copied(notebook, page, server):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    book = opened(notebook, page)
    darken(page)
    page.get_by_label("Example").select_option("second")
    page.get_by_label("Layers").select_option("the chosen one alone")
    page.get_by_label("Size").select_option("96 x 96 pixels")
    for handle, keys in ((0, ["ArrowLeft"] * 6), (1, ["ArrowRight"] * 2)):
        page.locator(".course-studio .noUi-handle").nth(handle).focus()
        for key in keys:
            page.keyboard.press(key)
    book.wait_for("lens.weaver.steps.value == 20 and lens.weaver.seed.value == 2")
    run = page.get_by_role("button", name="Run", exact=True)
    run.focus()
    page.keyboard.press("Space")
    expect(page.get_by_text("Done after 3")).to_be_visible()
    page.get_by_role("button", name="Save as PNG").click()
    expect(page.get_by_text("Saved as texture-1.png")).to_be_visible()
    assert (server[1] / "texture-1.png").is_file()
    page.get_by_role("button", name="Copy the code").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    code = page.evaluate("navigator.clipboard.readText()")
    assert "layers=('block3_conv1',), seed=2" in code
    same = "import numpy; print(numpy.array_equal(picture, lens.weaver.state.picture))"
    assert book.execute(code.replace(").picture", ", progress=False).picture") + "\n" + same) == "True"
    page.locator(".course-studio").first.evaluate("(one) => one.scrollIntoView()")
