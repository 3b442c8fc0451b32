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


PAINTINGS: dict[str, Callable[..., Array]] = {
    f.__name__: f for f in (night_swirls,)
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
