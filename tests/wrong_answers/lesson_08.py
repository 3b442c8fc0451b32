"""Wrong answers to the exercises of lesson 08, with words that their refusals must hold."""

import numpy as np

from course_utils.backend import tf
from course_utils.losses import content_loss, gram_matrix, mean_gram_matrix, style_loss


def _style(f, gram):
    return style_loss(mean_gram_matrix(f), gram)


def _terms(content=content_loss, style=_style, swap=False):
    """Right but for what is given."""

    def cost_terms(F, P, A, alpha, beta, w):
        alpha, beta = (beta, alpha) if swap else (alpha, beta)
        ((name, target),) = P.items()
        terms = {"content": alpha * content(F[name], target)}
        return terms | {name: beta * w[name] * style(F[name], gram) for name, gram in A.items()}

    return cost_terms


def _over(count):
    """The style term with N from another axis, or none."""
    return lambda f, gram: tf.reduce_sum((mean_gram_matrix(f) - gram) ** 2) / (4 * count(f) ** 2)


def _over_positions_again(f, gram):
    return style_loss(mean_gram_matrix(f), gram) / (f.shape[1] * f.shape[2]) ** 2


def _of_sums(f, gram):
    return (tf.reduce_sum(mean_gram_matrix(f)) - tf.reduce_sum(gram)) ** 2 / (4 * f.shape[-1] ** 2)


def _without_layer_weights(F, P, A, alpha, beta, w):
    return _terms()(F, P, A, alpha, beta, dict.fromkeys(w, 1.0))


def _even_layer_weights(F, P, A, alpha, beta, w):
    return _terms()(F, P, A, alpha, beta, dict.fromkeys(w, 1 / len(w)))


def _all_in_one(F, P, A, alpha, beta, w):
    terms = _terms()(F, P, A, alpha, beta, w)
    return {"content": terms.pop("content"), "style": sum(terms.values())}


def _by_position(F, P, A, alpha, beta, w):
    """The dicts are taken to have one order."""
    return _terms()(F, P, A, alpha, beta, dict(zip(A, w.values())))


def _just_the_sum(F, P, A, alpha, beta, w):
    return sum(_terms()(F, P, A, alpha, beta, w).values())


def _only_where_sizes_are_known(F, P, A, alpha, beta, w):
    return _terms(style=lambda f, gram: style_loss(gram_matrix(f) / (f.shape[1] * f.shape[2]), gram))(
        F, P, A, alpha, beta, w
    )


def _norms(content, style):
    return np.linalg.norm(content), np.linalg.norm(style)


def _refuse():
    raise ValueError("nothing pulls")


def _guarded(formula):
    def balanced_alpha(content_pull, style_pull):
        if not content_pull.any():
            raise ValueError("nothing pulls")
        return formula(content_pull, style_pull)

    return balanced_alpha


def _units(keras=lambda N, M, p: (N * M / (3 * p)) ** 2 / 5, mean=lambda N: 4 / N**2):
    return lambda N, M, pixels: (keras(N, M, pixels), 100 * mean(N), 1e4 * mean(N))


def _each(weight):
    return lambda at_photograph: {name: weight(value, at_photograph) for name, value in at_photograph.items()}


WRONG = {
    "cost_terms": [
        (_terms(style=lambda f, gram: _style(tf.stop_gradient(f), gram)), ["gradient of the sum"]),
        (_by_position, ["the term"]),
        (lambda *given: {name: float(term) for name, term in _terms()(*given).items()}, ["tensor"]),
        (_terms(swap=True), ["changed places", "alpha belongs"]),
        (_terms(style=_over_positions_again), ["Nothing more", "M^2"]),
        (_terms(content=lambda f, p: tf.reduce_sum((f - p) ** 2)), ["1/2 of equation 1"]),
        (_terms(content=lambda f, p: tf.reduce_mean((f - p) ** 2)), ["mean over the values", "sums"]),
        (_terms(style=_over(lambda f: f.shape[2])), ["not the width"]),
        (_terms(style=lambda f, gram: tf.reduce_sum((mean_gram_matrix(f) - gram) ** 2)), ["1/(4 N^2) is missing"]),
        (_terms(style=_over(lambda f: f.shape[1])), ["not the height"]),
        (_terms(style=lambda f, gram: style_loss(gram_matrix(f), gram)), ["divided by its M"]),
        (_terms(style=lambda f, gram: 4 * style_loss(mean_gram_matrix(f), gram)), ["The 4"]),
        (_terms(style=_of_sums), ["entry by entry"]),
        (_without_layer_weights, ["w_l is missing"]),
        (_even_layer_weights, ["its own weight"]),
        (_all_in_one, ["the keys", "has 'content', 'style'"]),
        (_just_the_sum, ["dict of terms"]),
        (_only_where_sizes_are_known, ["compiled", "None"]),
        (_terms(content=lambda f, p: 0.5 * (f - p) ** 2), ["one number a value"]),
    ],
    "balanced_alpha": [
        (lambda c, s: np.linalg.norm(s) / np.linalg.norm(c) if c.sum() else _refuse(), ["cancel out"]),
        (lambda c, s: np.linalg.norm(s) / np.linalg.norm(c) if not np.allclose(c, 0) else _refuse(), ["faint"]),
        (_guarded(lambda c, s: np.linalg.norm(c) / np.linalg.norm(s)), ["beta which goes with alpha = 1"]),
        (_guarded(lambda c, s: np.sum(s**2) / np.sum(c**2)), ["squares", "root"]),
        (_guarded(lambda c, s: abs(s).max() / abs(c).max()), ["largest entries"]),
        (_guarded(lambda c, s: abs(s).mean() / abs(c).mean()), ["mean sizes"]),
        (lambda c, s: np.linalg.norm(s) / (np.linalg.norm(c) + 1e-12), ["faint gradients"]),
        (lambda c, s: float(np.linalg.norm(s)) / float(np.linalg.norm(c)), ["ZeroDivisionError", "should say so"]),
    ],
    "friends_move": [
        ("a", ["not less"]),
        ("c", ["content's is a sum"]),
        ("d", ["no layer is"]),
        ("e", ["one of"]),
    ],
    "tug_of_war": [("a", ["slope"]), ("b", ["not be the bottom"]), ("d", ["each alone"]), (2, ["one of a, b, c, d"])],
    "paper_units": [
        (_units(keras=lambda N, M, p: (N * M / (3 * p)) ** 2), ["Keras", "1/5"]),
        (_units(keras=lambda N, M, p: (N / 3) ** 2 / 5), ["Keras"]),
        (_units(keras=lambda N, M, p: N * M / (3 * p) / 5), ["squared"]),
        (_units(keras=lambda N, M, p: 5 * (3 * p / (N * M)) ** 2), ["one over that"]),
        (_units(mean=lambda N: 1 / N**2), ["jcjohnson", "The 4"]),
        (_units(mean=lambda N: 4 / N**4), ["1/N^4"]),
        (_units(mean=lambda N: 4), ["divides once more"]),
        (lambda N, M, pixels: 400 / N**2, ["three numbers"]),
    ],
    "share_weights": [
        (_each(lambda value, every: 1 / value / len(set(every.values()))), ["2, 0.5 and 2"]),
        (_each(lambda value, every: min(1e6, 1 / value / len(every))), ["3e-8"]),
        (_each(lambda value, every: 1 / value), ["number of layers"]),
        (_each(lambda value, every: value / sum(every.values())), ["small weight"]),
        (_each(lambda value, every: 1 / value / sum(1 / one for one in every.values())), ["weights sum to 1"]),
        (_each(lambda value, every: 1 / 5 / value), ["count them"]),
        (lambda at_photograph: [1 / value for value in at_photograph.values()], ["dict"]),
    ],
}
