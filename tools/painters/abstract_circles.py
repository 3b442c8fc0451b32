"""An abstraction as it was young: circles, wedges and lines that hold each other in balance."""

from __future__ import annotations

from functools import partial

import numpy as np

from .colour import Array, hexes, jitter, mix, noise, ramp, smoothstep
from .sheet import LONG, Sheet, dab, directions, lay

BLACK = "17141c 2a2430"
# Circles from back to front: x, y, radius, colour, how opaque, and how far its glow reaches.
CIRCLES = [
    (232, 214, 132, "2b3f8c", 0.9, 54),
    (252, 232, 92, "6a3a8e", 0.85, 0),
    (270, 246, 54, "c8325a", 0.9, 0),
    (280, 254, 24, "15121c", 1.0, 0),
    (176, 152, 21, "f2c230", 1.0, 12),
    (566, 402, 108, "c8452a", 0.92, 40),
    (566, 402, 82, "ecd8b0", 0.9, 0),
    (566, 402, 64, "2a6f78", 0.9, 0),
    (566, 402, 42, "e8a02c", 0.95, 0),
    (566, 402, 19, "17141c", 1.0, 0),
    (610, 112, 58, "e58a94", 0.75, 44),
    (636, 98, 30, "1f7a84", 0.85, 0),
    (424, 92, 34, "e8a02c", 0.8, 20),
    (96, 392, 44, "7fa88c", 0.75, 20),
    (430, 300, 40, "8fb4c8", 0.6, 0),
    (458, 318, 27, "f2c230", 0.65, 0),
    (330, 476, 34, "6a3a8e", 0.7, 26),
    (350, 462, 14, "f4ead2", 0.95, 0),
    (712, 236, 26, "c8325a", 0.85, 16),
    (52, 78, 30, "c8452a", 0.8, 18),
    (692, 520, 30, "2b3f8c", 0.85, 16),
]

LINES = [  # from, to and width
    (14, 548, 748, 52, 9),
    (30, 566, 700, 24, 4),
    (6, 500, 760, 130, 5),
    (90, 20, 520, 566, 8),
    (60, 40, 430, 572, 3),
    (480, 16, 744, 470, 6),
]
ARCS = [  # x, y, radius, from and to which angle, width
    (232, 214, 150, 2.0, 5.2, 7),
    (566, 402, 126, -1.4, 2.2, 6),
    (610, 112, 74, 2.4, 6.0, 4),
    (250, 420, 190, -0.4, 0.8, 5),
    (430, 300, 60, 0.2, 4.4, 4),
]


def ground(sheet: Sheet) -> None:
    """Pale cloudy colours in broad crossing strokes, which show through all that comes after."""
    x, rng = sheet.x, sheet.rng
    tone = 0.5 + 0.22 * noise(x.shape, 120, rng) + 0.12 * noise(x.shape, 30, rng) + (x - 384) / 1500
    plan = ramp(np.clip(tone, 0, 1), "9fb4b4 c4c8b4 e8dcc0 f2e4c4 efcdb0 dca8a0 b494ac")
    flow = directions(np.where(noise(x.shape, 70, rng) > 0, 0.5, 2.3) + 0.35 * rng.standard_normal(x.shape))
    sheet.rgb = sheet.enlarge(plan)
    lay(sheet, plan, flow, 30, 74, cover=2.2, vary=(4, 0.2, 0.2), dry=0.7, body=0.8)
    lay(sheet, plan, flow, 15, 40, cover=1.0, vary=(5, 0.25, 0.25), dry=0.4, body=0.8)


class Glaze:
    """Thin paint with a clear edge: it takes the strokes below along, and lies thicker towards its rim."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet, s, rng = sheet, sheet.scale, sheet.rng
        self.y, self.x = np.mgrid[0 : sheet.shape[0], 0 : sheet.shape[1]].astype(np.float32) / s
        self.tremble = noise(sheet.shape, 14 * s, rng)
        self.cloud = sheet.enlarge(noise(sheet.x.shape, 22, rng))
        self.scumble = noise(sheet.shape, (2 * s, 9 * s), rng) + noise(sheet.shape, (9 * s, 2 * s), rng)

    def cover(self, inside: Array, code: str, opaque: float) -> None:
        """Paint where `inside`, a distance from the edge in units, is positive."""
        sheet, low = self.sheet, sheet_box(inside > -1)
        if low is None:
            return
        inside = inside[low] + 0.5 * self.tremble[low]
        mask = smoothstep(-0.5, 0.5, inside)
        rim = 0.22 * np.exp(-np.clip(inside, 0, None) / 5)
        share = mask * np.clip(opaque * (0.9 + 0.07 * self.scumble[low] + 0.05 * self.cloud[low]) + rim, 0, 1)
        tint = hexes(code)[0] * (1 + 0.10 * self.cloud[low] + 0.05 * self.scumble[low] - 0.5 * rim)[..., None]
        through = 0.55 + 0.55 * sheet.rgb[low].mean(axis=-1, keepdims=True)  # What is dark below stays darker.
        sheet.rgb[low] = mix(sheet.rgb[low], np.clip(tint * through, 0, 1), share)

    def glow(self, x: float, y: float, radius: float, code: str, reach: float) -> None:
        """A soft ring of light about a circle."""
        away = np.hypot(self.x - x, self.y - y) - radius
        share = 0.62 * np.exp(-((np.clip(away, 0, None) / reach) ** 2)) * (1 + 0.12 * self.scumble)
        pale = mix(hexes("fff4dc")[0], hexes(code)[0], smoothstep(0.1, 0.9, away / reach))
        self.sheet.rgb = mix(self.sheet.rgb, pale, np.clip(share * (away > -1), 0, 1))

    def disc(self, x: float, y: float, radius: float, code: str, opaque: float, reach: float = 0) -> None:
        """A circle, with its glow if it has one."""
        if reach:
            self.glow(x, y, radius, code, reach)
        self.cover(radius - np.hypot(self.x - x, self.y - y), code, opaque)

    def wedge(self, corners: list[tuple[float, float]], code: str, opaque: float) -> None:
        """A shape without hollows, its corners in the order of the clock."""
        sides = []
        for (ax, ay), (bx, by) in zip(corners, corners[1:] + corners[:1]):
            long = np.hypot(bx - ax, by - ay)
            sides.append(((bx - ax) * (self.y - ay) - (by - ay) * (self.x - ax)) / long)
        self.cover(np.min(sides, axis=0), code, opaque)


def sheet_box(where: Array) -> tuple[slice, slice] | None:
    """The smallest part of the sheet that holds every true place; none where there is none."""
    rows, columns = np.flatnonzero(where.any(axis=1)), np.flatnonzero(where.any(axis=0))
    return np.s_[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1] if len(rows) else None


def line(sheet: Sheet, points: Array | list, width: float, codes: str = BLACK) -> None:
    """A line of one firm stroke."""
    dab(sheet, np.asarray(points, float), width, jitter(hexes(codes), sheet.rng, 2, 0.1, 0.05), 1.2, 1.6, 12.0)


def arc(
    sheet: Sheet, x: float, y: float, radius: float, start: float, end: float, width: float, codes: str = BLACK
) -> None:
    """A part of a circle's line, from angle to angle."""
    turn = np.linspace(start, end, max(int(abs(end - start) * 14), 6))
    line(sheet, np.array([x, y]) + radius * directions(turn), width, codes)


def board(glaze: Glaze, x: float, y: float, lean: float, square: float, count: tuple[int, int], codes: str) -> None:
    """A chessboard, seen a little from the side."""
    u = ((glaze.x - x) * np.cos(lean) + (glaze.y - y) * np.sin(lean)) / square
    v = ((glaze.y - y) * np.cos(lean + 0.25) - (glaze.x - x) * np.sin(lean + 0.25)) / square
    inside = np.minimum(np.minimum(u, count[0] - u), np.minimum(v, count[1] - v)) * square
    for k, code in enumerate(codes.split()):
        glaze.cover(np.where((np.floor(u) + np.floor(v)) % 2 == k, inside, -9), code, 0.92)


def figures(sheet: Sheet) -> None:
    """The smaller signs: boards, fans of arcs, ladders, waves, and beads along the lines."""
    rng, stroke = sheet.rng, partial(line, sheet)
    for k, codes in enumerate(("17141c 2a2430", "c8452a e0703c", "e8a02c f2c84a", "2a6f78 4a9aa0", "6a3a8e 8a5aae")):
        arc(sheet, 130, 566, 112 - 21 * k, np.pi, 2 * np.pi, 13 - k, codes)
    for k in range(7):
        stroke([[486 + 13 * k, 190 - 4 * k], [512 + 13 * k, 262 - 6 * k]], 3.4)
    stroke([[476, 208], [592, 172]], 4.5)
    stroke([[490, 246], [604, 206]], 4.5)
    for k in range(6):
        arc(sheet, 676 + 3 * k, 330 + 7 * k, 30 + 9 * k, -0.5, 1.1, 3.2 + 0.5 * k, ("2b3f8c 4a62b0", BLACK)[k % 2])
    x = np.linspace(312, 560, 60)
    for drop, width, codes in ((0, 5, BLACK), (13, 4, "c8325a e06a86"), (26, 3, "1f7a84 4aa0a8")):
        stroke(np.stack([x, 36 + drop + 9 * np.sin(x / 15)], axis=-1), width, codes)
    y = np.linspace(110, 330, 50)
    stroke(np.stack([38 + 11 * np.sin(y / 17), y], axis=-1), 5, "6a3a8e 8a5aae")
    for k in range(8):
        stroke([[300 + 15 * k, 420 - 9 * k], [330 + 15 * k, 452 - 9 * k]], 4.2, (BLACK, "c8452a e0703c")[k % 3 == 1])
    for _ in range(26):
        t, side = rng.random(), rng.normal(0, 26)
        cx, cy = 60 + 660 * t + 0.6 * side, 520 - 450 * t + 0.8 * side
        arc(
            sheet,
            cx,
            cy,
            rng.uniform(2, 8),
            0,
            6.6,
            rng.uniform(2, 5),
            rng.choice([BLACK, "c8452a e0703c", "2b3f8c 4a62b0"]),
        )


def abstract_circles(size: int = LONG, seed: int = 10) -> Array:
    """Glowing circles on pale clouds, crossed by black lines: blue and violet against red and yellow."""
    sheet = Sheet(768, 576, size, seed)
    ground(sheet)
    glaze = Glaze(sheet)
    glaze.wedge([(742, 30), (470, 560), (286, 590)], "f2c230", 0.72)
    glaze.wedge([(20, 20), (330, 90), (120, 330)], "8fb4c8", 0.6)
    glaze.wedge([(380, 590), (330, 330), (790, 560), (790, 590)], "a890b8", 0.5)
    for circle in CIRCLES:
        glaze.disc(*circle)
    glaze.wedge([(330, 60), (352, 66), (470, 560), (430, 570)], "c8452a", 0.7)
    glaze.wedge([(500, 560), (470, 540), (728, 330), (740, 344)], "1f7a84", 0.7)
    board(glaze, 660, 150, 0.35, 17, (6, 4), "17141c f4ead2")
    board(glaze, 196, 380, -0.5, 15, (5, 5), "17141c e8a02c")
    for x0, y0, x1, y1, width in LINES:
        line(sheet, [[x0, y0], [x1, y1]], width)
    for bow in ARCS:
        arc(sheet, *bow)
    figures(sheet)
    return sheet.finish(depth=0.9, gloss=0.3)
