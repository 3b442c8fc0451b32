"""Sunflowers in impasto: every petal is one loaded stroke, so thick that it throws a shadow."""

from __future__ import annotations

from functools import partial

import numpy as np
from scipy.ndimage import gaussian_filter

from .colour import Array, hexes, jitter, mix, noise, ramp, smoothstep
from .sheet import LONG, Sheet, dab, directions, lay

TABLE = 600  # where the wall ends
FLOWERS = [  # x, y, reach, how round it looks (1 from the front), which way it leans; those behind come first
    (104, 318, 64, 0.5, 2.7),
    (470, 316, 76, 0.65, 0.5),
    (188, 116, 66, 0.7, 3.9),
    (402, 122, 80, 0.85, 5.3),
    (290, 70, 60, 0.6, 4.7),
    (116, 216, 80, 0.9, 3.4),
    (500, 206, 66, 0.7, 6.1),
    (408, 404, 72, 0.65, 1.2),
    (186, 404, 80, 0.8, 2.2),
    (372, 270, 84, 0.95, 0.3),
    (238, 246, 98, 1.0, 0.0),
    (478, 690, 66, 0.5, 1.3),
]
LEAVES = [  # where it grows, which way, how long
    (212, 452, 2.75, 120),
    (390, 442, 0.35, 124),
    (240, 330, 3.6, 84),
    (330, 170, 5.3, 84),
    (350, 330, 0.9, 80),
    (300, 440, 1.9, 76),
    (96, 164, 3.9, 70),
    (482, 156, 5.4, 66),
    (436, 694, 3.3, 92),
    (330, 440, 0.9, 80),
]
PETALS = [  # how many, how far they reach, how broad they are, and their colours from shade to light
    (22, 1.1, 0.27, "5a4a1c 8a6420 b0741c"),
    (19, 1.0, 0.27, "d8861a e89c1c f0b020"),
    (16, 0.9, 0.23, "f8c020 fcd038 ffe468"),
]
SEEDS = [  # how far from the heart, how many, two colours
    (0.40, 34, "2a140c 4a2010"),
    (0.31, 26, "5c2c12 8a4a1c"),
    (0.21, 18, "8a5a20 c08a30"),
    (0.11, 9, "a8a040 d8cc60"),
]


def jug(y: Array) -> Array:
    """Half the width of the jug at a height; 0 above and below it."""
    heights, widths = (428, 440, 452, 480, 520, 570, 620, 655, 676, 680), (0, 52, 50, 62, 84, 98, 92, 72, 60, 0)
    return np.interp(y, heights, widths)


def room_plan(sheet: Sheet) -> tuple[Array, Array]:
    """Wall, table, jug and their shadows, and the direction of the strokes: criss-cross, level, round the jug."""
    x, y, rng = sheet.x, sheet.y, sheet.rng
    patches = noise(x.shape, 40, rng)
    light = np.clip(0.62 - (x - 120) / 900 - (y - 200) / 1500 + 0.16 * patches, 0, 1)
    wall = ramp(light, "2f7f88 4fa39c 7cc0ac a8d8ba cfe8c8 eef4d8")
    near = np.clip((y - TABLE) / 170 + 0.14 * patches + (x - 300) / 1400, 0, 1)
    plan = mix(wall, ramp(near, "f0b450 e0963c cc7434 a8542c 7c3a2a"), y > TABLE)
    shade = smoothstep(1.1, 0.6, np.hypot((x - 420) / 190, (y - 672) / 34))
    plan = mix(plan, hexes("4a2c5c")[0], 0.8 * shade * (y > TABLE))
    across = (x - 300) / (jug(y) + 1e-3)
    round_light = np.clip(0.66 - 0.5 * across - 0.35 * across**2 + 0.08 * patches, 0, 1)
    glaze = ramp(round_light, "0c1440 182a78 2a4fae 5a8ed8 c8e4f4")
    collar = ramp(round_light, "5a2a1c a0622c d8a050 f4d890 fffae0")
    clay = mix(glaze, collar, smoothstep(4, -4, y - 496 - 9 * np.sin(x / 11)))
    plan = mix(plan, clay, np.abs(across) < 1)
    angle = np.where(patches > 0, 0.6, 2.2) + 0.3 * rng.standard_normal(x.shape)
    angle = np.where(y > TABLE, 0.08 * np.sin(x / 60) + 0.22 * rng.standard_normal(x.shape), angle)
    return plan, directions(np.where(np.abs(across) < 1, -0.55 * across, angle))


def leaf(sheet: Sheet, x: float, y: float, angle: float, long: float) -> None:
    """A leaf of strokes to both sides of its rib, dark below and light above."""
    rng, ahead, aside = sheet.rng, directions(np.array(angle)), directions(np.array(angle + np.pi / 2))
    for side, codes in (1, "1c4a34 2f6a3c"), (-1, "4f8a3c a8b848"):
        for t in np.linspace(0.05, 0.85, 7):
            root = np.array([x, y]) + ahead * long * t
            out = long * 0.30 * np.sin(np.pi * (0.12 + 0.88 * t)) * rng.uniform(0.8, 1.2)
            bend = [
                root,
                root + side * aside * out * 0.6 + ahead * out * 0.5,
                root + side * aside * out + ahead * out * 1.3,
            ]
            dab(sheet, np.stack(bend), long * 0.17, jitter(hexes(codes), rng, 6, 0.15, 0.12), 0.9, 2.2, 3.0)
    rib = np.array([x, y]) + ahead * np.linspace(0, long, 4)[:, None]
    dab(sheet, rib, long * 0.05, jitter(hexes("c8c860 88a048"), rng, 5, 0.1, 0.1), 0.7, 2.2, 3.0)


def flower(sheet: Sheet, x: float, y: float, reach: float, round_: float, lean: float) -> None:
    """One head: three coats of petals, the last one short and light, then the seeds from the rim to the heart."""
    rng = sheet.rng
    turn = np.array([[np.cos(lean), np.sin(lean)], [-np.sin(lean), np.cos(lean)]])

    def place(points: Array) -> Array:
        return np.array([x, y]) + (points * (round_, 1)) @ turn

    for count, far, broad, codes in PETALS:
        for at in (rng.permutation(count) + rng.uniform(-0.3, 0.3, count)) * 2 * np.pi / count:
            r = reach * np.linspace(0.32, far * rng.uniform(0.82, 1.12), 6)
            bend = at + rng.normal(0, 0.22) * np.linspace(0, 1, 6) ** 2
            path = place(directions(bend) * r[:, None])
            lit = 0.5 - 0.5 * ((path[-1] - (x, y)) @ (0.75, 0.66)) / reach + rng.normal(0, 0.18)
            paints = jitter(ramp(np.clip([lit, lit - 0.35], 0, 1), codes), rng, 5, 0.12, 0.08)
            dab(sheet, path, broad * reach * rng.uniform(0.8, 1.2), paints, 0.9, 2.8, 2.2)
    for share, count, codes in SEEDS:
        for at in np.arange(count) * 2 * np.pi / count + rng.uniform(0, 6):
            r = reach * (share + rng.normal(0, 0.02)) + np.array([-0.07, 0.07]) * reach
            path = place(directions(at + np.array([0, 0.15])) * r[:, None])
            dab(sheet, path, 0.11 * reach, jitter(hexes(codes), rng, 6, 0.2, 0.12), 1.5, 2.6, 2.0)


def impasto_sunflowers(size: int = LONG, seed: int = 9) -> Array:
    """Sunflowers in a blue jug before a wall of light turquoise, in paint as thick as butter."""
    sheet = Sheet(576, 768, size, seed)
    plan, flow = room_plan(sheet)
    rng = sheet.rng
    sheet.rgb = sheet.enlarge(gaussian_filter(plan, (6, 6, 0)) * 0.8)
    coat = partial(lay, sheet, flow=flow, steps=6, body=2.2, tip=4.0)
    coat(gaussian_filter(plan, (5, 5, 0)), width=34, length=78, cover=2.4, vary=(4, 0.15, 0.12), dry=0.9)
    coat(plan, width=22, length=48, cover=1.7, vary=(6, 0.2, 0.16), dry=0.6)
    dab(sheet, np.array([[-10, TABLE], [200, TABLE + 3]]), 8, hexes("1f4f7c 2f6f98"), 0.9, 2.4, 9.0)
    dab(sheet, np.array([[392, TABLE + 3], [590, TABLE - 2]]), 8, hexes("1f4f7c 2f6f98"), 0.9, 2.4, 9.0)
    body = np.abs(sheet.x - 300) < jug(sheet.y) - 4
    coat(plan, width=20, length=44, where=body, cover=3.0, vary=(4, 0.12, 0.08), dry=0.9)
    coat(plan, width=11, length=26, where=body, cover=1.2, vary=(6, 0.15, 0.1), dry=0.7)
    dab(sheet, np.array([[226, 684], [300, 690], [380, 682]]), 13, hexes("2c1c4c 4a2c5c"), 0.9, 2.2, 3.0)
    for y in (530, 545, 562, 584):
        dab(sheet, np.array([[236, y + 3], [252, y], [268, y + 1]]), 11, hexes("e8f6fc a8d0f0"), 0.7, 2.6, 2.5)
    for x, y, reach, *_ in FLOWERS[:-1]:
        path = np.array([[x, y + 20], [0.5 * (x + 300) + rng.normal(0, 8), 0.5 * (y + 450)], [300, 446]])
        dab(sheet, path, 0.14 * reach, jitter(hexes("3a6a30 7a9a3c"), rng, 6, 0.15, 0.1), 0.9, 2.4, 5.0)
    for each in LEAVES:
        leaf(sheet, *each)
    for each in FLOWERS:
        flower(sheet, *each)
    return sheet.finish(depth=1.5, gloss=0.8)
