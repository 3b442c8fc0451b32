"""How a fresh run of a lesson is compared with the stored one: words exactly, numbers nearly. See conftest.py."""

import importlib.util
from pathlib import Path
from types import SimpleNamespace

import nbformat
import pytest

SPEC = importlib.util.spec_from_file_location("compared", Path(__file__).resolve().parent.parent / "conftest.py")
compared = importlib.util.module_from_spec(SPEC)


@pytest.fixture(autouse=True, scope="module")
def once():
    """Loaded a second time, it wraps nbval's comparison a second time, which is undone afterwards."""
    from nbval.plugin import IPyNbCell

    before = IPyNbCell.compare_outputs
    SPEC.loader.exec_module(compared)
    yield
    IPyNbCell.compare_outputs = before


NEARLY = [
    ("loss 0.123", "loss 0.125"),
    ("espresso 34%, orange 6 %", "espresso 36%, orange 7 %"),
    ("[131. 111.  58.]", "[131. 110. 58.]"),
    ("  9.99 | 3", " 10.01 | 3"),
    ("error 1.2e-05", "error 1.4e-05"),
    ("-0.5", "-0.3"),
    ("no number at all", "no  number\nat all"),
]
DIFFERENT = [
    ("loss 0.123", "loss 0.126"),
    ("espresso 36%", "espresso 39%"),
    ("213 x 320", "214 x 320"),
    ("1,234 pixels", "1,235 pixels"),
    ("error 1.2e-05", "error 1.5e-05"),
    ("-0.5", "0.5"),
    ("the cat 0.5", "the dog 0.5"),
    ("1.0 2.0", "1.0"),
    ("True", "False"),
    ("block4_conv2", "block4_conv3"),
]


@pytest.mark.parametrize(("fresh", "stored"), NEARLY)
def test_numbers_may_differ_by_two_units_of_their_last_digit(fresh, stored):
    assert compared.agree(fresh, stored)


@pytest.mark.parametrize(("fresh", "stored"), DIFFERENT)
def test_other_words_and_farther_numbers_do_not_agree(fresh, stored):
    assert not compared.agree(fresh, stored)


def test_a_cell_may_widen_it():
    assert compared.agree("loss 1,090", "loss 1,000", 0.1) and not compared.agree("loss 1,110", "loss 1,000", 0.1)


def cell(tolerance):
    metadata = nbformat.from_dict({"tolerance": tolerance} if tolerance else {})
    return SimpleNamespace(
        cell=SimpleNamespace(metadata=metadata),
        parent=SimpleNamespace(skip_compare=("metadata", "output_type", "name", "image/jpeg")),
        colors=SimpleNamespace(FAIL="", OKBLUE="", ENDC=""),
        sanitize=lambda value: value,
        format_output_compare=lambda *_: None,
    )


def outputs(printed, caption):
    return [
        nbformat.v4.new_output("stream", name="stdout", text=printed),
        nbformat.v4.new_output("display_data", {"text/markdown": caption, "image/jpeg": "made " + printed}),
    ]


@pytest.mark.parametrize(
    ("fresh", "tolerance", "same"),
    [
        (("loss 1.02", "a cat, 24 %"), 0, True),
        (("loss 1.09", "a cat, 24 %"), 0, False),
        (("loss 1.09", "a cat, 24 %"), 0.1, True),
        (("loss 1.00", "a cat, 29 %"), 0, False),
        (("loss 1.00", "a dog, 24 %"), 0.1, False),
    ],
)
def test_nbval_itself_compares_like_this(fresh, tolerance, same):
    from nbval.plugin import IPyNbCell

    assert IPyNbCell.compare_outputs(cell(tolerance), outputs(*fresh), outputs("loss 1.00", "a cat, 24 %")) == same
