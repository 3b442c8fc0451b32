"""A night in swirls: bristle strokes along a field of whirls."""

from __future__ import annotations

import numpy as np
from scipy.ndimage import gaussian_filter

from .colour import Array, hexes, mix, noise, ramp, smoothstep
from .sheet import LONG, Sheet, directions, lay, smear

STARS = [
    (75, 70, 30),
    (150, 292, 24),
    (365, 55, 24),
    (520, 70, 20),
    (560, 285, 24),
    (705, 255, 30),
    (60, 210, 20),
    (365, 305, 17),
    (455, 115, 15),
    (640, 95, 46),
]  # x, y and reach; the last one is the moon
WHIRLS = [(250, 165, 105, 1), (455, 215, 80, -1), (640, 95, 70, 1)]  # the same, and which way it turns


def wind(x: Array, y: Array) -> tuple[Array, Array, Array]:
    """The night's wind: its two components, turning around whirls and stars, and the rings of light about them."""
    vx, vy, rings = np.ones_like(x), 0.45 * np.sin(x / 95 + y / 120), np.zeros_like(x)
    for cx, cy, reach, turn in WHIRLS + [(sx, sy, 1.3 * reach, 1) for sx, sy, reach in STARS]:
        dx, dy = x - cx, y - cy
        r = np.hypot(dx, dy) + 1e-3
        pull = 3.2 * np.exp(-((r / reach) ** 2))
        out = 0.3 * pull * r / reach  # A little outwards as well, so that circles become spirals.
        vx, vy = vx + (out * dx - turn * pull * dy) / r, vy + (out * dy + turn * pull * dx) / r
    for cx, cy, reach in STARS:
        r = np.hypot(x - cx, y - cy)
        rings += np.exp(-((r / (1.9 * reach)) ** 2)) * np.cos(r / reach * 6.0)
    for cx, cy, reach, turn in WHIRLS[:2]:
        r, around = np.hypot(x - cx, y - cy), np.arctan2(y - cy, x - cx)
        rings += np.exp(-((r / reach) ** 2)) * (0.5 + 1.5 * np.cos(2 * around - turn * 9 * (r / reach) ** 0.7))
    return vx, vy, rings


def night_plan(sheet: Sheet) -> tuple[Array, Array, Array]:
    """Colours and directions of the night, and where small strokes are wanted: at the lights, on hills and water."""
    x, y = sheet.x, sheet.y
    shore = 405 + 14 * np.sin(x / 90) + 6 * np.sin(x / 37 + 1)
    hills = shore - 62 - 34 * np.sin(x / 115 + 2.2) - 16 * np.sin(x / 51)
    vx, vy, rings = wind(x, y)
    angle = np.where(y < hills, np.arctan2(vy, vx), 0.35 * np.cos(x / 115 + 2.2) + 0.15)
    flow = directions(np.where(y > shore, 0.05 * np.sin(x / 40 + y / 9), angle))
    bands = smear(noise(x.shape, 11, sheet.rng), flow, 85)
    glow = np.max([np.exp(-0.8 * ((x - cx) ** 2 + (y - cy) ** 2) / reach**2) for cx, cy, reach in STARS], axis=0)
    blue = np.clip(0.30 + 0.24 * bands + 0.22 * (y / 330 - 0.4) + 0.16 * rings, 0, 1)
    plan = ramp(blue, "0c1440 14246b 1c3d94 2a5db4 4f8fc6 8fc3cf cfe0c0")
    gold = np.clip(glow + 0.10 * bands * (glow > 0.12), 0, 1)
    warm = ramp(gold, "2a5db4 5d8a9a b9a44a d99a2b f0c040 f8e07a fff6cf")
    plan = mix(plan, warm, smoothstep(0.12, 0.42, gold))
    rise = np.clip(0.4 + 0.3 * bands + 0.5 * (hills + 40 - y) / 90, 0, 1)
    plan = mix(plan, ramp(rise, "0a1226 0f2338 17403f 2a5b4d 3b5a7a"), y >= hills)
    deep = np.clip(0.45 + 0.25 * bands - 0.3 * (y - shore) / 170, 0, 1)
    plan = mix(plan, ramp(deep, "0a1233 14286a 214b93 3f7fb0 7fb0b5"), y > shore)
    for lamp in (96, 214, 262, 402, 540, 618, 690):
        wide = np.where(y > shore, 7 + (y - shore) / 18, 8)
        column = np.exp(-(((x - lamp + 5 * np.sin(y / 7)) / wide) ** 2)) * (y > shore - 13)
        broken = np.clip(1 - (y - shore) / 165, 0, 1) * (0.65 + 0.35 * np.sin(y / 4.5))
        plan = mix(plan, hexes("f2b63c")[0], np.clip(1.4 * column * np.where(y > shore, broken, 1), 0, 1))
    return plan, flow, np.clip(glow * 2 + (y > hills) * 0.6 + 0.06, 0, 1)


def night_swirls(size: int = LONG, seed: int = 11) -> Array:
    """A windy night over a lake: thick oil along a curling field, blues against ochre and yellow lights."""
    sheet = Sheet(768, 576, size, seed)
    plan, flow, busy = night_plan(sheet)
    sheet.rgb = sheet.enlarge(gaussian_filter(plan, (4, 4, 0)) * 0.8)
    lay(sheet, gaussian_filter(plan, (5, 5, 0)), flow, 26, 100, cover=2.6, vary=(5, 0.12, 0.08))
    lay(sheet, gaussian_filter(plan, (2, 2, 0)), flow, 15, 64, cover=1.6, vary=(7, 0.18, 0.1))
    lay(sheet, plan, flow, 9.5, 42, cover=0.8, vary=(9, 0.22, 0.12), body=1.2)
    lay(sheet, plan, flow, 5.5, 20, where=busy, cover=1.6, vary=(8, 0.2, 0.13), body=1.3)
    return sheet.finish(depth=2.0, gloss=0.6)
