"""The order of the package: which wing may import which, and names that a package hands on.

CONTRIBUTING.md draws the same map for people.
"""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
HOUSE = ROOT / "course_utils"
FILES = sorted(HOUSE.rglob("*.py"))
STUBS = sorted(HOUSE.rglob("__init__.pyi"))

GROUND = {"errors", "defaults", "backend", "checks", "lookup", "settings", "losses", "progress"}
ABOVE = GROUND | {"optimize", "pictures", "network"}
METHODS = ABOVE | {"runlog", "portfolio", "dream", "style", "explore"}
MAY_IMPORT = {
    "errors": set(),
    "defaults": set(),
    "backend": set(),
    "checks": {"errors"},
    "lookup": {"errors", "defaults", "checks"},
    "settings": {"errors", "lookup", "checks"},
    "losses": {"backend", "defaults"},
    "progress": set(),
    "optimize": GROUND,
    "pictures": GROUND,
    "network": GROUND | {"pictures"},
    "portfolio": GROUND | {"pictures", "optimize"},
    "runlog": GROUND | {"pictures", "optimize"},
    "dream": ABOVE,
    "style": ABOVE,
    "explore": ABOVE | {"dream"},
    "exercises": METHODS,
    "widgets": METHODS,
    "commands": METHODS,
    "__main__": METHODS | {"commands"},
}


def room(module):
    """The wing, or the module at the door, of a dotted name; None for the package itself."""
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else None


def imported(tree):
    """Dotted names of what a module imports of the package, wherever in it: in a function, or for types alone."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (one.name for one in node.names if one.name.split(".")[0] == "course_utils")
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module.split(".")[0] == "course_utils":
            for one in node.names:  # `from course_utils import losses` imports a module, `__version__` does not.
                inner = node.module == "course_utils" and one.name != "__version__"
                yield f"course_utils.{one.name}" if inner else node.module


def handed_on(stub):
    """The names that a package hands on, each with its module, from the package's stub."""
    found = re.findall(r"from (\.\w*) import (\([^)]*\)|.*)", stub.read_text(encoding="utf-8"))
    return {name: module[1:] for module, names in found for name in re.findall(r"(\w+) as \1", names)}


def test_no_arrow_runs_upward():
    for file in FILES:
        parts = file.relative_to(HOUSE).with_suffix("").parts
        if parts == ("__init__",):
            continue
        for module in imported(ast.parse(file.read_text(encoding="utf-8"))):
            if room(module) not in (None, parts[0]):
                assert room(module) in MAY_IMPORT[parts[0]], f"{file.relative_to(ROOT)} imports {module}"


def test_every_room_is_on_the_map():
    rooms = {file.relative_to(HOUSE).with_suffix("").parts[0] for file in FILES} - {"__init__"}
    assert rooms == set(MAY_IMPORT)
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    assert all(f"`{name}/`" in text or f"`{name}`" in text for name in rooms)


def test_the_map_has_no_circle():
    seen = set()
    while len(seen) < len(MAY_IMPORT):
        free = {name for name, below in MAY_IMPORT.items() if below <= seen} - seen
        assert free, f"a circle among {set(MAY_IMPORT) - seen}"
        seen |= free


@pytest.mark.parametrize("stub", STUBS, ids=lambda stub: stub.parent.name)
def test_no_module_bears_a_name_that_its_package_hands_on(stub):
    """`from package import name` would give the module where that has been imported before."""
    names = handed_on(stub)
    assert names
    modules = {path.stem for path in stub.parent.iterdir() if path.suffix == ".py" or path.is_dir()}
    assert {name for name, module in names.items() if module} & modules == set()


FRESH = """
import importlib, sys, types
import course_utils
handed, first = {handed!r}, {first!r}
def load():
    for module in {modules!r}:
        importlib.import_module(module)
if first == "modules":
    load()
before = {{(package, name): getattr(importlib.import_module(package), name) for package, name, _ in handed}}
load()
for package, name, home in handed:
    found = getattr(sys.modules[package], name)
    assert found is before[package, name], (package, name)
    if home:
        assert found is getattr(sys.modules[home], name), (package, name)
        assert not isinstance(found, types.ModuleType) or name in ("keras", "tf"), (package, name)
"""


@pytest.mark.slow
@pytest.mark.parametrize("first", ["names", "modules"])
def test_every_public_name_is_what_it_says_whatever_was_imported_before(first):
    modules = [".".join(file.relative_to(ROOT).with_suffix("").parts) for file in FILES if file.stem != "__main__"]
    modules = [module.removesuffix(".__init__") for module in modules]
    handed = []
    for stub in STUBS:
        package = ".".join(stub.parent.relative_to(ROOT).parts)
        handed += [(package, name, module and f"{package}.{module}") for name, module in handed_on(stub).items()]
    assert len(handed) > 100
    code = FRESH.format(handed=handed, first=first, modules=modules)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 0, done.stderr
