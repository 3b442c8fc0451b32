"""Paint the style pictures of images/, each in a style of its own, from nothing but numbers.

    python tools/paint.py                                    # all of them, into images/
    python tools/paint.py night_swirls --out /tmp --seed 7   # one of them, from another seed

A painting is planned on a sheet whose longer side is 768 units: a colour and a direction for every unit. Then the hand
comes: strokes with bristles, panes, cuts, dots, threads or scissors. It works at twice the final size, because scaling
down is what gives clean edges. It leaves a height as well as a colour, and at the end a lamp from the upper left lights
it. The hands are in tools/painters/, one file each.
"""

from __future__ import annotations

import argparse
from functools import partial
from pathlib import Path

from painters import PAINTINGS
from painters.sheet import LONG
from PIL import Image


def main(arguments: list[str] | None = None) -> None:
    """Paint the pictures that the command line names and save them as JPEG files."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(PAINTINGS)}; none stands for all")
    parser.add_argument("--out", type=Path, default=Path(__file__).resolve().parent.parent / "images", help="folder")
    parser.add_argument("--size", type=int, default=LONG, help="pixels on the longer side")
    parser.add_argument("--seed", type=int, help="another seed than the picture's own")
    options = parser.parse_args(arguments)
    options.out.mkdir(parents=True, exist_ok=True)
    for name in options.names or PAINTINGS:
        if name not in PAINTINGS:
            parser.error(f"there is no painting {name!r}; there are {', '.join(PAINTINGS)}")
        paint = PAINTINGS[name] if options.seed is None else partial(PAINTINGS[name], seed=options.seed)
        path, picture = options.out / f"{name}.jpg", Image.fromarray(paint(size=options.size))
        for quality in (88, 85, 82, 79):  # The course is downloaded: no picture may take more than 340 KB.
            picture.save(path, quality=quality, subsampling=0, optimize=True)
            if path.stat().st_size < 340_000:
                break
        print(f"{path}  {path.stat().st_size // 1000} KB at quality {quality}")


if __name__ == "__main__":
    main()
