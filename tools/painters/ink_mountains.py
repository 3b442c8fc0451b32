"""Mountains in mist, in ink on silk: washes that fade downwards, dry strokes along the slopes, pines, a seal."""

from __future__ import annotations

import numpy as np

from .colour import Array, hexes, mix, noise, ramp, smoothstep
from .sheet import LONG, Sheet, directions, footprint

BLACK, UMBER, BLUE = hexes("1d1a20 6a4020 2c4a66")
# Groups of peaks from far to near: how dark, how blue, how high the mist stands; and each peak's x, top and half width.
GROUPS = [
    (0.26, 1.0, 430, [(52, 268, 48), (128, 226, 40), (196, 286, 44), (530, 222, 46), (474, 296, 44), (578, 300, 40)]),
    (
        0.72,
        0.5,
        520,
        [
            (330, 84, 50),
            (264, 168, 42),
            (404, 172, 44),
            (452, 268, 40),
            (222, 282, 34),
            (306, 214, 36),
            (372, 248, 38),
            (420, 340, 42),
            (268, 344, 38),
            (334, 352, 46),
        ],
    ),
    (0.55, 0.6, 560, [(104, 330, 36), (48, 366, 42), (150, 412, 34), (14, 446, 40)]),
    (0.46, 0.8, 650, [(548, 478, 56), (480, 548, 50), (596, 552, 44)]),
    (0.95, 0.2, 900, [(4, 568, 50), (74, 606, 46), (140, 642, 46), (36, 676, 50), (206, 690, 50), (110, 716, 46)]),
]


def ink(
    sheet: Sheet, path: Array, width: float, dry: float, strength: float, tip: float = 3.0, colour: Array = BLACK
) -> None:
    """One stroke of ink: it darkens what lies below, and where the brush runs dry the silk shows between the hairs."""
    row, column, cover, *_ = footprint(sheet, path, width * sheet.coarse**0.5, dry, tip)
    sheet.rgb[row, column] *= 1 - (cover * strength)[:, None] * (1 - colour)


def silk(sheet: Sheet) -> None:
    """Old silk: golden brown, darker at the edges, with stains, and threads both ways."""
    rng, shape = sheet.rng, sheet.shape
    edge = np.minimum(288 - np.abs(sheet.x - 288), 384 - np.abs(sheet.y - 384))
    age = 0.62 + 0.12 * noise(edge.shape, 90, rng) + 0.05 * noise(edge.shape, 12, rng) - 0.3 * np.exp(-edge / 26)
    sheet.rgb = sheet.enlarge(ramp(np.clip(age, 0, 1), "a88448 cca768 e2c68c f0dcae f6e8c4"))
    threads = noise(shape, (1.1, 160), rng) + noise(shape, (160, 1.1), rng)
    sheet.rgb *= (1 + 0.016 * threads)[..., None]
    sheet.height = 0.3 * threads


def ridge_of(sheet: Sheet, x: float, top: float, half: float) -> Array:
    """For every column of units the height of a steep peak with a round top, craggy and never quite symmetrical."""
    rng, away = sheet.rng, np.arange(sheet.wide) - x
    sides = np.where(away < 0, half * rng.uniform(0.8, 1.2), half * rng.uniform(0.8, 1.2))
    crags = sum(noise((9, sheet.wide), (9, size), rng)[4] * size for size in (5, 11, 26))
    return top + 62 * (np.abs(away) / sides) ** 1.9 + 0.34 * crags - 0.34 * crags[int(np.clip(x, 0, 575))]


def drift(sheet: Sheet, top: float, bottom: float, count: int, strength: float) -> None:
    """Mist: broad pale strokes of a half dry brush that wind across the sheet."""
    rng = sheet.rng
    for _ in range(count):
        xs = rng.uniform(-120, 520) + np.linspace(0, rng.uniform(120, 330), 16)
        wave = 11 * np.sin(xs / rng.uniform(28, 60) + rng.uniform(0, 6))
        path = np.stack([xs, rng.uniform(top, bottom) + wave], axis=-1)
        tone = BLUE if rng.random() < 0.5 else UMBER
        ink(sheet, path, rng.uniform(7, 22), rng.uniform(-0.25, 0.2), strength * rng.uniform(0.5, 1.2), 4.0, tone)


class Fog:
    """The random fields of the washes, made once: every peak takes them from another place."""

    def __init__(self, sheet: Sheet) -> None:
        rng, plan, s = sheet.rng, sheet.x.shape, sheet.scale
        self.row, self.column = np.mgrid[0 : sheet.shape[0], 0 : sheet.shape[1]].astype(np.float32) / s
        self.ragged = noise(sheet.shape, 2.5 * s, rng)
        self.cloud, self.pool = (sheet.enlarge(noise(plan, size, rng)) for size in ((18, 60), 22))
        self.crease = noise(plan, (44, 9), rng)


def wash(sheet: Sheet, fog: Fog, ridge: Array, x: float, half: float, group: tuple) -> None:
    """Clear the mist behind a peak, then wash it in: dark under the ridge, pale in the mist, warm where light falls."""
    dark, blue, level, _ = group
    below = fog.row - np.interp(fog.column[0], np.arange(len(ridge)), ridge) + 0.8 * fog.ragged
    inside = smoothstep(-1, 1.2, below)
    mist = smoothstep(level - 120, level, fog.row + 26 * fog.cloud)
    sheet.rgb = mix(sheet.rgb, hexes("f2e2ba")[0], inside * (0.72 + 0.26 * mist))
    crease = np.roll(sheet.enlarge(fog.crease), int(x * 37), axis=1)
    shade = 0.42 + 0.30 * np.clip((fog.column - x) / half, -1, 1.2) + 0.20 * crease + 0.16 * fog.pool
    deep = np.clip(below, 0, None)
    tone = inside * (1 - mist) * (np.clip(shade, 0.04, 1) * (0.45 + 0.55 * np.exp(-deep / 70)))
    tone += 0.4 * (1 - mist) * inside * np.exp(-((below / 4) ** 2))  # Wet ink dries darkest at its edge.
    sheet.rgb *= 1 - (dark * np.clip(tone, 0, 1))[..., None] * (1 - (BLACK + blue * (BLUE - BLACK)))
    warm = inside * (1 - mist) * np.clip(0.75 - 1.4 * shade, 0, 1)
    sheet.rgb *= 1 - (0.75 * dark * warm)[..., None] * (1 - hexes("c07030")[0])


def slopes(sheet: Sheet, fog: Fog, ridge: Array, x: float, half: float, group: tuple) -> None:
    """The ridge in broken strokes, dry strokes that run down from it, darkest in the creases, and trees as dabs."""
    rng, (dark, _, level, _), columns = sheet.rng, group, np.arange(len(ridge))
    bottom = min(level, 768)
    at = x - 2.6 * half
    while at < x + 2.4 * half:
        xs = at + np.linspace(0, rng.uniform(10, 34), 12)
        path = np.stack([xs, np.interp(xs, columns, ridge) + rng.normal(0, 1)], axis=-1)
        if path[:, 1].max() < bottom - 40 and rng.random() < 0.9:
            ink(sheet, path, rng.uniform(3, 8.5), rng.uniform(0.3, 0.9), min(1, dark * rng.uniform(0.9, 1.4)))
        at = xs[-1] - rng.uniform(-3, 6)
    for start in x + half * rng.normal(0, 0.62, int(4.5 * half)):
        i = int(np.clip(start, 0, len(ridge) - 1))
        deep = (bottom - ridge[i]) * rng.beta(0.8, 1.8)
        y = ridge[i] + deep + 3
        if not 0 < y < bottom:
            continue
        shade = 0.55 + 0.5 * (start - x) / half + 0.4 * fog.crease[int(min(y, 767)), (i - int(x * 37)) % 576]
        angle = np.pi / 2 - 0.6 * np.clip((start - x) / half, -1, 1) + rng.normal(0, 0.16)
        turn = angle + np.linspace(0, rng.normal(0, 0.5), 8)
        path = np.array([start, y]) + np.cumsum(directions(turn), axis=0) * rng.uniform(22, 66) / 8
        fade = smoothstep(bottom, bottom - 150, y) if level < 768 else 1.0
        strength = dark * fade * np.clip(shade + rng.normal(0, 0.15), 0.12, 1.1)
        ink(sheet, path, rng.uniform(2.2, 6.5), rng.uniform(-0.1, 0.45), min(1, strength), 2.5)
    for _ in range(int(half / 7)):
        heart = x + half * rng.normal(0, 0.8)
        for start in heart + rng.normal(0, 6, rng.integers(4, 9)):
            foot = np.interp(start, columns, ridge) + rng.uniform(-1, 5)
            tree = np.array([[start, foot], [start, foot - rng.uniform(4, 9)]])
            if foot < bottom - 60:
                ink(sheet, tree, rng.uniform(3.5, 6), 1.1, min(1, 1.15 * dark), 2.0)


def pine(sheet: Sheet, x: float, y: float, tall: float, lean: float) -> None:
    """A pine: a crooked trunk in dry strokes, boughs to both sides, and needles in fans over a little blue."""
    rng, t = sheet.rng, np.linspace(0, 1, 14)
    crook = 0.05 * tall * np.sin(7 * t + 1) * (1 - 0.5 * t)
    trunk = np.stack([x + lean * tall * t**1.3 + crook, y - tall * t], axis=-1)
    for shift in (-2, 0, 2):
        ink(sheet, trunk + np.array([shift, 0]), 0.05 * tall, 0.35, 0.8, 7.0)
    for k, height in enumerate((0.34, 0.46, 0.6, 0.7, 0.82, 0.92, 1.0)):
        side, root = (1 if k % 2 else -1), trunk[int(height * 13)]
        reach = tall * (0.58 - 0.4 * (height - 0.3)) * rng.uniform(0.7, 1.2)
        droop = rng.uniform(-0.12, 0.25)
        bough = root + np.stack([side * reach * t, reach * (droop * t - 0.14 * np.sin(4 * t))], axis=-1)
        ink(sheet, bough, 0.03 * tall, 0.8, 0.95, 6.0)
        for share in (0.35, 0.62, 0.86, 1.0):
            heart = bough[int(share * 13)] + rng.normal(0, 0.02 * tall, 2) - (0, 0.02 * tall)
            size = tall * rng.uniform(0.085, 0.14) * (1.15 - 0.4 * share)
            pad = heart + np.array([[-0.9, -0.2], [0, -0.5], [0.9, -0.2]]) * size
            ink(sheet, pad, 0.9 * size, 1.2, 0.6, 2.0, hexes("2a5048")[0])
            for angle in np.linspace(-1.08 * np.pi, 0.08 * np.pi, 17) + rng.normal(0, 0.08, 17):
                needle = (
                    heart + directions(np.array(angle)) * np.linspace(0.05, rng.uniform(0.8, 1.1), 3)[:, None] * size
                )
                ink(sheet, needle, 1.5, 0.9, 0.95, 3.0)


def water(sheet: Sheet) -> None:
    """Ripples on the lake, a boat with its fisher, and birds above."""
    rng = sheet.rng
    for _ in range(46):
        y = 762 - 150 * rng.random() ** 1.3
        at, long = rng.uniform(150, 590), rng.uniform(25, 90) * (0.4 + (y - 600) / 160)
        xs = np.linspace(at, at + long, 9)
        path = np.stack([xs, y + 1.6 * np.sin(xs / 9 + y)], axis=-1)
        ink(sheet, path, rng.uniform(1.5, 4.2), rng.uniform(0.1, 0.6), rng.uniform(0.25, 0.6), 3.0, BLUE)
    t = np.linspace(-1, 1, 13)
    for drop, width, strength in ((0, 5.5, 1.0), (-3, 3, 0.8), (5, 4, 0.35)):
        hull = np.stack([402 + (42 - abs(drop)) * t, 682 + drop - 8 * t**2], axis=-1)
        ink(sheet, hull, width, 1.1, strength, 4.0)
    fisher, hat, string = [(392, 680), (394, 666)], [(386, 661), (394, 656), (404, 661)], [(446, 640), (447, 680)]
    rod = [(394, 667), (420, 652), (446, 640)]
    for points, width in ((fisher, 9), (hat, 4.5), (rod, 1.8), (string, 1.0)):
        ink(sheet, np.array(points, float), width, 1.2, 0.95, 4.0)
    for x, y, span in ((150, 118, 11), (176, 104, 9), (196, 124, 8), (128, 138, 7), (214, 98, 7)):
        for side in (-1, 1):
            wing = np.array([[x, y], [x + side * 0.5 * span, y - 0.42 * span], [x + side * span, y - 0.15 * span]])
            ink(sheet, wing, 3.0, 1.0, 0.85, 2.5)


def seal(sheet: Sheet, x: float, y: float, side: float) -> None:
    """The painter's seal: a red square with a mountain and waves cut out of it, pressed a little unevenly."""
    s = sheet.scale
    row, column = np.mgrid[0 : sheet.shape[0], 0 : sheet.shape[1]].astype(np.float32) / s
    u, v = (column - x) / side + 0.02 * noise(sheet.shape, 2 * s, sheet.rng), (row - y) / side
    square = (np.abs(u) < 0.5) & (np.abs(v) < 0.5)
    line = np.minimum(np.abs(v + 0.3 - 0.9 * np.abs(u)), np.abs(v + 0.02 - 0.9 * np.abs(u)))
    waves = np.minimum(np.abs(v - 0.22 - 0.04 * np.sin(u * 22)), np.abs(v - 0.36 - 0.04 * np.sin(u * 22 + 1)))
    cut = (np.minimum(line, waves) < 0.036) & (np.abs(u) < 0.4)
    press = np.clip(0.9 + 0.12 * noise(sheet.shape, 3 * s, sheet.rng), 0, 1)
    sheet.rgb = mix(sheet.rgb, hexes("c02418")[0], square * ~cut * press)


def ink_mountains(size: int = LONG, seed: int = 2) -> Array:
    """Steep mountains over a lake in mist: ink on golden silk, pines in front, one boat, one red seal."""
    sheet = Sheet(576, 768, size, seed)
    silk(sheet)
    fog = Fog(sheet)
    drift(sheet, 10, 330, 34, 0.26)
    for group in GROUPS:
        if group[2] in (560, 650):
            drift(sheet, group[2] - 130, group[2] + 20, 12, 0.22)
        if group[2] > 700:
            water(sheet)
        for x, top, half in group[3]:
            ridge = ridge_of(sheet, x, top, half)
            wash(sheet, fog, ridge, x, half, group)
            slopes(sheet, fog, ridge, x, half, group)
    pine(sheet, 128, 652, 236, 0.22)
    pine(sheet, 40, 604, 150, -0.12)
    seal(sheet, 516, 86, 38)
    return sheet.finish(depth=0.25)
