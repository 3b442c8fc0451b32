"""The sheet to paint on, and the brush: strokes with bristles, laid one by one or as a coat along a flow."""

from __future__ import annotations

import numpy as np
from PIL import Image
from scipy.ndimage import zoom

from .colour import Array, jitter, mix, noise, relief, smoothstep

LONG = 768  # units on the longer side of every sheet
OVERSAMPLE = 2  # pixels painted for each pixel kept, along one side


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


def footprint(sheet: Sheet, path: Array, width: float, dry: float, tip: float) -> tuple[Array, ...]:
    """Where a brush touches along a path of units, each place once for each hair that comes by.

    The answer is flat: row, column, cover from 0 to 1, the hair's load and its mixture, how far along (0 to 1) and how
    far across (-1 to 1). `dry` is where along the stroke the paint runs out and only the bristles touch. `tip` shapes
    the ends: 2 makes an ellipse, 5 a brush, a large number the straight cut of a knife.
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
    places = row, column, cover, hair, streak, np.broadcast_to(u[:, None], row.shape), np.broadcast_to(v, row.shape)
    return tuple(each[keep] for each in places)


def dab(sheet: Sheet, path: Array, width: float, paints: Array, dry: float, body: float, tip: float) -> None:
    """Draw one loaded brush along a path of units: two paints half mixed in the bristles, a ridge at either side.

    `body` is how thick the paint lies; for `dry` and `tip` see `footprint`.
    """
    row, column, cover, hair, streak, u, v = footprint(sheet, path, width, dry, tip)
    ridge = np.exp(-(((np.abs(v) - 0.84) / 0.13) ** 2))
    thick = body * (0.45 + 0.75 * hair + 0.5 * ridge) * (1.1 - 0.5 * u)
    colour = mix(paints[0], paints[1], smoothstep(0.38, 0.62, streak)) * (0.82 + 0.36 * hair[:, None])
    sheet.rgb[row, column] += cover[:, None] * (colour - sheet.rgb[row, column])
    sheet.height[row, column] += cover * (0.35 * sheet.height[row, column] + thick - sheet.height[row, column])


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
