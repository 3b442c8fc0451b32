"""Colour, noise and light: the functions of arrays with which every painting begins and ends."""

from __future__ import annotations

import warnings

import numpy as np
from scipy.ndimage import gaussian_filter, map_coordinates
from skimage.color import lab2rgb, rgb2lab

Array = np.ndarray
Rng = np.random.Generator


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


def edges(ids: Array) -> Array:
    """True where a pixel's number differs from that of its right or lower neighbour."""
    line = np.zeros(ids.shape, bool)
    line[:, :-1] |= ids[:, 1:] != ids[:, :-1]
    line[:-1] |= ids[1:] != ids[:-1]
    return line


def relief(rgb: Array, height: Array, depth: float, gloss: float = 0.0) -> Array:
    """Light the paint from the upper left: slopes towards the lamp grow lighter, the others darker, crests glisten."""
    down, across = np.gradient(height)
    slope = np.tanh(depth * (0.75 * across + 0.66 * down))[..., None]
    lit = np.where(slope < 0, rgb * (1 + 0.62 * slope), rgb + (1 - rgb) * 0.42 * slope)
    return np.clip(lit + gloss * np.clip(slope - 0.5, 0, 1) ** 2, 0, 1)
