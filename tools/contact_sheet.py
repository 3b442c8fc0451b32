"""Paint the sheet by which a set of weights is chosen: six style transfers and four dreams, always the same.

    python tools/contact_sheet.py OUT.jpg [--weights FILE]

The photographs are scikit-image's and scikit-learn's, the paintings the course's own. Figures find failures; this sheet
finds success: do the smooth parts take the painting's strokes, and do the deep layers dream of things?
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
from pathlib import Path

from PIL import Image, ImageOps

from course_utils import lookup
from course_utils.dream.method import deep_dream
from course_utils.pictures.loading import load_picture
from course_utils.pictures.saving import save_picture, to_image
from course_utils.style.transfer import style_transfer

STYLES = [
    ("temple", "night_swirls"),
    ("coffee", "woodcut_waves"),
    ("cat", "stained_glass"),
    ("astronaut", "pointillist_meadow"),
    ("rocket", "night_swirls"),
    ("flower", "woodcut_waves"),
]
DREAMS = [("temple", "block4_conv2"), ("temple", "block5_conv1"), ("coffee", "block5_conv3"), ("cat", "block5_conv4")]
SIZE, CELL, COLUMNS = 320, 260, 5


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("--weights", type=Path, help="another mini.npz than the package's")
    options = parser.parse_args()
    if options.weights:  # The package looks for its weights in one folder; here it gets another for this run.
        folder = Path(tempfile.mkdtemp())
        shutil.copy(lookup.WEIGHTS / "class_names.txt", folder)
        shutil.copy(options.weights, folder / "mini.npz")
        lookup.WEIGHTS = folder
    pictures = [style_transfer(photo, painting, size=SIZE, progress=painting).picture for photo, painting in STYLES]
    pictures += [deep_dream(photo, {layer: 1.0}, size=SIZE, progress=layer).picture for photo, layer in DREAMS]
    cells = [ImageOps.fit(to_image(picture), (CELL, CELL)) for picture in pictures]
    sheet = Image.new("RGB", (CELL * COLUMNS, CELL * -(-len(cells) // COLUMNS)))
    for k, cell in enumerate(cells):
        sheet.paste(cell, (CELL * (k % COLUMNS), CELL * (k // COLUMNS)))
    save_picture(load_picture(sheet), options.out)


if __name__ == "__main__":
    main()
