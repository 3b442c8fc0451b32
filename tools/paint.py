"""Paint the style pictures of images/: five paintings, each in a hand of its own, from nothing but numbers.

    python tools/paint.py                                  # all five, into images/
    python tools/paint.py night_swirls --out /tmp --seed 7 # one of them, from another seed

A painting is planned on a sheet whose longer side is 768 units: a colour and a direction for every unit. Then the hand
comes: strokes with bristles, panes, cuts or dots. They are laid at twice the final size, because scaling down is what
gives clean edges. The brushes leave a height as well as a colour, and at the end a lamp from the upper left shines on it.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw
from scipy.ndimage import distance_transform_edt, gaussian_filter, map_coordinates, maximum_filter, zoom
from scipy.spatial import cKDTree
from skimage.color import lab2rgb, rgb2lab

Array = np.ndarray
Rng = np.random.Generator
LONG = 768  # units on the longer side of every sheet
OVERSAMPLE = 2  # pixels painted for each pixel kept, along one side


# ---------------------------------------------------------------------------------------------- colour, noise, relief


def hexes(*codes: str) -> Array:
    """Colours written as "1b2a5c" or "1b2a5c 2f4fa0", as rows of red, green and blue from 0 to 1."""
    return np.array([[int(c[i : i + 2], 16) / 255 for i in (0, 2, 4)] for c in " ".join(codes).split()])


def ramp(values: Array, codes: str) -> Array:
    """Map values from 0 to 1 onto colours; the steps between them are mixed in Lab, where half-way looks half-way."""
    stops = rgb2lab(hexes(codes)[None])[0]
    where = np.linspace(0, 1, len(stops))
    mixed = np.stack([np.interp(values, where, stops[:, k]) for k in range(3)], axis=-1)
    return np.clip(lab2rgb(mixed), 0, 1)


def jitter(colours: Array, rng: Rng, light: float, chroma: float, hue: float) -> Array:
    """Vary rows of colours: lightness by +-light, saturation by a share of it, hue by an angle, all of them normal."""
    lab = rgb2lab(colours[None])[0]
    n = len(lab)
    angle = np.arctan2(lab[:, 2], lab[:, 1]) + hue * rng.standard_normal(n)
    radius = np.hypot(lab[:, 1], lab[:, 2]) * np.exp(chroma * rng.standard_normal(n))
    lab = np.stack([lab[:, 0] + light * rng.standard_normal(n), radius * np.cos(angle), radius * np.sin(angle)], axis=-1)
    return np.clip(lab2rgb(lab), 0, 1)


def noise(shape: tuple[int, int], size: float | tuple[float, float], rng: Rng) -> Array:
    """Smooth random hills about `size` pixels wide (or high and wide), with mean 0 and deviation 1."""
    sizes = np.broadcast_to(size, 2)
    step = np.maximum(sizes / 4, 1)  # wide hills are made small and enlarged: a wide blur would take seconds
    small = [int(np.ceil(n / s)) + 3 for n, s in zip(shape, step)]
    field = gaussian_filter(rng.standard_normal(small), sizes / step, mode="wrap")
    rows, columns = (np.arange(n) / s for n, s in zip(shape, step))
    if step.max() > 1:
        field = map_coordinates(field, np.meshgrid(rows, columns, indexing="ij"), order=1)
    field = field[: shape[0], : shape[1]]
    return ((field - field.mean()) / (field.std() + 1e-9)).astype(np.float32)


def smoothstep(low: float, high: float, x: Array) -> Array:
    """0 below low, 1 above high, and a soft passage between them."""
    t = np.clip((x - low) / (high - low), 0, 1)
    return t * t * (3 - 2 * t)


def relief(rgb: Array, height: Array, depth: float, gloss: float = 0.0) -> Array:
    """Light the paint from the upper left: slopes towards the lamp grow lighter, the others darker, crests glisten."""
    down, across = np.gradient(height)
    slope = np.tanh(-depth * (0.75 * across + 0.66 * down) * -1.0)[..., None]
    lit = np.where(slope < 0, rgb * (1 + 0.62 * slope), rgb + (1 - rgb) * 0.42 * slope)
    return np.clip(lit + gloss * np.clip(slope - 0.5, 0, 1) ** 2, 0, 1)


# ------------------------------------------------------------------------------------------------- sheet and brushes


class Sheet:
    """A sheet to paint on: colour and height at the painted size, and the coordinates of its plan in units."""

    def __init__(self, wide: int, high: int, size: int, seed: int) -> None:
        self.scale = OVERSAMPLE * size / LONG  # painted pixels for one unit
        self.coarse = max(1.0, 384 / size)  # a small sheet gets the same picture with broader brushes
        self.rng = np.random.default_rng(seed)
        self.wide, self.high = wide, high
        self.y, self.x = np.mgrid[0:high, 0:wide].astype(np.float32)
        self.shape = (round(high * self.scale), round(wide * self.scale))
        self.rgb = np.zeros((*self.shape, 3), np.float32)
        self.height = np.zeros(self.shape, np.float32)
        # Bristles are one strip of noise, long along the stroke and thin across it; each stroke reads a place of it.
        self.bristles = np.clip(0.5 + 0.28 * noise((256, 1024), (1.1, 70.0), self.rng), 0, 1)

    def enlarge(self, plan: Array) -> Array:
        """Bring a plan, one value or colour for each unit, to the painted size."""
        factors = [n / m for n, m in zip(self.shape, plan.shape)] + [1] * (plan.ndim - 2)
        return zoom(plan.astype(np.float32), factors, order=1)

    def finish(self, depth: float = 0.0, gloss: float = 0.0) -> Array:
        """Light the relief, scale down to the final size and return 8-bit colours."""
        lit = relief(self.rgb, self.height, depth, gloss) if depth else np.clip(self.rgb, 0, 1)
        rows, columns = (n // OVERSAMPLE for n in self.shape)
        picture = Image.fromarray((lit * 255).round().astype(np.uint8))
        return np.asarray(picture.resize((columns, rows), Image.Resampling.BOX))


def dab(sheet: Sheet, path: Array, width: float, paints: Array, dry: float, body: float, square: float = 0.0) -> None:
    """Draw one loaded brush along a path of units: two paints half mixed in the bristles, a ridge at either side.

    `dry` is where along the stroke the paint runs out and only the bristles touch, `body` how thick the paint lies.
    A `square` of 1 is a knife: ends cut straight and full width all along.
    """
    path, half = path * sheet.scale, width * sheet.scale / 2
    lengths = np.r_[0, np.cumsum(np.hypot(*np.diff(path, axis=0).T))]
    u = np.linspace(0, 1, max(int(lengths[-1] / 0.7), 4), dtype=np.float32)
    v = np.linspace(-1, 1, max(int(half * 2 / 0.7), 3), dtype=np.float32)
    centre = np.stack([np.interp(u * lengths[-1], lengths, path[:, k]) for k in (0, 1)], axis=-1)
    along = np.gradient(centre, axis=0)
    along /= np.hypot(*along.T)[:, None] + 1e-6
    taper = np.maximum(square, (1 - np.abs(2 * u - 1) ** 5) ** 0.5 * (1 - 0.25 * u))
    side = v[None] * (taper * half)[:, None]
    column = np.rint(centre[:, :1] - along[:, 1:] * side).astype(np.intp)
    row = np.rint(centre[:, 1:] + along[:, :1] * side).astype(np.intp)
    r, c = sheet.rng.integers(256), sheet.rng.integers(1024)
    lines = (r + np.rint((v + 1) * half / 1.1 / sheet.scale)).astype(np.intp) % 256
    steps = (c + np.rint(u * lengths[-1] * 0.5)).astype(np.intp) % 1024
    hair, streak = sheet.bristles[lines[None], steps[:, None]], sheet.bristles[(lines[None] + 97) % 256, steps[:, None]]
    cover = np.clip((hair - smoothstep(dry, 1.25, u)[:, None] * 0.9) * 9 + 0.4, 0, 1) * np.clip((1.02 - np.abs(v)) * half, 0, 1)
    keep = (row >= 0) & (row < sheet.shape[0]) & (column >= 0) & (column < sheet.shape[1]) & (cover > 0.02)
    row, column, cover = row[keep], column[keep], cover[keep]
    ridge = np.exp(-(((np.abs(v) - 0.84) / 0.13) ** 2))[None]
    thick = body * (0.45 + 0.75 * hair + 0.5 * ridge) * (1.1 - 0.5 * u[:, None])
    mix = smoothstep(0.38, 0.62, streak)[keep][:, None]
    colour = (paints[0] * (1 - mix) + paints[1] * mix) * (0.86 + 0.28 * hair[keep][:, None])
    sheet.rgb[row, column] += cover[:, None] * (colour - sheet.rgb[row, column])
    sheet.height[row, column] += cover * (0.35 * sheet.height[row, column] + thick[keep] - sheet.height[row, column])


def trace(starts: Array, flow: Array, length: Array | float, steps: int = 14) -> Array:
    """Follow a field of unit vectors both ways from the starts; the answer is (strokes, points, x and y)."""
    rows, columns = flow.shape[:2]
    halves = []
    for sign in (-1.0, 1.0):
        at, points = starts.copy(), []
        for _ in range(steps // 2):
            i, j = np.clip(at[:, 1], 0, rows - 1).astype(int), np.clip(at[:, 0], 0, columns - 1).astype(int)
            at = at + sign * flow[i, j] * (np.asarray(length) / steps)[..., None]
            points.append(at)
        halves.append(points)
    return np.stack(halves[0][::-1] + [starts] + halves[1], axis=1)


def lay(sheet: Sheet, plan: Array, flow: Array, width: float, length: float, *, where: Array | None = None,
        cover: float = 1.6, vary: tuple[float, float, float] = (5, 0.15, 0.12), dry: float = 0.65, body: float = 1.0,
        square: float = 0.0) -> None:
    """Cover the sheet, or the part `where` a chance says so, with strokes that take their colour from the plan."""
    rng, width, length = sheet.rng, width * sheet.coarse, length * sheet.coarse
    count = int(cover * sheet.wide * sheet.high / (width * length))
    starts = rng.uniform((-4, -4), (sheet.wide + 4, sheet.high + 4), (count, 2))
    i = np.clip(starts[:, 1], 0, sheet.high - 1).astype(int)
    j = np.clip(starts[:, 0], 0, sheet.wide - 1).astype(int)
    if where is not None:
        chosen = rng.random(count) < where[i, j]
        starts, i, j = starts[chosen], i[chosen], j[chosen]
    lengths = length * rng.uniform(0.6, 1.35, len(starts))
    paths = trace(starts, flow, lengths)
    first, second = jitter(plan[i, j], rng, *vary), jitter(plan[i, j], rng, vary[0] * 1.7, vary[1], vary[2] * 1.5)
    widths = width * rng.uniform(0.65, 1.25, len(starts))
    for path, w, one, two in zip(paths, widths, first, second):
        dab(sheet, path, w, np.stack([one, two]), dry * rng.uniform(0.7, 1.3), body * rng.uniform(0.7, 1.2), square)


def directions(angle: Array) -> Array:
    """Unit vectors from angles."""
    return np.stack([np.cos(angle), np.sin(angle)], axis=-1)


def smear(field: Array, flow: Array, length: float, steps: int = 24) -> Array:
    """Drag a field along the flow, so that spots become ribbons; the deviation is brought back to 1."""
    rows, columns = field.shape[:2]
    total = np.zeros_like(field)
    for sign in (-1.0, 1.0):
        y, x = np.mgrid[0:rows, 0:columns].astype(np.float32)
        for _ in range(steps):
            i, j = np.clip(y, 0, rows - 1).astype(int), np.clip(x, 0, columns - 1).astype(int)
            total += field[i, j]
            x, y = x + sign * flow[i, j, 0] * length / steps, y + sign * flow[i, j, 1] * length / steps
    return (total - total.mean()) / total.std()


# ------------------------------------------------------------------------------------------------------ the paintings


def night_swirls(size: int = LONG, seed: int = 11) -> Array:
    """A windy night over a lake: thick oil along a curling field, blues against ochre and yellow lights."""
    sheet = Sheet(768, 576, size, seed)
    x, y, rng = sheet.x, sheet.y, sheet.rng
    shore = 405 + 14 * np.sin(x / 90) + 6 * np.sin(x / 37 + 1)
    hills = shore - 62 - 34 * np.sin(x / 115 + 2.2) - 16 * np.sin(x / 51)
    sky = y < hills
    vx, vy = np.ones_like(x), 0.45 * np.sin(x / 95 + y / 120)
    glow = np.zeros_like(x)
    rings = np.zeros_like(x)
    whirls = [(250, 165, 105, 1), (455, 215, 80, -1), (640, 95, 70, 1)]
    stars = [(75, 70, 30), (150, 292, 24), (365, 55, 24), (520, 70, 20), (560, 285, 24), (705, 255, 30), (60, 210, 20),
             (365, 305, 17), (455, 115, 15), (640, 95, 46)]
    for cx, cy, reach, turn in whirls + [(sx, sy, 1.3 * sr, 1) for sx, sy, sr in stars]:
        r = np.hypot(x - cx, y - cy) + 1e-3
        pull = 3.2 * np.exp(-((r / reach) ** 2))
        out = 0.3 * pull * np.hypot(x - cx, y - cy) / reach  # a little outwards, so that circles become spirals
        vx, vy = vx + (out * (x - cx) - turn * pull * (y - cy)) / r, vy + (out * (y - cy) + turn * pull * (x - cx)) / r
    for cx, cy, reach in stars:
        r = np.hypot(x - cx, y - cy)
        glow = np.maximum(glow, np.exp(-((r / reach) ** 2) * 0.8))
        rings += np.exp(-((r / (1.9 * reach)) ** 2)) * np.cos(r / reach * 6.0)
    for cx, cy, reach, turn in whirls[:2]:
        r, around = np.hypot(x - cx, y - cy), np.arctan2(y - cy, x - cx)
        rings += np.exp(-((r / reach) ** 2)) * (0.5 + 1.5 * np.cos(2 * around - turn * 9 * (r / reach) ** 0.7))
    angle = np.where(sky, np.arctan2(vy, vx), 0.35 * np.cos(x / 115 + 2.2) + 0.15)
    angle = np.where(y > shore, 0.05 * np.sin(x / 40 + y / 9), angle)
    flow = directions(angle)
    bands = smear(noise(x.shape, 11, rng), flow, 85)
    blue = np.clip(0.30 + 0.24 * bands + 0.22 * (y / 330 - 0.4) + 0.16 * rings, 0, 1)
    plan = ramp(blue, "0c1440 14246b 1c3d94 2a5db4 4f8fc6 8fc3cf cfe0c0")
    gold = np.clip(glow + 0.10 * bands * (glow > 0.12), 0, 1)
    warm = ramp(gold, "2a5db4 5d8a9a b9a44a d99a2b f0c040 f8e07a fff6cf")
    plan = plan + smoothstep(0.12, 0.42, gold)[..., None] * (warm - plan)
    land = ramp(np.clip(0.4 + 0.3 * bands + 0.5 * (hills + 40 - y) / 90, 0, 1), "0a1226 0f2338 17403f 2a5b4d 3b5a7a")
    water = ramp(np.clip(0.45 + 0.25 * bands - 0.3 * (y - shore) / 170, 0, 1), "0a1233 14286a 214b93 3f7fb0 7fb0b5")
    plan = np.where(sky[..., None], plan, np.where((y > shore)[..., None], water, land))
    for lx in (96, 214, 262, 402, 540, 618, 690):
        column = np.exp(-(((x - lx + 5 * np.sin(y / 7)) / (7 + np.abs(y - shore) / 18)) ** 2)) * (y > shore - 13)
        shine = column * np.where(y > shore, np.clip(1 - (y - shore) / 165, 0, 1) * (0.65 + 0.35 * np.sin(y / 4.5)), 1)
        plan = plan + np.clip(shine * 1.3, 0, 1)[..., None] * (hexes("f2b63c")[0] - plan)
    sheet.rgb = sheet.enlarge(gaussian_filter(plan, (4, 4, 0)) * 0.8)
    lay(sheet, gaussian_filter(plan, (5, 5, 0)), flow, 20, 90, cover=2.2, vary=(5, 0.12, 0.08))
    lay(sheet, gaussian_filter(plan, (2, 2, 0)), flow, 11, 56, cover=1.6, vary=(7, 0.18, 0.1))
    lay(sheet, plan, flow, 7, 36, cover=0.9, vary=(9, 0.22, 0.12), body=1.2)
    busy = np.clip(glow * 2 + (y > hills) * 0.6 + 0.06, 0, 1)
    lay(sheet, plan, flow, 4.5, 18, where=busy, cover=1.3, vary=(8, 0.2, 0.13), body=1.3)
    return sheet.finish(depth=2.2, gloss=0.6)


def panes(u: Array, v: Array, rng: Rng, loose: float = 0.42) -> Array:
    """Number the cells around loosely set points, one for each unit square of (u, v): Voronoi cells, one to a point."""
    rows, columns = (np.arange(np.floor(a.min()) - 1, np.ceil(a.max()) + 2) for a in (u, v))
    points = np.stack(np.meshgrid(rows, columns, indexing="ij"), axis=-1).reshape(-1, 2)
    return cKDTree(points + rng.uniform(-loose, loose, points.shape)).query(np.stack([u, v], axis=-1))[1]


def window(x: Array, y: Array) -> list[tuple[Array, Array, Array, str]]:
    """The parts of the window, back to front: where each is, its coordinates along and across the panes, its glass."""
    r, turn = np.hypot(x - 300, y - 262), np.arctan2(x - 300, 262 - y)
    far = 455 + 26 * np.sin(x / 80 + 0.4) + 0.0 * y
    near = 545 + 34 * np.sin(x / 120 + 2.6)
    bank = 640 + 30 * np.sin(x / 95 + 0.8)
    stream = np.abs(x - 330 - 75 * np.sin(y / 62 + 0.6)) < 14 + (y - 455) * 0.17
    edge = np.minimum(np.minimum(x, 575 - x), np.minimum(y, 767 - y))
    upright = np.minimum(x, 575 - x) < np.minimum(y, 767 - y)
    whirl = (turn + 0.35 * np.log(r / 100 + 0.3)) * 24 / (2 * np.pi)
    sky = "101f6b 16308f 1f4fb8 2a78c8 3aa0cf 57308f 7a3aa0 0e1a55 2460a8 4fc0d0"
    return [
        (r > 0, r / 78, whirl * np.where(r > 300, 2, 1), sky),
        (r < 165 + 14 * np.cos(turn * 12), r / 60 + 0.3, turn * 24 / (2 * np.pi), "e8801c f2a81e d8501a f6c63a c43422"),
        (r < 98, turn * 9 / np.pi, r / 24, "ffd84a ffe98c fbb62a fff2b8 f79a1e"),
        (r < 36, turn * 3 / np.pi, r / 36, "fff6cc ffefa0 ffe070"),
        (y > far, x / 95, (y - far) / 24, "4a3a94 6a3f9e 2f5aa0 3b7fa8 80489a"),
        (y > near, x / 80, (y - near) / 22, "0f6b4a 1d8a4c 5aa83a 0b5552 9cc23c 2f9a6a"),
        (y > bank, x / 70, (y - bank) / 25, "b81f2c d8452a 8e1838 e87a24 a02a6a 5f1746"),
        (stream & (y > far), y / 58, (x - 75 * np.sin(y / 62 + 0.6)) / 17, "2aa6c8 55d0d8 1b7fb4 9ae6df 2f63b8"),
        (edge < 30, np.where(upright, y / 54.8, x / 57.5), 0 * x, "a3122a c8202e 7d0f33 1d2f88 e8a21e"),
    ]


def stained_glass(size: int = LONG, seed: int = 5) -> Array:
    """A window: the sun over hills and a stream in long panes of streaky glass, held by lead."""
    sheet = Sheet(576, 768, size, seed)
    rng, shape, scale = sheet.rng, sheet.shape, sheet.scale
    y, x = np.mgrid[0 : shape[0], 0 : shape[1]].astype(np.float32) / scale
    x, y = x + 1.5 * noise(shape, 30 * scale, rng), y + 1.5 * noise(shape, 30 * scale, rng)
    part, pane, along, across = (np.zeros(shape, t) for t in (int, int, np.float32, np.float32))
    glass = []
    for number, (inside, u, v, codes) in enumerate(window(x, y)):
        cells = panes(u[inside], v[inside], rng) if number < 8 else np.floor(u[inside]).astype(int)
        part[inside], pane[inside] = number, cells + len(glass)
        along[inside], across[inside] = u[inside], v[inside]
        choice = hexes(codes)[rng.integers(len(codes.split()), size=cells.max() + 1)]
        glass.extend(jitter(choice, rng, 6, 0.12, 0.12))
    gap, wide = (distance_transform_edt(~edges(ids)) / scale for ids in (pane, part))
    grain = noise((512, 512), (2.2, 16), rng)
    shift = rng.integers(512, size=len(glass))[pane]
    streak = map_coordinates(grain, [across * 60 + shift, along * 70 + shift * 7], order=1, mode="grid-wrap")
    hatch = (rng.random(len(glass)) < 0.4)[pane] * smoothstep(0.55, 0.8, np.sin(across * 34 + 0.5 * streak)) * (gap > 5)
    light = 0.30 * smoothstep(1, 16, gap) + 0.13 * streak + 0.10 * noise(shape, 60 * scale, rng) + 0.07 * noise(shape, 1.6, rng)
    light += 0.16 * np.exp(-((np.hypot(x - 300, y - 262) / 210) ** 2)) - 0.3 * hatch + 0.25 * np.clip(streak - 1.2, 0, 1)
    colour = np.asarray(glass, np.float32)[pane]
    gamma = np.exp(-2.1 * (light - 0.16))[..., None]
    colour = colour**gamma * (0.9 + 0.35 * (light - 0.16)[..., None])
    lead = np.maximum(1 - gap / (2.3 + 0.3 * noise(shape, 8, rng)), 1 - wide / (3.9 + 0.5 * noise(shape, 8, rng)))
    metal = ramp(np.clip(0.4 + 0.16 * noise(shape, 3, rng), 0, 1), "0b0a0e 1c1b22 3a3a42")
    sheet.rgb = colour + smoothstep(0, 0.22, lead)[..., None] * (metal - colour)
    sheet.height = 2.2 * np.sqrt(np.clip(lead, 0, 1)) + 0.12 * streak * (lead < 0)
    return sheet.finish(depth=1.1, gloss=0.5)


def edges(ids: Array) -> Array:
    """True where a pixel's number differs from that of its right or lower neighbour."""
    line = np.zeros(ids.shape, bool)
    line[:, :-1] |= ids[:, 1:] != ids[:, :-1]
    line[:-1] |= ids[1:] != ids[:-1]
    line[0, 0] |= not line.any()
    return line


def breaker(sheet: Sheet, base: float, tall: float, period: float, curl: float) -> Array:
    """The mask of one row of waves that lean to the right and break, from its crest down to the lower edge."""
    rng = sheet.rng
    t = np.linspace(-300, 1000, 2600)
    phase = (t + rng.uniform(0, period)) / period + 0.10 * np.sin(t / 170 + rng.uniform(0, 6))
    heights = rng.uniform(0.55, 1.1, 40)[(np.floor(phase) + 20).astype(int) % 40]
    rise = np.exp(2.2 * (np.cos(2 * np.pi * (phase % 1 - 0.5)) - 1)) * heights
    after = np.clip((phase % 1 - 0.5) / 0.13, 0, 1) * (rise > 0.25)
    x = t + curl * tall * rise**2
    y = base - tall * rise + 0.42 * tall * np.sin(np.pi * after) * rise + 4 * np.sin(t / 23)
    mask = Image.new("1", sheet.shape[::-1])
    outline = [*zip(x * sheet.scale, y * sheet.scale), (1100 * sheet.scale, 9999), (-400 * sheet.scale, 9999)]
    ImageDraw.Draw(mask).polygon(outline, fill=1)
    return np.asarray(mask)


def carve(sheet: Sheet, depth: Array, spacing: float, thick: Array) -> Array:
    """Cuts of a gouge that follow the lines of equal depth, swelling and thinning: 1 where wood was taken away."""
    wobble = 0.30 * noise(sheet.shape, 26 * sheet.scale, sheet.rng) + 0.05 * noise(sheet.shape, 5 * sheet.scale, sheet.rng)
    swell = thick + 0.22 * noise(sheet.shape, 17 * sheet.scale, sheet.rng)
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
    sheet.rgb = (hexes("f1e4c6")[0] * (1 + 0.03 * noise(sheet.shape, 1.2, rng) + 0.02 * noise(sheet.shape, (2, 12), rng))[..., None])
    knots = 26 * noise(sheet.shape, (45 * s, 150 * s), rng)
    printed(sheet, carve(sheet, y + knots, 8, 0.75 - y / 420), "d9a441")
    printed(sheet, carve(sheet, y + knots, 8, 0.62 - y / 190), "c8543a")
    round_sun = np.hypot(x - 545, y - 178) < 92
    printed(sheet, round_sun * (1 - carve(sheet, y, 9, (y - 175) / 150)), "c2301f")
    rows = [(262, 46, 150, 0.5, "a9bfae", "5f8fa3"), (318, 80, 235, 0.85, "7fb0b8", "2f6f9a"),
            (392, 118, 330, 1.05, "4f8fb5", "1b3f7a"), (482, 120, 410, 1.1, "2f6ba0", "14265c"),
            (560, 80, 300, 0.9, "24508c", "0f1a44")]
    for number, (base, tall, period, curl, middle, dark) in enumerate(rows):
        wave = breaker(sheet, base, tall, period, curl)
        depth = distance_transform_edt(wave) / s
        sheet.rgb[wave] = hexes("f4ead0")[0]
        foam = 5 + 2.2 * number + 3.5 * np.abs(noise(sheet.shape, 9 * s, rng))
        body = smoothstep(-0.4, 0.4, depth - foam)
        spacing = 5.5 + 1.3 * number
        printed(sheet, body * (1 - carve(sheet, depth, spacing, 0.45 - depth / 120)), middle)
        printed(sheet, body * carve(sheet, depth + spacing / 2, spacing, depth / 95 - 0.25), dark)
        key = (wave & (depth < 1.5 + 0.2 * number)) | (np.abs(depth - foam) < 0.8)
        printed(sheet, key.astype(float), "101a3e")
    sheet.height = 0.4 * noise(sheet.shape, 1.1, rng) - 0.8 * gaussian_filter(sheet.rgb.mean(axis=-1), 1.2)
    return sheet.finish(depth=0.35)


def blob(x: Array, y: Array, cx: float, cy: float, rx: float, ry: float, rough: Array, soft: float = 0.12) -> Array:
    """A soft ellipse with a ragged edge: 1 inside, 0 outside."""
    return smoothstep(-soft, soft, 1 - np.hypot((x - cx) / rx, (y - cy) / ry) + rough)


def meadow_plan(sheet: Sheet) -> Array:
    """The colours of a meadow at evening: sky, hills, trees against the light, bands of flowers, a stream."""
    x, y, rng = sheet.x, sheet.y, sheet.rng
    fine, wide = noise(x.shape, 7, rng), noise(x.shape, (9, 60), rng)
    sun = np.hypot(x - 590, (y - 205) * 1.25)
    plan = ramp(np.clip(y / 260 + 0.05 * wide, 0, 1), "2f62b8 4f8fd0 86bfd8 d8d8c0 f8d890 f6b070")
    plan += np.exp(-((sun / 120) ** 2))[..., None] * 0.8 * (hexes("fff0a8")[0] - plan)
    puffs = smoothstep(0.25, 1.1, noise(x.shape, (20, 75), rng) + 0.6 * wide - np.abs(y - 105) / 85)
    plan += puffs[..., None] * 0.85 * (ramp(np.clip(0.5 - 0.3 * fine + (y - 100) / 150, 0, 1), "fffbe8 fbd9c0 e0a0b0") - plan)

    def put(mask: Array, colours: Array) -> None:
        plan[:] = plan + mask[..., None] * (colours - plan)

    ridge = 238 - 26 * np.sin(x / 130 + 0.6) - 9 * np.sin(x / 41)
    put(smoothstep(-2, 2, y - ridge), ramp(np.clip((y - ridge) / 70 + 0.1 * fine, 0, 1), "5a62a8 7a7fb8 a8a0b8 c8b890"))
    field = 292 + 12 * np.sin(x / 150 + 2)
    rows = np.clip((y - field) / 270 + 0.13 * wide + 0.05 * fine, 0, 1)
    put(smoothstep(-2, 2, y - field), ramp(rows, "e8d860 c8d050 8fbf48 5fa848 3f8f4a 2a6f4a 1f5548"))
    for level, colour, height in ((335, "d8342c", 16), (392, "f4ecd8", 20), (455, "8a4fb0", 26), (530, "e0402c", 32)):
        band = smoothstep(0.2, 0.9, 1.2 - np.abs(y - level - 14 * np.sin(x / 90 + level)) / height + 0.6 * fine - 0.5)
        put(0.8 * band, hexes(colour)[0])
    course = np.abs(x - 400 - 90 * np.sin((y - 290) / 75)) < 3 + (y - field) * 0.16
    put(gaussian_filter((course & (y > field)).astype(np.float32), 2),
        ramp(np.clip((y - field) / 280 + 0.12 * wide, 0, 1), "fff0b0 f8c890 a8c8d8 5f9fd0 3a70b8"))
    for tx, ty, wide_, tall in ((120, 205, 125, 135), (268, 262, 48, 52), (700, 250, 62, 75), (470, 268, 26, 30), (520, 272, 20, 24)):
        shade = np.clip(0.45 + (x - tx) / wide_ * 0.42 - (y - ty) / tall * 0.35 + 0.16 * fine, 0, 1)
        put(0.75 * blob(x, y, tx - 0.8 * tall, ty + tall + 18, wide_ * 1.4, tall * 0.16, 0.2 * fine), hexes("2c3f80")[0])
        put((np.abs(x - tx) < wide_ * 0.07).astype(np.float32) * (y > ty) * (y < ty + tall + 14), hexes("4a2a50")[0])
        put(blob(x, y, tx, ty, wide_, tall, 0.16 * fine), ramp(shade, "1a2458 1f4a5a 2a7048 6fa03a c8b83a f2b040"))
    return np.clip(plan, 0, 1)


def pointillist_meadow(size: int = LONG, seed: int = 8) -> Array:
    """A meadow at evening in dots of pure colour, each beside its complement, large ones below and small ones above."""
    sheet = Sheet(768, 576, size, seed)
    plan = meadow_plan(sheet)
    flow = directions(0.9 * noise(sheet.x.shape, 25, sheet.rng))
    lab = rgb2lab(plan)
    opposite = np.clip(lab2rgb(lab * (1, -0.8, -0.8) + (6, 0, 0)), 0, 1)
    cooler = np.clip(lab2rgb(lab * (0.85, 1, 1) + (0, 6, -26)), 0, 1)
    warmer = np.clip(lab2rgb(lab * (1.05, 1, 1) + (4, 10, 26)), 0, 1)
    sheet.rgb = sheet.enlarge(gaussian_filter(plan, (6, 6, 0)) * 0.9)
    dark = smoothstep(62, 38, lab[..., 0])
    for d, cover in ((11, 1.7), (7.5, 1.3), (5.5, 0.9), (4.2, 0.5)):
        lay(sheet, plan, flow, d, d * 1.15, cover=cover, vary=(7, 0.25, 0.22), dry=1.4, body=0.8)
        lay(sheet, cooler, flow, d * 0.9, d, where=0.25 + 0.5 * dark, cover=cover * 0.32, vary=(6, 0.2, 0.2), dry=1.4)
        lay(sheet, warmer, flow, d * 0.9, d, where=0.75 - 0.5 * dark, cover=cover * 0.32, vary=(6, 0.2, 0.2), dry=1.4)
        lay(sheet, opposite, flow, d * 0.8, d * 0.9, cover=cover * 0.12, vary=(6, 0.2, 0.2), dry=1.4)
    return sheet.finish(depth=1.2, gloss=0.2)


def birch(sheet: Sheet, x: float, foot: float, width: float, lean: float) -> None:
    """One trunk: long slabs of cream, a cold shadow down its right side, and dark nicks dragged across."""
    rng = sheet.rng
    for start in np.arange(-30, foot, 62.0):
        ys = np.linspace(start, min(start + 80, foot), 6)
        xs = x + lean * (ys - foot) + rng.normal(0, 0.05 * width)
        for shift, share, codes in ((0, 1, "f4ead8 d8cdb8"), (0.3, 0.5, "8f9db8 5f6f96"), (-0.33, 0.3, "fff8e4 fbe2a8")):
            path = np.stack([xs + shift * width, ys], axis=-1)
            dab(sheet, path, width * share, jitter(hexes(codes), rng, 4, 0.2, 0.1), 0.8, 1.6, 1.0)
    for _ in range(int(foot * 0.045 * width**0.5)):
        y, side = rng.uniform(0, foot), rng.choice((-1, 1))
        middle, reach = x + lean * (y - foot), width * rng.uniform(0.25, 0.8)
        path = np.array([[middle + side * width * 0.5, y], [middle + side * (width * 0.5 - reach), y + rng.normal(0, 3)]])
        dab(sheet, path, rng.uniform(2, 0.22 * width + 2), jitter(hexes("231c28 4a3038"), rng, 4, 0.2, 0.2), 0.3, 1.2, 1.0)


def palette_knife(size: int = LONG, seed: int = 3) -> Array:
    """Birches in autumn: slabs of thick warm colour set with a knife, scraped so that the layer below shows."""
    sheet = Sheet(768, 576, size, seed)
    x, y, rng = sheet.x, sheet.y, sheet.rng
    ground = 430 + 18 * np.sin(x / 140 + 1)
    glow = np.exp(-(((x - 430) / 230) ** 2) - ((y - 300) / 170) ** 2)
    tone = np.clip(0.30 + 0.62 * glow + 0.17 * noise(x.shape, 38, rng) - 0.2 * (y < 90), 0, 1)
    plan = ramp(tone, "4a1420 8e2420 c8401c e0701a f09a22 f8c84a fdeaa0")
    holes = smoothstep(0.7, 1.3, noise(x.shape, 45, rng) - (y - 60) / 200)
    plan += holes[..., None] * (ramp(np.clip(y / 300, 0, 1), "2f7f96 6fb4b4 c8dcc0") - plan)
    floor = ramp(np.clip(0.35 + 0.5 * glow + 0.22 * noise(x.shape, (14, 60), rng), 0, 1), "3a1838 6a2040 a83a28 d8701c f4b040 fbe090")
    plan += smoothstep(-8, 8, y - ground)[..., None] * (floor - plan)
    sheet.rgb = sheet.enlarge(gaussian_filter(plan, (9, 9, 0)) * 0.75)
    turns = np.round(noise(x.shape, 30, rng) * 1.4) * 0.7 + 1.2
    flow = directions(np.where(y > ground, 0.12 * noise(x.shape, 30, rng), turns))
    knife = {"square": 1.0, "dry": 0.5}
    lay(sheet, plan, flow, 44, 80, cover=2.4, vary=(6, 0.15, 0.12), body=1.6, **knife)
    for trunk_x, width in ((70, 9), (182, 12), (330, 8), (392, 11), (566, 9), (655, 13), (730, 8)):
        birch(sheet, trunk_x, 425 + width * 2, width, rng.normal(0, 0.03))
    lay(sheet, plan, flow, 26, 46, where=0.35 + 0.4 * (y > ground), cover=1.1, vary=(8, 0.2, 0.15), body=1.6, **knife)
    for trunk_x, width in ((128, 30), (262, 21), (478, 25), (612, 36)):
        birch(sheet, trunk_x, 490 + width * 1.2, width, rng.normal(0, 0.04))
    leaves = smoothstep(0.1, 0.9, noise(x.shape, 40, rng) + (y < 190) * 0.5 + (y > 490) * 0.6)
    lay(sheet, plan, directions(noise(x.shape, 12, rng) * 1.5), 13, 19, where=leaves * 0.8, cover=0.7, vary=(13, 0.2, 0.3), body=1.8, **knife)
    return sheet.finish(depth=1.1, gloss=0.7)


PAINTINGS: dict[str, Callable[..., Array]] = {
    f.__name__: f for f in (night_swirls, stained_glass, woodcut_waves, pointillist_meadow, palette_knife)
}


def main(arguments: list[str] | None = None) -> None:
    """Paint the pictures that the command line names and save them as JPEG files."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(PAINTINGS)}; all of them if none is named")
    parser.add_argument("--out", type=Path, default=Path(__file__).resolve().parent.parent / "images", help="folder")
    parser.add_argument("--size", type=int, default=LONG, help="pixels on the longer side")
    parser.add_argument("--seed", type=int, help="another seed than the picture's own")
    options = parser.parse_args(arguments)
    options.out.mkdir(parents=True, exist_ok=True)
    for name in options.names or PAINTINGS:
        if name not in PAINTINGS:
            parser.error(f"there is no painting {name!r}; there are {', '.join(PAINTINGS)}")
        paint = PAINTINGS[name] if options.seed is None else partial(PAINTINGS[name], seed=options.seed)
        path = options.out / f"{name}.jpg"
        Image.fromarray(paint(size=options.size)).save(path, quality=88, subsampling=0, optimize=True)
        print(f"{path}  {path.stat().st_size // 1024} KB")


if __name__ == "__main__":
    main()
