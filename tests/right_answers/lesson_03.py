"""Right answers to the exercises of lesson 03, each in another way than the course's own."""

import numpy as np
import scipy.fft
import scipy.special
from scipy.optimize import linprog

from course_utils.backend import tf


def by_tape(scores, k):
    scores = tf.constant(scores, tf.float32)
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(scores)
        wishes = scores[k], tf.nn.softmax(scores)[k], tf.nn.log_softmax(scores)[k]
    return [tf.convert_to_tensor(tape.gradient(wish, scores)) for wish in wishes]


def as_the_formula_is_written(scores, k):
    p = np.exp(scores) / np.sum(np.exp(scores))
    one = np.zeros_like(scores)
    one[k] = 1
    return one, p[k] * (one - p), one - p


def by_the_jacobian(scores, k):
    shares = scipy.special.softmax(scores)
    jacobian = np.diag(shares) - np.outer(shares, shares)
    return np.stack([np.arange(len(scores)) == k, jacobian[k], jacobian[k] / shares[k]])


def class_by_class(scores, k):
    shares = np.exp(scores - scipy.special.logsumexp(scores))
    one, share, log = np.zeros(len(scores), int), -shares[k] * shares, -shares
    one[k] = 1
    share[k] += shares[k]
    log[k] += 1
    return one, share, log


def towards_grey(picture, gradient, step, l2):
    length = max(np.mean(np.absolute(gradient)), 1e-12)
    moved = l2 * 127.5 + (1 - l2) * picture + (step / length) * gradient
    return np.minimum(np.maximum(moved, 0), 255)


def in_tensorflow(picture, gradient, step, l2):
    picture, gradient = tf.cast(picture, tf.float32), tf.cast(gradient, tf.float32)
    moved = picture + step * gradient / (tf.reduce_mean(tf.abs(gradient)) + 1e-12) - l2 * (picture - 127.5)
    return tf.clip_by_value(moved, 0, 255).numpy()


def in_place_of_a_copy(picture, gradient, step, l2):
    moved = picture.copy()
    moved -= l2 * (picture - 127.5)
    moved += step * gradient / (np.abs(gradient).sum() / gradient.size + 1e-12)
    return moved.clip(0, 255)


def without_the_first_wave(light):
    spectrum = scipy.fft.fft2(light)
    spectrum[0, 0] = 0
    power = spectrum.real**2 + spectrum.imag**2
    down, right = np.meshgrid(*map(np.fft.fftfreq, light.shape), indexing="ij")
    return np.sum(power * (down**2 + right**2 > 1 / 16)) / np.sum(power)


def shifted(light):
    power = np.fft.fftshift(np.abs(np.fft.fft2(light - np.mean(light)))) ** 2
    down, right = (np.fft.fftshift(np.fft.fftfreq(side)) for side in light.shape)
    slow = np.abs(down[:, None] + 1j * right[None]) <= 0.25
    return 1 - power[slow].sum() / power.sum()


def by_variance(light):
    light = tf.cast(light, tf.complex64) - tf.cast(tf.reduce_mean(light), tf.complex64)
    power = tf.abs(tf.signal.fft2d(light)) ** 2
    fine = np.hypot(np.fft.fftfreq(light.shape[0])[:, None], np.fft.fftfreq(light.shape[1])) > 0.25
    return tf.reduce_sum(tf.boolean_mask(power, fine)) / tf.reduce_sum(power)


def by_a_linear_programme(w, b, x):
    """It knows no formula: minimise t where w d is minus the score, and no |d| above t."""
    n = len(w)
    sides = np.block([[np.eye(n), -np.ones((n, 1))], [-np.eye(n), -np.ones((n, 1))]])
    found = linprog(np.eye(n + 1)[n], sides, np.zeros(2 * n), [[*w, 0]], [-(w @ x + b)], bounds=(None, None))
    return found.x[:n]


def all_numbers_moved(w, b, x):
    return -(np.dot(w, x) + b) / np.sum(np.abs(w)) * np.where(w >= 0, 1, -1)


def single_precision(w, b, x):
    w, x = w.astype("float32"), x.astype("float32")
    return np.sign(w) * np.float32(-(w @ x + b) / np.linalg.norm(w, 1))


def one_box(picture, gradient, original, limit):
    low, high = np.maximum(original - limit, 0), np.minimum(original + limit, 255)
    return np.clip(picture + (gradient > 0) - 1.0 * (gradient < 0), low, high)


def by_the_change(picture, gradient, original, limit):
    change = np.clip(picture - original + np.sign(gradient), -limit, limit)
    return (original + change).clip(0, 255).astype("float64")


def fooled_in_tensorflow(picture, gradient, original, limit):
    moved = tf.clip_by_value(picture + tf.sign(gradient).numpy(), original - limit, original + limit)
    return tf.clip_by_value(moved, 0, 255).numpy().astype("float32")


RIGHT = {
    "class_deltas": [as_the_formula_is_written, by_tape, by_the_jacobian, class_by_class],
    "ascent_step": [towards_grey, in_tensorflow, in_place_of_a_copy],
    "fine_share": [without_the_first_wave, shifted, by_variance],
    "smallest_flip": [by_a_linear_programme, all_numbers_moved, single_precision],
    "fooling_step": [one_box, by_the_change, fooled_in_tensorflow],
    "flip_at_double_size": ["B", "b)", "'b'"],
}
