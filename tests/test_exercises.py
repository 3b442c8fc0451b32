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
from course_utils.exercises.comparing import Tolerance, difference
from course_utils.exercises.draws import Case, copied, same
from course_utils.exercises.exercise import Exercise, Question
from course_utils.exercises.kinds import Array, Number

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


# What the checkers are made of: tried on small exercises of their own


def twice(x):
    """Twice a number or an array."""
    return 2 * x


def of_numbers(draw):
    return Case((draw.normal(draw.sides()),), "of some numbers")


DOUBLE = Exercise(
    twice,
    draws=of_numbers,
    also=[Case((np.array([3.0]),), "of 3")],
    returns=Array("the double"),
    mistakes={"That is the square.": lambda x: x**2},
    praise="it doubles.",
)


def refusal(check, attempt):
    with pytest.raises(Wrong) as refused:
        check(attempt)
    return str(refused.value)


def test_an_answer_is_used_and_praised(capsys):
    def mine(x):
        return x + x

    assert DOUBLE(mine) is mine
    assert capsys.readouterr().out == "Right: it doubles.\n"


@pytest.mark.parametrize(
    ("attempt", "words"),
    [
        (lambda x: x**2, ["the double of some numbers", "should be", "That is the square."]),
        (lambda x: [2 * x], ["should be a NumPy array", "a list of 1", "np.array"]),
        (lambda x: 2 * x.T, ["should have the shape"]),
        (lambda x: np.nan * x, ["should be finite", "NaN"]),
        (lambda x: "six", ["should be an array", "'six'"]),
        (lambda x: None, ["return"]),
        (6, ["a function was expected", "6"]),
        (lambda x: 2 * x if x.size > 1 else ..., ["in some cases"]),
        (lambda x: 2 * x + 1 // 0, ["stops with", "division"]),
    ],
)
def test_what_is_wrong_is_said(attempt, words):
    said = refusal(DOUBLE, attempt)
    assert all(word in said for word in words), said


def test_only_three_dots_are_no_attempt(capsys):
    def attempt(x):
        raise NotImplementedError("NumPy cannot follow a symbolic tensor")

    assert "NotImplementedError: NumPy cannot follow" in refusal(DOUBLE, attempt)
    assert DOUBLE(...) is DOUBLE(stub) is twice
    assert capsys.readouterr().out.count("Not attempted") == 2


def test_an_error_is_shown_in_one_line_with_the_line_of_the_answer_that_it_came_from():
    def attempt(x):
        return x.sum(axis=7)

    assert "at `return x.sum(axis=7)`" in refusal(DOUBLE, attempt)


def test_a_change_in_place_is_told_by_the_arguments_name():
    def attempt(numbers):
        numbers *= 2
        return numbers

    assert "it changes `numbers` in place" in refusal(DOUBLE, attempt)


def test_an_answer_that_remembers_is_found_out():
    seen = {}

    def attempt(x):
        return seen.setdefault(x.shape, 2 * x)

    assert "should be" in refusal(DOUBLE, attempt)


def test_draws_share_no_size_and_have_the_forms_that_are_promised():
    first, twin, *others = [case.arguments[0] for case in DOUBLE.cases[:5]]
    assert first.shape == twin.shape and not np.array_equal(first, twin)
    sizes = [set(one.shape) for one in (first, *others)]
    assert len(set.union(*sizes)) == sum(map(len, sizes))
    assert [one.dtype for one in (first, *others)] == ["float64", "float32", "float64", "float32"]
    assert first.shape[0] < first.shape[1] and others[0].shape[0] > others[0].shape[1]
    assert others[1].shape[0] == others[1].shape[1] and (others[1] == 0).any()
    assert not copied(others[2], DOUBLE.cases[4].layout).flags.c_contiguous


@pytest.mark.parametrize("value", [np.arange(3.0), [np.arange(3.0)], {"a": (np.arange(3.0), 1)}])
def test_arguments_are_copied_whole(value):
    copy = copied(value)
    assert same(copy, value)
    array = copy if isinstance(copy, np.ndarray) else copy[0] if isinstance(copy, list) else copy["a"][0]
    array[0] = 7
    assert not same(copy, value)


def test_of_a_large_array_the_worst_place_is_shown():
    found = np.zeros((5, 5))
    found[2, 3] = 7
    assert difference("the map", np.zeros((5, 5)), found) == "the map, at (2, 3), should be 0, and is 7."


def test_numbers_that_look_alike_are_shown_to_the_place_where_they_differ():
    said = difference("it", np.asarray(151.31511), np.asarray(151.31512))
    assert said == "it should be 151.31511, and is 151.31512."


def test_a_tolerance_is_kept():
    tolerance, one = Tolerance(1e-4, 1e-6), np.asarray(1.0)
    assert tolerance.agree(np.asarray(1.00005), one) and not tolerance.agree(np.asarray(1.001), one)
    assert tolerance.agree(np.asarray(1e-7), np.asarray(0.0)) and not tolerance.agree(np.asarray(1e-5), np.asarray(0.0))
    assert not tolerance.agree(np.ones(2), one) and not tolerance.agree(np.asarray(np.nan), one)


def test_an_error_that_is_asked_for_must_come_with_words():
    def root(x):
        if x < 0:
            raise ValueError("there is no root")
        return x**0.5

    below = Case((-1.0,), "where x is below 0", ValueError, "no number is its root")
    check = Exercise(root, also=[Case((4.0,)), below], returns=Number("the root"), praise="it is.")
    assert check(root) is root
    assert "a ValueError was expected" in refusal(check, lambda x: abs(x) ** 0.5)

    def wordless(x):
        if x < 0:
            raise ValueError
        return x**0.5

    assert "without a word" in refusal(check, wordless)


@pytest.mark.parametrize("letter", [" A ", "a)", '"a"', "(A)", "a."])
def test_a_letter_is_a_letter_in_whatever_dress(letter, capsys):
    question = Question("letter", "a", {"a": "because.", "b": "since b is not."})
    assert question(letter) == "a"
    assert capsys.readouterr().out == "Right: because.\n"


@pytest.mark.parametrize(("answer", "words"), [("b", "since b is not"), ("c", "one of a, b"), (1, "one of a, b")])
def test_a_choice_has_its_reasons(answer, words):
    assert words in refusal(Question("letter", "a", {"a": "because.", "b": "since b is not."}), answer)


def test_an_unknown_exercise_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no exercise 'nonsense'"):
        exercises.nonsense  # noqa: B018
