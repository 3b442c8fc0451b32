"""Wrong answers to the exercises of lesson 06, with words that their refusals must hold."""

import numpy as np


def adam(new_m=None, new_v=None, change=None):
    """Adam's step with one part replaced."""

    def adam_step(gradient, m, v, t, rate, epsilon=1e-12):
        m = (new_m or (lambda m, g: 0.9 * m + 0.1 * g))(m, gradient)
        v = (new_v or (lambda v, g: 0.999 * v + 0.001 * g**2))(v, gradient)
        if change:
            return change(gradient, m, v, t, rate, epsilon), m, v
        return -rate * m / (1 - 0.9**t) / (np.sqrt(abs(v) / (1 - 0.999**t)) + epsilon), m, v

    return adam_step


def adam_in_place(gradient, m, v, t, rate, epsilon=1e-12):
    gradient *= 0.1
    return adam()(10 * gradient, m, v, t, rate, epsilon)


def hats(gradient, m, v, t):
    return m / (1 - 0.9**t), v / (1 - 0.999**t)


def late(g, m, v, t, rate, e):
    """Counts the steps from 0 where they are given from 1."""
    m, v = hats(g, m, v, t + 1)
    return -rate * m / (np.sqrt(v) + e)


def epsilon_inside(g, m, v, t, rate, e):
    m, v = hats(g, m, v, t)
    return -rate * m / np.sqrt(v + e)


def loops(gamma=lambda pairs: (pairs[-1][0] @ pairs[-1][1]) / (pairs[-1][1] @ pairs[-1][1]), turned=False, sign=-1):
    def lbfgs_direction(gradient, pairs):
        pairs = list(pairs)[::-1] if turned else list(pairs)
        q, alphas = gradient.copy(), []
        for s, y in reversed(pairs):
            alphas.append((s @ q) / (s @ y))
            q = q - alphas[-1] * y
        r = gamma(pairs) * q
        for (s, y), alpha in zip(pairs, reversed(alphas)):
            r = r + (alpha - (y @ r) / (s @ y)) * s
        return sign * r

    return lbfgs_direction


def mixed_alphas(gradient, pairs):
    q, alphas = gradient.copy(), []
    for s, y in reversed(pairs):
        alphas.append((s @ q) / (s @ y))
        q = q - alphas[-1] * y
    s, y = pairs[-1]
    r = q * (s @ y) / (y @ y)
    for (s, y), alpha in zip(pairs, alphas):
        r = r + (alpha - (y @ r) / (s @ y)) * s
    return -r


def gradient_in_place(gradient, pairs):
    q, alphas = gradient, []
    for s, y in reversed(pairs):
        alphas.append((s @ q) / (s @ y))
        q -= alphas[-1] * y
    s, y = pairs[-1]
    q = q * (s @ y) / (y @ y)
    for (s, y), alpha in zip(pairs, reversed(alphas)):
        q = q + (alpha - (y @ q) / (s @ y)) * s
    return -q


def unit(of, loss_too=True, anew=False):
    def put_in_unit(function, x):
        fixed = of(function(x)[1])

        def in_unit(point):
            loss, gradient = function(point)
            scale = of(gradient) if anew else fixed
            return (scale * loss if loss_too else loss), scale * gradient

        return in_unit

    return put_in_unit


def root_mean_square(gradient):
    return np.sqrt(np.mean(gradient**2))


def wrapped(loss=lambda terms: sum(terms.values()), gradient=lambda g: g.ravel().astype("float64"), dtype="float32"):
    def one_function(evaluate, shape):
        def function(x):
            terms, found = evaluate(x.reshape(shape).astype(dtype))
            return loss(terms), gradient(found)

        return function

    return one_function


def twice(evaluate, shape):
    def function(x):
        picture = x.reshape(shape).astype("float32")
        return sum(evaluate(picture)[0].values()), evaluate(picture)[1].ravel().astype("float64")

    return function


def without_reshape(evaluate, shape):
    return lambda x: evaluate(x.astype("float32"))


def called_at_once(evaluate, shape):
    terms, gradient = evaluate(np.zeros(shape, "float32"))
    return sum(terms.values()), gradient.ravel()


def adds_in_place(x, shape, mean):
    picture = x.reshape(shape)
    picture += mean
    return np.clip(picture, 0, 255)


def clips_in_place(x, shape, mean):
    picture = x.reshape(shape)
    np.clip(picture + mean, 0, 255, out=picture)
    return picture.copy()


WRONG = {
    "adam_step": [
        (adam(new_m=lambda m, g: 0.1 * m + 0.9 * g), ["m after step 1", "changed places"]),
        (adam(new_m=lambda m, g: 0.9 * m + g), ["m after step 1", "momentum"]),
        (adam(new_v=lambda v, g: 0.999 * v + 0.001 * g), ["v after step 1", "squares"]),
        (adam(new_v=lambda v, g: 0.9 * v + 0.1 * g**2), ["v after step 1", "own share"]),
        (adam(change=lambda g, m, v, t, rate, e: rate * m / (np.sqrt(v) + e)), ["the change of x"]),
        (adam(change=lambda g, m, v, t, rate, e: -rate * m / (np.sqrt(v) + e)), ["began at 0"]),
        (adam(change=late), ["t counts from 1"]),
        (adam(change=epsilon_inside), ["after the root"]),
        (adam_in_place, ["in place", "copy"]),
        (lambda gradient, m, v, t, rate: -rate * gradient, ["three things"]),
    ],
    "lbfgs_direction": [
        (loops(sign=1), ["climbs"]),
        (lambda gradient, pairs: -gradient, ["pairs were not used"]),
        (loops(gamma=lambda pairs: 1), ["gamma"]),
        (loops(gamma=lambda pairs: (pairs[-1][1] @ pairs[-1][1]) / (pairs[-1][0] @ pairs[-1][1])), ["turned round"]),
        (loops(gamma=lambda pairs: pairs[0][0] @ pairs[0][1] / (pairs[0][1] @ pairs[0][1])), ["newest is the last"]),
        (loops(turned=True), ["wrong way"]),
        (mixed_alphas, ["its own alpha"]),
        (gradient_in_place, ["in place", "copy"]),
    ],
    "ten_rounds": [("a", ["not the pairs"]), ("c", ["quadratic"]), ("about the same", ["one of a, b, c"])],
    "put_in_unit": [
        (unit(lambda g: 1 / root_mean_square(g), loss_too=False), ["Only the gradient"]),
        (unit(lambda g: 1 / root_mean_square(g), anew=True), ["once, at the start"]),
        (unit(lambda g: 1 / np.linalg.norm(g)), ["mean of the squares"]),
        (unit(lambda g: 1 / np.abs(g).mean()), ["mean of the sizes"]),
        (unit(lambda g: 1 / np.abs(g).max()), ["largest"]),
        (unit(root_mean_square), ["smaller still"]),
        (unit(lambda g: 1), ["as small as it was"]),
        (lambda function, x: function(x), ["a function of x"]),
    ],
    "one_function": [
        (twice, ["2 times for one point"]),
        (without_reshape, ["(36,)"]),
        (wrapped(dtype="float64"), ["float64", "float32"]),
        (wrapped(gradient=lambda g: g.ravel()), ["float32", "float64"]),
        (wrapped(gradient=lambda g: g.astype("float64")), ["ravel"]),
        (wrapped(gradient=lambda g: g.ravel("F").astype("float64")), ["another order"]),
        (wrapped(loss=lambda terms: terms["red"]), ["'red' alone"]),
        (wrapped(loss=lambda terms: terms), ["the loss"]),
        (called_at_once, ["a function of x"]),
    ],
    "pair_numbers": [
        (lambda h, w, m: (m * h * w * 3, (h * w * 3) ** 2), ["two vectors"]),
        (lambda h, w, m: (2 * m * h * w, (h * w) ** 2), ["three colours"]),
        (lambda h, w, m: (2 * m * h * w * 3, h * w * 3), ["n times n"]),
        (lambda h, w, m: (8 * m * h * w * 3, 4 * (h * w * 3) ** 2), ["not bytes"]),
        (lambda h, w, m: 2 * m * h * w * 3, ["two numbers"]),
    ],
    "look_at": [
        (adds_in_place, ["in place", "view", "+="]),
        (clips_in_place, ["in place", "view"]),
        (lambda x, shape, mean: x.reshape(shape) + mean, ["clip"]),
        (lambda x, shape, mean: np.clip(x.reshape(shape), 0, 255) + mean, ["after clipping"]),
        (lambda x, shape, mean: np.clip(x.reshape(shape), 0, 255), ["missing"]),
        (lambda x, shape, mean: np.clip(x + np.tile(mean, x.size // 3), 0, 255), ["shape (4, 5, 3)"]),
    ],
}
