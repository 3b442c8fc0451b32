"""A window of stained glass: panes, lead, and the light behind them."""

from __future__ import annotations

import numpy as np
from scipy.ndimage import distance_transform_edt, map_coordinates
from scipy.spatial import cKDTree

from .colour import Array, Rng, edges, hexes, jitter, mix, noise, ramp, smoothstep
from .sheet import LONG, Sheet


def panes(u: Array, v: Array, around: int, rng: Rng) -> Array:
    """Number the cells around loosely set points, one for each unit square of (u, v).

    Where v goes round in a circle, `around` is its period, and the cells close without a seam; else it is 0.
    """
    rows = np.arange(np.floor(u.min()) - 1, np.ceil(u.max()) + 2)
    columns = np.arange(around) if around else np.arange(np.floor(v.min()) - 1, np.ceil(v.max()) + 2)
    points = np.stack(np.meshgrid(rows, columns, indexing="ij"), axis=-1).reshape(-1, 2)
    points = points + rng.uniform(-0.4, 0.4, points.shape)
    if around:
        points[:, 1] %= around
    # The tree takes the periods of both axes, and 0 says that an axis has none.
    return cKDTree(points, boxsize=(0, around) if around else None).query(np.stack([u, v], axis=-1))[1]


def window(x: Array, y: Array) -> list[tuple[Array, Array, Array, int, str]]:
    """The parts of the window, back to front: where each is, its coordinates along and across the panes, its glass."""
    r, turn = np.hypot(x - 300, y - 262), (np.arctan2(x - 300, 262 - y) / (2 * np.pi)) % 1
    bend = turn + 0.06 * np.log(r / 100 + 0.3)
    far, near = 455 + 26 * np.sin(x / 80 + 0.4), 545 + 34 * np.sin(x / 120 + 2.6)
    bank, course = 640 + 30 * np.sin(x / 95 + 0.8), x - 330 - 75 * np.sin(y / 62 + 0.6)
    from_side, from_end = 288 - np.abs(x - 288), 384 - np.abs(y - 384)
    edge, frame = np.minimum(from_side, from_end), np.where(from_side < from_end, y / 54.8, x / 57.5)
    petals, water = 165 + 16 * np.cos(turn * 24 * np.pi), np.abs(course) < 14 + (y - 455) * 0.17
    sky = "101f6b 16308f 1f4fb8 2a78c8 3aa0cf 57308f 7a3aa0 0e1a55 2460a8 4fc0d0"
    return [
        (r > 235, r / 84 + 0.5, bend * 42, 42, sky),
        (r <= 235, r / 60, bend * 30, 30, sky),
        (r < petals, r / 60 + 0.3, turn * 30, 30, "e8801c f2a81e d8501a f6c63a c43422"),
        (r < 98, r / 23, turn * 20, 20, "ffc81a ffdc50 fba81a ffe680 f78a12"),
        (r < 36, x / 19, y / 19, 0, "fff0a0 ffe466 ffd030"),
        (y > far, x / 95, (y - far) / 24, 0, "4a3a94 6a3f9e 2f5aa0 3b7fa8 80489a"),
        (y > near, x / 80, (y - near) / 22, 0, "0f6b4a 1d8a4c 5aa83a 0b5552 9cc23c 2f9a6a"),
        (y > bank, x / 70, (y - bank) / 25, 0, "b81f2c d8452a 8e1838 e87a24 a02a6a 5f1746"),
        (water & (y > far), y / 58, course / 17, 0, "2aa6c8 55d0d8 1b7fb4 9ae6df 2f63b8"),
        (edge < 30, frame, edge / 90 - 0.15, 0, "a3122a c8202e 7d0f33 1d2f88 e8a21e"),
    ]


def stained_glass(size: int = LONG, seed: int = 5) -> Array:
    """A window: the sun over hills and a stream in long panes of streaky glass, held by lead."""
    sheet = Sheet(576, 768, size, seed)
    rng, shape, scale = sheet.rng, sheet.shape, sheet.scale
    y, x = np.mgrid[0 : shape[0], 0 : shape[1]].astype(np.float32) / scale
    x, y = x + 1.5 * noise(shape, 30 * scale, rng), y + 1.5 * noise(shape, 30 * scale, rng)
    part, pane, along, across = (np.zeros(shape, t) for t in (int, int, np.float32, np.float32))
    glass = []
    for number, (inside, u, v, around, codes) in enumerate(window(x, y)):
        u, v = u[inside], v[inside]
        cells = np.clip(u, 0, None).astype(int) if number == 9 else panes(u, v, around, rng)  # The frame is cut square.
        part[inside], pane[inside], along[inside], across[inside] = number, cells + len(glass), u, v
        choice = hexes(codes)[rng.integers(len(codes.split()), size=cells.max() + 1)]
        glass.extend(jitter(choice, rng, 6, 0.12, 0.12))
    gap, wide = (distance_transform_edt(~edges(ids)) / scale for ids in (pane, part))
    # Every pane is cut from another place of one sheet of streaky glass, and some are hatched with brown enamel.
    shift = rng.integers(512, size=len(glass))[pane]
    places = [across * 60 + shift, along * 70 + shift * 7]
    streak = map_coordinates(noise((512, 512), (2.2, 16), rng), places, order=1, mode="grid-wrap")
    hatch = (rng.random(len(glass)) < 0.4)[pane] * smoothstep(0.55, 0.8, np.sin(across * 34 + 0.5 * streak)) * (gap > 5)
    light = 0.30 * smoothstep(1, 16, gap) - 0.3 * hatch + 0.13 * streak + 0.25 * np.clip(streak - 1.2, 0, 1) - 0.16
    light += 0.10 * noise(shape, 60 * scale, rng) + 0.07 * noise(shape, 1.6, rng)
    light = (light + 0.16 * np.exp(-((np.hypot(x - 300, y - 262) / 210) ** 2)))[..., None]
    # More light is a smaller exponent: it brightens the glass and keeps its colour, where a sum would wash it out.
    colour = np.asarray(glass, np.float32)[pane] ** np.exp(-2.1 * light) * (0.9 + 0.35 * light)
    lead = np.maximum(1 - gap / (2.3 + 0.3 * noise(shape, 8, rng)), 1 - wide / (3.9 + 0.5 * noise(shape, 8, rng)))
    metal = ramp(np.clip(0.4 + 0.16 * noise(shape, 3, rng), 0, 1), "0b0a0e 1c1b22 3a3a42")
    sheet.rgb = mix(colour, metal, smoothstep(0, 0.22, lead))
    sheet.height = 2.2 * np.sqrt(np.clip(lead, 0, 1)) + 0.12 * streak * (lead < 0)
    return sheet.finish(depth=1.1, gloss=0.5)
