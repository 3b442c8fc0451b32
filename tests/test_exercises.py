"""The checkers of all lessons: what they do with a stub, with the course's own answer, and with answers known to be
wrong or right, which lie in wrong_answers/ and right_answers/, a file a lesson.
"""

import importlib
import pickle

import numpy as np
import pytest
from test_lessons import LESSONS, exercises_of

from course_utils import exercises
from course_utils.backend import tf
from course_utils.exercises import Wrong
from course_utils.exercises.checking import checker, choice, compare, unchanged
from course_utils.exercises.exercise import Exercise

EVERY = exercises.every()
DECLARED = [name for name, check in EVERY.items() if isinstance(check, Exercise)]
KNOWN_WRONG, KNOWN_RIGHT = {}, {}
for lesson in exercises.by_lesson():
    KNOWN_WRONG |= importlib.import_module(f"wrong_answers.lesson_{lesson}").WRONG
    KNOWN_RIGHT |= importlib.import_module(f"right_answers.lesson_{lesson}").RIGHT


def stub(*_, **__):
    return ...


@pytest.mark.parametrize("name", EVERY)
def test_a_stub_is_told_from_an_answer(name, capsys):
    check = EVERY[name]
    assert check(stub if callable(check.reference) else ...) is check.reference
    assert capsys.readouterr().out.startswith("Not attempted yet")


def test_a_stub_whose_decorator_stumbles_over_it_is_one_as_well(capsys):
    check = EVERY["guided_relu"]
    assert check(tf.custom_gradient(lambda x: ...)) is check.reference
    assert capsys.readouterr().out.startswith("Not attempted yet")


@pytest.mark.parametrize("name", EVERY)
def test_a_stub_earns_nothing_where_marks_are_given(name, monkeypatch):
    monkeypatch.setenv("COURSE_GRADING", "1")
    check = EVERY[name]
    with pytest.raises(Wrong, match="not attempted"):
        check(stub if callable(check.reference) else ...)


@pytest.mark.parametrize("name", EVERY)
def test_the_courses_own_answer_is_right(name, capsys):
    check = EVERY[name]
    assert check(check.reference) is check.reference
    said = capsys.readouterr().out
    assert said.startswith("Right: ") and len(said) > 20


@pytest.mark.parametrize("name", [name for name in EVERY if callable(EVERY[name].reference)])
def test_a_missing_return_is_named(name):
    with pytest.raises(Wrong, match="return"):
        EVERY[name](lambda *_, **__: None)


@pytest.mark.parametrize(
    ("name", "attempt", "words"),
    [(name, attempt, words) for name, known in KNOWN_WRONG.items() for attempt, words in known],
    ids=[f"{name}-{k}" for name, known in KNOWN_WRONG.items() for k, _ in enumerate(known, 1)],
)
def test_a_wrong_answer_is_refused_in_one_line(name, attempt, words):
    with pytest.raises(Wrong) as refused:
        EVERY[name](attempt)
    said = str(refused.value)
    assert "\n" not in said and refused.value._render_traceback_() == [f"Not yet: {said}"]
    for word in words:
        assert word in said


@pytest.mark.parametrize(
    ("name", "attempt"),
    [(name, attempt) for name, known in KNOWN_RIGHT.items() for attempt in known],
    ids=[f"{name}-{k}" for name, known in KNOWN_RIGHT.items() for k, _ in enumerate(known, 1)],
)
def test_a_right_answer_of_another_kind_is_accepted(name, attempt, capsys):
    check = EVERY[name]
    assert check(attempt) is (attempt if callable(attempt) else check.reference)
    assert capsys.readouterr().out.startswith("Right: ")


@pytest.mark.parametrize("name", DECLARED)
def test_each_declared_mistake_is_told_by_its_own_sentence(name):
    check = EVERY[name]
    for why, mistake in check.mistakes.items():
        for function in mistake if isinstance(mistake, tuple) else (mistake,):
            with pytest.raises(Wrong) as refused:
                check.judge(check.run(function, strict=False))
            assert str(refused.value).endswith(f" {why}")


@pytest.mark.parametrize("name", DECLARED)
def test_arguments_and_outcomes_can_cross_a_process(name):
    check = EVERY[name]
    arguments = pickle.loads(pickle.dumps([case.arguments for case in check.cases]))
    assert len(arguments) >= 2
    check.judge(pickle.loads(pickle.dumps(check.run(check.reference))))


def test_each_exercise_has_two_wrong_answers():
    assert set(KNOWN_WRONG) == set(EVERY)
    assert all(len(known) >= 2 for known in KNOWN_WRONG.values())


def test_each_exercise_stands_in_its_lesson_and_each_of_a_lesson_has_its_checker():
    found = {name: path.stem[:2] for path in LESSONS for name in exercises_of(path)}
    assert {name: lesson for lesson, checks in exercises.by_lesson().items() for name in checks} == found


# What the checkers are made of


@checker(lambda x: 2 * x)
def double(attempt):
    compare(attempt(3), 6, "twice 3", mistakes={"That is the square.": 9})
    return "it doubles."


def test_an_answer_is_used_and_praised(capsys):
    def mine(x):
        return x + x

    assert double(mine) is mine
    assert capsys.readouterr().out == "Right: it doubles.\n"


@pytest.mark.parametrize(
    ("attempt", "words"),
    [
        (lambda x: x**2, ["twice 3 should be 6", "is 9", "That is the square."]),
        (lambda x: [2 * x], ["shape ()", "has (1,)"]),
        (lambda x: np.nan, ["not numbers"]),
        (lambda x: "six", ["should be numbers", "'six'"]),
        (lambda x: None, ["return"]),
        (6, ["a function was expected", "6"]),
    ],
)
def test_what_is_wrong_is_said(attempt, words):
    with pytest.raises(Wrong) as refused:
        double(attempt)
    assert all(word in str(refused.value) for word in words)


def test_a_stub_may_raise_as_well(capsys):
    def attempt(x):
        raise NotImplementedError

    assert double(attempt) is double.reference
    assert "Not attempted" in capsys.readouterr().out


def test_the_learners_own_error_is_hers_to_see():
    with pytest.raises(ZeroDivisionError):
        double(lambda x: x / 0)


def test_of_a_large_array_the_worst_place_is_shown():
    found = np.zeros((5, 5))
    found[2, 3] = 7
    with pytest.raises(Wrong, match=r"the map, at \(2, 3\), should be 0, and is 7"):
        compare(found, np.zeros((5, 5)), "the map")


def test_a_tolerance_is_kept():
    compare(1.00005, 1.0, "one")
    with pytest.raises(Wrong):
        compare(1.001, 1.0, "one")


def test_a_change_in_place_is_noticed():
    unchanged(np.ones(3), np.ones(3), "it")
    with pytest.raises(Wrong, match="copy"):
        unchanged(np.ones(3), np.zeros(3), "it")


def test_a_choice_has_its_reasons():
    reasons = {"a": "because.", "b": "since b is not."}
    assert choice(" A ", "a", reasons) == "because."
    with pytest.raises(Wrong, match="since b is not"):
        choice("b", "a", reasons)
    with pytest.raises(Wrong, match="one of a, b"):
        choice("c", "a", reasons)


def test_an_unknown_exercise_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no exercise 'nonsense'"):
        exercises.nonsense  # noqa: B018
