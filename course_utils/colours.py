"""Colours given from one picture to another."""

from __future__ import annotations

import numpy as np

LUMA = np.array([0.299, 0.587, 0.114], "float32")  # Rec. 601, as in JPEG files and television.


def match_colours(picture: np.ndarray, like: np.ndarray) -> np.ndarray:
    """Give a picture the mean and covariance of another's colours, by a linear map; clipped to 0..255.

    Source: Gatys, Bethge, Hertzmann and Shechtman, "Preserving Color in Neural Artistic Style Transfer", arXiv
    1606.05897.
    """

    def root(matrix: np.ndarray, power: float) -> np.ndarray:
        values, vectors = np.linalg.eigh(matrix)
        return (vectors * np.maximum(values, 1e-3) ** power) @ vectors.T

    pixels, target = picture.reshape(-1, 3).astype("float64"), like.reshape(-1, 3).astype("float64")
    map_ = root(np.cov(target.T), 0.5) @ root(np.cov(pixels.T), -0.5)
    moved = (pixels - pixels.mean(0)) @ map_.T + target.mean(0)
    return np.clip(moved, 0, 255).astype("float32").reshape(picture.shape)


def keep_chroma(picture: np.ndarray, colours: np.ndarray) -> np.ndarray:
    """The light and dark of one picture with the colours of another of the same shape; clipped to 0..255."""
    return np.clip(colours + ((picture - colours) @ LUMA)[..., None], 0, 255)
