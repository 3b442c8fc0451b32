"""Pictures of lessons that come out alike everywhere are what they were when the lesson was stored.

A cell with the tag `picture-check` draws such a picture; its lesson is run up to the last of them. What is compared is
the decoded picture and not the file: two versions of a JPEG library may write other bytes for the same pixels.
"""

import base64
import io

import numpy as np
import pytest
from nbclient import NotebookClient
from PIL import Image
from test_lessons import LESSONS, read

pytestmark = pytest.mark.slow  # It runs notebooks.

TAG = "picture-check"
CHECKED = [path for path in LESSONS if TAG in path.read_text(encoding="utf-8")]


def pictures(cell):
    """The decoded pictures among a cell's outputs."""
    for output in cell.get("outputs", []):
        for kind in {"image/jpeg", "image/png"} & set(output.get("data", {})):
            image = Image.open(io.BytesIO(base64.b64decode(output.data[kind])))
            yield np.asarray(image.convert("RGB"), "float32")


def test_some_lessons_are_checked():
    assert len(CHECKED) >= 2


@pytest.mark.parametrize("path", [pytest.param(path, id=path.stem) for path in CHECKED])
def test_the_pictures_are_the_stored_ones(path):
    stored, fresh = read(path), read(path)
    last = max(k for k, cell in enumerate(stored.cells) if TAG in cell.metadata.get("tags", []))
    fresh.cells = fresh.cells[: last + 1]
    for cell in fresh.cells:
        if cell.cell_type == "code":
            cell.outputs = []
    NotebookClient(fresh, timeout=300, resources={"metadata": {"path": str(path.parent)}}).execute()
    for before, after in zip(stored.cells, fresh.cells):
        if TAG not in before.metadata.get("tags", []):
            continue
        expected, found = list(pictures(before)), list(pictures(after))
        assert [one.shape for one in found] == [one.shape for one in expected] and expected
        for one, other in zip(found, expected):
            # A rounding here or there moves a block of a JPEG by a few levels; another picture is off everywhere.
            assert np.abs(one - other).mean() < 1 and np.quantile(np.abs(one - other), 0.999) < 24


def test_another_picture_would_be_noticed():
    """The limits are narrow: the checked pictures, shifted by a pixel, do not keep them."""
    for path in CHECKED:
        for cell in read(path).cells:
            if TAG in cell.metadata.get("tags", []):
                for picture in pictures(cell):
                    assert np.abs(picture - np.roll(picture, 1, 1)).mean() > 1
