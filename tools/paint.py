"""Paint the style pictures of images/: five paintings, each in a hand of its own, from nothing but numbers.

    python tools/paint.py                                    # all five, into images/
    python tools/paint.py night_swirls --out /tmp --seed 7   # one of them, from another seed

A painting is planned on a sheet whose longer side is 768 units: a colour and a direction for every unit. Then the hand
comes: strokes with bristles, panes, cuts or dots. They are laid at twice the final size, because scaling down is what
gives clean edges. The brushes leave a height as well as a colour, and at the end a lamp from the upper left lights it.
"""

from __future__ import annotations

import argparse
import warnings
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw
from scipy.ndimage import distance_transform_edt, gaussian_filter, gaussian_filter1d, map_coordinates, zoom
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


def to_rgb(lab: Array) -> Array:
    """Lab to red, green and blue; colours that no screen can show are clipped, without a warning."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return np.clip(lab2rgb(lab), 0, 1)


def ramp(values: Array, codes: str) -> Array:
    """Map values from 0 to 1 onto colours; the steps between them are mixed in Lab, where half-way looks half-way."""
    stops = rgb2lab(hexes(codes)[None])[0]
    where = np.linspace(0, 1, len(stops))
    mixed = np.stack([np.interp(values, where, stops[:, k]) for k in range(3)], axis=-1)
    return to_rgb(mixed)


def jitter(colours: Array, rng: Rng, light: float, chroma: float, hue: float) -> Array:
    """Vary rows of colours: lightness by +-light, saturation by a share of it, hue by an angle, all of them normal."""
    lab = rgb2lab(colours[None])[0]
    lighter, fuller, turned = rng.standard_normal((3, len(lab)))
    angle = np.arctan2(lab[:, 2], lab[:, 1]) + hue * turned
    radius = np.hypot(lab[:, 1], lab[:, 2]) * np.exp(chroma * fuller)
    return to_rgb(np.stack([lab[:, 0] + light * lighter, radius * np.cos(angle), radius * np.sin(angle)], axis=-1))


def noise(shape: tuple[int, int], size: float | tuple[float, float], rng: Rng) -> Array:
    """Smooth random hills about `size` pixels wide (or high and wide), with mean 0 and deviation 1."""
    sizes = np.broadcast_to(size, 2)
    step = np.maximum(sizes / 4, 1)  # Wide hills are made small and then enlarged, as a wide blur would take seconds.
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


def mix(under: Array, over: Array, share: Array) -> Array:
    """Lay colours over others, by a share from 0 to 1 for each place."""
    return under + np.asarray(share, np.float32)[..., None] * (over - under)


def relief(rgb: Array, height: Array, depth: float, gloss: float = 0.0) -> Array:
    """Light the paint from the upper left: slopes towards the lamp grow lighter, the others darker, crests glisten."""
    down, across = np.gradient(height)
    slope = np.tanh(depth * (0.75 * across + 0.66 * down))[..., None]
    lit = np.where(slope < 0, rgb * (1 + 0.62 * slope), rgb + (1 - rgb) * 0.42 * slope)
    return np.clip(lit + gloss * np.clip(slope - 0.5, 0, 1) ** 2, 0, 1)


# ------------------------------------------------------------------------------------------------- sheet and brushes


class Sheet:
    """A sheet to paint on: colour and height at the painted size, and the coordinates of its plan in units."""

    def __init__(self, wide: int, high: int, size: int, seed: int) -> None:
        self.scale = OVERSAMPLE * size / LONG  # painted pixels for one unit
        self.coarse = max(1.0, 384 / size)  # A small sheet gets the same picture with broader brushes.
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


def dab(sheet: Sheet, path: Array, width: float, paints: Array, dry: float, body: float, tip: float) -> None:
    """Draw one loaded brush along a path of units: two paints half mixed in the bristles, a ridge at either side.

    `dry` is where along the stroke the paint runs out and only the bristles touch, `body` how thick the paint lies.
    `tip` shapes the ends: 2 makes an ellipse, 5 a brush, a large number the straight cut of a knife.
    """
    path, half = path * sheet.scale, width * sheet.scale / 2
    lengths = np.r_[0, np.cumsum(np.hypot(*np.diff(path, axis=0).T))]
    u = np.linspace(0, 1, max(int(lengths[-1] / 0.7), 4), dtype=np.float32)
    v = np.linspace(-1, 1, max(int(half * 2 / 0.7), 3), dtype=np.float32)
    centre = np.stack([np.interp(u * lengths[-1], lengths, path[:, k]) for k in (0, 1)], axis=-1)
    along = np.gradient(centre, axis=0)
    along /= np.hypot(*along.T)[:, None] + 1e-6
    taper = (1 - np.abs(2 * u - 1) ** tip) ** 0.5 * (1 - 0.2 * u)
    side = v[None] * (taper * half)[:, None]
    column = np.rint(centre[:, :1] - along[:, 1:] * side).astype(np.intp)
    row = np.rint(centre[:, 1:] + along[:, :1] * side).astype(np.intp)
    first, onset = sheet.rng.integers(256), sheet.rng.integers(1024)
    lines = (first + np.rint((v + 1) * half / 0.8 / sheet.scale)).astype(np.intp)[None] % 256
    steps = (onset + np.rint(u * lengths[-1] * 0.5)).astype(np.intp)[:, None] % 1024
    hair, streak = sheet.bristles[lines, steps], sheet.bristles[(lines + 97) % 256, steps]
    cover = np.clip((hair - smoothstep(dry, dry + 0.6, u)[:, None] * 0.9) * 9 + 0.4, 0, 1)
    cover *= np.clip((1.02 - np.abs(v)) * half, 0, 1)
    keep = (row >= 0) & (row < sheet.shape[0]) & (column >= 0) & (column < sheet.shape[1]) & (cover > 0.02)
    row, column, cover = row[keep], column[keep], cover[keep]
    ridge = np.exp(-(((np.abs(v) - 0.84) / 0.13) ** 2))[None]
    thick = body * (0.45 + 0.75 * hair + 0.5 * ridge) * (1.1 - 0.5 * u[:, None])
    colour = mix(paints[0], paints[1], smoothstep(0.38, 0.62, streak)[keep]) * (0.82 + 0.36 * hair[keep][:, None])
    sheet.rgb[row, column] += cover[:, None] * (colour - sheet.rgb[row, column])
    sheet.height[row, column] += cover * (0.35 * sheet.height[row, column] + thick[keep] - sheet.height[row, column])


def trace(starts: Array, flow: Array, length: Array, steps: int) -> Array:
    """Follow a field of unit vectors both ways from the starts; the answer is (strokes, points, x and y)."""
    rows, columns = flow.shape[:2]
    halves = []
    for sign in (-1.0, 1.0):
        at, points = starts.copy(), []
        for _ in range(steps // 2):
            i, j = np.clip(at[:, 1], 0, rows - 1).astype(int), np.clip(at[:, 0], 0, columns - 1).astype(int)
            at = at + sign * flow[i, j] * (length / steps)[:, None]
            points.append(at)
        halves.append(points)
    return np.stack(halves[0][::-1] + [starts] + halves[1], axis=1)


def lay(
    sheet: Sheet, plan: Array, flow: Array, width: float, length: float, *, where: Array | None = None, cover: float,
    vary: tuple[float, float, float], dry: float = 0.65, body: float = 1.0, tip: float = 5.0, steps: int = 14,
) -> None:  # fmt: skip
    """Lay a coat of strokes that take their colour from the plan and vary it.

    The strokes' area makes `cover` sheets; `where` is the chance that a stroke is set, for every unit.
    """
    rng, width, length = sheet.rng, width * sheet.coarse, length * sheet.coarse
    count = int(cover * sheet.wide * sheet.high / (width * length))
    # A plain random choice would leave gaps; this sequence fills the plane evenly, and is then taken in any order.
    even = (rng.random(2) + rng.permutation(count)[:, None] * (0.7548776662, 0.5698402910)) % 1
    starts = even * (sheet.wide + 8, sheet.high + 8) - 4
    i = np.clip(starts[:, 1], 0, sheet.high - 1).astype(int)
    j = np.clip(starts[:, 0], 0, sheet.wide - 1).astype(int)
    if where is not None:
        chosen = rng.random(count) < where[i, j]
        starts, i, j = starts[chosen], i[chosen], j[chosen]
    large = rng.uniform(0.65, 1.3, len(starts))
    paths = trace(starts, flow, length * large * rng.uniform(0.85, 1.15, len(starts)), steps)
    first, second = jitter(plan[i, j], rng, *vary), jitter(plan[i, j], rng, vary[0] * 1.7, vary[1], vary[2] * 1.5)
    for path, w, one, two in zip(paths, width * large, first, second):
        dab(sheet, path, w, np.stack([one, two]), dry * rng.uniform(0.7, 1.3), body * rng.uniform(0.7, 1.2), tip)


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


def edges(ids: Array) -> Array:
    """True where a pixel's number differs from that of its right or lower neighbour."""
    line = np.zeros(ids.shape, bool)
    line[:, :-1] |= ids[:, 1:] != ids[:, :-1]
    line[:-1] |= ids[1:] != ids[:-1]
    return line


# One breaking wave, one unit long and high, from trough to trough: up the back, over the crest, into the hollow.
WAVE = np.array(
    [
        [0, 0],
        [0.2, 0.08],
        [0.38, 0.28],
        [0.52, 0.60],
        [0.63, 0.86],
        [0.75, 1.0],
        [0.88, 0.99],
        [0.97, 0.88],
        [1.0, 0.74],
        [0.95, 0.82],
        [0.86, 0.83],
        [0.79, 0.70],
        [0.77, 0.50],
        [0.80, 0.28],
        [0.88, 0.1],
    ]
)


def breakers(sheet: Sheet, base: float, tall: float, length: float) -> tuple[Array, Array, Array]:
    """One row of breaking waves down to the lower edge: masks of the waves, of the foam, and of the foam's outlines."""
    rng, s = sheet.rng, sheet.scale
    x, points, lips = rng.uniform(-1.2, -0.4) * length, [], []
    while x < sheet.wide + length:
        span, high = length * rng.uniform(0.8, 1.2), tall * rng.uniform(0.7, 1.15)
        points.append(WAVE * (span, -high) + (x, base))
        x += span
        lips.append((0.62 * high**0.72, WAVE[3:10] * (span, -high) + (x - span, base)))
    corners = np.concatenate(points)
    where = np.linspace(0, len(corners) - 1, 60 * len(corners))
    crest = np.stack([np.interp(where, np.arange(len(corners)), corners[:, k]) for k in (0, 1)], axis=1)
    outline = [*map(tuple, gaussian_filter1d(crest, 16, axis=0) * s), (9999, 9999), (-9999, 9999)]
    wave, foam, ring = (Image.new("L", sheet.shape[::-1]) for _ in range(3))
    ImageDraw.Draw(wave).polygon(outline, fill=1)
    for size, lip in lips:
        for at in np.sort(rng.uniform(0, 5.99, 100)):
            near = lip[int(at)] + (lip[int(at) + 1] - lip[int(at)]) * (at % 1)
            cx, cy = near + rng.normal(0, 0.13 + 0.022 * at**2, 2) * size * (1, 0.8)
            r = size * rng.uniform(0.14, 0.36) * (0.5 + 0.09 * at)
            box = [(cx - r) * s, (cy - r) * s, (cx + r) * s, (cy + r) * s]
            ImageDraw.Draw(foam).ellipse(box, fill=1)
            ImageDraw.Draw(ring).ellipse(box, fill=0, outline=1, width=max(1, round(0.7 * s)))
    return tuple(np.asarray(mask) > 0 for mask in (wave, foam, ring))


def carve(sheet: Sheet, depth: Array, spacing: float, thick: Array) -> Array:
    """Cuts of a gouge that follow the lines of equal depth, swelling and thinning: 1 where wood was taken away."""
    wide, narrow, between = (noise(sheet.shape, units * sheet.scale, sheet.rng) for units in (26, 5, 17))
    wobble, swell = 0.30 * wide + 0.05 * narrow, thick + 0.22 * between
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
    fibres = 0.03 * noise(sheet.shape, 1.2, rng) + 0.02 * noise(sheet.shape, (2, 12), rng)
    sheet.rgb = hexes("f1e4c6")[0] * (1 + fibres)[..., None]
    knots = 26 * noise(sheet.shape, (45 * s, 150 * s), rng)
    printed(sheet, carve(sheet, y + knots, 8, 0.75 - y / 420), "d9a441")
    printed(sheet, carve(sheet, y + knots, 8, 0.62 - y / 190), "c8543a")
    round_sun = np.hypot(x - 545, y - 178) < 92
    printed(sheet, round_sun * (1 - carve(sheet, y, 9, (y - 175) / 150)), "c2301f")
    rows = [
        (268, 40, 105, "b4c6b0", "6f9aa6"),
        (322, 74, 180, "86b4b8", "2f6f9a"),
        (398, 120, 290, "5596b8", "1b3f7a"),
        (486, 165, 400, "2f6ba0", "14265c"),
        (580, 105, 265, "24508c", "0f1a44"),
    ]
    for number, (base, tall, length, middle, dark) in enumerate(rows):
        wave, foam, ring = breakers(sheet, base, tall, length)
        below = distance_transform_edt(wave) / s
        sheet.rgb[wave | foam] = hexes("f4ead0")[0]
        body = smoothstep(-0.4, 0.4, below - 3.5 - number) * ~foam
        depth, spacing = gaussian_filter(below, (3 + 1.5 * number) * s), 5.2 + 1.3 * number
        printed(sheet, body * (1 - carve(sheet, depth, spacing, 0.5 - depth / 110)), middle)
        printed(sheet, body * carve(sheet, depth + spacing / 2, spacing, depth / 85 - 0.2), dark)
        line = (wave & ~foam & (below < 1.2 + 0.2 * number)) | ring
        printed(sheet, line.astype(float), "101a3e")
    sheet.height = 0.4 * noise(sheet.shape, 1.1, rng) - 0.8 * gaussian_filter(sheet.rgb.mean(axis=-1), 1.2)
    return sheet.finish(depth=0.35)


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


PAINTINGS: dict[str, Callable[..., Array]] = {
    f.__name__: f for f in (night_swirls, stained_glass, woodcut_waves, pointillist_meadow, palette_knife)
}


def main(arguments: list[str] | None = None) -> None:
    """Paint the pictures that the command line names and save them as JPEG files."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(PAINTINGS)}; none stands for all")
    parser.add_argument("--out", type=Path, default=Path(__file__).resolve().parent.parent / "images", help="folder")
    parser.add_argument("--size", type=int, default=LONG, help="pixels on the longer side")
    parser.add_argument("--seed", type=int, help="another seed than the picture's own")
    options = parser.parse_args(arguments)
    options.out.mkdir(parents=True, exist_ok=True)
    for name in options.names or PAINTINGS:
        if name not in PAINTINGS:
            parser.error(f"there is no painting {name!r}; there are {', '.join(PAINTINGS)}")
        paint = PAINTINGS[name] if options.seed is None else partial(PAINTINGS[name], seed=options.seed)
        path, picture = options.out / f"{name}.jpg", Image.fromarray(paint(size=options.size))
        for quality in (88, 85, 82, 79):  # The course is downloaded: no picture may take more than 340 KB.
            picture.save(path, quality=quality, subsampling=0, optimize=True)
            if path.stat().st_size < 340_000:
                break
        print(f"{path}  {path.stat().st_size // 1000} KB at quality {quality}")


if __name__ == "__main__":
    main()
