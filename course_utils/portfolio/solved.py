"""Which exercises a learner has solved: a line for each in `my_pictures/solved.txt`."""

from __future__ import annotations

import ast
from contextlib import suppress
from pathlib import Path

from course_utils.portfolio.folder import own_folder

FILE = "solved.txt"
LESSONS = {
    "00": "Start here",
    "01": "Activations",
    "02": "The backward pass to the picture",
    "03": "A picture for a class",
    "04": "Inversion",
    "05": "Deep Dream",
    "06": "Optimising a picture",
    "07": "Gram matrices and textures",
    "08": "Neural style",
    "09": "The painter's controls",
    "10": "Your own project",
}
MAKERS = ("exercise", "Exercise", "Question")  # What declares an exercise in the file of a lesson.


def solved_now(name: str) -> None:
    """Write down that an exercise is solved. Where nothing can be written, nothing is: no lesson hangs on it."""
    folder = own_folder()
    with suppress(OSError):
        if name not in solved_names():
            folder.mkdir(parents=True, exist_ok=True)
            with (folder / FILE).open("a", encoding="utf-8") as file:
                file.write(f"{name}\n")


def solved_names() -> set[str]:
    """The exercises that are written down as solved."""
    try:
        return set((own_folder() / FILE).read_text(encoding="utf-8", errors="replace").split())
    except OSError:
        return set()


def exercise_names() -> dict[str, list[str]]:
    """The exercises of each lesson, read from the files that declare them: importing those would load TensorFlow."""
    found = {}
    for lesson in LESSONS:
        file = Path(__file__).parents[1] / "exercises" / f"lesson_{lesson}.py"
        tree = ast.parse(file.read_text(encoding="utf-8"))
        found[lesson] = [name for node in tree.body for name in _declared(node)]
    return found


def _declared(node: ast.stmt) -> list[str]:
    made, names = [], []
    if isinstance(node, ast.FunctionDef):
        made, names = node.decorator_list, [node.name]
    elif isinstance(node, ast.Assign):
        made, names = [node.value], [target.id for target in node.targets if isinstance(target, ast.Name)]
    makers = {call.func.id for call in made if isinstance(call, ast.Call) and isinstance(call.func, ast.Name)}
    return names if makers & set(MAKERS) else []


def progress_table() -> str:
    """How many exercises of each lesson are solved, and which are not: a line for each lesson."""
    solved, lines = solved_names(), []
    for lesson, names in exercise_names().items():
        done = [name for name in names if name in solved]
        left = [name for name in names if name not in solved]
        words = "all solved" if not left else f"to do: {', '.join(left)}" if done else "not begun"
        lines.append(f"{lesson} {LESSONS[lesson]:32} {len(done)} of {len(names)}  {words}")
    return "\n".join(lines)
