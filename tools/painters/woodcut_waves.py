"""Waves as a woodcut: lines of a gouge, printed in five blues."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw
from scipy.ndimage import distance_transform_edt, gaussian_filter, gaussian_filter1d

from .colour import Array, hexes, noise, smoothstep
from .sheet import LONG, Sheet

# One breaking wave, one unit long and high, from trough to trough: up the back, over the crest, into the hollow.
WAVE = np.array(
    [
        [0, 0],
        [0.2, 0.08],
        [0.38, 0.28],
        [0.52, 0.60],
        [0.63, 0.86],
        [0.75, 1.0],
        [0.88, 0.99],
        [0.97, 0.88],
        [1.0, 0.74],
        [0.95, 0.82],
        [0.86, 0.83],
        [0.79, 0.70],
        [0.77, 0.50],
        [0.80, 0.28],
        [0.88, 0.1],
    ]
)


def breakers(sheet: Sheet, base: float, tall: float, length: float) -> tuple[Array, Array, Array]:
    """One row of breaking waves down to the lower edge: masks of the waves, of the foam, and of the foam's outlines."""
    rng, s = sheet.rng, sheet.scale
    x, points, lips = rng.uniform(-1.2, -0.4) * length, [], []
    while x < sheet.wide + length:
        span, high = length * rng.uniform(0.8, 1.2), tall * rng.uniform(0.7, 1.15)
        points.append(WAVE * (span, -high) + (x, base))
        x += span
        lips.append((0.62 * high**0.72, WAVE[3:10] * (span, -high) + (x - span, base)))
    corners = np.concatenate(points)
    where = np.linspace(0, len(corners) - 1, 60 * len(corners))
    crest = np.stack([np.interp(where, np.arange(len(corners)), corners[:, k]) for k in (0, 1)], axis=1)
    outline = [*map(tuple, gaussian_filter1d(crest, 16, axis=0) * s), (9999, 9999), (-9999, 9999)]
    wave, foam, ring = (Image.new("L", sheet.shape[::-1]) for _ in range(3))
    ImageDraw.Draw(wave).polygon(outline, fill=1)
    for size, lip in lips:
        for at in np.sort(rng.uniform(0, 5.99, 100)):
            near = lip[int(at)] + (lip[int(at) + 1] - lip[int(at)]) * (at % 1)
            cx, cy = near + rng.normal(0, 0.13 + 0.022 * at**2, 2) * size * (1, 0.8)
            r = size * rng.uniform(0.14, 0.36) * (0.5 + 0.09 * at)
            box = [(cx - r) * s, (cy - r) * s, (cx + r) * s, (cy + r) * s]
            ImageDraw.Draw(foam).ellipse(box, fill=1)
            ImageDraw.Draw(ring).ellipse(box, fill=0, outline=1, width=max(1, round(0.7 * s)))
    return tuple(np.asarray(mask) > 0 for mask in (wave, foam, ring))


def carve(sheet: Sheet, depth: Array, spacing: float, thick: Array) -> Array:
    """Cuts of a gouge that follow the lines of equal depth, swelling and thinning: 1 where wood was taken away."""
    wide, narrow, between = (noise(sheet.shape, units * sheet.scale, sheet.rng) for units in (26, 5, 17))
    wobble, swell = 0.30 * wide + 0.05 * narrow, thick + 0.22 * between
    saw = np.abs((depth / spacing + wobble) % 1 - 0.5) * 2
    return smoothstep(-0.10, 0.10, swell - saw)


def printed(sheet: Sheet, where: Array, ink: str) -> None:
    """Print an ink: it lies unevenly, along the grain of the block, and leaves specks of the paper free."""
    rng, s = sheet.rng, sheet.scale
    grain = noise(sheet.shape, (1.3 * s, 60 * s), rng)
    specks = smoothstep(1.5, 2.4, noise(sheet.shape, 0.9 * s, rng) + 0.5 * grain)
    cover = (where * (0.93 + 0.05 * np.tanh(grain)) * (1 - 0.75 * specks))[..., None]
    sheet.rgb += cover * (hexes(ink)[0] * (1 + 0.10 * grain[..., None]) - sheet.rgb)


def woodcut_waves(size: int = LONG, seed: int = 4) -> Array:
    """Rows of breaking waves under a red sun, cut in wood with parallel lines and printed in blues on cream paper."""
    sheet = Sheet(768, 576, size, seed)
    rng, s = sheet.rng, sheet.scale
    y, x = np.mgrid[0 : sheet.shape[0], 0 : sheet.shape[1]].astype(np.float32) / s
    fibres = 0.03 * noise(sheet.shape, 1.2, rng) + 0.02 * noise(sheet.shape, (2, 12), rng)
    sheet.rgb = hexes("f1e4c6")[0] * (1 + fibres)[..., None]
    knots = 26 * noise(sheet.shape, (45 * s, 150 * s), rng)
    printed(sheet, carve(sheet, y + knots, 8, 0.75 - y / 420), "d9a441")
    printed(sheet, carve(sheet, y + knots, 8, 0.62 - y / 190), "c8543a")
    round_sun = np.hypot(x - 545, y - 178) < 92
    printed(sheet, round_sun * (1 - carve(sheet, y, 9, (y - 175) / 150)), "c2301f")
    rows = [
        (268, 40, 105, "b4c6b0", "6f9aa6"),
        (322, 74, 180, "86b4b8", "2f6f9a"),
        (398, 120, 290, "5596b8", "1b3f7a"),
        (486, 165, 400, "2f6ba0", "14265c"),
        (580, 105, 265, "24508c", "0f1a44"),
    ]
    for number, (base, tall, length, middle, dark) in enumerate(rows):
        wave, foam, ring = breakers(sheet, base, tall, length)
        below = distance_transform_edt(wave) / s
        sheet.rgb[wave | foam] = hexes("f4ead0")[0]
        body = smoothstep(-0.4, 0.4, below - 3.5 - number) * ~foam
        depth, spacing = gaussian_filter(below, (3 + 1.5 * number) * s), 5.2 + 1.3 * number
        printed(sheet, body * (1 - carve(sheet, depth, spacing, 0.5 - depth / 110)), middle)
        printed(sheet, body * carve(sheet, depth + spacing / 2, spacing, depth / 85 - 0.2), dark)
        line = (wave & ~foam & (below < 1.2 + 0.2 * number)) | ring
        printed(sheet, line.astype(float), "101a3e")
    sheet.height = 0.4 * noise(sheet.shape, 1.1, rng) - 0.8 * gaussian_filter(sheet.rgb.mean(axis=-1), 1.2)
    return sheet.finish(depth=0.35)
