"""A peacock in mosaic: rows of cut stones that follow every outline, gold behind."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from scipy.ndimage import distance_transform_edt, gaussian_filter
from scipy.spatial import cKDTree
from skimage.draw import polygon
from skimage.measure import find_contours

from .colour import Array, Rng, edges, hexes, jitter, noise, ramp, smoothstep
from .sheet import LONG, Sheet

FAN = (288, 436)  # where all the feathers begin
RINGS = [(226, 17, 21), (180, 15, 18), (138, 12, 15), (102, 9, 12)]  # distance, number of eyes, and their size
NECK = [(262, 288, 19), (280, 312, 17), (290, 352, 17), (280, 400, 27), (286, 452, 46), (300, 498, 42), (322, 546, 16)]
Parts = list[tuple[Array, Array | None, Array, float]]


def tints(values: Array, codes: str) -> Array:
    """A ramp of 64 steps: stones differ by more than that, and a whole sheet of exact mixtures would take seconds."""
    return ramp(np.linspace(0, 1, 64), codes).astype(np.float32)[(np.clip(values, 0, 1) * 63).astype(int)]


def thread(x: Array, y: Array, points: list[tuple[float, float, float]]) -> Array:
    """How deep a place lies inside a tube through points (x, y, radius); negative outside it."""
    deep = np.full(x.shape, -1e3, np.float32)
    for (ax, ay, ar), (bx, by, br) in pairwise(points):
        t = np.clip(((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / ((bx - ax) ** 2 + (by - ay) ** 2), 0, 1)
        deep = np.maximum(deep, ar + t * (br - ar) - np.hypot(x - ax - t * (bx - ax), y - ay - t * (by - ay)))
    return deep


def feathers(x: Array, y: Array) -> Parts:
    """The fan: green barbs in rings about the bird, and on them the eyes, each an ellipse that points outwards."""
    dx, dy = x - FAN[0], FAN[1] - y
    r, turn = np.hypot(dx, dy), np.arctan2(dx, dy)
    rim = 246 + 9 * np.cos(turn * 27) - 90 * smoothstep(1.8, 2.15, np.abs(turn))
    barbs = r / 255 + 0.09 * np.sin(turn * 34)
    green = tints(barbs, "0d2f4a 10506a 0f7a70 1f9468 4fae5a 9cc44c d0c850")
    parts: Parts = [((r < rim) & (np.abs(turn) < 2.05), r, green, 11.5)]
    for far, count, size in RINGS:
        step = 3.72 / (count - 1)
        nearest = np.clip(np.rint((turn + 1.86) / step), 0, count - 1) * step - 1.86
        along, across = r * np.cos(turn - nearest) - far, r * np.sin(turn - nearest)
        e = np.hypot(along / (1.2 * size), across / size)
        heart = np.hypot((along - 0.15 * size) / (1.2 * size), across / size)
        rings = np.select([heart < 0.36, e < 0.66, e < 0.86], [0, 1, 2], 3)
        beside = np.hypot(far * np.sin(nearest) + 24, far * np.cos(nearest) - 170) > 50  # The head needs a calm ground.
        parts.append((beside & (e < 1), (1 - e) * size, hexes("14206e 26c4d4 b8642a ecd068")[rings], 0.36 * size))
    return parts


def bird(x: Array, y: Array) -> Parts:
    """The bird before its fan: legs, body and neck in blues, the white of the cheek, eye, beak and crest."""
    parts: Parts = []
    for foot in (278, 318):
        leg = thread(x, y, [(foot + 14, 540, 5.5), (foot, 632, 5), (foot - 28, 640, 4)])
        parts.append((leg > 0, None, tints(leg / 5, "8a4a28 c87840"), 5))
    deep = thread(x, y, NECK)
    light = 0.5 + deep / 90 - (x - 285) / 130 + (430 - y) / 600
    for at in np.linspace(-0.6, 0.8, 6):
        tip = (262 + 52 * np.sin(at), 280 - 52 * np.cos(at))
        stem = thread(x, y, [(264, 276, 2.5), (*tip, 2)])
        parts.append((stem > 0, None, tints(stem / 2, "14206e 1c3fa8"), 5))
        parts.append((np.hypot(x - tip[0], y - tip[1]) < 7, None, tints(0 * x, "ffe268 ffe268"), 16))
    parts.append((deep > 0, None, tints(light, "101c5a 173a9c 1c5fc8 2a8fdc 7ad4f0"), 9.5))
    cheek, beak = thread(x, y, [(252, 298, 4), (270, 301, 4)]), thread(x, y, [(246, 287, 9), (210, 304, 1)])
    parts.append(((beak > 0) & (x < 247), None, tints(beak / 7, "f09a20 ffd860"), 9))
    parts.append((cheek > 0, None, tints(cheek / 4, "d8ecf4 f4fcff"), 8))
    parts.append((np.hypot(x - 258, y - 284) < 8, None, tints(0 * x, "fffaf0 fffaf0"), 5))
    parts.append((np.hypot(x - 258, y - 284) < 4, None, tints(0 * x, "08080f 08080f"), 8))
    return parts


def scene(x: Array, y: Array, wobble: Array) -> Parts:
    """All parts from back to front: where each is, the level its rows follow, its colours, the width of its stones.

    A part without a level of its own follows its outline.
    """
    edge = np.minimum(288 - np.abs(x - 288), 384 - np.abs(y - 384))
    halo, hill = np.hypot(x - FAN[0], y - FAN[1]), 612 + 16 * np.sin(x / 70 + 0.6)
    gold = tints(0.78 + 0.2 * wobble - np.abs(halo - 250) / 420, "a8641c cc8c24 e8b438 f8d460 ffec9c")
    grass = tints(0.5 + 0.22 * wobble - (y - hill) / 260, "16402c 2a6a38 5a9440 9cb850 d8d070")
    parts: Parts = [(edge > 0, halo, gold, 15.0), *feathers(x, y)]
    parts.append((y > hill, y - 16 * np.sin(x / 70 + 0.6), grass, 13.0))
    for k, (cx, cy) in enumerate([(84, 672), (152, 646), (212, 696), (404, 650), (450, 698), (508, 652), (338, 702)]):
        r, turn = np.hypot(x - cx, y - cy), np.arctan2(y - cy, x - cx)
        petal = hexes(("e8442c", "fff4d8", "d8306a")[k % 3], "f8c038")[(r < 8) * 1]
        parts.append((r < 23 + 5 * np.cos(5 * turn + k), r + 0.01, petal, 7.8))
    parts += bird(x, y)
    run = np.where(288 - np.abs(x - 288) < 384 - np.abs(y - 384), y - 384, x - 288)
    wave = edge - 17.4 + 9 * np.sin(run * 2 * np.pi / 64)
    band = np.select([edge < 8.7, edge > 26.1], [0, 1], np.where(wave > 0, 2, 3))
    parts.append((edge < 34.8, edge, hexes("3a1c30 f4e8c8 c8402c 1f5a9a")[band], 8.7))
    return parts


def set_row(ids: Array, own: Array, line: Array, wide: float, first: int, rng: Rng) -> int:
    """Set stones along a line of painted pixels where there is room for them; the answer is the next free number."""
    lengths = np.r_[0, np.cumsum(np.hypot(*np.diff(line, axis=0).T))]
    count = int(lengths[-1] / wide)
    if count < 1:
        return first
    cuts = (np.arange(count + 1) + np.r_[0, rng.uniform(-0.16, 0.16, count - 1), 0]) * lengths[-1] / count
    at = np.stack([np.interp(cuts, lengths, line[:, k]) for k in (0, 1)], axis=-1)
    ahead = np.stack([np.interp(cuts + 1, lengths, line[:, k]) for k in (0, 1)], axis=-1)
    behind = np.stack([np.interp(cuts - 1, lengths, line[:, k]) for k in (0, 1)], axis=-1)
    normal = (ahead - behind)[:, ::-1] * (1, -1)
    normal *= wide / 2 / (np.hypot(*normal.T)[:, None] + 1e-6)
    for a, b, n, m in zip(at[:-1], at[1:], normal[:-1], normal[1:]):
        corners = np.array([a + n, b + m, b - m, a - n]) + rng.uniform(-0.05, 0.05, (4, 2)) * wide
        inside = polygon(*corners.T, ids.shape)
        free = own[inside] & (ids[inside] < 0)
        if len(free) and free.mean() > 0.62:
            ids[inside[0][free], inside[1][free]] = first
            first += 1
    return first


def set_stones(sheet: Sheet, plans: Parts, parts: Parts) -> Array:
    """Number the stones: rows along the lines of equal level of every part, then shards that fill what is left."""
    rng, s = sheet.rng, sheet.scale
    top = np.zeros(sheet.shape, int)
    for number, part in enumerate(parts):
        top[part[0]] = number
    ids, first = np.full(sheet.shape, -1), 0
    for number in reversed(range(len(parts))):
        inside, level, _, wide = plans[number]
        own, wide = top == number, wide * sheet.coarse
        if level is None:
            level = gaussian_filter(distance_transform_edt(np.pad(inside, 1)), 1.2)[1:-1, 1:-1]
        for k in range(int(level[inside].max() / wide) + 1):
            for line in find_contours(level, (k + 0.5) * wide, mask=inside):
                first = set_row(ids, own, line * s, wide * s, first, rng)
        left = np.argwhere(own & (ids < 0))
        if len(left):
            seeds = left[rng.integers(len(left), size=int(2.2 * len(left) / (wide * s) ** 2) + 1)]
            ids[tuple(left.T)] = first + cKDTree(seeds).query(left)[1]
            first += len(seeds)
    return ids


def mosaic_peacock(size: int = LONG, seed: int = 6) -> Array:
    """A peacock that spreads its fan before gold: stones in rows, each tilted a little and cut by hand."""
    sheet = Sheet(576, 768, size, seed)
    rng, shape, s = sheet.rng, sheet.shape, sheet.scale
    wobble = noise(sheet.x.shape, 50, rng)
    y, x = np.mgrid[0 : shape[0], 0 : shape[1]].astype(np.float32) / s
    plans, parts = scene(sheet.x, sheet.y, wobble), scene(x, y, sheet.enlarge(wobble))
    plan = np.zeros((*shape, 3))
    for inside, _, colours, _ in parts:
        plan[inside] = colours[inside]
    ids = set_stones(sheet, plans, parts)
    count = np.bincount(ids.ravel())
    mean = [
        np.bincount(ids.ravel(), values.ravel()) / np.maximum(count, 1) for values in (*np.moveaxis(plan, 2, 0), y, x)
    ]
    stone = jitter(np.stack(mean[:3], axis=-1), rng, 6.5, 0.2, 0.1)
    gap = distance_transform_edt(~edges(ids)) / s
    tilt = rng.normal(0, 0.16, (2, len(count)))
    face = (y - mean[3][ids]) * tilt[0][ids] + (x - mean[4][ids]) * tilt[1][ids]
    grain = noise(shape, 1.5, rng)
    sheet.rgb = stone[ids] * (1 + 0.05 * grain + 0.05 * noise(shape, 6, rng))[..., None]
    cement = ramp(np.clip(0.5 + 0.2 * grain, 0, 1), "2c2420 4a3e36 6a5c50")
    joint = smoothstep(1.25, 0.7, gap + 0.12 * noise(shape, 5, rng))[..., None]
    sheet.rgb += joint * (cement - sheet.rgb)
    sheet.height = 1.5 * smoothstep(0.2, 2.2, gap) + s * face + 0.06 * grain
    return sheet.finish(depth=0.9, gloss=0.8)
