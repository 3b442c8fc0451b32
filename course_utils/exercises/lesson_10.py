"""Lesson 10, Your own project."""

from __future__ import annotations

import copy
import itertools
import math
from typing import Any

import numpy as np

from course_utils.exercises.checking import Answer, Wrong, checker, choice, compare, short

PAINTING: dict[str, Any] = {"content": "temple", "style": "mosaic_peacock", "style_scale": 1.0, "steps": 30, "seed": 0}
RUNS: list[dict[str, Any]] = [  # As `read_log` gives them, but for what the exercise does not need.
    {"run": 1, "method": "style_transfer", "settings": PAINTING, "loss": 0.020},
    {"run": 2, "method": "style_transfer", "settings": PAINTING | {"style_scale": 2.0}, "loss": 0.022},
    {"run": 3, "method": "style_transfer", "settings": PAINTING | {"style_scale": 2.0, "steps": 60}, "loss": 0.022},
    {"run": 4, "method": "style_transfer", "settings": PAINTING, "loss": 0.019},
    {"run": 7, "method": "style_transfer", "settings": PAINTING | {"blend": [2, 1]}, "loss": 0.031},
    {"run": 8, "method": "texture", "settings": PAINTING | {"seed": 1}, "loss": 0.001},
]
ALONE = object()  # Stands for a setting that the other run does not have; equal to nothing that a log holds.


def _changed(a: dict[str, Any], b: dict[str, Any]) -> list[str]:
    ours, theirs = a["settings"], b["settings"]
    return [name for name in {**ours, **theirs} if ours.get(name, ALONE) != theirs.get(name, ALONE)]


def _single_changes(runs: list[dict[str, Any]]) -> list[tuple[int, int, str]]:
    pairs = []
    for a, b in itertools.combinations(runs, 2):
        changed = _changed(a, b)
        if a["method"] == b["method"] and len(changed) == 1:
            pairs.append((a["run"], b["run"], changed[0]))
    return pairs


@checker(_single_changes)
def single_changes(attempt: Answer) -> str:
    """Pairs of runs of one method that differ in just one setting: a list of (number, number, name)."""
    given = copy.deepcopy(RUNS)
    found = _as_pairs(attempt(given))
    if given != RUNS:
        raise Wrong("The runs were changed in place; they are a log, and a log is only read.")
    expected = _single_changes(RUNS)
    _judge_pairs(found, expected)
    again = copy.deepcopy(RUNS[:2])
    again[0]["settings"]["new"], again[1]["settings"]["style_scale"] = None, 1.0
    if _as_pairs(attempt(again)) != [(1, 2, "new")]:
        raise Wrong("a setting that one run has and the other has not is a change, even where its value is None.")
    if _as_pairs(attempt([])) != []:
        raise Wrong("a log without any run has no pair: [] was expected.")
    return f"{len(expected)} pairs of {math.comb(len(RUNS), 2)}; the others differ in nothing, in more, or in method."


def _as_pairs(found: Any) -> list[tuple[int, int, str]]:
    try:
        pairs = [(int(a), int(b), str(name)) for a, b, name in found]
    except (TypeError, ValueError):
        raise Wrong(f"a list of (number, number, name) was expected, not {short(found)}.") from None
    return pairs


def _judge_pairs(found: list[tuple[int, int, str]], expected: list[tuple[int, int, str]]) -> None:
    """Raises Wrong, with what the first wrong pair shows, unless both lists hold the same pairs in the same order."""
    runs, numbers = {run["run"]: run for run in RUNS}, {pair[:2] for pair in expected}
    for a, b, name in found:
        if a not in runs or b not in runs:
            raise Wrong(f"there is no run {a if a not in runs else b}: the number of a run stands in run['run'].")
        if a >= b:
            raise Wrong(f"({a}, {b}) came: name each pair once, the earlier run first, and no run with itself.")
        changed = _changed(runs[a], runs[b])
        if not changed:
            raise Wrong(f"runs {a} and {b} have the same settings: nothing was changed between them.")
        if len(changed) > 1:
            raise Wrong(f"runs {a} and {b} differ in {' and '.join(changed)}: which of them made the difference?")
        if (a, b) not in numbers:
            raise Wrong(f"runs {a} and {b} are of two methods; that alone is a change.")
        if name != changed[0]:
            raise Wrong(f"what differs between runs {a} and {b} is {changed[0]}, not {name}.")
    missing = sorted(set(expected) - set(found))
    if missing:
        a, b, name = missing[0]
        why = " Only one of them has this setting; that is a difference too." if name == "blend" else ""
        raise Wrong(f"runs {a} and {b} differ in {name} alone, and are missing.{why}")
    if found != expected:
        raise Wrong("each pair once, in the order of the log: all pairs of the first run, then of the second ...")


@checker("c")
def supported_claim(attempt: str) -> str:
    """Which sentence do the runs of the first worked example support?"""
    return choice(
        attempt,
        "c",
        {
            "a": "nobody measured beauty, and one pair of pictures is no majority. Say what you prefer, and call it "
            "an opinion.",
            "b": "run 3 also had twice the evaluations. Against run 4, which has as many, less of the fall is left; "
            "so a part of it belongs to the evaluations.",
            "c": "it names the photograph, the painting, the seed and what was held fixed, and claims a direction and "
            "no more.",
            "d": "one photograph, one painting and one network cannot carry a word like `always`, however large the "
            "difference is.",
        },
    )


def _against_chance(first: Any, second: Any) -> tuple[float, float]:
    first, second = np.asarray(first, "float64"), np.asarray(second, "float64")
    error = np.sqrt(first.var(ddof=1) / first.size + second.var(ddof=1) / second.size)
    return float(first.mean() - second.mean()), float(error)


@checker(_against_chance)
def against_chance(attempt: Answer) -> str:
    """The difference of the means of two settings over seeds, and its standard error."""
    rng = np.random.default_rng(10)
    for first, second, what in (
        ([0.2, 0.4, 0.9], [0.1, 0.2, 0.3], "[0.2, 0.4, 0.9] against [0.1, 0.2, 0.3]"),
        (rng.normal(3, 1, 4).tolist(), rng.normal(2, 2, 7).tolist(), "4 seeds against 7"),
    ):
        found = attempt(list(first), list(second))
        if not isinstance(found, (tuple, list, np.ndarray)) or len(found) != 2:
            raise Wrong(f"two numbers were expected, (difference, error), not {short(found)}.")
        difference, error = _against_chance(first, second)
        a, b = np.asarray(first), np.asarray(second)
        compare(
            found[0],
            difference,
            f"the difference of {what}",
            mistakes={
                "The sign is turned: the first setting's mean minus the second's.": -difference,
                "That is the difference of the medians; a mean was asked for.": np.median(a) - np.median(b),
                "That is the difference of the sums; divide each by its number of seeds.": a.sum() - b.sum(),
            },
        )
        both = a.std(ddof=1) / np.sqrt(a.size), b.std(ddof=1) / np.sqrt(b.size)
        compare(
            found[1],
            error,
            f"the error of {what}",
            mistakes={
                "The variance divides by n - 1 (ddof=1), since the mean is taken from the same few numbers.": np.sqrt(
                    a.var() / a.size + b.var() / b.size
                ),
                "That is the spread of single runs; a mean of n seeds is steadier: divide each variance by n.": np.sqrt(
                    a.var(ddof=1) + b.var(ddof=1)
                ),
                "Errors of independent numbers add as squares: add the variances, then take the root.": sum(both),
                "The root is missing: that is the square of the error.": error**2,
                "Each variance is divided by its own n before they are added.": np.sqrt(
                    (a.var(ddof=1) + b.var(ddof=1)) / (a.size + b.size)
                ),
            },
        )
    shifted = attempt([5.2, 5.4, 5.9], [5.1, 5.2, 5.3])
    compare(shifted, _against_chance([0.2, 0.4, 0.9], [0.1, 0.2, 0.3]), "both, after 5 was added to all six numbers,")
    return "the difference of two means, and how far chance alone would carry it."


def _seeds_needed(difference: float, deviation: float, times: float = 3) -> int:
    if difference == 0:
        raise ValueError("no number of seeds shows a difference of 0")
    return max(2, math.ceil(2 * (times * deviation / difference) ** 2))


@checker(_seeds_needed)
def seeds_needed(attempt: Answer) -> str:
    """The least number of seeds a setting at which a difference is `times` its standard error, and at least 2."""
    rng = np.random.default_rng(11)
    cases = [(0.1, 0.11, 3), (1.0, 0.01, 3), (2.0, 0.0, 3), *rng.uniform((0.5, 0.3, 1), (2, 1.5, 4), (12, 3))]
    for difference, deviation, times in [(-0.7, 0.8, 3), *cases]:
        difference, deviation, times = float(difference), float(deviation), float(times)
        enough = (n for n in itertools.count(2) if abs(difference) >= times * deviation * math.sqrt(2 / n))
        expected, bare = next(enough), (times * deviation / difference) ** 2
        found = attempt(difference, deviation, times)
        what = f"the number for a difference of {difference:.3g}, a deviation of {deviation:.3g}, times {times:.3g},"
        compare(
            found,
            expected,
            what,
            mistakes={
                "One seed has no spread: at least 2.": max(0, math.ceil(2 * bare)),
                "Both settings are uncertain, not one: the variances add, hence a factor of 2.": max(
                    2, math.ceil(bare)
                ),
                "The error falls with the root of n, so n grows with the square.": max(
                    2, math.ceil(2 * abs(times * deviation / difference))
                ),
                "That many are not enough yet: round up.": max(2, math.floor(2 * bare)),
                "That is no whole number: round up.": 2 * bare,
            },
        )
    try:
        found = attempt(0.0, 1.0, 3.0)
    except ValueError:
        return "half the difference needs four times the seeds; and nothing shows a difference of 0."
    except (ZeroDivisionError, OverflowError):
        found = "a division by 0"
    raise Wrong(f"where the difference is 0 a ValueError was expected, and {short(found)} came: no number is enough.")
