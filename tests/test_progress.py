"""Progress bars: they end without a trace, and nothing that happens to the terminal ends the run."""

import io
import sys

import nbformat
import pytest
from shared_kernel import shared_kernel

from course_utils import progress
from course_utils.progress import NOTHING, bar


class Broken(io.StringIO):
    def write(self, *text):
        raise BrokenPipeError(32, "Broken pipe")

    flush = write


@pytest.mark.parametrize("stderr", ["broken", "closed", None])
def test_a_terminal_that_is_gone_disturbs_no_run(stderr, monkeypatch):
    file = None
    if stderr:
        file = Broken() if stderr == "broken" else io.StringIO()
        file.close() if stderr == "closed" else None
    monkeypatch.setattr(sys, "stderr", file)
    with bar(3, "painting", mininterval=0) as steps:
        for _ in range(3):
            steps.update()
    assert steps.n == 3 or stderr is None


def test_a_terminal_has_one_line_that_is_empty_in_the_end(capsys):
    with bar(3, "painting", mininterval=0) as steps:
        steps.update()
    with bar(3, True), bar(3, False), bar(3, None):
        pass
    shown = capsys.readouterr().err
    assert "painting" in shown and "1/3" in shown and "\n" not in shown
    assert shown.rstrip("\r").rpartition("\r")[2].strip() == ""


def test_a_notebook_has_one_output_that_shows_nothing_in_the_end(monkeypatch):
    shown = []

    class Handle:
        def update(self, data, raw):
            shown.append(data)

    def display(data, raw, display_id):
        shown.append(data)
        return Handle()

    monkeypatch.setattr("IPython.display.display", display)
    monkeypatch.setattr(progress, "_in_notebook", lambda: True)
    with bar(3, "outer", mininterval=0) as outer:
        outer.update()
        assert [set(one) for one in shown] == [{"text/plain"}] * 2 and "1/3" in shown[-1]["text/plain"]
        with bar(2, "inner", mininterval=0):  # tqdm puts it on a line below, which is an output of its own.
            assert shown[-1]["text/plain"].startswith("inner")
        assert shown[-1] == NOTHING
    assert shown[-1] == NOTHING and "\r" not in str(shown)


@pytest.mark.slow
def test_a_notebook_that_was_run_holds_no_bar_and_no_traceback(tmp_path):
    """A widget would stay in it as a view whose model is not found, and a CourseError as 49 lines."""
    cells = [
        "from course_utils import style_transfer\nfrom course_utils.backend import tf",
        "style_transfer('cat', 'night_swirls', size=48, steps=3, network='random').loss > 0",
        "style_transfer('cta', 'night_swirls')",
    ]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(one) for one in cells])
    notebook.cells[2].metadata["tags"] = ["raises-exception"]
    with shared_kernel(tmp_path) as run:
        run(notebook)
    nbformat.validate(notebook)
    _, _, painted, refused = (cell.outputs for cell in notebook.cells)
    assert [one.output_type for one in painted] == ["display_data", "execute_result"]
    assert painted[0].data == NOTHING and painted[1].data == {"text/plain": "True"}
    (error,) = refused
    assert error.ename == "CourseError" and error.traceback == [f"CourseError: {error.evalue}"]
    assert "did you mean cat" in error.evalue
