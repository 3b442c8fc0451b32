"""A meadow in dots of divided colour."""

from __future__ import annotations

import numpy as np
from scipy.ndimage import gaussian_filter
from skimage.color import rgb2lab

from .colour import Array, Rng, hexes, mix, noise, ramp, smoothstep, to_rgb
from .sheet import LONG, Sheet, directions, lay


def blob(x: Array, y: Array, cx: float, cy: float, rx: float, ry: float, rough: Array, soft: float = 0.12) -> Array:
    """A soft ellipse with a ragged edge: 1 inside, 0 outside."""
    return smoothstep(-soft, soft, 1 - np.hypot((x - cx) / rx, (y - cy) / ry) + rough)


TREES = [
    (118, 215, 122, 128),
    (262, 268, 46, 44),
    (478, 262, 11, 44),
    (506, 255, 12, 52),
    (536, 262, 11, 46),
    (690, 240, 20, 82),
    (728, 228, 22, 96),
    (764, 248, 20, 80),
]  # x, y, half width and half height


def meadow_plan(sheet: Sheet) -> Array:
    """The colours of a meadow at evening: a low sun, hills, trees against the light, bands of flowers, a stream."""
    x, y, rng = sheet.x, sheet.y, sheet.rng
    fine, wide = noise(x.shape, 7, rng), noise(x.shape, (7, 60), rng)
    plan = ramp(np.clip(y / 265 + 0.04 * wide, 0, 1), "1f4fae 2f74cc 58a8dc 9fd0cc f4dc90 fbb878 f09080")
    sun = np.hypot(x - 600, y - 178)
    plan = mix(plan, hexes("ffe27a")[0], 0.85 * np.exp(-((sun / 95) ** 2)))
    plan = mix(plan, hexes("fffbd8")[0], smoothstep(34, 26, sun))
    for cx, cy, half in ((180, 60, 190), (430, 112, 210), (690, 70, 170), (330, 178, 150)):
        lower = (y - cy) / 22 + 0.25 * fine
        puff = blob(x, y, cx, cy, half, 24, 0.55 * wide + 0.2 * fine, 0.5)
        plan = mix(plan, ramp(np.clip(0.5 + 0.5 * lower, 0, 1), "fffdf0 fbe0c8 f0a8a0 b080b8"), 0.9 * puff)
    ridge = 236 - 24 * np.sin(x / 130 + 0.6) - 9 * np.sin(x / 41)
    slope = np.clip((y - ridge) / 70 + 0.1 * fine, 0, 1)
    plan = mix(plan, ramp(slope, "4450a8 6a68b8 8f86c0 a8b0a0"), smoothstep(-2, 2, y - ridge))
    field = 292 + 12 * np.sin(x / 150 + 2)
    down = np.clip((y - field) / 270 + 0.10 * wide + 0.05 * fine, 0, 1)
    plan = mix(plan, ramp(down, "f0dc58 c4d048 86bc44 4fa046 2f8a4a 1f6a50 184c58"), smoothstep(-2, 2, y - field))
    for level, colour, height in ((338, "e0402c", 13), (388, "f8ecd0", 15), (448, "8a4fc0", 22), (526, "e83a28", 28)):
        away = np.abs(y - level - 14 * np.sin(x / 90 + level)) / height
        plan = mix(plan, hexes(colour)[0], 0.85 * smoothstep(0.0, 0.7, 0.75 - away + 0.55 * fine))
    course = np.abs(x - 400 - 90 * np.sin((y - 290) / 75)) - (3 + (y - field) * 0.16)
    shine = np.clip((y - field) / 280 + 0.12 * wide, 0, 1)
    stream = ramp(shine, "fff0b0 fbd0a0 b8d0d8 68a8d8 2f68b8")
    plan = mix(plan, stream, smoothstep(3, -3, course) * (y > field))
    for cx, cy, half, tall in TREES:
        ground = cy + tall + 14
        cast = blob(x, y, cx - 0.9 * half - 12, ground + 6, 14 + half * 1.5, 6 + tall * 0.07, 0.2 * fine)
        plan = mix(plan, hexes("2a3a90")[0], 0.8 * cast)
        plan = mix(plan, hexes("4a2458")[0], (np.abs(x - cx) < 2 + half * 0.06) & (y > cy) & (y < ground))
        light = np.clip(0.42 + 0.45 * (x - cx) / half - 0.25 * (y - cy) / tall + 0.17 * fine, 0, 1)
        leaves = ramp(light, "1a1f60 1c4468 1f6a50 4f9a3a a8b838 ecc040")
        plan = mix(plan, leaves, blob(x, y, cx, cy, half, tall, 0.14 * fine + 0.05 * wide))
    return np.clip(plan, 0, 1)


def divided(plan: Array, rng: Rng) -> Array:
    """Divide every colour as the pointillists did: places keep it, or turn colder, warmer or to its complement.

    Light places turn warm more often and dark ones cold. Seen from afar, the dots mix to the plan again.
    """
    lab = rgb2lab(plan)
    cold, warm = lab * (0.86, 1, 1) + (0, 6, -24), lab * (1.04, 1, 1) + (3, 9, 24)
    counter = lab * (1, -0.8, -0.8) + (5, 0, 0)
    dark, chance = smoothstep(68, 35, lab[..., 0]), rng.random(plan.shape[:2])
    kinds = [chance < 0.12 + 0.25 * dark, chance < 0.42, chance < 0.52]
    return to_rgb(np.select([kind[..., None] for kind in kinds], [cold, warm, counter], lab))


def pointillist_meadow(size: int = LONG, seed: int = 8) -> Array:
    """A meadow at evening in dots of divided colour, large ones below and small ones above."""
    sheet = Sheet(768, 576, size, seed)
    plan, rng = meadow_plan(sheet), sheet.rng
    flow = directions(1.5 * noise(plan.shape[:2], 25, rng))
    sheet.rgb = sheet.enlarge(gaussian_filter(plan, (5, 5, 0)) * 0.85)
    level = directions(0.15 * noise(plan.shape[:2], 60, rng))
    lay(sheet, plan * 0.85, level, 16, 34, cover=2.5, vary=(5, 0.15, 0.12), body=0.5)
    for wide, cover in ((15, 0.8), (12, 0.75), (9.5, 0.75), (7.5, 0.6), (5.5, 0.36)):
        # Each coat covers less than the whole, so that dots stay whole and the coats below show between them.
        lay(sheet, divided(plan, rng), flow, wide, wide, cover=cover, vary=(6, 0.2, 0.13), dry=2.0, tip=2.0, steps=2)
    return sheet.finish(depth=1.1, gloss=0.3)
