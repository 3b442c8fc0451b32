"""The code and the commands that make what was made in a studio.

Settings are those that `DreamStudio.settings` and `StyleStudio.settings` give. STEM, in the names of masks, is replaced
when the files get their names.
"""

from __future__ import annotations

import shlex
from typing import Any

from course_utils import defaults
from course_utils.dream.settings import USUAL_STEPS
from course_utils.network import Network
from course_utils.style.settings import StyleSettings

# That a recipe may use.
NAMES = ("after", "deep_dream", "dream_objective", "load_mask", "load_network", "load_picture", "resize",
         "save_animation", "style_transfer", "texture", "zoom_film")  # fmt: skip


def with_imports(code: str) -> str:
    """Lines of code under the line that imports what they use of the course."""
    return f"from course_utils import {', '.join(name for name in NAMES if f'{name}(' in code)}\n{code}"


def _unusual(steps: dict[str, Any]) -> dict[str, Any]:
    """The settings that are not what a dream has by itself."""
    return {name: value for name, value in steps.items() if value != USUAL_STEPS[name]}


def _network_name(network: str | Network) -> str:
    return network if isinstance(network, str) else network.name


def _wished(settings: dict[str, Any]) -> list[str]:
    """What is dreamt of, as arguments of `deep_dream` and of `dream_objective`."""
    wishes = dict(settings["wishes"])
    layers = {name: weight for name, weight in wishes.pop("layers", {}).items() if weight}
    parts = ([repr(layers)] if layers else []) + [f"{name}={one!r}" for name, one in wishes.items()]
    return parts + ([f"guide={settings['guide_line']}"] if settings["guide_line"] else [])


def dream_line(settings: dict[str, Any], network: Network, resized: bool, steps: int | None) -> str:
    """A call of `deep_dream` that goes on from `picture`. steps: after how many it was stopped, or None."""
    parts = ["picture", *_wished(settings)]
    parts += [f"mask={name!r}" for name in settings["masks"]]
    parts += [f"{name}={value!r}" for name, value in _unusual(settings["steps"]).items()]
    parts += [f"network={network.name!r}"] if network.name != defaults.NETWORK else []
    parts += [f"stop=after({steps})"] if steps else []
    before = f"picture = resize(picture, {settings['size']})\n" if resized else ""
    return f"{before}picture = deep_dream({', '.join(parts)}).picture"


def dream_command(settings: dict[str, Any], network: Network, source: str) -> str:
    """The command of a whole run from the picture `source`, or "" where the command line has no words for it."""
    if settings["guide_line"]:
        return ""
    words = ["dream", source, f"--size={settings['size']}"]
    for name, flag in (("layers", "--layer"), ("channels", "--channel"), ("classes", "--class")):
        for what, weight in settings["wishes"].get(name, {}).items():
            written = ":".join(map(str, what)) if isinstance(what, tuple) else what
            words += [f"{flag}={written}={weight:g}"] if weight else []
    words += [f"--mask={name}" for name in settings["masks"]]
    words += [f"--{name.replace('_', '-')}={value:g}" for name, value in _unusual(settings["steps"]).items()]
    words += [f"--network={network.name}"] if network.name != defaults.NETWORK else []
    return shlex.join(["python", "-m", "course_utils", *words])


def film_lines(settings: dict[str, Any], network: Network, frames: int) -> str:
    """Code that falls into the dream of `picture`, so many frames, and saves the film."""
    objective = ", ".join([f"load_network({network.name!r})", *_wished(settings)])
    how = ["objective", "picture", str(frames), f"smallest={network.smallest_side}"]
    how += [f"{name}={value!r}" for name, value in _unusual(settings["steps"]).items()]
    how += [f"mask=load_mask({name!r}, picture.shape)" for name in settings["masks"]]
    return (
        f"objective = dream_objective({objective})\n"
        f"film = list(zoom_film({', '.join(how)}))\n"
        "save_animation(film, 'STEM-film.gif')"
    )


def style_line(settings: dict[str, Any], network: str | Network, steps: int) -> str:
    """A call of `style_transfer` that begins, or goes on from `picture`, and takes so many evaluations."""
    content, *paintings = settings["names"]
    parts = [repr(content), repr(paintings if len(paintings) > 1 else paintings[0]), f"size={settings['size']}"]
    parts += [f"steps={steps}"]
    if settings["start"] is None:
        parts += ["start=picture", "grain=0"]
    elif settings["start"] != StyleSettings.start:
        parts += [f"start={settings['start']!r}"]
    parts += [f"{name}={value!r}" for name, value in settings["unusual"].items()]
    parts += [f"masks={list(settings['masks'])!r}"] if settings["masks"] else []
    parts += [f"network={_network_name(network)!r}"] if _network_name(network) != defaults.NETWORK else []
    note = "  # Your files have to lie beside the notebook." if settings["uploaded"] else ""
    return f"picture = style_transfer({', '.join(parts)}).picture{note}"


def style_command(settings: dict[str, Any], network: str | Network, steps: int) -> str:
    """The command of a run from the beginning, or "" where the command line has no words for it."""
    unusual = dict(settings["unusual"])
    if settings["uploaded"] or "style_layers" in unusual or settings["start"] is None:
        return ""
    if "blend" in unusual:
        unusual["blend"] = ",".join(f"{share:g}" for share in unusual["blend"])
    words = ["style", *settings["names"], f"--size={settings['size']}", f"--steps={steps}"]
    words += [f"--start={settings['start']}"] if settings["start"] != StyleSettings.start else []
    words += [f"--{name.replace('_', '-')}={value}" for name, value in unusual.items()]
    words += [f"--mask={name}" for name in settings["masks"]]
    words += [f"--network={_network_name(network)}"] if _network_name(network) != defaults.NETWORK else []
    return shlex.join(["python", "-m", "course_utils", *words])
