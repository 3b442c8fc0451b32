"""The set-up: the environment that tools/setup_venv.py makes, and the files that say what goes into it."""

import ast
import errno
import json
import os
import re
import shutil
import subprocess
import sys
import threading
import tomllib
from pathlib import Path

import lab
import pytest
import setup_venv
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from setup_venv import SetupError, set_up

ROOT = Path(__file__).resolve().parent.parent
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PROJECT = PYPROJECT["project"]
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines()
GOOD = {
    "executable": "/good/python",
    "version": "3.12.1",
    "minor": "3.12",
    "build": "CPython 64 bits",
    "system": "Linux x86_64",
    "missing": [],
}


def script(file: Path, line: str) -> Path:
    """A program of one line of shell."""
    if os.name == "nt":
        pytest.skip("the stand-ins for Pythons are shell scripts")
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"#!/bin/sh\n{line}\n", encoding="utf-8")
    file.chmod(0o755)
    return file


def fake_python(file: Path, minor: str = "3.12", **changes) -> Path:
    """A program that answers the probe as a Python of that version does."""
    answer = {**GOOD, "executable": str(file), "minor": minor, "version": f"{minor}.1", **changes}
    return script(file, f"echo '{json.dumps(answer)}'")


def fake_shim(file: Path) -> Path:
    """A program that is named like a Python and fails, as pyenv's shims do for a version that is not switched on."""
    return script(file, "echo 'command not found' >&2; exit 127")


# Which Python is taken


def test_the_running_python_describes_itself():
    python = setup_venv.probe(sys.executable)
    assert python["minor"] == "{}.{}".format(*sys.version_info)
    assert setup_venv.objection(python) == ""


@pytest.mark.skipif(sys.prefix == sys.base_prefix, reason="not in a virtual environment")
def test_a_virtual_environment_names_the_python_under_it():
    assert not Path(setup_venv.probe(sys.executable)["executable"]).is_relative_to(sys.prefix)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"minor": "3.10", "version": "3.10.13"}, "is Python 3.10.13"),
        ({"minor": "3.14", "version": "3.14.0rc1"}, "is Python 3.14.0rc1"),
        ({"build": "PyPy 64 bits"}, "PyPy"),
        ({"build": "CPython 32 bits"}, "32 bits"),
        ({"system": "Darwin x86_64"}, "no TensorFlow"),
        ({"missing": ["venv"]}, "apt install python3-venv"),
        ({"missing": ["ensurepip"]}, "apt install python3-venv"),
    ],
)
def test_an_unsuitable_python_is_refused_for_its_reason(changes, words):
    assert words in setup_venv.objection({**GOOD, **changes})


def test_suitable_pythons_are_not_refused():
    for minor in ("3.11", "3.12", "3.13"):
        assert setup_venv.objection({**GOOD, "minor": minor, "missing": ["pip"]}) == ""


def test_a_shim_that_fails_is_passed_over(tmp_path, monkeypatch):
    shims, real = tmp_path / "shims", tmp_path / "a b ü"
    fake_shim(shims / "python3.12")
    fake_shim(shims / "python3.13")
    expected = fake_python(real / "python3.12")
    monkeypatch.setenv("PATH", f"{shims}{os.pathsep}{real}")
    monkeypatch.setattr(sys, "executable", str(fake_python(tmp_path / "old", "3.8")))
    assert setup_venv.find_python(setup_venv.candidates())["executable"] == str(expected)


def test_the_running_python_comes_first(tmp_path, monkeypatch):
    fake_python(tmp_path / "python3.12")
    expected = fake_python(tmp_path / "running", "3.11")
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(sys, "executable", str(expected))
    assert setup_venv.find_python(setup_venv.candidates())["executable"] == str(expected)


def test_without_a_suitable_python_one_line_names_all_that_were_found(tmp_path):
    commands = [[str(fake_python(tmp_path / "old", "3.9"))], [str(fake_shim(tmp_path / "shim"))]]
    with pytest.raises(SetupError) as caught:
        setup_venv.find_python(commands)
    message = str(caught.value)
    assert "3.11, 3.12, 3.13" in message
    assert "old is Python 3.9.1" in message and "shim does not run" in message
    assert "\n" not in message


# What is made, and made anew


class Course:
    """A copy of the course to set up, in a folder with an awkward name, where nothing is really installed."""

    def __init__(self, root: Path) -> None:
        self.root, self.commands = root, []
        self.pip_says, self.pip_raises = "", None
        root.mkdir()
        for name in ("pyproject.toml", "requirements.lock"):
            (root / name).write_text("one", encoding="utf-8")

    def run(self, command: list[str], root: Path, words: str = "") -> None:
        """Stand in for `setup_venv.run`: make a stand-in environment, or note what pip was asked."""
        self.commands.append(command)
        if "venv" in command:
            fake_python(Path(setup_venv.venv_python(root)))
            return
        (root / ".venv" / "setup.log").write_text(self.pip_says, encoding="utf-8")
        if self.pip_raises:
            raise self.pip_raises

    def set_up(self, *extras: str) -> list[str]:
        """Set up, and name what was done for it: `venv` and pip's `--editable` argument."""
        self.commands = []
        set_up(self.root, list(extras))
        done = ["venv" if "venv" in command else command[-1] for command in self.commands]
        assert done.count(setup_venv.COMPILE) == (len(done) > 0), "what was installed is compiled, once"
        return [one for one in done if one != setup_venv.COMPILE]


@pytest.fixture
def course(tmp_path, monkeypatch):
    base = fake_python(tmp_path / "base" / "python3.12")
    course = Course(tmp_path / "a b ü")
    monkeypatch.setattr(setup_venv, "candidates", lambda: [[str(base)]])
    monkeypatch.setattr(setup_venv, "run", course.run)
    return course


def test_the_second_run_does_nothing(course):
    assert course.set_up() == ["venv", "."]
    assert course.set_up() == []


@pytest.mark.parametrize("name", ["pyproject.toml", "requirements.lock"])
def test_a_changed_list_of_packages_is_installed_over_the_old(course, name):
    course.set_up()
    (course.root / name).write_text("two", encoding="utf-8")
    assert course.set_up() == ["."]
    assert course.set_up() == []


def test_extras_are_added_and_then_kept(course):
    course.set_up()
    assert course.set_up("dev") == [".[dev]"]
    assert course.set_up() == []
    (course.root / "requirements.lock").write_text("two", encoding="utf-8")
    assert course.set_up("train") == [".[dev,train]"]


def test_an_interrupted_installation_is_made_anew(course):
    course.pip_raises, course.pip_says = KeyboardInterrupt(), "Installing collected packages: numpy"
    with pytest.raises(KeyboardInterrupt):
        course.set_up("dev")
    leaving = course.root / ".venv" / "half a package"
    leaving.touch()
    course.pip_raises = None
    assert course.set_up() == ["venv", ".[dev]"]
    assert not leaving.exists()


def test_an_environment_whose_python_is_gone_is_made_anew(course):
    course.set_up()
    Path(setup_venv.venv_python(course.root)).unlink()
    assert course.set_up() == ["venv", "."]


def test_an_environment_whose_python_became_another_is_made_anew(course):
    course.set_up()
    fake_python(Path(setup_venv.venv_python(course.root)), "3.13")
    assert course.set_up() == ["venv", "."]


def test_an_environment_without_pip_is_made_anew(course):
    course.set_up()
    fake_python(Path(setup_venv.venv_python(course.root)), missing=["pip"])
    assert course.set_up() == ["venv", "."]


@pytest.mark.parametrize("what", ["no pip", "old", "files", "a file", "a link", "used once"])
def test_what_another_has_made_is_never_deleted(course, tmp_path, what):
    venv, python = course.root / ".venv", Path(setup_venv.venv_python(course.root))
    if what == "a file":
        venv.write_text("mine", encoding="utf-8")
    elif what == "files":
        venv.mkdir()
        (venv / "diary.txt").write_text("mine", encoding="utf-8")
    elif what == "a link":
        (tmp_path / "elsewhere").mkdir()
        venv.symlink_to(tmp_path / "elsewhere")
    elif what == "used once":  # It was sound, was added to, and then lost its Python.
        fake_python(python)
        assert course.set_up() == ["."]
        python.unlink()
    else:
        fake_python(python, "3.9" if what == "old" else "3.12", missing=["pip"])
    before = sorted(venv.rglob("*"))
    with pytest.raises(SetupError, match="not made by this program") as caught:
        course.set_up()
    assert "\n" not in str(caught.value) and sorted(venv.rglob("*")) == before and os.path.lexists(venv)


@pytest.mark.parametrize("stamp", ["", "5", "[]", "null", '{"extras": 5}', '{"extras": ["no such"]}', "[" * 100_000])
def test_an_odd_stamp_is_as_none(course, stamp):
    course.set_up()
    (course.root / ".venv" / "course.json").write_text(stamp, encoding="utf-8")
    assert course.set_up() == ["."], "its Python is sound, so that it is used"
    Path(setup_venv.venv_python(course.root)).unlink()
    with pytest.raises(SetupError, match="not made by this program"):
        course.set_up()


def test_a_stamp_of_an_earlier_version_is_one_of_our_own(course):
    course.set_up()
    stamp = setup_venv.read_stamp(course.root)
    del stamp["own"]
    setup_venv.write_stamp(course.root, stamp)
    assert course.set_up() == []


def test_a_second_run_waits_for_the_first_and_has_nothing_left_to_do(course, capsys):
    started, go_on = threading.Event(), threading.Event()
    run, seen = course.run, []

    def slow(command, root, words=""):
        seen.append(command)
        started.set()
        assert go_on.wait(30)
        run(command, root, words)

    setup_venv.run = slow  # The fixture puts the real one back.
    first = threading.Thread(target=set_up, args=(course.root, []))
    first.start()
    assert started.wait(30)
    second = threading.Thread(target=set_up, args=(course.root, []))
    second.start()
    while "waiting" not in capsys.readouterr().out:
        assert second.is_alive()
    assert len(seen) == 1, "the second run has begun nothing"
    go_on.set()
    first.join(30), second.join(30)
    assert len(seen) == 3, "an environment, pip, and the compiling: each once"
    assert course.set_up() == []


def test_a_file_system_without_locks_keeps_nobody_away(course, monkeypatch):
    def refuse(*_):
        raise OSError(errno.ENOLCK, "no locks")

    if os.name == "nt":
        pytest.skip("Windows always has locks")
    monkeypatch.setattr(setup_venv.fcntl, "flock", refuse)
    assert course.set_up() == ["venv", "."]


def test_pip_is_held_to_the_lock(course):
    course.set_up()
    (pip,) = [command for command in course.commands if "install" in command]
    assert "--constraint=requirements.lock" in pip


def test_a_moved_environment_is_made_anew(course):
    course.set_up()
    course.root = course.root.rename(course.root.with_name("moved"))
    assert course.set_up() == ["venv", "."]


def test_an_empty_folder_is_made_an_environment(course):
    (course.root / ".venv").mkdir()
    assert course.set_up() == ["venv", "."]


def test_an_environment_made_by_hand_is_used_and_not_deleted(course):
    fake_python(Path(setup_venv.venv_python(course.root)))
    assert course.set_up() == ["."]
    assert course.set_up() == []


@pytest.mark.parametrize(("words", "again"), [("Collecting numpy", []), ("Installing collected packages: x", ["venv"])])
def test_a_failed_update_spoils_only_what_pip_had_begun_to_change(course, words, again):
    course.set_up()
    course.pip_says, course.pip_raises = words, SetupError("no network")
    with pytest.raises(SetupError):
        course.set_up("dev")
    course.pip_raises = None
    assert course.set_up()[:1] == again


def test_without_disk_space_nothing_is_begun(course, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda path: shutil._ntuple_diskusage(10**12, 10**12 - 10**9, 10**9))
    with pytest.raises(SetupError, match=r"4\.5 GB are needed, and 1\.0 GB are free"):
        course.set_up()
    assert course.commands == [] and not (course.root / ".venv").exists()


def test_without_a_suitable_python_nothing_is_deleted(course, monkeypatch):
    course.set_up()
    Path(setup_venv.venv_python(course.root)).unlink()
    monkeypatch.setattr(setup_venv, "candidates", lambda: [["no such python"]])
    with pytest.raises(SetupError):
        course.set_up()
    assert (course.root / ".venv").exists()


# What it tells


@pytest.mark.parametrize(
    ("words", "cause"),
    [
        ("ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device", "full"),
        (
            "WARNING: Retrying (Retry(total=0, connect=None)) after connection broken by 'NewConnectionError'\n"
            "ERROR: No matching distribution found for setuptools>=77",
            "package index cannot be reached",
        ),
        (
            "WARNING: Retrying (Retry(total=4, connect=None)) after connection broken by 'ReadTimeoutError'\n"
            "ERROR: No matching distribution found for numpy==0",
            "No matching distribution found for numpy==0",
        ),
        ("Error: Command '['python']' returned non-zero exit status 1.", "non-zero exit status 1"),
        ("", "no cause was given"),
    ],
)
def test_the_cause_is_read_from_the_words_of_pip(words, cause):
    assert cause in setup_venv.explain(words)


def test_a_failing_command_is_silent_and_tells_where_its_words_are(tmp_path, capfd):
    (tmp_path / ".venv").mkdir()
    with pytest.raises(SetupError, match="ERROR: broken") as caught:
        setup_venv.run([sys.executable, "-c", "print('much'); raise SystemExit('ERROR: broken')"], tmp_path)
    assert str(tmp_path / ".venv" / "setup.log") in str(caught.value)
    assert capfd.readouterr() == ("", "")


SAYS = "import time; print('Collecting numpy\\nDownloading scipy-1.2-cp.whl', flush=True); time.sleep({})"


def test_one_line_of_a_terminal_tells_what_is_going_on(tmp_path, monkeypatch, capsys):
    (tmp_path / ".venv").mkdir()
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    setup_venv.run([sys.executable, "-c", SAYS.format(1)], tmp_path)
    printed = capsys.readouterr().out
    assert "0:00  package 2, scipy" in printed and "\n" not in printed
    assert printed.endswith("\r" + " " * len("  0:00  package 2, scipy") + "\r"), "nothing is left"


def test_without_a_terminal_a_line_comes_now_and_then(tmp_path, monkeypatch, capsys):
    (tmp_path / ".venv").mkdir()
    monkeypatch.setattr(setup_venv, "NOW_AND_THEN", 0.5)
    setup_venv.run([sys.executable, "-c", SAYS.format(1)], tmp_path, "making a hat")
    assert set(capsys.readouterr().out.splitlines()) <= {"  0:00  making a hat", "  0:01  making a hat"} != set()
    setup_venv.run([sys.executable, "-c", "pass"], tmp_path, "making a hat")
    assert capsys.readouterr().out == "", "what takes no time is not told"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("", "asking for packages"),
        ("Collecting numpy>=2.1 (from x)\n", "package 1, numpy"),
        (
            "Collecting numpy\n  Downloading numpy-2.1-cp312.whl (6 MB)\nCollecting lazy-loader==0.4\n",
            "package 2, lazy-loader",
        ),
        ("Collecting numpy\nInstalling collected packages: numpy, scipy, keras\n", "installing 3 packages"),
    ],
)
def test_what_pip_is_at_is_read_from_its_words(words, told):
    assert setup_venv.doing(words).endswith(told)


def test_packages_of_another_python_are_not_mixed_in(tmp_path, monkeypatch):
    (tmp_path / ".venv").mkdir()
    monkeypatch.setenv("PYTHONPATH", "elsewhere")
    monkeypatch.setenv("PIP_USER", "1")
    setup_venv.run([sys.executable, "-c", "import os; print(dict(os.environ))"], tmp_path)
    seen = ast.literal_eval((tmp_path / ".venv" / "setup.log").read_text(encoding="utf-8"))
    assert "PYTHONPATH" not in seen and seen["PIP_USER"] == "0"


@pytest.mark.parametrize("error", [SetupError("no Python"), PermissionError(13, "denied"), KeyboardInterrupt()])
def test_a_failure_is_one_line_and_status_1(error, monkeypatch, capsys):
    def fail(root: Path, extras: list[str]) -> None:
        raise error

    monkeypatch.setattr(setup_venv, "set_up", fail)
    monkeypatch.setattr(sys, "argv", ["setup_venv.py"])
    assert setup_venv.main() == 1
    out, err = capsys.readouterr()
    assert out == "" and len(err.strip().splitlines()) == 1


def test_an_old_python_can_read_the_program():
    ast.parse((ROOT / "tools" / "setup_venv.py").read_text(encoding="utf-8"), feature_version=(3, 8))


# Opening the lab


def test_the_lab_opens_on_the_first_lesson_and_passes_options_on():
    command = lab.command(["--no-browser", "--port", "8899"], is_root=False)
    assert command[0] == setup_venv.venv_python(ROOT)
    assert command[-3:] == ["--no-browser", "--port", "8899"]
    (url,) = [word.split("=")[1] for word in command if word.startswith("--LabApp.default_url=")]
    assert (ROOT / url.removeprefix("/lab/tree/")).is_file()


def test_the_lab_asks_nobody_for_news(monkeypatch):
    assert set(lab.NO_REQUESTS) < set(lab.command([], is_root=False))
    monkeypatch.setenv("JUPYTER_CONFIG_PATH", "a teacher's own")
    ours, others = lab.environment()["JUPYTER_CONFIG_PATH"].split(os.pathsep)
    settings = json.loads((Path(ours) / "labconfig" / "default_setting_overrides.json").read_text(encoding="utf-8"))
    notification = settings["@jupyterlab/apputils-extension:notification"]
    assert notification == {"fetchNews": "false", "checkForUpdates": False}
    assert others == "a teacher's own"


def test_only_root_is_allowed_to_be_root():
    assert "--allow-root" in lab.command([], is_root=True)
    assert "--allow-root" not in lab.command([], is_root=False)


# What is installed


def environments() -> list[dict[str, str]]:
    """The markers' values on every platform and every Python of the course."""
    systems = (
        {"sys_platform": "linux", "platform_system": "Linux", "os_name": "posix", "platform_machine": "x86_64"},
        {"sys_platform": "linux", "platform_system": "Linux", "os_name": "posix", "platform_machine": "aarch64"},
        {"sys_platform": "darwin", "platform_system": "Darwin", "os_name": "posix", "platform_machine": "arm64"},
        {"sys_platform": "win32", "platform_system": "Windows", "os_name": "nt", "platform_machine": "AMD64"},
    )
    versions = [{"python_version": v, "python_full_version": f"{v}.9", "extra": ""} for v in setup_venv.SUPPORTED]
    return [system | version for version in versions for system in systems]


def test_the_lock_holds_names_versions_and_markers_only():
    for line in LOCK:
        assert re.fullmatch(r"[a-z0-9.-]+==[a-z0-9.+!]+( ; [a-z0-9_.<>=!'() ]+)?", line, re.IGNORECASE), line
        Requirement(line)


@pytest.mark.parametrize("environment", environments(), ids=lambda e: f"{e['python_version']}-{e['sys_platform']}")
def test_every_dependency_has_one_fitting_version_in_the_lock(environment):
    pins = {}
    for line in map(Requirement, LOCK):
        if line.marker is None or line.marker.evaluate(environment):
            assert line.name not in pins, f"{line.name} is pinned twice"
            pins[canonicalize_name(line.name)] = str(line.specifier).removeprefix("==")
    for wanted in map(Requirement, PROJECT["dependencies"] + PROJECT["optional-dependencies"]["dev"]):
        if wanted.marker is None or wanted.marker.evaluate(environment):
            assert wanted.specifier.contains(pins[canonicalize_name(wanted.name)]), wanted


def test_the_program_and_the_package_name_the_same_pythons():
    allowed = SpecifierSet(PROJECT["requires-python"])
    assert [f"3.{minor}" for minor in range(8, 20) if f"3.{minor}.5" in allowed] == list(setup_venv.SUPPORTED)


def test_the_program_and_the_package_name_the_same_extras():
    assert sorted(setup_venv.EXTRAS) == sorted(PROJECT["optional-dependencies"])


def test_the_package_carries_all_that_is_no_module():
    patterns = PYPROJECT["tool"]["setuptools"]["package-data"]["course_utils"]
    package = ROOT / "course_utils"
    carried = {file for pattern in patterns for file in package.glob(pattern)}
    there = {file for file in package.rglob("*") if file.is_file() and file.suffix not in (".py", ".pyc")}
    assert carried == there and package / "py.typed" in carried


def test_the_conda_environment_is_one_that_conda_reads():
    rattler = pytest.importorskip("rattler")
    environment = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    assert set(environment) == {"name", "channels", "dependencies"}
    assert environment["channels"] == ["conda-forge"]
    *conda, last = environment["dependencies"]
    assert last == {"pip": ["-e ."]}
    specs = {str(spec.name.normalized): spec for spec in (rattler.MatchSpec(line, strict=True) for line in conda)}
    assert set(specs) == {"python", "pip"}, "a pip section needs pip itself"
    assert re.search(r"3\.\d+", str(specs["python"].version)).group() + ".5" in SpecifierSet(PROJECT["requires-python"])


# The commands


@pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")
@pytest.mark.parametrize("target", ["lab", "test", "check", "bench", "lint", "lock", "paint", "evaluate"])
def test_every_task_is_one_line_that_runs_programs_of_the_course(target):
    command = ["make", "--dry-run", "--no-print-directory", target, "ARGS=--option"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.splitlines()) == (2 if target == "check" else 1), "check calls lint"
    assert "--option" in done.stdout or target in ("lint", "lock")
    for program in re.findall(r"tools/\w+\.py", done.stdout):
        assert (ROOT / program).is_file(), f"{program} is missing"
