"""Birches in autumn: straight slabs of paint, set and scraped with a knife."""

from __future__ import annotations

from functools import partial

import numpy as np
from scipy.ndimage import gaussian_filter

from .colour import Array, hexes, jitter, mix, noise, ramp, smoothstep
from .sheet import LONG, Sheet, dab, directions, lay


def birch(sheet: Sheet, x: float, foot: float, width: float, lean: float) -> None:
    """One trunk: slabs of cream set one above the other, a cold right side, and dark nicks dragged in from both edges.

    `x` is where it stands, `foot` how far down; `lean` is the drift to the side for each unit downwards.
    """
    rng = sheet.rng
    bow = rng.normal(0, 9)

    def middle(y: Array | float) -> Array | float:
        return x + lean * (y - foot) + bow * np.sin((y - foot) / 120)

    slabs = [(-30.0, foot)] + [(y, min(y + rng.uniform(50, 150), foot)) for y in np.arange(-40, foot - 45, 42.0)]
    for top, bottom in slabs:
        ys = np.linspace(top, bottom, 12)
        full = width * (0.78 + 0.22 * ys.mean() / foot) * rng.uniform(0.9, 1.05)
        for shift, share, codes in (0, 1, "f0e2cc d4c4b4"), (0.27, 0.5, "94a0bc 56608c"), (-0.3, 0.3, "fffaea ffe2a0"):
            path, paints = np.stack([middle(ys) + shift * full, ys], axis=-1), jitter(hexes(codes), rng, 5, 0.25, 0.15)
            dab(sheet, path, full * share, paints, rng.uniform(0.4, 1), 1.7, 99.0)
    for y in np.concatenate([rng.normal(c, 13, 4) for c in rng.uniform(0, foot - 20, int(foot / 55))]):
        side, reach = rng.choice((-1, 1)), width * rng.uniform(0.2, 0.75)
        edge = middle(y) + side * width * 0.46
        path, paints = np.array([[edge, y], [edge - side * reach, y + rng.normal(0, 2)]]), hexes("231c28 5a3a38")
        dab(sheet, path, rng.uniform(1.5, 0.13 * width + 3), jitter(paints, rng, 5, 0.2, 0.2), 0.4, 1.2, 5.0)


def autumn_plan(sheet: Sheet) -> tuple[Array, Array]:
    """The colours of a wood in autumn with light at its end, and the height in units at which the ground begins."""
    x, y, rng = sheet.x, sheet.y, sheet.rng
    ground = 425 + 18 * np.sin(x / 140 + 1)
    glow = np.exp(-(((x - 400) / 215) ** 2) - ((y - 310) / 160) ** 2)
    tone = np.clip(0.27 + 0.62 * glow + 0.19 * noise(x.shape, 34, rng) - 0.12 * (y < 90), 0, 1)
    plan = ramp(tone, "4a1428 8e2420 c23a1c e0661a f09422 f8c44a fdeaa0")
    holes = smoothstep(0.55, 1.1, noise(x.shape, 42, rng) - (y - 90) / 220)
    plan = mix(plan, ramp(np.clip(y / 300, 0, 1), "1f6f90 58a8b4 c8dcc0"), holes)
    lying = np.clip(0.33 + 0.5 * glow + 0.24 * noise(x.shape, (14, 60), rng), 0, 1)
    floor = ramp(lying, "2f1840 5f2048 a0342c d8661c f4b040 fbe090")
    return mix(plan, floor, smoothstep(-8, 8, y - ground)), ground


def palette_knife(size: int = LONG, seed: int = 3) -> Array:
    """Birches in autumn: slabs of thick warm colour set with a knife, scraped so that the layer below shows."""
    sheet = Sheet(768, 576, size, seed)
    plan, ground = autumn_plan(sheet)
    x, y, rng = sheet.x, sheet.y, sheet.rng
    sheet.rgb = sheet.enlarge(gaussian_filter(plan, (9, 9, 0)) * 0.75)
    turns = np.where(y > ground, 0.1, 1.2 + 1.1 * noise(x.shape, 55, rng))
    flow = directions(turns + 0.22 * rng.standard_normal(x.shape))  # Every slab is set at an angle of its own.
    knife = partial(lay, sheet, flow=flow, tip=99.0, steps=2, body=1.7)
    knife(plan, width=58, length=90, cover=4.5, vary=(5, 0.15, 0.1), dry=0.9)
    knife(plan, width=36, length=62, cover=1.8, vary=(8, 0.18, 0.13), dry=0.5)
    for trunk_x, width in ((64, 9), (192, 12), (322, 8), (377, 11), (556, 9), (668, 13), (735, 8)):
        birch(sheet, trunk_x, 432 + width * 2, width, rng.normal(0, 0.05))
    knife(plan, width=24, length=38, where=0.3 + 0.4 * (y > ground), cover=1.3, vary=(9, 0.2, 0.16), dry=0.5)
    for trunk_x, width in ((128, 30), (262, 20), (468, 25), (612, 37)):
        birch(sheet, trunk_x, 485 + width * 1.4, width, rng.normal(0, 0.05))
    leaves = smoothstep(0.2, 1.0, noise(x.shape, 36, rng) + (y < 170) * 0.6 + (y > 470) * 0.7)
    bright = np.clip(plan * 1.12 + 0.03, 0, 1)
    knife(bright, width=15, length=20, where=leaves, cover=0.6, vary=(11, 0.2, 0.2), dry=0.6)
    knife(bright, width=8, length=11, where=leaves * 0.8, cover=0.3, vary=(13, 0.2, 0.25), dry=0.8)
    return sheet.finish(depth=1.1, gloss=0.7)
