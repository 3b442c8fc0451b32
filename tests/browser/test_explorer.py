"""The layer explorer, used in a browser: by mouse and by keys, in two widths, light and dark."""

from PIL import Image
from playwright.sync_api import expect

from conftest import assert_fits, darken, digest, wait_for_change

CELL = "from course_utils.widgets import LayerExplorer\nstudio = LayerExplorer('cat')\nstudio"
PARTS = ("sees", "asks", "picture", "delta", "grid", "map", "patches")  # In the order of the page.


def opened(notebook, page):
    """The notebook, and its canvases by their names, once the studio has done all that it does by itself."""
    book = notebook(CELL)
    expect(page.locator(".course-status")).to_contain_text("activation", timeout=60_000)
    book.wait_for("studio.worker.wait(0.01) and studio.views.shown_patches", 60)
    return book, dict(zip(PARTS, page.locator(".course-studio .course-canvas").all(), strict=True))


def click(page, canvas, x, y):
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    page.mouse.click(box["x"] + x * box["width"], box["y"] + y * box["height"])


def test_all_of_it_by_mouse(notebook, page):
    book, canvases = opened(notebook, page)
    words = page.locator(".course-status")

    def changes(act, *names):
        """What the status says after an act that changes some canvases."""
        before = {name: digest(canvases[name]) for name in names}
        act()
        for name, old in before.items():
            wait_for_change(canvases[name], old)
        book.wait_for("studio.worker.wait(0.01)")
        return words.inner_text()

    assert "map 9," in changes(
        lambda: click(page, canvases["grid"], 0.3, 0.4), "delta", "sees", "asks", "map", "patches"
    )
    assert "row 14, column 28" in changes(lambda: click(page, canvases["picture"], 0.5, 0.4), "delta", "sees", "asks")
    changes(lambda: click(page, canvases["map"], 0.7, 0.6), "delta", "sees")
    changes(lambda: page.get_by_role("button", name="guided").click(), "delta", "asks")
    deeper = page.get_by_role("radio", name="block4_conv2")
    assert "sees 84 x 84" in changes(deeper.click, "grid", "map", "delta", "patches")
    numbers = page.get_by_label("Maps", exact=True)
    changes(lambda: numbers.select_option("24 to 47"), "grid")
    where = book.execute("print(studio.views.shown_patches[1].picture)")
    changes(lambda: click(page, canvases["patches"], 0.15, 0.5), "picture", "grid")
    assert book.execute("print(studio.chooser.source)") == where
    changes(lambda: page.get_by_label("Picture").first.select_option("rocket"), "picture", "grid", "delta")
    assert_fits(page)


def test_keys_alone_are_enough_on_a_narrow_page(notebook, page):
    book, canvases = opened(notebook, page)
    assert_fits(page)
    words = page.locator(".course-status")
    tiles = page.get_by_role("radio", name="block3_conv3")
    tiles.focus()
    page.keyboard.press("ArrowDown")
    expect(words).to_contain_text("block3_conv4")
    for name, told in (("picture", "row 22, column 29"), ("grid", "map")):
        canvases[name].focus()
        for key in ("Shift+ArrowDown", "ArrowRight", "Enter"):
            page.keyboard.press(key)
        expect(words).to_contain_text(told)
    before = digest(canvases["delta"])
    page.get_by_role("button", name="deconvnet").focus()
    page.keyboard.press("Enter")
    wait_for_change(canvases["delta"], before)
    assert book.execute("print(studio.error)") == "None"


def test_files_and_the_dark_theme(notebook, page, tmp_path):
    book, canvases = opened(notebook, page)
    darken(page)
    words = page.locator(".course-status")
    (tmp_path / "bad.png").write_text("not a picture")
    Image.effect_mandelbrot((300, 200), (-2, -1.2, 1, 1.2), 40).save(tmp_path / "good.png")
    files = page.locator(".course-studio .course-file input")
    before = digest(canvases["picture"])
    files.set_input_files(tmp_path / "bad.png")
    expect(words).to_contain_text("bad.png is not a picture")
    assert digest(canvases["picture"]) == before
    files.set_input_files(tmp_path / "good.png")
    wait_for_change(canvases["picture"], before)
    size = "(image) => [image.naturalWidth, image.naturalHeight]"
    assert canvases["picture"].locator("img").evaluate(size) == [224, 149]
    expect(words).to_contain_text("activation")
    path = page.get_by_placeholder("or a path, and Enter")
    path.fill("nowhere.png")
    path.press("Enter")
    expect(words).to_contain_text("no such file")
    path.fill(str(tmp_path / "good.png"))
    path.press("Enter")
    book.wait_for("studio.worker.wait(0.01)")
    click(page, canvases["picture"], 0.4, 0.5)
    expect(words).to_contain_text("activation")
