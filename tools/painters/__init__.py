"""The painters of images/: what they share in `colour` and `sheet`, and a module for each painting."""

from __future__ import annotations

from collections.abc import Callable

from .abstract_circles import abstract_circles
from .colour import Array
from .cut_paper import cut_paper
from .impasto_sunflowers import impasto_sunflowers
from .ink_mountains import ink_mountains
from .mosaic_peacock import mosaic_peacock
from .night_swirls import night_swirls
from .palette_knife import palette_knife
from .pointillist_meadow import pointillist_meadow
from .stained_glass import stained_glass
from .woodcut_waves import woodcut_waves
from .woven_kilim import woven_kilim

PAINTINGS: dict[str, Callable[..., Array]] = {
    f.__name__: f
    for f in (
        night_swirls,
        stained_glass,
        woodcut_waves,
        pointillist_meadow,
        palette_knife,
        mosaic_peacock,
        ink_mountains,
        impasto_sunflowers,
        woven_kilim,
        cut_paper,
        abstract_circles,
    )
}
