"""The large pictures: each is there, of its size, made by a command of the course, and described where it is shown."""

import json
import re
from pathlib import Path

import nbformat
import plates
import pytest
from PIL import Image

from course_utils.commands.parsing import parse

ROOT = Path(__file__).resolve().parent.parent
INDEX = json.loads(plates.INDEX.read_text(encoding="utf-8"))
SHOWN = re.compile(r"!\[([^\]]*)\]\((?:\.\./)?images/plates/(\w+)\.jpg\)|<img [^>]*images/plates/(\w+)\.jpg[^>]*>")


@pytest.mark.parametrize("name", plates.ALL)
def test_a_plate_is_large_small_to_load_and_made_by_a_command_of_the_course(name):
    entry = INDEX[name]
    path = plates.PLATES / f"{name}.jpg"
    assert path.stat().st_size <= plates.LARGEST_FILE
    with Image.open(path) as image:
        assert 800 <= max(image.size) <= 1024
    words = entry["command"].split()
    assert words[:3] == ["python", "-m", "course_utils"] and parse(words[3:])
    assert entry["alt"] == plates.ALL[name].alt and plates.ALL[name].command in entry["command"]
    assert entry["seconds"] > 0 and entry["megabytes"] > 0 and entry["network"]


def test_the_index_holds_just_the_plates_that_there_are():
    assert list(INDEX) == list(plates.ALL)
    assert sorted(path.stem for path in plates.PLATES.glob("*.jpg")) == sorted(plates.ALL)


def pages():
    """The texts in which plates can be shown, by the page's name."""
    yield "README.md", (ROOT / "README.md").read_text(encoding="utf-8")
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        cells = nbformat.read(path, as_version=4).cells
        yield path.name, "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")


def test_where_a_plate_is_shown_its_text_is_the_indexs_and_its_command_stands_there():
    shown = set()
    for page, text in pages():
        for alt, name, other in SHOWN.findall(text):
            assert not other, f"{page}: show {other} by Markdown, so that its text is read"
            assert alt == INDEX[name]["alt"], page
            assert INDEX[name]["command"] in text, f"{page} does not say how {name} is made"
            shown.add(name)
    assert "temple_night_swirls" in shown, "README begins with it"
