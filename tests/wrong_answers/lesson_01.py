"""Wrong answers to the exercises of lesson 01, with words that their refusals must hold."""

import numpy as np


def each(share):
    return lambda features: {layer: share(np.asarray(values)) for layer, values in features.items()}


def walked(rule):
    def receptive_field(layers):
        state = (1, 1)
        for window, stride in layers:
            state = rule(*state, window, stride)
        return state

    return receptive_field


def patches(corner, reverse=True, cut=True):
    def best_patches(maps, side, step, count=9):
        found = []
        for number, one in enumerate(maps):
            cell = np.unravel_index(one.argmax(), one.shape)
            found.append((one.max(), number, *corner(*cell, side, step)))
        found.sort(key=lambda patch: patch[0], reverse=reverse)
        return found[:count] if cut else found

    return best_patches


def right(row, column, side, step):
    return row * step - (side - step) // 2, column * step - (side - step) // 2


def of_all_together(maps, side, step, count=9):
    cells = [(one[i, j], n, *right(i, j, side, step)) for n, one in enumerate(maps) for i, j in np.ndindex(one.shape)]
    return sorted(cells, reverse=True)[:count]


def not_sorted(maps, side, step, count=9):
    return [
        (one.max(), n, *right(*np.unravel_index(one.argmax(), one.shape), side, step)) for n, one in enumerate(maps)
    ][:count]


def erased(maps, side, step, count=9):
    found = patches(right)(maps, side, step, count)
    for one in maps:
        one[:] = 0
    return found


def nearest_by(distance, without_itself=True, start=0, reverse=False):
    def neighbours(table, k, count=4):
        distances = distance(table, table[k]).astype(float)
        if without_itself:
            distances[k] = -np.inf if reverse else np.inf
        return np.argsort(-distances if reverse else distances, kind="stable")[start : start + count]

    return neighbours


def euclid(table, row):
    return np.linalg.norm(table - row, axis=1)


def squares(answer, one_picture=False, turned=False, last=1):
    def score_drops(score, picture, size, stride, fill):
        hidden, before, rows = picture.copy(), score(picture), []
        for top in range(0, picture.shape[0] - size + last, stride):
            rows.append([])
            for left in range(0, picture.shape[1] - size + last, stride):
                hidden = hidden if one_picture else picture.copy()
                hidden[top : top + size, left : left + size] = fill
                rows[-1].append(answer(before, score(hidden)))
        return np.array(rows).T if turned else np.array(rows)

    return score_drops


def in_place(score, picture, size, stride, fill):
    drops = squares(lambda before, after: before - after)(score, picture, size, stride, fill)
    picture[:size, :size] = fill
    return drops


WRONG = {
    "zero_shares": [
        (lambda features: dict(reversed(each(lambda x: np.mean(x == 0))(features).items())), ["in the order"]),
        (each(lambda x: np.mean(np.isclose(x, 0))), ["should be"]),
        (lambda features: {name: (values == 0).mean() for name, values in features.items()}, ["stops with", "mean"]),
        (each(lambda x: np.mean(x > 0)), ["not 0"]),
        (each(lambda x: 100 * np.mean(x == 0)), ["per cent"]),
        (each(lambda x: np.sum(x == 0)), ["divide"]),
        (each(lambda x: np.mean(x < 1e-3)), ["exactly 0"]),
        (each(lambda x: np.mean(x.astype(int) == 0)), ["exactly 0"]),
        (each(lambda x: np.mean(x.max((0, 1, 2)) == 0)), ["count values"]),
        (lambda features: [np.mean(x == 0) for x in features.values()], ["dict", "a list of 5"]),
        (lambda features: float(np.mean([np.mean(x == 0) for x in features.values()])), ["dict"]),
    ],
    "receptive_field": [
        (walked(lambda r, j, k, s: (r + (k - 1) * j * s, j * s)), ["stride was applied first"]),
        (walked(lambda r, j, k, s: (r + k * j, j * s)), ["k - 1"]),
        (walked(lambda r, j, k, s: (r + k - 1, j * s)), ["multiply by the jump"]),
        (walked(lambda r, j, k, s: (r + (k - 1) * j, j + s - 1)), ["factor"]),
        (lambda layers: walked(lambda r, j, k, s: (r + (k - 1) * j, j * s))(layers)[0], ["two numbers"]),
        (lambda layers: walked(lambda r, j, k, s: (r + (k - 1) * j, j * s))(layers)[::-1], ["changed places"]),
        (walked(lambda r, j, k, s: (r * k, j * s)), ["Windows do not multiply"]),
    ],
    "best_patches": [
        (lambda maps, side, step, count=9: np.array(patches(right)(maps, side, step, count)), ["whole number"]),
        (patches(lambda i, j, side, step: (i * step + -(side - step) // 2, j * step + -(side - step) // 2)), ["top"]),
        (lambda *given: [patch for patch in patches(right)(*given) if patch[0] > 0], ["length of the list"]),
        (patches(lambda i, j, side, step: (i * step, j * step)), ["(side - step) // 2 beyond it"]),
        (patches(lambda i, j, side, step: (i, j)), ["row and column"]),
        (patches(lambda i, j, side, step: right(j, i, side, step)), ["changed places"]),
        (patches(lambda i, j, side, step: (i * step - side // 2, j * step - side // 2)), ["middle of its cell"]),
        (patches(right, reverse=False), ["sort the other way"]),
        (patches(right, cut=False), ["only the `count` strongest"]),
        (of_all_together, ["one of each picture"]),
        (not_sorted, ["sort all"]),
        (erased, ["in place", "copy"]),
        (lambda maps, side, step, count=9: [one.max() for one in maps], ["four numbers a patch"]),
    ],
    "neighbours": [
        (lambda table, k, count=4: tuple(nearest_by(euclid)(table, k, count)), ["NumPy array", "tuple"]),
        (lambda table, k, count=4: nearest_by(euclid)(table[:, :64], k, count), ["9 long ones"]),
        (nearest_by(euclid, without_itself=False), ["itself"]),
        (nearest_by(euclid, without_itself=False, start=1), ["twice", "by its number"]),
        (nearest_by(euclid, reverse=True), ["farthest"]),
        (nearest_by(lambda table, row: -table @ row), ["dot product"]),
        (nearest_by(lambda table, row: np.abs(table - row).sum(1)), ["rows nearest"]),
        (nearest_by(lambda table, row: np.abs((table - row).sum(1))), ["difference of the sums"]),
        (lambda table, k, count=4: np.sort(euclid(table, table[k]))[1 : count + 1], ["the list of rows", "int"]),
    ],
    "score_drops": [
        (
            lambda score, picture, *rest: squares(lambda a, b: a - b)(lambda p: score(p[None]), picture, *rest),
            ["shape"],
        ),
        (squares(lambda before, after: after - before), ["sign is turned"]),
        (squares(lambda before, after: after), ["the scores with the square"]),
        (squares(lambda before, after: before - after, one_picture=True), ["pile up", "fresh copy"]),
        (squares(lambda before, after: before - after, turned=True), ["changed places"]),
        (squares(lambda before, after: before - after, last=0), ["length - size + 1"]),
        (squares(lambda before, after: (before - after) / before), ["divided by the score"]),
        (in_place, ["in place", "copy"]),
    ],
    "black_square": [
        ("a", ["every network"]),
        ("c", ["no foreign body"]),
        ("none", ["one of a, b, c"]),
    ],
}
