"""The large pictures and films: each is there, of its size, made by a line of the course, and captioned as measured."""

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
SHOWN = re.compile(r"images/plates/(\w+)\.(?:jpg|webp)")


@pytest.mark.parametrize("name", plates.ALL)
def test_a_plate_is_large_and_small_to_load_and_made_by_a_line_of_the_course(name):
    plate, entry = plates.ALL[name], INDEX[name]
    path = plates.PLATES / plate.kept(name)
    with Image.open(path) as image:
        if plate.film:
            assert path.stat().st_size <= plates.LARGEST_FILM and image.n_frames >= 30
        else:
            assert path.stat().st_size <= plates.LARGEST_FILE and 800 <= max(image.size) <= 1024
    assert (entry["line"], entry["alt"]) == (plate.line(name), plate.alt)
    words = entry["line"].split()
    if plate.command:
        assert words[:3] == ["python", "-m", "course_utils"] and parse(words[3:])
    else:
        source = (ROOT / words[1]).read_text(encoding="utf-8")
        compile(source, name, "exec")
        assert source.splitlines()[-1].endswith(f'"{name}.png")')
    assert entry["seconds"] > 0 and entry["megabytes"] > 0 and entry["network"]


def test_the_index_holds_just_the_plates_that_there_are():
    assert list(INDEX) == list(plates.ALL)
    kept = [plate.kept(name) for name, plate in plates.ALL.items()]
    programs = [f"{name}.py" for name, plate in plates.ALL.items() if not plate.command]
    assert sorted(path.name for path in plates.PLATES.iterdir()) == sorted([*kept, *programs, "index.json"])


def pages():
    """The texts in which plates can be shown, by the page's name, and the way from there to the root."""
    yield "README.md", (ROOT / "README.md").read_text(encoding="utf-8"), ""
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        cells = nbformat.read(path, as_version=4).cells
        yield path.name, "\n".join(cell.source for cell in cells if cell.cell_type == "markdown"), "../"


def test_where_a_plate_is_shown_stands_all_that_the_index_says_of_it():
    shown = {}
    for page, text, up in pages():
        for name in SHOWN.findall(text):
            assert plates.caption(name, INDEX[name], up) in text, f"{page}: make plates writes {name}'s caption anew"
            shown.setdefault(page, set()).add(name)
    assert set.union(*shown.values()) == set(plates.ALL), "each is shown somewhere"
    assert len(shown) == 12, "README and each of the eleven lessons have one"


def test_a_caption_is_renewed():
    name, entry = "temple_dream", INDEX["temple_dream"]
    old = plates.caption(name, entry | {"alt": "Another.", "line": "python old.py", "seconds": 9999}, "../")
    page = f"Before.\n\n{old}\n\nAfter."
    assert plates.renewed(page, INDEX, "../") == f"Before.\n\n{plates.caption(name, entry, '../')}\n\nAfter."
