"""Right answers to the exercises of lesson 10, in other ways than the course's own."""

import itertools
import math
import statistics

import numpy as np

from course_utils import tf


def by_numbers(runs):
    """Loops over places, and sets of names; lists of three for a pair."""
    found = []
    for i in range(len(runs)):
        for j in range(i + 1, len(runs)):
            a, b = runs[i]["settings"], runs[j]["settings"]
            changed = set(a) ^ set(b) | {name for name in set(a) & set(b) if a[name] != b[name]}
            if runs[i]["method"] == runs[j]["method"] and len(changed) == 1:
                found.append([np.int64(runs[i]["run"]), runs[j]["run"], changed.pop()])
    return found


def one_by_one(runs):
    """A generator."""
    for a, b in itertools.combinations(runs, 2):
        ours, theirs = a["settings"], b["settings"]
        changed = [name for name in ours.keys() | theirs.keys() if not _same(ours, theirs, name)]
        match changed:
            case [name] if a["method"] == b["method"]:
                yield a["run"], b["run"], name


def _same(ours, theirs, name):
    return (name in ours) == (name in theirs) and ours.get(name) == theirs.get(name)


def by_statistics(first, second):
    error = math.sqrt(statistics.variance(first) / len(first) + statistics.variance(second) / len(second))
    return [statistics.fmean(first) - statistics.fmean(second), error]


def by_hand(first, second):
    means, parts = [], 0
    for values in (first, second):
        means.append(sum(values) / len(values))
        parts += sum((one - means[-1]) ** 2 for one in values) / (len(values) - 1) / len(values)
    return means[0] - means[1], parts**0.5


def by_arrays(first, second):
    first, second = np.array(first, "float32"), np.array(second, "float32")
    errors = [np.std(one, ddof=1) / np.sqrt(len(one)) for one in (first, second)]
    return np.array([first.mean() - second.mean(), np.hypot(*errors)])


def by_tensors(first, second):
    a, b = tf.constant(first, tf.float64), tf.constant(second, tf.float64)
    n, m = len(first), len(second)
    variances = tf.math.reduce_variance(a) * n / (n - 1) / n + tf.math.reduce_variance(b) * m / (m - 1) / m
    return tf.reduce_mean(a) - tf.reduce_mean(b), tf.sqrt(variances)


def from_2(difference, deviation, times=3):
    if not difference:
        raise ValueError
    n = 2
    while abs(difference) < times * deviation * math.sqrt(2 / n):
        n += 1
    return n


def searched(difference, deviation, times=3):
    if math.isclose(difference, 0, abs_tol=1e-300):
        raise ValueError("0")
    return next(n for n in itertools.count(2) if abs(difference) >= times * deviation * (2 / n) ** 0.5)


def by_numpy(difference, deviation, times=3):
    if difference == 0:
        raise ValueError("a difference of 0")
    return np.maximum(2, np.ceil(2 * np.square(times * deviation / difference)))


def catches(difference, deviation, times=3):
    try:
        return max(int(-(-2 * (times * float(deviation)) ** 2 // float(difference) ** 2)), 2)
    except ZeroDivisionError as error:
        raise ValueError("no difference, no number") from error


RIGHT = {
    "single_changes": [by_numbers, one_by_one, lambda runs: tuple(by_numbers(runs))],
    "supported_claim": ["c", "C", "c)"],
    "against_chance": [by_statistics, by_hand, by_arrays, by_tensors],
    "seeds_needed": [from_2, searched, by_numpy, catches],
}
