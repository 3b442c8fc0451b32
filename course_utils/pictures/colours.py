"""Colours given from one picture to another."""

from __future__ import annotations

import numpy as np

from course_utils.checks import checked
from course_utils.checks import picture as a_picture
from course_utils.errors import CourseError

# The covariance of the colours of the course's photographs, over their mean variance: the three rise and fall together.
NATURAL_COVARIANCE = np.array([[1.295, 0.834, 0.633], [0.834, 0.831, 0.785], [0.633, 0.785, 0.874]], "float32")
LUMA = np.array([0.299, 0.587, 0.114], "float32")  # Rec. 601, as in JPEG files and television.


def matrix_power(matrix: np.ndarray, power: float, least: float = 1e-3) -> np.ndarray:
    """A power of a symmetric matrix whose eigenvalues are positive, or are taken to be `least`."""
    values, vectors = np.linalg.eigh(matrix)
    return (vectors * np.maximum(values, least) ** power) @ vectors.T


def colour_filter(power: float) -> np.ndarray:
    """C^power, (3, 3), C the covariance of the colours of natural pictures: what to multiply a gradient's colours by.

    Changes of light and dark then come easily and changes of hue hardly, as in nature; a gradient as it is prefers hues
    that no photograph has. At power 1 it is a gradient step in decorrelated colours, as Olah, Mordvintsev and Schubert
    take it ("Feature Visualization", Distill, 2017); at 0 nothing changes.
    """
    return matrix_power(NATURAL_COVARIANCE, power).astype("float32")


@checked(picture=a_picture, like=a_picture)
def match_colours(picture: np.ndarray, like: np.ndarray) -> np.ndarray:
    """Give a picture the mean and covariance of another's colours, by a linear map; clipped to 0..255.

    Source: Gatys, Bethge, Hertzmann and Shechtman, "Preserving Color in Neural Artistic Style Transfer", arXiv
    1606.05897.
    """
    pixels, target = picture.reshape(-1, 3).astype("float64"), like.reshape(-1, 3).astype("float64")
    map_ = matrix_power(np.cov(target.T), 0.5) @ matrix_power(np.cov(pixels.T), -0.5)
    moved = (pixels - pixels.mean(0)) @ map_.T + target.mean(0)
    return np.clip(moved, 0, 255).astype("float32").reshape(picture.shape)


@checked(picture=a_picture, like=a_picture)
def match_histogram(picture: np.ndarray, like: np.ndarray) -> np.ndarray:
    """Give each colour channel of a picture the values of another's, as often as they are there: the order of the
    pixels stays. The other may have any size. It takes single channels for all there is: hues that come of two of them
    together may be new, where `match_colours` keeps what the channels have in common.
    """
    from skimage.exposure import match_histograms  # Loaded late: the command line has to answer at once.

    return np.clip(match_histograms(picture, like, channel_axis=-1), 0, 255).astype("float32")


@checked(picture=a_picture, colours=a_picture)
def keep_chroma(picture: np.ndarray, colours: np.ndarray) -> np.ndarray:
    """The light and dark of one picture with the colours of another of the same shape; clipped to 0..255."""
    if picture.shape != colours.shape:
        raise CourseError(f"colours must have the picture's shape, {picture.shape}, not {colours.shape}.")
    return np.clip(colours + ((picture - colours) @ LUMA)[..., None], 0, 255)
