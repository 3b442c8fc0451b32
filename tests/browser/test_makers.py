"""The dream and the style studio in a browser: every control moved, and what comes of it seen."""

import numpy as np
from playwright.sync_api import expect

from conftest import assert_fits, darken, digest, wait_for_change
from course_utils.pictures.loading import load_picture
from course_utils.pictures.saving import encode

DREAM = "from course_utils.widgets import DreamStudio\nstudio = DreamStudio('cat', size=192)\nstudio"
STYLE = "from course_utils.widgets import StyleStudio\nstudio = StyleStudio('temple', 'night_swirls', size=192)\nstudio"


def opened(notebook, page, code):
    book = notebook(code)
    expect(page.get_by_text("Ready.")).to_be_visible()
    return book, page.locator(".course-canvas").first


def button(page, name):
    return page.get_by_role("button", name=name, exact=True)


def press(book, label, key, times=1):
    """Move a slider by its keys, and wait until the kernel has it."""
    slider = book.page.locator(".widget-slider", has_text=label).first
    handle, readout = slider.locator(".noUi-handle"), slider.locator(".widget-readout")
    expect(handle).to_be_visible()  # A key pressed on what is hidden yet is lost without a word.
    for _ in range(times):
        before = readout.inner_text()
        handle.press(key)
        expect(readout).not_to_have_text(before)
    book.settle()


def test_a_dream_is_begun_changed_stopped_undone_and_saved(notebook, page, server):
    book, canvas = opened(notebook, page, DREAM)
    assert_fits(page)
    first = digest(canvas)
    button(page, "Dream").click()
    now = wait_for_change(canvas, first)
    expect(button(page, "Dream")).to_be_disabled()
    press(book, "block4_conv2", "ArrowRight", 4)
    press(book, "jitter", "ArrowLeft", 3)
    press(book, "step", "ArrowRight", 3)
    wait_for_change(canvas, now)
    # Each control that moves begins a run: the last one has begun, and has a step to keep.
    page.wait_for_timeout(500)
    book.wait_for("studio._state is not None")
    button(page, "Stop").click()
    expect(page.get_by_text("Stopped, after")).to_be_visible()
    assert book.execute("print(studio.layers['block4_conv2'].value, studio.numbers['jitter'].value)") == "1.0 13"
    kept = digest(canvas)
    page.wait_for_timeout(700)
    assert digest(canvas) == kept  # Stopped is stopped.
    button(page, "Save PNG").click()
    expect(page.get_by_text("Saved as dream-")).to_be_visible()
    assert list(server[1].glob("dream-*.png"))
    button(page, "Undo").click()
    wait_for_change(canvas, kept)
    button(page, "Start again").click()
    expect(page.get_by_text("Back at the beginning.")).to_be_visible()
    assert_fits(page)


def test_every_aim_and_control_of_a_dream_changes_it(notebook, page):
    book, canvas = opened(notebook, page, DREAM)
    book.execute("studio.numbers['octaves'].value, studio.numbers['steps'].value = 2, 4")
    for aim in ("one channel", "a class", "like a guide", "layers"):
        page.get_by_role("button", name=aim).click()
        expect(page.get_by_text("Ready.")).to_be_visible()
        if aim == "one channel":
            page.get_by_label("layer", exact=True).select_option("block4_conv1")
            expect(page.get_by_label("channel", exact=True)).to_have_value("127")  # The layer's last; it had 170.
            page.get_by_label("channel", exact=True).fill("3")
            page.keyboard.press("Enter")
            book.wait_for("studio.channel.value == 3")
        if aim == "a class":
            page.get_by_label("class", exact=True).fill("espresso")
            page.keyboard.press("Enter")
        if aim == "like a guide":
            page.get_by_label("guide", exact=True).select_option("woven_kilim")
        before = digest(canvas)
        button(page, "Dream").click()
        wait_for_change(canvas, before)
        expect(page.get_by_text("Done, after")).to_be_visible()
        line = book.execute("print(studio.now.lines[-1]('made'))")
        wanted = {"one channel": "('block4_conv1', 3)", "a class": "espresso", "like a guide": "woven_kilim"}
        assert wanted.get(aim, "block5_conv3") in line
        button(page, "Start again").click()
    page.get_by_label("size", exact=True).select_option("256")
    for label, key in (("octaves", "ArrowLeft"), ("octave scale", "ArrowRight"), ("steps", "ArrowLeft")):
        press(book, label, key)
    button(page, "Dream").click()
    expect(page.get_by_text("Done, after 3 steps")).to_be_visible()
    assert "octaves=1, octave_scale=1.5, steps=3" in book.execute("print(studio.now.lines[-1]('made'))")


def test_the_dream_goes_where_regions_are_chosen_with_mouse_and_keys(notebook, page):
    book, _ = opened(notebook, page, DREAM)
    page.get_by_role("button", name="▸ Where it dreams").click()
    picker = page.locator(".course-canvas").nth(1)
    expect(page.get_by_text("regions chosen")).to_be_visible()
    box, before = picker.bounding_box(), digest(picker)
    page.mouse.move(box["x"] + 20, box["y"] + 20)
    page.mouse.down()
    page.mouse.move(box["x"] + 150, box["y"] + 20, steps=12)
    page.mouse.up()
    before = wait_for_change(picker, before)
    some = int(book.execute("print(len(studio.regions.chosen))"))
    assert some >= 3
    page.keyboard.press("Shift+ArrowDown")
    page.keyboard.press("Enter")
    before = wait_for_change(picker, before)
    button(page, "Invert").click()
    before = wait_for_change(picker, before)
    book.wait_for(f"len(studio.regions.chosen) > {some}")
    press(book, "feather", "ArrowRight", 2)
    button(page, "Dream").click()
    expect(page.get_by_text("Done, after")).to_be_visible()
    assert "mask=" in book.execute("print(studio.now.lines[-1]('made'))")
    button(page, "Clear").click()
    expect(page.get_by_text("the dream goes everywhere")).to_be_visible()
    press(book, "regions", "ArrowRight", 2)
    wait_for_change(picker, before)


def test_a_zoom_film_is_made(notebook, page, server):
    book, _ = opened(notebook, page, DREAM)
    page.get_by_role("button", name="▸ A film").click()
    book.execute("studio.film_frames.value = 4")
    button(page, "Zoom film").click()
    expect(page.get_by_text("Saved as dream-").first).to_be_visible()
    expect(page.locator(".course-canvas").last).to_be_visible()  # Where it plays.
    expect(button(page, "Copy the film's code")).to_be_visible()
    assert list(server[1].glob("dream-*-film.gif"))


def test_a_painting_is_begun_changed_gone_back_to_and_saved(notebook, page, server):
    book, canvas = opened(notebook, page, STYLE)
    assert_fits(page)
    expect(page.get_by_text("on this machine")).to_be_visible()  # The time of a large picture, before it is asked for.
    first = digest(canvas)
    book.execute("studio.steps_most.value = 400")
    button(page, "Paint").click()
    now = wait_for_change(canvas, first)
    expect(page.locator(".course-studio svg")).to_be_visible()
    press(book, "content weight", "ArrowRight", 5)
    press(book, "style scale", "ArrowRight", 2)
    page.get_by_label("colours", exact=True).select_option(index=1)
    wait_for_change(canvas, now)
    book.wait_for("studio._settings['options']['colours'] == 'luminance' and studio._count > 1")
    button(page, "Stop").click()
    expect(page.get_by_text("Stopped, after")).to_be_visible()
    line = book.execute("print(studio.now.lines[-1]('made'))")
    assert "style_scale=1.5" in line and "luminance" in line and "start=picture" in line
    done = digest(canvas)
    page.locator(".course-tiles-pictures").get_by_role("radio").first.click()
    wait_for_change(canvas, done)
    button(page, "Undo").click()
    button(page, "Save PNG").click()
    expect(page.get_by_text("Saved as style-")).to_be_visible()
    assert_fits(page)


def test_every_control_of_a_style_changes_it(notebook, page):
    book, canvas = opened(notebook, page, STYLE)
    page.get_by_label("and a second painting").check()
    page.get_by_label("second", exact=True).select_option("woven_kilim")
    press(book, "its share", "ArrowRight", 2)
    page.get_by_role("button", name="▸ More").click()
    page.get_by_label("start", exact=True).select_option("noise")
    press(book, "steps", "ArrowLeft", 12)
    page.get_by_label("block5_conv1").uncheck()
    page.get_by_label("photograph", exact=True).select_option("coffee")
    page.get_by_label("painting", exact=True).select_option("stained_glass")
    button(page, "Paint").click()
    expect(page.get_by_text("Done, after")).to_be_visible()
    line = book.execute("print(studio.now.lines[-1]('made'))")
    for part in ("'coffee', ['stained_glass', 'woven_kilim']", "start='noise'", "blend=[0.4, 0.6]", "'block4_conv1')"):
        assert part in line
    assert "block5_conv1" not in line
    page.get_by_label("larger size", exact=True).select_option("512")
    before = digest(canvas)
    button(page, "Make it large").click()
    wait_for_change(canvas, before)
    button(page, "Stop").click()
    expect(page.get_by_text("Stopped, after")).to_be_visible()
    assert book.execute("print(max(studio.now.picture.shape))") == "512"
    page.get_by_role("button", name="▸ Where the style goes").click()
    picker = page.locator(".course-canvas").nth(1)
    expect(picker).to_be_visible()
    picker.click(position={"x": 30, "y": 30})
    book.wait_for("studio.regions.chosen")


def test_good_and_bad_files_are_taken_and_refused(notebook, page, tmp_path):
    _, canvas = opened(notebook, page, DREAM)
    (tmp_path / "holiday.jpg").write_bytes(encode(load_picture("coffee"), "JPEG"))
    (tmp_path / "letter.txt").write_text("Dear reader")
    noise = np.random.default_rng(0).uniform(0, 255, (1500, 2500, 3)).astype("float32")
    (tmp_path / "large.png").write_bytes(encode(noise, "PNG"))
    assert (tmp_path / "large.png").stat().st_size > 10e6  # More than a server takes in one message.
    before = digest(canvas)
    files = page.locator(".course-file input").first
    files.set_input_files(tmp_path / "letter.txt")
    expect(page.get_by_role("alert")).to_contain_text("letter.txt is not a picture")
    assert digest(canvas) == before
    files.set_input_files(tmp_path / "holiday.jpg")
    expect(page.get_by_text("holiday.jpg: 600 x 400 pixels.")).to_be_visible()
    before = wait_for_change(canvas, before)
    files.set_input_files(tmp_path / "large.png")
    expect(page.get_by_text("large.png: 2500 x 1500 pixels.")).to_be_visible()
    before = wait_for_change(canvas, before)
    path = page.get_by_placeholder("or a path, and Enter").first
    path.fill("nowhere.png")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("no such file")
    path.fill("rocket")
    page.keyboard.press("Enter")
    wait_for_change(canvas, before)
    button(page, "Dream").click()
    expect(page.get_by_text("Done, after")).to_be_visible()


def test_in_the_dark_and_by_keyboard_alone(notebook, page):
    _, canvas = opened(notebook, page, DREAM)
    darken(page)
    colours = page.locator(".course-studio .course-status").evaluate(
        """(text) => [getComputedStyle(text).color,
        getComputedStyle(document.querySelector('.jp-Notebook')).backgroundColor]"""
    )
    light, dark = (np.mean([float(x) for x in one.split("(")[1].strip(")").split(",")[:3]]) for one in colours)
    assert light - dark > 100
    page.locator(".jp-Cell .cm-content").first.click()
    page.keyboard.press("Escape")  # Out of the cell's text, as the page of the studios says.
    passed = []
    while not passed or passed[-1] != "Dream":
        page.keyboard.press("Tab")
        passed.append(page.evaluate("document.activeElement.textContent.trim()"))
        assert len(passed) < 30, passed
    before = digest(canvas)
    page.keyboard.press("Enter")
    wait_for_change(canvas, before)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Stop"
    page.keyboard.press("Enter")
    expect(page.get_by_text("Stopped, after")).to_be_visible()


def test_running_the_cell_again_ends_the_old_run(notebook, page):
    book, _ = opened(notebook, page, DREAM)
    book.execute("old = studio")
    button(page, "Dream").click()
    book.run()
    expect(page.get_by_text("Ready.")).to_be_visible()
    assert page.locator(".course-studio").count() == 1
    assert book.execute("print(old.worker.wait(5), old.comm, old is studio)") == "True None False"
