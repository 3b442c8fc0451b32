"""The code and the commands that make what was made in a studio.

Settings are those that `DreamStudio.settings` and `StyleStudio.settings` give. The stem of the files that a recipe
names is free until they are saved: a recipe is a function from the stem to a text. Names and values come into code by
`repr` and into commands by `shlex`, never by replacement.
"""

from __future__ import annotations

import ast
import shlex
from collections.abc import Callable
from typing import Any

from course_utils import defaults
from course_utils.dream.settings import usual_steps
from course_utils.network import Network
from course_utils.style.settings import StyleSettings

# That a recipe may use.
NAMES = ("after", "deep_dream", "dream_objective", "load_mask", "load_network", "load_picture", "resize",
         "save_animation", "style_transfer", "texture", "zoom_film")  # fmt: skip


Recipe = Callable[[str], str]  # Code or a command, from the stem of the files that it names.


def with_imports(code: str) -> str:
    """Lines of code under the line that imports what they use of the course."""
    used = {node.id for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Name)}
    return f"from course_utils import {', '.join(name for name in NAMES if name in used)}\n{code}"


def _command(words: list[str], masks: list[str]) -> Recipe:
    """The command of some words of the course's, with masks, by the ends of their names, and an output."""

    def text(stem: str) -> str:
        named = [f"--mask={stem}{end}" for end in masks]
        return shlex.join(["python", "-m", "course_utils", *words, *named, "-o", f"{stem}.png"])

    return text


def _operand(name: str) -> str:
    """A name or path as a word that the command does not take for an option."""
    return f"./{name}" if name.startswith("-") else name


def _unusual(settings: dict[str, Any]) -> dict[str, Any]:
    """The settings of steps that are not what a dream has by itself."""
    usual = usual_steps(settings["size"])
    return {name: value for name, value in settings["steps"].items() if value != usual[name]}


def _network_name(network: str | Network) -> str:
    return network if isinstance(network, str) else network.name


def _wished(settings: dict[str, Any]) -> list[str]:
    """What is dreamt of, as arguments of `deep_dream` and of `dream_objective`."""
    wishes = dict(settings["wishes"])
    layers = {name: weight for name, weight in wishes.pop("layers", {}).items() if weight}
    parts = ([repr(layers)] if layers else []) + [f"{name}={one!r}" for name, one in wishes.items()]
    return parts + ([f"guide={settings['guide_line']}"] if settings["guide_line"] else [])


def dream_line(settings: dict[str, Any], network: Network, resized: bool, steps: int | None) -> Recipe:
    """A call of `deep_dream` that goes on from `picture`. steps: after how many it was stopped, or None."""
    parts = ["picture", *_wished(settings)]
    parts += [f"{name}={value!r}" for name, value in _unusual(settings).items()]
    parts += [f"network={network.name!r}"] if network.name != defaults.NETWORK else []
    parts += [f"stop=after({steps})"] if steps else []
    before = f"picture = resize(picture, {settings['size']})\n" if resized else ""
    masks = list(settings["masks"])

    def line(stem: str) -> str:
        named = [f"mask={stem + end!r}" for end in masks]
        return f"{before}picture = deep_dream({', '.join(parts + named)}).picture"

    return line


def dream_command(settings: dict[str, Any], network: Network, source: str) -> Recipe | None:
    """The command of a whole run from the picture `source`; None where the command line has no words for it."""
    if settings["guide_line"]:
        return None
    words = ["dream", _operand(source), f"--size={settings['size']}"]
    for name, flag in (("layers", "--layer"), ("channels", "--channel"), ("classes", "--class")):
        for what, weight in settings["wishes"].get(name, {}).items():
            written = ":".join(map(str, what)) if isinstance(what, tuple) else what
            words += [f"{flag}={written}={weight:g}"] if weight else []
    words += [f"--{name.replace('_', '-')}={value:g}" for name, value in _unusual(settings).items()]
    words += [f"--network={network.name}"] if network.name != defaults.NETWORK else []
    return _command(words, list(settings["masks"]))


def film_lines(settings: dict[str, Any], network: Network, frames: int, stem: str) -> str:
    """Code that falls into the dream of `picture`, so many frames, and saves the film."""
    objective = ", ".join([f"load_network({network.name!r})", *_wished(settings)])
    how = ["objective", "picture", str(frames), f"smallest={network.smallest_side}"]
    how += [f"{name}={value!r}" for name, value in _unusual(settings).items()]
    how += [f"mask=load_mask({stem + end!r}, picture.shape)" for end in settings["masks"]]
    return (
        f"objective = dream_objective({objective})\n"
        f"film = list(zoom_film({', '.join(how)}))\n"
        f"save_animation(film, {stem + '-film.gif'!r})"
    )


def style_line(settings: dict[str, Any], network: str | Network, steps: int | list[int]) -> Recipe:
    """A call of `style_transfer` that begins, or goes on from `picture`. steps: evaluations, see there."""
    content, *paintings = settings["names"]
    parts = [repr(content), repr(paintings if len(paintings) > 1 else paintings[0]), f"size={settings['size']}"]
    parts += [f"steps={steps!r}"]
    if settings["start"] is None:
        parts += ["start=picture", "grain=0"]
    elif settings["start"] != StyleSettings.start:
        parts += [f"start={settings['start']!r}"]
    parts += [f"{name}={value!r}" for name, value in settings["unusual"].items()]
    parts += [f"network={_network_name(network)!r}"] if _network_name(network) != defaults.NETWORK else []
    note = "  # Your files have to lie beside the notebook." if settings["uploaded"] else ""
    masks = list(settings["masks"])

    def line(stem: str) -> str:
        named = [f"masks={[stem + end for end in masks]!r}"] if masks else []
        return f"picture = style_transfer({', '.join(parts + named)}).picture{note}"

    return line


def style_command(settings: dict[str, Any], network: str | Network, steps: int | list[int]) -> Recipe | None:
    """The command of a run from the beginning; None where the command line has no words for it."""
    unusual = dict(settings["unusual"])
    if settings["uploaded"] or "style_layers" in unusual or settings["start"] is None:
        return None
    if "blend" in unusual:
        unusual["blend"] = ",".join(f"{share:g}" for share in unusual["blend"])
    written = ",".join(map(str, steps)) if isinstance(steps, list) else steps
    words = ["style", *map(_operand, settings["names"]), f"--size={settings['size']}", f"--steps={written}"]
    words += [f"--start={settings['start']}"] if settings["start"] != StyleSettings.start else []
    words += [f"--{name.replace('_', '-')}={value}" for name, value in unusual.items()]
    words += [f"--network={_network_name(network)}"] if _network_name(network) != defaults.NETWORK else []
    return _command(words, list(settings["masks"]))
