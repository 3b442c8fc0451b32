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


def first_step_is_0(g, m, v, t, rate, e):
    m, v = hats(g, m, v, t - 1) if t > 1 else (np.inf * m, np.inf * v)
    return -rate * m / (np.sqrt(v) + e)


def as_keras(g, m, v, t, rate, e):
    """Epsilon is added before v is corrected."""
    return -rate * np.sqrt(1 - 0.999**t) / (1 - 0.9**t) * m / (np.sqrt(v) + e)


def without_epsilon(g, m, v, t, rate, e):
    m, v = hats(g, m, v, t)
    return -rate * m / np.sqrt(v)


def own_epsilon(gradient, m, v, t, rate, epsilon=1e-8):
    return adam()(gradient, m, v, t, rate, epsilon)


def m_alone_corrected(g, m, v, t, rate, e):
    return -rate * m / (1 - 0.9**t) / (np.sqrt(v) + e)


def old_averages(gradient, m, v, t, rate, epsilon=1e-12):
    return adam()(gradient, m, v, t, rate, epsilon)[0], m, v


def averages_first(gradient, m, v, t, rate, epsilon=1e-12):
    change, m, v = adam()(gradient, m, v, t, rate, epsilon)
    return m, v, change


def counts_its_calls():
    steps = []

    def adam_step(gradient, m, v, t, rate, epsilon=1e-12):
        steps.append(t)
        return adam()(gradient, m, v, len(steps), rate, epsilon)

    return adam_step


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


def sliced(gradient, pairs):
    return loops()(gradient, pairs[::-1][::-1])


def dense(gradient, pairs):
    s, y = pairs[-1]
    one = np.eye(s.size)
    H = one * (s @ y) / (y @ y)
    for s, y in pairs:
        rho = 1 / (s @ y)
        H = (one - rho * np.outer(s, y)) @ H @ (one - rho * np.outer(y, s)) + rho * np.outer(s, s)
    return -H @ gradient


def outer_products(gradient, pairs):
    """The two loops with a matrix for each bracket."""
    q, alphas = gradient, []
    for s, y in reversed(pairs):
        alphas.append((s @ q) / (s @ y))
        q = q - np.outer(y, s) @ q / (s @ y)
    s, y = pairs[-1]
    r = q * (s @ y) / (y @ y)
    for (s, y), alpha in zip(pairs, reversed(alphas)):
        r = r - np.multiply.outer(s, y) @ r / (s @ y) + alpha * s
    return -r


def in_float32(gradient, pairs):
    return loops()(gradient, pairs).astype("float32")


def with_a_small_number(gradient, pairs):
    """Safe from a division by 0, it thinks."""
    q, alphas = gradient, []
    for s, y in reversed(pairs):
        alphas.append((s @ q) / (s @ y + 1e-8))
        q = q - alphas[-1] * y
    s, y = pairs[-1]
    r = q * (s @ y) / (y @ y + 1e-8)
    for (s, y), alpha in zip(pairs, reversed(alphas)):
        r = r + (alpha - (y @ r) / (s @ y + 1e-8)) * s
    return -r


def pops(gradient, pairs):
    kept = list(pairs)
    pairs.pop()
    return loops()(gradient, kept)


def reverses(gradient, pairs):
    direction = loops()(gradient, pairs)
    pairs.reverse()
    return direction


def one_by_one(gradient, pairs):
    return list(loops()(gradient, pairs))


def scaled_before(gradient, pairs):
    s, y = pairs[-1]
    return loops(gamma=lambda pairs: 1)(gradient * (s @ y) / (y @ y), pairs)


def unit(of, loss_too=True, anew=False):
    def put_in_unit(function, x):
        fixed = of(function(x)[1])

        def in_unit(point):
            loss, gradient = function(point)
            scale = of(gradient) if anew else fixed
            return (scale * loss if loss_too else loss), scale * gradient

        return in_unit

    return put_in_unit


def vertex(loss, slope, step, new_loss):
    return -slope * step**2 / (2 * (new_loss - loss - slope * step))


def clipped(found, step):
    return min(max(found, 0.1 * step), 0.5 * step)


def root_mean_square(gradient):
    return np.sqrt(np.mean(gradient**2))


def at_the_first_call(function, x):
    kept = []

    def in_unit(point):
        loss, gradient = function(point)
        kept.append(1 / root_mean_square(gradient))
        return kept[0] * loss, kept[0] * gradient

    return in_unit


def moves_x(function, x):
    scaled = unit(lambda g: 1 / root_mean_square(g))(function, x)

    def in_unit(point):
        found = scaled(point)
        point += 1
        return found

    return in_unit


def adds_in_place(x, shape, mean):
    picture = x.reshape(shape)
    picture += mean
    return np.clip(picture, 0, 255)


def shapes_in_place(x, shape, mean):
    x.shape = shape
    return np.clip(x + mean, 0, 255)


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
        (lambda gradient, m, v, t, rate, epsilon=1e-12: -rate * gradient, ["three things"]),
        (adam(change=first_step_is_0), ["t counts from 1"]),
        (adam(change=as_keras), ["epsilon of 2", "divide v first"]),
        (adam(change=without_epsilon), ["Epsilon is missing"]),
        (own_epsilon, ["1e-12 if none is"]),
        (adam(change=m_alone_corrected), ["v is to be divided"]),
        (old_averages, ["m and v after step 1", "new averages"]),
        (averages_first, ["in the order"]),
        (counts_its_calls(), ["the change of x"]),
    ],
    "lbfgs_direction": [
        (loops(sign=1), ["uphill"]),
        (lambda gradient, pairs: -gradient, ["pairs were not used"]),
        (loops(gamma=lambda pairs: 1), ["gamma"]),
        (loops(gamma=lambda pairs: (pairs[-1][1] @ pairs[-1][1]) / (pairs[-1][0] @ pairs[-1][1])), ["turned round"]),
        (loops(gamma=lambda pairs: pairs[0][0] @ pairs[0][1] / (pairs[0][1] @ pairs[0][1])), ["newest is the last"]),
        (loops(turned=True), ["wrong way"]),
        (mixed_alphas, ["its own alpha"]),
        (gradient_in_place, ["in place", "copy"]),
        (sliced, ["deque", "cannot be sliced", "list(pairs)"]),
        (dense, ["matrix", "MB"]),
        (outer_products, ["matrix", "MB"]),
        (in_float32, ["float32", "digits"]),
        (with_a_small_number, ["tiny"]),
        (pops, ["`pairs` in place"]),
        (reverses, ["`pairs` in place"]),
        (one_by_one, ["np.array"]),
        (scaled_before, ["not before the first"]),
        (lambda gradient, pairs: loops()(gradient, list(pairs)[-1:]), ["newest pair"]),
        (lambda gradient, pairs: loops()(gradient, list(pairs))[:, None], ["shape"]),
    ],
    "shorter_step": [
        (lambda loss, slope, step, new_loss: step / 2, ["half of the step"]),
        (lambda loss, slope, step, new_loss: vertex(loss, slope, step, new_loss), ["clip it"]),
        (lambda loss, slope, step, new_loss: clipped(-vertex(loss, slope, step, new_loss), step), ["the shorter step"]),
        (lambda loss, slope, step, new_loss: clipped(2 * vertex(loss, slope, step, new_loss), step), ["2 is missing"]),
        (lambda loss, slope, step, new_loss: clipped(vertex(0, slope, step, new_loss), step), ["the shorter step"]),
        (lambda loss, slope, step, new_loss: clipped(vertex(loss, slope, step, new_loss), 1), ["shares of the step"]),
        (lambda loss, slope, step, new_loss: [clipped(vertex(loss, slope, step, new_loss), step)], ["one number"]),
    ],
    "ten_rounds": [("a", ["not the pairs"]), ("c", ["quadratic"]), ("about the same", ["one of a, b, c"])],
    "put_in_unit": [
        (unit(lambda g: 1 / root_mean_square(g), loss_too=False), ["Only the gradient"]),
        (unit(lambda g: 1 / root_mean_square(g), anew=True), ["once, at the start"]),
        (unit(lambda g: 1 / np.linalg.norm(g)), ["mean of the squares"]),
        (unit(lambda g: 1 / np.abs(g).mean()), ["mean of the sizes"]),
        (unit(lambda g: 1 / np.abs(g).max()), ["largest"]),
        (unit(root_mean_square), ["divide by it"]),
        (unit(lambda g: 1), ["as it was"]),
        (lambda function, x: function(x), ["a function of x"]),
        (unit(lambda g: 1 / (root_mean_square(g) + 1e-8)), ["root mean square"]),
        (unit(lambda g: 1 / g.std()), ["standard deviation"]),
        (unit(lambda g: max(1, 1 / root_mean_square(g))), ["large"]),
        (at_the_first_call, ["root mean square of the gradient at the start"]),
        (moves_x, ["in place"]),
        (lambda function, x: lambda point: function(point)[1], ["two things"]),
    ],
    "look_at": [
        (adds_in_place, ["in place", "view", "+="]),
        (clips_in_place, ["in place", "view"]),
        (lambda x, shape, mean: x.reshape(shape) + mean, ["clip"]),
        (lambda x, shape, mean: np.clip(x.reshape(shape), 0, 255) + mean, ["after clipping"]),
        (lambda x, shape, mean: np.clip(x.reshape(shape), 0, 255), ["missing"]),
        (lambda x, shape, mean: np.clip(x + np.tile(mean, x.size // 3), 0, 255), ["should have the shape", "flat"]),
        (shapes_in_place, ["in place"]),
        (lambda x, shape, mean: np.clip(x.reshape(shape) + mean, 0, 255).astype("uint8"), ["rounded"]),
        (lambda x, shape, mean: np.clip(x.reshape(shape) + mean.mean(), 0, 255), ["mean of its own"]),
        (lambda x, shape, mean: np.clip(x.reshape(shape) + np.array([124, 117, 104]), 0, 255), ["the picture"]),
        (lambda x, shape, mean: np.clip(x.reshape(3, *shape[:2]).transpose(1, 2, 0) + mean, 0, 255), ["row after row"]),
        (lambda x, shape, mean: np.clip(x.reshape(shape) + mean, 0, 255).tolist(), ["NumPy array"]),
    ],
}
