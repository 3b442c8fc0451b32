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


def _by_later(runs):
    """A loop over the later run outside, over the earlier inside."""
    return _pairs(_in_any, some=lambda runs: ((a, b) for k, b in enumerate(runs) for a in runs[:k]))(runs)


def _of_sets(runs):
    """Only for settings that can be in a set."""
    return _pairs(lambda a, b: list({name for name, _ in set(a.items()) ^ set(b.items())}))(runs)


def _one_after_the_other(a, b):
    """Takes for granted that both have their settings in one order."""
    return [name for (name, one), (_, other) in zip(a.items(), b.items()) if one != other]


def _of_the_whole_run(runs):
    found = []
    for a, b in itertools.combinations(runs, 2):
        names = [name for name in a if a[name] != b[name]]
        if len(names) == 1:
            found.append((a["run"], b["run"], names[0]))
    return found


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


def _from_2(difference, deviation, times):
    n = 2
    while abs(difference) < times * deviation * math.sqrt(2 / n):
        n += 1
    return n


def _counted(difference, deviation, times):
    """Without end for a difference below 0."""
    n = 2
    while difference < times * deviation * math.sqrt(2 / n):
        n += 1
    return n


def _searched(difference, deviation, times):
    return next(n for n in itertools.count(2) if difference >= times * deviation * math.sqrt(2 / n))


WRONG = {
    "single_changes": [
        (_pairs(_in_first), ["not there", "missing", "the later run"]),
        (_pairs(_in_both), ["not there", "missing", "only one of the two"]),
        (_pairs(_none_is_nothing), ["None", "not there"]),
        (_pairs(_in_any, of_one_method=False), ["two methods"]),
        (_pairs(_in_any, some=lambda runs: itertools.permutations(runs, 2)), ["once"]),
        (_pairs(_in_any, some=itertools.pairwise), ["missing"]),
        (_any_number, ["differ in", "which of them"]),
        (_places, ["no run of the log has", "run['run']"]),
        (_popped, ["in place"]),
        (lambda runs: [(a, b) for a, b, _ in _pairs(_in_any)(runs)], ["(number, number, name)"]),
        (_by_later, ["the order of the pairs", "first run come first"]),
        (lambda runs: _pairs(_in_any)(runs)[::-1], ["the order of the pairs"]),
        (lambda runs: sorted(_pairs(_in_any)(runs), key=lambda change: change[2]), ["the order of the pairs"]),
        (lambda runs: set(_pairs(_in_any)(runs)), ["a list of"]),
        (lambda runs: [(b, a, name) for a, b, name in _pairs(_in_any)(runs)], ["later run first", "once"]),
        (lambda runs: [(str(a), str(b), name) for a, b, name in _pairs(_in_any)(runs)], ["whole"]),
        (lambda runs: [(a, b, [name]) for a, b, name in _pairs(_in_any)(runs)], ["text"]),
        (lambda runs: 2 * _pairs(_in_any)(runs), ["more than once"]),
        (lambda runs: np.array(_pairs(_in_any)(runs)), ["whole"]),
        (_of_sets, ["TypeError", "unhashable"]),
        (_pairs(_one_after_the_other), ["what is told of runs"]),
        (_of_the_whole_run, ["missing", "run['settings']"]),
        (lambda runs: [(a + 1, b + 1, name) for a, b, name in _places(runs)], ["run['run']"]),
        (lambda runs: [(a, b, "seed") for a, b, _ in _pairs(_in_any)(runs)], ["should be", "is seed"]),
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
        (lambda a, b: (abs(_difference(a, b)), _error(a, b, ddof=1)), ["sign is lost"]),
        (lambda a, b: (_error(a, b, ddof=1), _difference(a, b)), ["changed places"]),
        (lambda a, b: (sum(a) - sum(b), _error(a, b, ddof=1)), ["sums"]),
        (_with(lambda a, b: math.sqrt((a.var(ddof=1) + b.var(ddof=1)) / len(a))), ["its own n"]),
        (_with(lambda a, b: math.sqrt(a.var(ddof=1) / 3 + b.var(ddof=1) / 3)), ["the error"]),
        (_with(lambda a, b: (a - b).std(ddof=1) / math.sqrt(len(a))), ["in no pairs"]),
        (lambda a, b: (a.mean() - b.mean(), 0), ["AttributeError", "mean"]),
    ],
    "seeds_needed": [
        (_needed(lambda d, s, times: math.ceil(2 * (times * s / d) ** 2)), ["at least 2"]),
        (_needed(lambda d, s, times: max(2, math.ceil((times * s / d) ** 2))), ["factor of 2"]),
        (_needed(lambda d, s, times: max(2, math.ceil(2 * abs(times * s / d)))), ["square"]),
        (_needed(lambda d, s, times: max(2, int(2 * (times * s / d) ** 2))), ["round up"]),
        (_needed(lambda d, s, times: 2 * (times * s / d) ** 2), ["whole number"]),
        (lambda d, s, times=3: max(2, math.ceil(2 * (times * s / d) ** 2)), ["ValueError", "ZeroDivisionError"]),
        (lambda d, s, times=3: max(2, math.ceil(2 * (times * s / d) ** 2)) if d else 2, ["ValueError", "2.0 came"]),
        (_needed(lambda d, s, times: max(2, math.ceil(2 * (3 * s / d) ** 2))), ["`times` is an argument"]),
        (_needed(lambda d, s, times: max(2, math.ceil(2 * times * (s / d) ** 2))), ["squared as well"]),
        (_needed(lambda d, s, times: max(2, math.floor(2 * (times * s / d) ** 2) + 1)), ["one too many"]),
        (_needed(lambda d, s, times: max(2, round(2 * (times * s / d) ** 2))), ["round up"]),
        (_needed(_counted), ["does not come to an end", "abs"]),
        (_needed(_searched), ["does not come to an end", "abs"]),
        (lambda d, s, times=3: _needed(_from_2)(d or 1, s, times), ["ValueError"]),
        (lambda d, s, times: _needed(_from_2)(d, s, times), ["TypeError", "times"]),
        (_needed(lambda d, s, times: 18), ["for a difference of"]),
    ],
}
