"""The costs of Deep Dream and neural style: pure functions of tensors, each differentiable and each a scalar.

Sources: P = Gatys, Ecker and Bethge, arXiv 1508.06576; KO = Keras' examples of 2016; L9 = CS231n, Lecture 9 (2016).
A layer's output F has shape (1, h, w, N) or (h, w, N): N channels ("filters" in P) at M = h w positions.
"""

from __future__ import annotations

import numpy as np

from course_utils.backend import tf
from course_utils.defaults import STATISTICS


def content_loss(features: tf.Tensor, target: tf.Tensor) -> tf.Tensor:
    """1/2 sum (F - P)^2 (P, equation 1). Its derivative with respect to F is F - P."""
    return 0.5 * tf.reduce_sum(tf.square(features - target))


def gram_matrix(features: tf.Tensor) -> tf.Tensor:
    """G_ij = sum over positions of F_i F_j (P, equation 3); shape (N, N).

    It forgets where, and keeps what goes with what.
    """
    flat = tf.reshape(features, (-1, features.shape[-1]))
    return tf.matmul(flat, flat, transpose_a=True)


def mean_gram_matrix(features: tf.Tensor) -> tf.Tensor:
    """G / M, the Gram matrix per position, which can be compared between pictures of different sizes."""
    positions = tf.size(features) // features.shape[-1]
    return gram_matrix(features) / tf.cast(positions, features.dtype)


def guided_gram_matrix(features: tf.Tensor, weights: tf.Tensor) -> tf.Tensor:
    """sum w F_i F_j / sum w, over positions: the Gram matrix per position of a region; shape (N, N).

    weights: how much each position belongs to the region, (1, h, w, 1) or (h, w, 1), at least 0 and not all 0.
    Source: the guided Gram matrices of Gatys and others, arXiv 1611.07865, whose guidance channels are the roots of w.
    """
    flat, flat_weights = tf.reshape(features, (-1, features.shape[-1])), tf.reshape(weights, (-1, 1))
    return tf.matmul(flat_weights * flat, flat, transpose_a=True) / tf.reduce_sum(flat_weights)


def layer_statistic(features: tf.Tensor, kind: str = "gram") -> tf.Tensor:
    """What is kept of a layer's output F when its positions are forgotten.

    "mean": the mean of every channel, (N,). "diagonal": the mean square of every channel, (N,). "covariance": of the
    channels, (N, N). "gram": G / M, (N, N), which is the covariance plus the product of the means, pair by pair.
    """
    flat = tf.reshape(features, (-1, features.shape[-1]))
    if kind == "mean":
        return tf.reduce_mean(flat, 0)
    if kind == "diagonal":
        return tf.reduce_mean(tf.square(flat), 0)
    if kind == "covariance":
        return mean_gram_matrix(flat - tf.reduce_mean(flat, 0))
    if kind == "gram":
        return mean_gram_matrix(flat)
    raise ValueError(f"kind is one of {', '.join(STATISTICS)}, not {kind!r}.")


def style_loss(gram: tf.Tensor, target: tf.Tensor) -> tf.Tensor:
    """1/(4 N^2) sum (G/M - A/M')^2, of two Gram matrices per position (P, equation 4, which it equals where M = M')."""
    return tf.reduce_sum(tf.square(gram - target)) / (4 * gram.shape[-1] ** 2)


def relative_distance(found: tf.Tensor, target: tf.Tensor) -> tf.Tensor:
    """|found - target| / |target|: how far off, as a share of the target's size; 0 where both are 0.

    |x| is the root of the sum of squares. Both have the same shape: two statistics of a layer, or two of its outputs.
    """
    return tf.math.divide_no_nan(tf.norm(found - target), tf.norm(target))


def total_variation_loss(picture: tf.Tensor, kind: str = "squared") -> tf.Tensor:
    """How much neighbouring pixels differ; picture (1, h, w, 3).

    "squared": sum (dx^2 + dy^2), the smooth one. "l1": sum (|dx| + |dy|), which does not mind an edge more than a ramp
    of the same height. "keras": sum (dx^2 + dy^2)^1.25 over pixels with both neighbours, the `continuity` of KO.
    """
    dx, dy = picture[:, :, 1:] - picture[:, :, :-1], picture[:, 1:] - picture[:, :-1]
    if kind == "squared":
        return tf.reduce_sum(tf.square(dx)) + tf.reduce_sum(tf.square(dy))
    if kind == "l1":
        return tf.reduce_sum(tf.abs(dx)) + tf.reduce_sum(tf.abs(dy))
    if kind == "keras":
        return tf.reduce_sum(tf.pow(tf.square(dx[:, :-1]) + tf.square(dy[:, :, :-1]), 1.25))
    raise ValueError(f'kind is "squared", "l1" or "keras", not {kind!r}.')


def image_l2_loss(picture: tf.Tensor, centre: float | np.ndarray = 127.5) -> tf.Tensor:
    """Mean of (pixel - centre)^2: the image L2 of class pictures (L9, slide 33) and of Keras' dreams (`dream_l2`)."""
    return tf.reduce_mean(tf.square(picture - centre))


def dream_loss(features: tf.Tensor, border: int = 0) -> tf.Tensor:
    """-1/2 sum a^2, whose negative gradient is the activation itself (L9, slide 52: "the delta is the activation").

    border: cells left out on every side, where the network's zero padding shows (KO leaves out 2).
    """
    inner = features[:, border:-border, border:-border] if border else features
    return -0.5 * tf.reduce_sum(tf.square(inner))
