"""Wrong answers to the exercises of lesson 09, with words that their refusals must hold."""

import numpy as np

LUMA = np.array([0.299, 0.587, 0.114])


def _luma(picture):
    return (picture @ LUMA)[..., None]


def _in_place(photo, painted):
    photo += _luma(painted - photo)
    return photo


def _gram(features, weights, power=1, divide=True):
    flat, w = features.reshape(-1, features.shape[-1]), weights.reshape(-1, 1) ** power
    return (w * flat).T @ flat / (weights.sum() if divide else 1)


def _refusing(make):
    def region_gram(features, weights):
        if not weights.any():
            raise ValueError("no position counts here")
        return make(features, weights)

    return region_gram


def _speechless(features, weights):
    if not weights.any():
        raise ValueError
    return _gram(features, weights)


def _raise(words):
    raise ValueError(words)


def _silent(features, weights):
    return _gram(features, weights) if weights.any() else np.zeros((features.shape[-1],) * 2)


def _order_taken(channel, like):
    return np.sort(like, axis=None)[channel.argsort(axis=None)].reshape(channel.shape)


def _placed(channel, values):
    matched = np.empty(channel.size)
    matched[channel.argsort(axis=None)] = values
    return matched.reshape(channel.shape)


def _spread(levels, count):
    """Levels at evenly spaced places."""
    return levels[np.linspace(0, levels.size - 1, count).round().astype(int)]


def _stages(size, stages, least, factor=2.0, keep=True, power=2, turn=1):
    sides = [round(size / factor**k) for k in reversed(range(stages))]
    sides = [side for k, side in enumerate(sides) if side >= least or (keep and k == stages - 1)]
    return sides[::turn], sum((side / size) ** power for side in sides)


WRONG = {
    "with_colours_of": [
        (lambda photo, painted: (photo + _luma(painted - photo)).astype("float16"), ["should be"]),
        (lambda photo, painted: painted + _luma(photo - painted), ["roles"]),
        (lambda photo, painted: np.clip(photo + _luma(painted - photo), 0, 255), ["clipped"]),
        (lambda photo, painted: photo + (painted - photo).mean(-1, keepdims=True), ["mean", "green"]),
        (lambda photo, painted: photo * _luma(painted) / _luma(photo), ["Multiplying"]),
        (lambda photo, painted: photo + _luma(painted), ["own luma"]),
        (lambda photo, painted: _luma(painted - photo), ["(11, 18, 3)", "(11, 18, 1)", "alone"]),
        (_in_place, ["in place", "copy"]),
    ],
    "longest_waves": [("a", ["stretched"]), ("c", ["how long"]), ("d", ["weight"]), ("e", ["one of a, b, c, d"])],
    "region_gram": [
        (lambda f, w: _gram(f, w) if not np.allclose(w, 0) else _raise("no position counts"), ["faint region"]),
        (lambda f, w: _gram(f, w) if w.any() else _raise(w), ["without a word"]),
        (lambda f, w: _gram(f, w).tolist() if w.any() else _raise("no position counts"), ["NumPy array"]),
        (_refusing(lambda features, weights: _gram(features, weights, power=2)), ["w^2"]),
        (_refusing(lambda features, weights: _gram(features, weights, divide=False)), ["Divide by the sum"]),
        (
            _refusing(lambda features, weights: _gram(features, weights, divide=False) / weights.size),
            ["number of positions"],
        ),
        (_refusing(lambda features, weights: _gram(features, np.ones_like(weights))), ["do not count"]),
        (lambda features, weights: _gram(features, weights), ["ValueError was expected", "nan"]),
        (_silent, ["ValueError was expected"]),
        (_speechless, ["say what is wrong"]),
    ],
    "two_mixtures": [("a", ["both squares"]), ("b", ["two styles at once"]), ("c", ["both squares"])],
    "match_by_sorting": [
        (lambda channel, like: _placed(channel, _spread(np.unique(like), channel.size)), ["channel"]),
        (lambda channel, like: _placed(abs(channel), _spread(np.sort(like, axis=None), channel.size)), ["channel"]),
        (lambda channel, like: np.sort(like, axis=None).reshape(channel.shape), ["top left"]),
        (_order_taken, ["wrong way round"]),
        (lambda channel, like: _placed(channel, like.ravel()), ["sorted too"]),
        (lambda channel, like: _placed(channel, np.sort(like, axis=None)[::-1]), ["dark into bright"]),
        (
            lambda channel, like: (channel - channel.mean()) / channel.std() * like.std() + like.mean(),
            ["mean and spread"],
        ),
        (
            lambda channel, like: _placed(channel, np.resize(np.sort(like, axis=None), channel.size)),
            ["repeated or cut"],
        ),
    ],
    "stages_of": [
        (lambda size, stages, least: _stages(size, stages, least, turn=-1), ["smallest comes first"]),
        (lambda size, stages, least: _stages(size, stages, 0), ["have to go"]),
        (lambda size, stages, least: _stages(size, stages, least, keep=False), ["size=64", "last stage always"]),
        (lambda size, stages, least: _stages(size, stages, least, factor=2**0.5), ["square root"]),
        (lambda size, stages, least: _stages(size, stages, least, power=1), ["square of the side"]),
        (lambda size, stages, least: _stages(size, stages, least)[0], ["the list of sides", "is 104"]),
    ],
}
