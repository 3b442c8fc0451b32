"""Cut paper: sheets painted with gouache, cut with scissors and pasted one over the other."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw
from scipy.ndimage import gaussian_filter, shift

from .colour import Array, Rng, hexes, jitter, noise, smoothstep
from .sheet import LONG, Sheet, directions

Pieces = list[Array]  # polygons of units (x, y) that are cut out of one paper together
# Papers: left, top, right, lower edge and colour.
SKY = [
    (-20, -20, 160, 330, "ff9a1e"),
    (158, -20, 372, 150, "f7d11e"),
    (156, 146, 374, 330, "f25a9c"),
    (370, -20, 590, 330, "ffd9df"),
    (586, -20, 800, 170, "f0386b"),
    (588, 166, 800, 330, "fbb81a"),
]
SEA = [
    (-20, 396, 150, 600, "123c9c"),
    (146, 380, 350, 600, "1d62d6"),
    (346, 392, 560, 600, "0f2f7a"),
    (556, 376, 800, 600, "0d8f8f"),
]
# Weeds: the foot, the angle at which they grow, length and colour.
LEAVES = [
    (60, 330, -1.5, 210, "0f8a5f"),
    (265, 320, -1.7, 150, "7a2a9c"),
    (690, 330, -1.5, 175, "1d4fc4"),
    (752, 12, 1.9, 110, "14183c"),
    (296, 12, 1.4, 110, "e8552a"),
    (120, 16, 1.8, 120, "fff4d0"),
]
WEEDS = [
    (44, 590, -1.4, 200, "f25a9c"),
    (128, 596, -1.7, 130, "9be04a"),
    (232, 596, -1.5, 190, "f7d11e"),
    (330, 596, -1.3, 120, "ff7a2a"),
    (430, 596, -1.65, 175, "fbf7ea"),
    (530, 598, -1.45, 140, "e8321e"),
    (640, 596, -1.6, 200, "16224e"),
    (728, 596, -1.5, 160, "ffd21e"),
]
BUBBLES = [
    (196, 420, 7, "fbf7ea"),
    (210, 398, 5, "fbf7ea"),
    (70, 410, 6, "9ad8f0"),
    (470, 420, 8, "ffd21e"),
    (486, 396, 5, "ffd21e"),
    (706, 410, 8, "fbf7ea"),
    (722, 388, 5, "fbf7ea"),
    (384, 556, 12, "22b5c8"),
    (584, 556, 13, "ff7a2a"),
    (284, 566, 12, "fbf7ea"),
    (176, 560, 11, "f25a9c"),
]
# Fish: place, length, lean, colour and that of the stripes. Birds: place, span, lean and colour.
FISH = [
    (318, 430, 128, 0.12, "ff7a2a", "fbf7ea"),
    (560, 452, 108, -0.15, "f25a9c", "16224e"),
    (140, 448, 92, 0.2, "e8321e", "ffd21e"),
]
BIRDS = [(330, 190, 150, 0.45, "14183c"), (664, 96, 108, 0.2, "fdfaf0"), (172, 92, 88, 0.75, "14183c")]


class Scissors:
    """What cuts and pastes: the streaks of gouache of all papers, made once, and the tremble of the hand."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet, s, rng = sheet, sheet.scale, sheet.rng
        bend = 4 * s * noise(sheet.shape, 90 * s, rng)
        level = noise(sheet.shape, (1.3 * s, 70 * s), rng) + 0.8 * noise(sheet.shape, (7 * s, 160 * s), rng)
        upright = noise(sheet.shape, (70 * s, 1.3 * s), rng) + 0.8 * noise(sheet.shape, (160 * s, 7 * s), rng)
        row, column = np.indices(sheet.shape)
        self.streaks = [
            level[(row + bend.astype(int)) % sheet.shape[0], column],
            upright[row, (column + bend.astype(int)) % sheet.shape[1]],
            level[(row + column // 2) % sheet.shape[0], column],
        ]
        self.tremble = noise(sheet.shape, 11 * s, rng)
        self.grain = noise(sheet.shape, 1.2, rng)

    def paste(self, pieces: Pieces, code: str, round_: float = 1.8, lift: float = 1.0) -> None:
        """Cut the pieces out of a paper of this colour and paste them, with a shadow at their lower right."""
        sheet, s, rng = self.sheet, self.sheet.scale, self.sheet.rng
        corners = np.concatenate(pieces)[:, ::-1] * s
        (top, left), (bottom, right) = (
            np.clip(extreme + margin, 0, sheet.shape).astype(int)
            for extreme, margin in ((corners.min(axis=0), -16 * s), (corners.max(axis=0), 16 * s))
        )
        part = np.s_[top:bottom, left:right]
        stencil = Image.new("L", (right - left, bottom - top))
        for piece in pieces:
            ImageDraw.Draw(stencil).polygon([tuple(point) for point in piece * s - (left, top)], fill=1)
        soft = gaussian_filter(np.asarray(stencil, np.float32), round_ * s)
        paper = smoothstep(-0.35, 0.35, (soft - 0.5 + 0.035 * self.tremble[part]) * round_ * s)
        shadow = gaussian_filter(shift(paper, (3.0 * lift * s, 2.6 * lift * s), order=0), 1.8 * lift * s)
        sheet.rgb[part] *= 1 - (0.42 * shadow * (1 - paper))[..., None] * (1 - hexes("201838")[0])
        first, second = jitter(np.repeat(hexes(code), 2, axis=0), rng, 4, 0.1, 0.06)
        from_row, from_column = rng.integers(400, size=2)
        rows = mirrored(np.arange(top, bottom) + from_row, sheet.shape[0])
        columns = mirrored(np.arange(left, right) + from_column, sheet.shape[1])
        streak = self.streaks[rng.integers(3)][np.ix_(rows, columns)]
        blend = smoothstep(-1.6, 1.6, streak)[..., None]
        colour = (first + blend * (second - first)) * (1 + 0.075 * streak + 0.02 * self.grain[part])[..., None]
        colour += (0.16 * smoothstep(1.3, 3.0, streak))[..., None]  # Where the brush ran dry the white shows.
        sheet.rgb[part] += paper[..., None] * (colour - sheet.rgb[part])
        sheet.height[part] += paper * (1.6 * lift + 0.1 * streak - sheet.height[part] * 0.2)


def mirrored(places: Array, length: int) -> Array:
    """Places on a strip that is folded back at its end, where a repeated one would show a seam."""
    return np.minimum(places % (2 * length), 2 * length - 1 - places % (2 * length))


def finger(path: Array, widths: tuple[float, ...]) -> Array:
    """A strip along a path, with a round end."""
    t = np.linspace(0, 1, 18)
    spine = np.stack([np.interp(t, np.linspace(0, 1, len(path)), path[:, k]) for k in (0, 1)], axis=-1)
    ahead = np.gradient(spine, axis=0)
    aside = ahead[:, ::-1] * (-1, 1) / (np.hypot(*ahead.T)[:, None] + 1e-6)
    half = np.interp(t, np.linspace(0, 1, len(widths)), widths)[:, None] / 2
    turn = np.arctan2(*ahead[-1, ::-1]) + np.linspace(np.pi / 2, -np.pi / 2, 9)
    return np.concatenate([spine + aside * half, spine[-1] + directions(turn) * half[-1], (spine - aside * half)[::-1]])


def frond(rng: Rng, x: float, y: float, angle: float, long: float, pairs: int = 5) -> Pieces:
    """A weed: a bent stem with fingers to both sides."""
    t = np.linspace(0, 1, 20)
    turn = angle + rng.normal(0, 0.25) + rng.normal(0, 0.5) * (t - 0.3)
    stem = np.array([x, y]) + np.cumsum(directions(turn), axis=0) * long / 20
    pieces = [finger(stem, (0.07 * long, 0.055 * long, 0.045 * long))]
    for share in np.linspace(0.14, 0.93, pairs):
        for side in (-1, 1):
            at = int(np.clip(share + side * 0.02, 0, 1) * 19)
            reach = long * (0.17 + 0.23 * np.sin(np.pi * (0.15 + 0.75 * share))) * rng.uniform(0.8, 1.15)
            bend = turn[at] + side * (1.05 - 0.35 * share) - side * np.linspace(0, rng.uniform(0.2, 0.8), 6)
            path = stem[at] + np.cumsum(directions(bend), axis=0) * reach / 6
            broad = 0.40 * long / pairs * rng.uniform(0.85, 1.15)
            pieces.append(finger(np.r_[stem[at][None], path], (0.6 * broad, 0.8 * broad, broad, 0.8 * broad)))
    return pieces


def swallow(x: float, y: float, span: float, lean: float) -> Pieces:
    """A bird in flight: the body, two wings of feathers and a forked tail."""
    parts = [
        ([(-0.52, 0.02), (-0.3, 0), (0.0, 0.02), (0.3, 0.06)], (0.02, 0.15, 0.27, 0.12)),
        ([(0.2, 0.04), (0.45, 0.0), (0.72, -0.1)], (0.1, 0.07, 0.03)),
        ([(0.2, 0.06), (0.45, 0.14), (0.72, 0.16)], (0.1, 0.07, 0.03)),
    ]
    for side in (-1, 1):
        arm = np.array([(-0.2, 0.02 * side), (-0.3, 0.4 * side), (-0.1, 0.72 * side), (0.3, 0.98 * side)])
        parts.append((arm, (0.2, 0.16, 0.12, 0.03)))
        for k, share in enumerate((0.12, 0.32, 0.52, 0.72)):
            root = np.array([np.interp(share, np.linspace(0, 1, 4), arm[:, i]) for i in (0, 1)])
            tip = root + np.array([0.42 - 0.05 * k, 0.10 * side])
            parts.append(([root, 0.5 * (root + tip) + (0, 0.03 * side), tip], (0.17, 0.15, 0.08)))
    turn = np.array([[np.cos(lean), np.sin(lean)], [-np.sin(lean), np.cos(lean)]])
    return [finger((np.array(path) * (1, 0.9) * span) @ turn + (x, y), tuple(span * np.array(w))) for path, w in parts]


def fish(x: float, y: float, long: float, lean: float) -> tuple[Pieces, Pieces]:
    """A fish, and the stripes and the eye that are pasted on it."""
    t = np.linspace(0, 2 * np.pi, 50)
    body = np.stack([0.5 * np.cos(t), 0.24 * np.sin(t) * (1 - 0.35 * np.cos(t))], axis=-1)
    tail = np.array([[0.38, 0], [0.72, -0.26], [0.62, 0], [0.72, 0.26]])
    fin = np.array([[-0.12, -0.2], [0.14, -0.36], [0.26, -0.16]])
    eye = np.array([-0.32, -0.04]) + 0.045 * directions(t)
    bands = [
        np.array([[c - 0.03, -h], [c + 0.05, 0], [c - 0.03, h], [c + 0.02, h], [c + 0.1, 0], [c + 0.02, -h]])
        for c, h in ((-0.16, 0.2), (0.0, 0.19), (0.15, 0.15))
    ]
    turn = np.array([[np.cos(lean), np.sin(lean)], [-np.sin(lean), np.cos(lean)]])
    return tuple([(piece * long) @ turn + (x, y) for piece in group] for group in ([body, tail, fin], [*bands, eye]))


def swell(level: float, tall: float, wide: float, start: float) -> Pieces:
    """The sea's upper edge in scallops, down to the lower edge of the sheet."""
    x = np.linspace(-40, 808, 400)
    y = level + tall * (1 - np.abs(np.sin(np.pi * (x + start) / wide)) ** 0.7) + 6 * np.sin(x / 130 + start)
    return [np.concatenate([np.stack([x, y], axis=-1), [[808, 640], [-40, 640]]])]


def block(left: float, top: float, right: float, bottom: float) -> Pieces:
    """A sheet of paper cut by eye, not quite square."""
    return [np.array([[left, top], [right, top - 3], [right + 4, bottom], [left - 3, bottom + 4]], float)]


def round_cut(x: float, y: float, radius: float | Array, corners: int) -> Pieces:
    """A round piece, or a jagged one where the radius differs from corner to corner."""
    turn = np.arange(corners) * 2 * np.pi / corners
    return [np.array([x, y]) + directions(turn) * np.broadcast_to(radius, corners)[:, None]]


def sky(cut: Scissors, rng: Rng) -> None:
    """The papers of the sky, the sun, the weeds that float in it, and the sea's edge before them."""
    for *box, code in SKY:
        cut.paste(block(*box), code, 0.6, 0.6)
    rays = np.where(np.arange(160) % 10 < 5, 92, 66) + rng.normal(0, 2, 160)
    cut.paste(round_cut(482, 118, rays, 160), "e8321e", 1.5)
    cut.paste(round_cut(482, 118, 46, 40), "ffd21e", 1.5)
    for x, y, angle, long, code in LEAVES:
        cut.paste(frond(rng, x, y, angle, long), code)
    cut.paste(swell(312, 24, 92, 20), "fbf7ea")
    cut.paste(swell(328, 24, 92, 50), "22b5c8")


def sea(cut: Scissors, rng: Rng) -> None:
    """The papers of the sea, weeds, bubbles and fish."""
    for *box, code in SEA:
        cut.paste(block(*box), code, 0.6, 0.6)
    for x, y, angle, long, code in WEEDS:
        cut.paste(frond(rng, x, y, angle, long), code)
    for x, y, radius, code in BUBBLES:
        cut.paste(round_cut(x, y, radius, 24), code, 0.8, 0.7)
    for x, y, long, lean, code, mark in FISH:
        body, marks = fish(x, y, long, lean)
        cut.paste(body, code, 1.2, 1.3)
        cut.paste(marks, mark, 0.8, 0.5)


def cut_paper(size: int = LONG, seed: int = 12) -> Array:
    """Swallows above the sea and fish below it: bright papers, sharp edges, weeds in every colour."""
    sheet = Sheet(768, 576, size, seed)
    sheet.rgb[:] = hexes("f6f0e0")[0]
    cut = Scissors(sheet)
    sky(cut, sheet.rng)
    sea(cut, sheet.rng)
    for x, y, span, lean, code in BIRDS:
        cut.paste(swallow(x, y, span, lean), code, 1.4, 1.6)
    return sheet.finish(depth=0.55, gloss=0.1)
