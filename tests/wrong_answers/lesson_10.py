"""Wrong answers to the exercises of lesson 10, with words that their refusals must hold."""

import itertools
import math

import numpy as np


def _pairs(differ, of_one_method=True, some=lambda runs: itertools.combinations(runs, 2)):
    """Pairs of runs by a rule `differ` that gives the names of the settings that differ."""

    def single_changes(runs):
        found = []
        for a, b in some(runs):
            names = differ(a["settings"], b["settings"])
            if len(names) == 1 and (not of_one_method or a["method"] == b["method"]):
                found.append((a["run"], b["run"], names[0]))
        return found

    return single_changes


def _in_first(a, b):
    return [name for name in a if a[name] != b.get(name, "not there")]


def _in_both(a, b):
    return [name for name in a if name in b and a[name] != b[name]]


def _in_any(a, b):
    nothing = object()
    return [name for name in {**a, **b} if a.get(name, nothing) != b.get(name, nothing)]


def _none_is_nothing(a, b):
    return [name for name in {**a, **b} if a.get(name) != b.get(name)]


def _any_number(runs):
    pairs = []
    for a, b in itertools.combinations(runs, 2):
        names = _in_any(a["settings"], b["settings"])
        pairs += [(a["run"], b["run"], name) for name in names]
    return pairs


def _places(runs):
    right = _pairs(_in_any)(runs)
    places = {run["run"]: k for k, run in enumerate(runs)}
    return [(places[a], places[b], name) for a, b, name in right]


def _popped(runs):
    found = _pairs(_in_any)(runs)
    runs.pop()
    return found


def _error(first, second, **how):
    first, second = np.array(first), np.array(second)
    return math.sqrt(first.var(**how) / len(first) + second.var(**how) / len(second))


def _difference(first, second):
    return np.mean(first) - np.mean(second)


def _with(error):
    return lambda first, second: (_difference(first, second), error(np.array(first), np.array(second)))


def _needed(rule):
    """A number of seeds by a rule, which is right about a difference of 0."""

    def seeds_needed(difference, deviation, times=3):
        if difference == 0:
            raise ValueError
        return rule(difference, deviation, times)

    return seeds_needed


WRONG = {
    "single_changes": [
        (_pairs(_in_first), ["differ in", "blend"]),
        (_pairs(_in_both), ["differ in", "blend"]),
        (_pairs(_none_is_nothing), ["None"]),
        (_pairs(_in_any, of_one_method=False), ["two methods"]),
        (_pairs(_in_any, some=lambda runs: itertools.permutations(runs, 2)), ["once"]),
        (_pairs(_in_any, some=itertools.pairwise), ["missing"]),
        (_any_number, ["differ in", "which of them"]),
        (_places, ["run 0"]),
        (_popped, ["in place"]),
        (lambda runs: [(a, b) for a, b, _ in _pairs(_in_any)(runs)], ["(number, number, name)"]),
        (lambda runs: [(a, b, "seed") for a, b, _ in _pairs(_in_any)(runs)], ["not seed"]),
    ],
    "supported_claim": [
        ("a", ["opinion"]),
        ("b", ["twice the evaluations"]),
        ("d", ["always"]),
        ("e", ["one of a, b, c, d"]),
    ],
    "against_chance": [
        (_with(lambda first, second: _error(first, second, ddof=0)), ["ddof=1"]),
        (_with(lambda first, second: math.hypot(first.std(ddof=1), second.std(ddof=1))), ["single runs"]),
        (
            _with(lambda a, b: a.std(ddof=1) / math.sqrt(len(a)) + b.std(ddof=1) / math.sqrt(len(b))),
            ["add as squares"],
        ),
        (_with(lambda first, second: _error(first, second, ddof=1) ** 2), ["root is missing"]),
        (lambda first, second: (-_difference(first, second), _error(first, second, ddof=1)), ["sign is turned"]),
        (lambda first, second: (np.median(first) - np.median(second), 0), ["medians"]),
        (_difference, ["two numbers"]),
    ],
    "seeds_needed": [
        (_needed(lambda d, s, times: math.ceil(2 * (times * s / d) ** 2)), ["at least 2"]),
        (_needed(lambda d, s, times: max(2, math.ceil((times * s / d) ** 2))), ["factor of 2"]),
        (_needed(lambda d, s, times: max(2, math.ceil(2 * abs(times * s / d)))), ["square"]),
        (_needed(lambda d, s, times: max(2, int(2 * (times * s / d) ** 2))), ["round up"]),
        (_needed(lambda d, s, times: 2 * (times * s / d) ** 2), ["whole number"]),
        (lambda d, s, times=3: max(2, math.ceil(2 * (times * s / d) ** 2)), ["ValueError", "division by 0"]),
        (lambda d, s, times=3: max(2, math.ceil(2 * (times * s / d) ** 2)) if d else 2, ["ValueError", "2 came"]),
    ],
}
