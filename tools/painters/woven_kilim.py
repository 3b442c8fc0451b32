"""A kilim: a pattern drawn on squared paper, and woven in wool with every thread to be seen."""

from __future__ import annotations

import numpy as np
from scipy.ndimage import gaussian_filter1d

from .colour import Array, hexes, jitter, noise, smoothstep
from .sheet import LONG, Sheet

COLUMNS, ROWS = 72, 40  # squares of the pattern; each is one warp wide and two wefts high
WOOLS = hexes("2c1c1a 9c2c22 6e1a1c 20345e 587f8e d8a040 ecdcb4 6a7238 cc6634")
DARK, RED, WINE, INDIGO, BLUE, OCHRE, CREAM, OLIVE, RUST = range(9)
BIRD = (
    "...##......",
    "..####.....",
    "###o##.....",
    "...###....#",
    "...###..###",
    "...#oooo##.",
    "....#####..",
    ".....#.#...",
    "....##.##..",
)
KNOT = (
    "#...#",
    ".###.",
    "##o##",
    ".###.",
    "#...#",
)


def place(pattern: Array, motif: tuple[str, ...], column: int, row: int, wool: int, heart: int, flip: bool) -> None:
    """Draw a motif into the pattern around a square: # in one wool, o in another, a point leaves what is there."""
    signs = np.array([list(line) for line in motif])[:, :: -1 if flip else 1]
    top, left = row - len(signs) // 2, column - signs.shape[1] // 2
    part = pattern[top : top + len(signs), left : left + signs.shape[1]]
    signs = signs[: part.shape[0], : part.shape[1]]
    part[signs == "#"], part[signs == "o"] = wool, heart


def medallion(pattern: Array, column: int, wools: tuple[int, ...]) -> None:
    """A stepped diamond in rings of wool, with hooks along its outline."""
    down, across = np.indices(pattern.shape)
    down, across = np.abs(down - ROWS // 2), np.abs(across - column)
    d = across + 0.86 * down
    pattern[(d < 10.6) & ((across + 2 * (down % 2)) % 4 < 2) & (down < 11)] = DARK
    for inner, wool in zip((9.6, 8.7, 7.2, 5.4), (DARK, *wools)):
        pattern[d < inner] = wool
    place(pattern, KNOT, column, ROWS // 2, wools[0], wools[1], False)


def drawing() -> Array:
    """The pattern, one wool for every square: borders, three medallions, birds between them."""
    row, column = np.indices((ROWS, COLUMNS))
    side, end = np.minimum(column, COLUMNS - 1 - column), np.minimum(row, ROWS - 1 - row)
    edge, run = np.minimum(side, end), np.where(side <= end, row, column)
    pattern = np.full((ROWS, COLUMNS), RED)
    medallion(pattern, 17, (CREAM, INDIGO, RUST))
    medallion(pattern, 36, (OCHRE, OLIVE, INDIGO))
    medallion(pattern, 55, (CREAM, INDIGO, RUST))
    for x, flip in ((26, False), (46, True)):
        place(pattern, BIRD, x, 12, BLUE, CREAM, flip)
        place(pattern, BIRD, x, 27, CREAM, INDIGO, not flip)
    for x, y in ((10, 12), (10, 28), (62, 12), (62, 28)):
        place(pattern, KNOT, x, y, OCHRE, DARK, False)
    frame = np.select([edge < 1, edge < 7, edge == 7], [DARK, INDIGO, np.where(run % 4 < 2, DARK, CREAM)], pattern)
    frame = np.where((edge == 1) | (edge == 6), np.where(run % 4 < 2, RUST, WINE), frame)
    along, upright = (np.linspace(4, n - 4, stars).round().astype(int) for n, stars in ((COLUMNS, 9), (ROWS, 5)))
    stars = [(x, y) for x in along for y in (4, ROWS - 4)] + [(x, y) for y in upright[1:-1] for x in (4, COLUMNS - 4)]
    for n, (x, y) in enumerate(stars):
        place(frame, KNOT, x, y, (OCHRE, OCHRE, RED, BLUE, CREAM, CREAM)[n % 6], DARK, False)
    return frame


def woven_kilim(size: int = LONG, seed: int = 7) -> Array:
    """Three medallions on madder red between birds: wool over thick warps, no two threads of quite one colour."""
    sheet = Sheet(768, 576, size, seed)
    rng, shape, s = sheet.rng, sheet.shape, sheet.scale
    y, x = np.mgrid[0 : shape[0], 0 : shape[1]].astype(np.float32) / s
    bend = [sheet.enlarge(noise(sheet.x.shape, 60, rng)) for _ in range(2)]
    u = (x + 1.6 * bend[0]) / (768 / COLUMNS) + 4
    v = (y + 2.4 * bend[1] + 0.3 * noise(shape, 5 * s, rng)) / (288 / ROWS) + 4
    weft = np.floor(v).astype(int)
    step = u + 0.5 * (weft % 2)  # A weft goes over one warp and under the next, its neighbours the other way round.
    warp = np.floor(step).astype(int)
    across, down = step - warp - 0.5, v - weft - 0.5
    pattern = drawing()
    row = np.clip(((weft - 3.5) / 2).astype(int), 0, ROWS - 1)
    column = np.clip((warp - 3.5 - 0.5 * (weft % 2)).astype(int), 0, COLUMNS - 1)
    wool = pattern[row, column]
    rows, stitches = weft.max() + 1, warp.max() + 1
    # Each dye bath gives another tone, and the weaver takes up a new skein every few rows.
    skeins = gaussian_filter1d(rng.standard_normal((len(WOOLS), rows)), 3, axis=1)
    abrash = 5 * skeins + 2 * rng.standard_normal(skeins.shape)
    tones = jitter(np.repeat(WOOLS, 64, axis=0), rng, 4.5, 0.14, 0.09).reshape(len(WOOLS), 64, 3)
    colour = tones[wool, rng.integers(64, size=(rows, stitches))[weft, warp]]
    light = abrash[wool, weft] / 45 + 0.05 * bend[0]
    light += 0.13 * np.sin(2 * np.pi * (1.5 * across + 1.3 * down + rng.random((rows, stitches))[weft, warp]))
    light += 0.06 * noise(shape, (1.1, 5), rng) + 0.05 * noise(shape, 1.1, rng)
    swell = np.sqrt(np.clip(1 - (2 * across) ** 2 * 0.95, 0, 1)) * np.sqrt(np.clip(1 - (2 * down) ** 2 * 0.92, 0, 1))
    sheet.rgb = colour * (1 + light)[..., None] * (0.42 + 0.66 * smoothstep(0.02, 0.75, swell))[..., None]
    sheet.height = 3.2 * swell * s / 2 + 0.25 * noise(shape, 1.3, rng) + 5 * bend[1]
    return sheet.finish(depth=0.55, gloss=0.1)
