"""Lesson 10, Your own project."""

from __future__ import annotations

import itertools
import math
import operator
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import numpy as np

from course_utils.exercises.draws import FORMS, Case, Draw
from course_utils.exercises.exercise import Question, exercise
from course_utils.exercises.kinds import Number, Parts, Wrong, came, is_sequence, short
from course_utils.exercises.running import Answer, limited

Run = dict[str, Any]
Change = tuple[int, int, str]

CHOICES: dict[str, list[Any]] = {
    "style_scale": [1.0, 2.0, 0.5],
    "stages": [1, 2, 3],
    "blend": [None, [2, 1], [1, 3]],
    "pooling": ["average", "max", None],
    "classes": [{"goldfish": 1.0}, {"monarch": 1.0}, {"goldfish": 1.0, "monarch": 0.5}],
    "size": [128, 256, 96],
    "keep_colours": [False, True, "luminance"],
}
LATE_SETTINGS = {"start": "noise", "guide": None, "mask": "an array of 96 x 128"}


def _logged(number: int, settings: Run, method: str = "style_transfer") -> Run:
    """A run as `read_log` gives it; what stands beside the settings is another in each."""
    return {
        "run": number,
        "date": f"2026-03-{number % 28 + 1:02}T10:{number % 60:02}:00+00:00",
        "method": method,
        "note": f"I predict number {number}",
        "picture": f"{number:03}.png",
        "seed": settings.get("seed"),
        "settings": settings,
        "loss": 1 / (number + 1),
    }


def _a_log(draw: Draw) -> Case:
    """Runs with one change, two, none, a setting more or less, the same settings in another order, another method."""
    first, second, third, *_ = names = [str(name) for name in draw.rng.permuted(list(CHOICES))][:5]
    late = str(draw.rng.choice(list(LATE_SETTINGS)))
    plain = {name: CHOICES[name][0] for name in names} | {"seed": draw.size(1, 99), "steps": draw.size(100, 199) - 99}
    one, two = ({name: CHOICES[name][k]} for name, k in ((first, 1), (second, 2)))
    changed = [
        plain,
        plain | one,
        plain | one | two,
        plain | {late: LATE_SETTINGS[late]},
        {name: value for name, value in plain.items() if name != third},
        dict(reversed(plain.items())),
    ]
    order = draw.rng.permutation(len(changed))
    numbers = np.cumsum(draw.rng.integers(1, 4, len(changed) + 1)) + draw.size(200, 220) - 199
    runs = [_logged(int(number), dict(changed[k])) for number, k in zip(numbers, order)]
    return Case(([*runs, _logged(int(numbers[-1]), plain | two, "texture")],))


class _NotThere:
    """Stands for a setting that the other run does not have; equal to nothing that a log holds."""

    def __repr__(self) -> str:
        return "not there"


NOT_THERE = _NotThere()


def _changed(ours: Run, theirs: Run) -> list[str]:
    return [name for name in {**ours, **theirs} if ours.get(name, NOT_THERE) != theirs.get(name, NOT_THERE)]


def _compared(
    changed: Callable[[Run, Run], list[str]] = _changed,
    *,
    of_one_method: bool = True,
    pairs: Callable[[list[Run]], Iterable[tuple[Run, Run]]] = lambda runs: itertools.combinations(runs, 2),
    most: int = 1,
    said: Callable[[Run, Run, str], tuple] = lambda a, b, name: (a["run"], b["run"], name),
) -> Callable[[list[Run]], list[tuple]]:
    """Changes by another rule of what differs, of which runs, or of how much; or said in another way."""

    def single_changes(runs: list[Run]) -> list[tuple]:
        found: list[tuple] = []
        for a, b in pairs(runs):
            names = changed(a["settings"], b["settings"])
            if len(names) in range(1, most + 1) and (not of_one_method or a["method"] == b["method"]):
                found += [said(a, b, name) for name in names]
        return found

    return single_changes


_single_changes = _compared()


def _places(runs: list[Run]) -> list[Change]:
    place = {run["run"]: k for k, run in enumerate(runs)}
    return [(place[a], place[b], name) for a, b, name in _single_changes(runs)]


def _of_whole_runs(runs: list[Run]) -> list[Change]:
    pairs = [(a, b, _changed(a, b)) for a, b in itertools.combinations(runs, 2)]
    return [(a["run"], b["run"], names[0]) for a, b, names in pairs if len(names) == 1]


class _Changes:
    """A list of (number, number, name), judged pair by pair of the log from which it was made."""

    what = "the answer"

    def plain(self, found: Any, strict: bool = True) -> Any:
        told = list(found["told"]) if isinstance(found["told"], Iterator) else found["told"]
        if not is_sequence(told):
            raise Wrong(f"a list of (number, number, name) was expected, and {came(told)} came.")
        return {"runs": found["runs"], "told": [self._change(one) for one in told]}

    def _change(self, one: Any) -> Change:
        if not is_sequence(one) or len(one) != 3:
            raise Wrong(f"a list of (number, number, name) was expected, and {short(one)} is in it.")
        try:
            change = operator.index(one[0]), operator.index(one[1]), one[2]
        except TypeError:
            raise Wrong(f"the numbers are to be whole, as in run['run'], and {short(one)} is in the list.") from None
        if not isinstance(change[2], str):
            raise Wrong(f"the name of the setting is to be text, and {short(one)} is in the list.")
        return change

    def pairs(self, expected: Any, found: Any) -> Iterator[tuple[str, Any, Any]]:
        right, told = (_facts(one["runs"], one["told"]) for one in (expected, found))
        for what, one in right.items():
            yield what, one or "none", told[what] or ("missing" if one else "none")


def _facts(runs: list[Run], told: list[Change]) -> dict[str, str]:
    """What can be asked of a list of changes, and the answer in words: its form first, then pair by pair, its order."""
    known = {run["run"]: run for run in runs}
    place = {number: k for k, number in enumerate(known)}
    unknown = sorted({number for a, b, _ in told for number in (a, b)} - set(known))
    turned = [(a, b) for a, b, _ in told if place.get(a, -2) >= place.get(b, -1)]
    facts = {
        "the list of numbers that no run of the log has": _listed(unknown),
        "the list of pairs with the later run first, or of a run with itself,": _listed(turned),
        "the list of what is told more than once": _listed([one for k, one in enumerate(told) if one in told[:k]]),
    }
    for a, b in itertools.combinations(known, 2):
        names = [name for one, other, name in told if (one, other) == (a, b)]
        facts[f"what is told of runs {a} and {b}, {_between(known[a], known[b])},"] = " and ".join(names)
    return facts | {"the order of the pairs": _listed([change[:2] for change in told])}


def _listed(things: Sequence[Any]) -> str:
    return ", ".join(map(str, things)) or "empty"


def _between(a: Run, b: Run) -> str:
    """What lies between two runs, in words."""
    if a["method"] != b["method"]:
        return "which are of two methods"
    changed = _changed(a["settings"], b["settings"])
    if not changed:
        return "which have the same settings"
    values = [", ".join(short(run["settings"].get(name, NOT_THERE)) for run in (a, b)) for name in changed]
    return "which differ in " + " and ".join(f"{name} ({pair})" for name, pair in zip(changed, values))


def _of_a_log(answer: Answer, runs: list[Run]) -> dict[str, Any]:
    return {"runs": runs, "told": answer(runs)}


@exercise(
    draws=_a_log,
    forms=FORMS[:3],
    also=[
        Case(([_logged(5, {"steps": 30, "guide": None}), _logged(8, {"steps": 30})],)),
        Case(([_logged(1, {"seed": 0}), _logged(2, {"seed": 0, "stages": None}), _logged(3, {"seed": 1})],)),
        Case(([_logged(k, {"size": 96, "classes": {"bus": k // 6}}, "deep_dream") for k in range(4, 9)],)),
        Case(([_logged(2, {"steps": 1}), _logged(4, {"steps": "1"}), _logged(5, {"steps": 1, "seed": 0})],)),
        Case(
            (
                [
                    _logged(3, {"l2": 0.002, "mask": "-"}),
                    _logged(4, {"l2": 0.0021, "mask": "-"}),
                    _logged(6, {"l2": 0.002}),
                ],
            )
        ),
        Case(([_logged(7, {"size": 96}), _logged(9, {"size": 96}, "texture"), _logged(10, {"size": 96})],)),
        Case(([_logged(11, {"size": 96, "steps": 30, "seed": 2})],)),
        Case(([],)),
    ],
    use=_of_a_log,
    returns=_Changes(),
    mistakes={
        "A setting that only the later run has is a difference too.": _compared(
            lambda a, b: [name for name in a if a[name] != b.get(name, NOT_THERE)]
        ),
        "A setting that only the earlier run has is a difference too.": _compared(
            lambda a, b: [name for name in b if b[name] != a.get(name, NOT_THERE)]
        ),
        "A setting that only one of the two has counts as a difference.": _compared(
            lambda a, b: [name for name in a if name in b and a[name] != b[name]]
        ),
        "get(name) gives None for a setting that is None, and for one that is not there.": _compared(
            lambda a, b: [name for name in {**a, **b} if a.get(name) != b.get(name)]
        ),
        "Date, note and picture are others in every run: compare what stands in run['settings'].": _of_whole_runs,
        "Two methods are a change of their own: compare runs of one method.": _compared(of_one_method=False),
        "Two settings have changed: which of them made the difference?": (_compared(most=99), _compared(most=2)),
        "Only neighbours in the log were compared: take each run with all later ones.": _compared(
            pairs=itertools.pairwise
        ),
        "Only the first run was compared with others: take each run with all later ones.": _compared(
            pairs=lambda runs: ((runs[0], run) for run in runs[1:])
        ),
        "Name each pair once, the earlier run first.": (
            _compared(pairs=lambda runs: itertools.permutations(runs, 2)),
            _compared(pairs=lambda runs: itertools.product(runs, runs)),
            _compared(said=lambda a, b, name: (b["run"], a["run"], name)),
        ),
        "A run's number stands in run['run']; it is not its place in the list.": (
            _places,
            lambda runs: [(a + 1, b + 1, name) for a, b, name in _places(runs)],
        ),
        "All pairs of the first run come first, then those of the second with later ones, and so on.": (
            _compared(pairs=lambda runs: ((a, b) for k, b in enumerate(runs) for a in runs[:k])),
            lambda runs: _single_changes(runs)[::-1],
            lambda runs: sorted(_single_changes(runs), key=lambda change: change[2]),
        ),
    },
    praise="each pair with one change, once and in order; the others differ in nothing, in more, or in method.",
)
def single_changes(runs: list[Run]) -> list[tuple]:
    """Pairs of runs of one method that differ in just one setting: a list of (number, number, name)."""
    return _single_changes(runs)


supported_claim = Question(
    "supported_claim",
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
    doc="Which sentence do the runs of the first worked example support?",
)


def _two_settings(draw: Draw) -> Case:
    """Lists of two lengths; in the tall draw the first mean is above the second, in the others below it."""
    counts, higher = (draw.size(3, 12), draw.size(3, 12)), draw.form.sides == "tall"
    means = sorted((draw.number(-2, 0), draw.number(1, 3)), reverse=higher)
    lists = [draw.rng.normal(mean, draw.number(0.3, 2), count).tolist() for mean, count in zip(means, counts)]
    return Case(tuple(lists), f"of {counts[0]} numbers against {counts[1]}")


def _by(
    error: Callable[[np.ndarray, np.ndarray], Any], difference: Callable[[Any, Any], Any] | None = None
) -> Callable[[Sequence[float], Sequence[float]], tuple[Any, Any]]:
    """A difference and an error by other formulas."""

    def against_chance(first: Sequence[float], second: Sequence[float]) -> tuple[Any, Any]:
        a, b = np.array(first, "float64"), np.array(second, "float64")
        return difference(a, b) if difference else a.mean() - b.mean(), error(a, b)

    return against_chance


def _error(a: np.ndarray, b: np.ndarray, ddof: int = 1) -> float:
    return float(np.sqrt(a.var(ddof=ddof) / a.size + b.var(ddof=ddof) / b.size))


def _pooled(a: np.ndarray, b: np.ndarray) -> float:
    both = ((a.size - 1) * a.var(ddof=1) + (b.size - 1) * b.var(ddof=1)) / (a.size + b.size - 2)
    return float(np.sqrt(both * (1 / a.size + 1 / b.size)))


_chance = _by(_error)


@exercise(
    draws=_two_settings,
    forms=FORMS[:3],
    first=[Case(([0.2, 0.4, 0.9], [0.1, 0.2, 0.3]), "of [0.2, 0.4, 0.9] against [0.1, 0.2, 0.3]")],
    also=[
        Case(([5.1, 5.2, 5.3], [5.2, 5.4, 5.9]), "of [5.1, 5.2, 5.3] against [5.2, 5.4, 5.9]"),
        Case(([4, 7], [1, 2, 6, 0]), "of [4, 7] against [1, 2, 6, 0]"),
        Case(([0.5, 0.5, 0.5], [0.5, 0.5]), "of numbers that are all equal"),
        Case(([500.1, 500.4, 500.2], [501.0, 501.5]), "of large numbers that lie close together"),
    ],
    returns=Parts(Number("the difference"), Number("the error"), things="numbers"),
    mistakes={
        "The sign is turned: the first less the second.": _by(_error, lambda a, b: b.mean() - a.mean()),
        "The sign is lost: the first less the second, which may be below 0.": _by(
            _error, lambda a, b: abs(a.mean() - b.mean())
        ),
        "That is of the medians; the means were asked for.": _by(_error, lambda a, b: np.median(a) - np.median(b)),
        "That is of the sums; the means were asked for.": _by(_error, lambda a, b: a.sum() - b.sum()),
        "That is divided by the error: both are wanted, the difference as it is.": _by(
            _error, lambda a, b: (a.mean() - b.mean()) / _error(a, b)
        ),
        "The two have changed places: (difference, error).": lambda first, second: _chance(first, second)[::-1],
        "The variances divide by n - 1: ddof=1.": _by(lambda a, b: _error(a, b, 0)),
        "That is the spread of single runs; a mean of n seeds is steadier: divide each variance by n.": _by(
            lambda a, b: np.sqrt(a.var(ddof=1) + b.var(ddof=1))
        ),
        "Errors of independent numbers add as squares: add the variances, then take the root.": (
            _by(lambda a, b: a.std(ddof=1) / np.sqrt(a.size) + b.std(ddof=1) / np.sqrt(b.size)),
        ),
        "The root is missing: that is the square of the error.": _by(lambda a, b: _error(a, b) ** 2),
        "Divide the variance by n, and not the standard deviation.": _by(
            lambda a, b: np.sqrt(a.std(ddof=1) / a.size + b.std(ddof=1) / b.size)
        ),
        "Each variance is divided by its own n before they are added.": (
            _by(lambda a, b: np.sqrt((a.var(ddof=1) + b.var(ddof=1)) / (a.size + b.size))),
            _by(lambda a, b: np.sqrt((a.var(ddof=1) + b.var(ddof=1)) / a.size)),
            _by(lambda a, b: np.sqrt((a.var(ddof=1) + b.var(ddof=1)) / b.size)),
            _by(_pooled),
        ),
        "The numbers come in no pairs, and the lists may differ in length: each has a variance of its own.": _by(
            lambda a, b: (a - b).std(ddof=1) / np.sqrt(a.size)
        ),
        "The variances were subtracted; both add to what chance can do.": _by(
            lambda a, b: np.sqrt(abs(a.var(ddof=1) / a.size - b.var(ddof=1) / b.size))
        ),
        "That is the spread of all numbers together: it holds the difference of the settings as well.": _by(
            lambda a, b: np.concatenate([a, b]).std(ddof=1) / np.sqrt(a.size + b.size)
        ),
    },
    praise="the difference of two means, which may be below 0, and how far chance alone would carry it.",
)
def against_chance(first: Sequence[float], second: Sequence[float]) -> tuple[Any, Any]:
    """The difference of the means of two settings over seeds, and its standard error."""
    return _chance(first, second)


def _a_difference(draw: Draw) -> Case:
    """Numbers whose answer is not so near to a whole one that rounding could decide."""
    times = draw.number(1.5, 4)
    while True:
        difference, deviation = draw.number(0.2, 3) * (-1 if draw.form.sides == "wide" else 1), draw.number(0.4, 2)
        bare = 2 * (times * deviation / difference) ** 2
        if 4 < bare < 2000 and 0.1 < bare % 1 < 0.4:
            return Case((difference, deviation, times), _of_numbers(difference, deviation, times))


def _of_numbers(difference: float, deviation: float, times: float = 3) -> str:
    return f"for a difference of {difference:g}, a deviation of {deviation:g} and times = {times:g}"


def _some(*numbers: float) -> Case:
    return Case(numbers, _of_numbers(*numbers))


def _ended(answer: Answer, difference: float, *others: float) -> Any:
    sign = ": the sign of a difference does not count, so take abs(difference)" if difference < 0 else ""
    with limited(f"for a difference of {difference:g} it does not come to an end{sign}."):
        return answer(difference, *others)


def _nothing(difference: float) -> Case:
    why = "no number of seeds is enough"
    named = f"for a difference of {difference!r}"
    return Case((difference, 1.3), named, raises=ValueError, why=why, silent=True)


def _enough(number: Callable[[float, float, float], Any], zero: Any = None) -> Callable:
    """A number of seeds by another formula of (difference, deviation, times). zero: for a difference of 0."""

    def seeds_needed(difference: float, deviation: float, times: float = 3) -> Any:
        if difference == 0 and zero is None:
            raise ValueError("no number of seeds shows a difference of 0")
        return number(difference, deviation, times) if difference else zero

    return seeds_needed


def _bare(difference: float, deviation: float, times: float) -> float:
    return 2 * (times * deviation / difference) ** 2


_seeds = _enough(lambda *numbers: max(2, math.ceil(_bare(*numbers))))


@exercise(
    draws=_a_difference,
    forms=FORMS[:3],
    first=[_some(1.0, 1.0)],
    also=[
        _some(-0.5, 1.0),
        _some(0.1, 0.11, 3),
        _some(np.float64(-0.13), np.float64(0.017)),
        _some(1.0, 0.01),
        _some(-2.0, 0.0),
        _some(1.4, 1.6, 1),
        _nothing(0.0),
        _nothing(0),
        Case((0.0, 0.0), "for a difference of 0 and a deviation of 0", ValueError, "no number is enough", silent=True),
        _some(1e-9, 1e-9, 2.5),
    ],
    use=_ended,
    returns=Number("the number of seeds"),
    mistakes={
        "One seed has no spread: at least 2.": _enough(lambda *numbers: max(0, math.ceil(_bare(*numbers)))),
        "Both settings are uncertain, not one: the variances add, hence a factor of 2.": _enough(
            lambda *numbers: max(2, math.ceil(_bare(*numbers) / 2))
        ),
        "That is for both settings together; the number a setting was asked for.": _enough(
            lambda *numbers: 2 * max(2, math.ceil(_bare(*numbers)))
        ),
        "The error falls with the root of n, so n grows with the square.": (
            _enough(lambda d, s, t: max(2, math.ceil(2 * abs(t * s / d)))),
            _enough(lambda *numbers: max(2, math.ceil(math.sqrt(_bare(*numbers))))),
        ),
        "That many are not enough yet: round up.": (
            _enough(lambda *numbers: max(2, math.floor(_bare(*numbers)))),
            _enough(lambda *numbers: max(2, round(_bare(*numbers)))),
        ),
        "That is one too many: where the two sides are equal it is enough.": _enough(
            lambda *numbers: max(2, math.floor(_bare(*numbers)) + 1)
        ),
        "That is no whole number: round up.": _enough(lambda *numbers: max(2, _bare(*numbers))),
        "`times` is an argument: take the one that is given, and 3 if none is.": (
            _enough(lambda d, s, t: max(2, math.ceil(_bare(d, s, 3)))),
            _enough(lambda d, s, t: max(2, math.ceil(_bare(d, s, 1)))),
        ),
        "`times` is squared as well.": _enough(lambda d, s, t: max(2, math.ceil(2 * t * (s / d) ** 2))),
        "The sign of the difference does not count: |d| is asked for.": _enough(
            lambda d, s, t: max(2, math.ceil(2 * (t * s / d) * abs(t * s / d)))
        ),
        "Difference and deviation have changed places.": _enough(
            lambda d, s, t: max(2, math.ceil(_bare(s, d, t))) if s else 2
        ),
    },
    praise="half the difference needs four times the seeds; and nothing shows a difference of 0.",
)
def seeds_needed(difference: float, deviation: float, times: float = 3) -> int:
    """The least number of seeds a setting at which a difference is `times` its standard error, and at least 2."""
    return _seeds(difference, deviation, times)
