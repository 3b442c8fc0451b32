"""What a dream needs to know before its network is loaded: presets, sizes of octaves, checks of options.

Nothing here loads TensorFlow. Sources: GD = google/deepdream (2015); KO, KN = Keras' deep_dream.py of 2016 and today.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from course_utils import checks
from course_utils.checks import Number, one_of, optional
from course_utils.defaults import DREAM_LAYER, LARGEST_SIZE, MOST_STEPS, SEED
from course_utils.errors import CourseError
from course_utils.settings import Settings, option

if TYPE_CHECKING:
    from course_utils.pictures.loading import Source


@dataclass(frozen=True, kw_only=True)
class DreamSettings(Settings):
    """The options of `dream_steps`, whose docstring explains them. Raises CourseError for one out of its range."""

    octaves: int = option(4, Number(1, 20, whole=True))
    octave_scale: float = option(1.4, Number(1, 8, above=True))
    steps: int = option(15, Number(1, MOST_STEPS, whole=True))
    step: float = option(1.0, Number(0, 1e9))
    normalize: str = option("mean", one_of("mean", "std", "max", "l2", "none"))
    jitter: int = option(16, Number(0, LARGEST_SIZE, whole=True))
    smooth: float = option(0.5, Number(0, 10))
    blur: float = option(1.0, Number(0, 1000))
    palette: float = option(0.5, Number(0, 10))
    mask: Source | None = None
    tile: int | None = option(None, optional(Number(1, whole=True)))
    smallest: int = option(32, Number(1, whole=True))
    seed: int = option(SEED, checks.SEED)

    def __post_init__(self) -> None:
        super().__post_init__()
        optional(Number(self.smallest, whole=True))("tile", self.tile)  # Not smaller than the network takes.


@dataclass(frozen=True, kw_only=True)
class FilmSettings(DreamSettings):
    """The options of `zoom_film`, likewise: each frame needs little."""

    frames: int = option(60, Number(1, 500, whole=True))
    zoom: float = option(1.05, Number(1, 10))
    loop: int = option(0, Number(0, 250, whole=True))
    octaves: int = option(2, Number(1, 20, whole=True))
    steps: int = option(4, Number(1, MOST_STEPS, whole=True))

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.loop > self.frames // 2:
            raise CourseError(f"loop can be at most half of the {self.frames} frames, not {self.loop}.")


# The first octave of a large picture has about so many pixels on its longest side: what is dreamt there becomes the
# large things of the dream, and what is finer is added later.
FIRST_OCTAVE = 146
# That a preset, and who asks for a dream, usually choose; the octaves are more for a large picture.
USUAL_STEPS = {name: getattr(DreamSettings, name) for name in ("octaves", "octave_scale", "steps", "step", "jitter")}


def usual_steps(longest: int) -> dict[str, Any]:
    """USUAL_STEPS for a picture with so many pixels on its longest side: 5 octaves at 512 pixels, 7 at 1,024."""
    octaves = 1 + round(math.log(max(longest, 1) / FIRST_OCTAVE, DreamSettings.octave_scale))
    return USUAL_STEPS | {"octaves": max(DreamSettings.octaves, octaves)}


@dataclass(frozen=True)
class Preset:
    """Settings of a known program. layers: for networks of VGG's layout; inception: for InceptionV3.

    gain: what the layers' terms of a cost are multiplied by for "mini", whose activations have variance 1, where those
    of VGG grow into the hundreds; found by eye. steps: what `dream_steps` takes. cost: where the program minimises a
    cost by L-BFGS instead, the weights of its image terms, "continuity" and "l2", and "evaluations".
    """

    layers: dict[str, float]
    inception: dict[str, float] = field(default_factory=dict)
    gain: float = 1.0
    border: int = 0
    steps: dict[str, Any] = field(default_factory=dict)
    cost: dict[str, float] = field(default_factory=dict)

    def layers_of(self, network: str) -> dict[str, float]:
        """Names and weights of the layers in a network."""
        return self.inception if network == "inception_v3" else self.layers

    def steps_of(self, network: str) -> dict[str, Any]:
        """Options of `dream_steps` for a network. The programs take the gradient as it is, and so does InceptionV3
        here; a thin network, of which nobody asks for exactness, shows less grain with the course's own filters.
        """
        plain = {"smooth": 0, "blur": 0, "palette": 0}
        return self.steps | (plain if network == "inception_v3" and self.steps else {})


USUAL = Preset({DREAM_LAYER: 1.0})
PRESETS = {
    # KN, since 2020: InceptionV3 with a rate of 0.01 in units of -1..1, which are 1.275 of 0..255. Its layers mixed4 to
    # mixed7 see a picture at a sixteenth of its size, as block5 does here.
    "inception": Preset(
        {"block5_conv1": 1.0, "block5_conv2": 1.5, "block5_conv3": 2.0, "block5_conv4": 2.5},
        {"mixed4": 1.0, "mixed5": 1.5, "mixed6": 2.0, "mixed7": 2.5},
        border=2,
        steps={"octaves": 3, "octave_scale": 1.4, "steps": 20, "step": 1.275, "jitter": 0},
    ),
    # GD: one layer half-way up GoogLeNet.
    "google": Preset(
        {"block5_conv1": 1.0},
        {"mixed3": 1.0},
        steps={"octaves": 4, "octave_scale": 1.4, "steps": 10, "step": 1.5, "jitter": 32},
    ),
    # KO: five rounds of L-BFGS of at most seven evaluations each, here one run as long as all of them.
    "dreamy": Preset(
        {"block5_conv1": 0.05, "block5_conv2": 0.02},
        border=2,
        gain=200.0,
        cost={"continuity": 0.1, "l2": 0.02, "evaluations": 35},
    ),
    "bad_trip": Preset(
        {"block4_conv1": 0.05, "block4_conv2": 0.01, "block4_conv3": 0.01},
        border=2,
        gain=1e4,
        cost={"continuity": 0.1, "l2": 0.8, "evaluations": 35},
    ),
}


def find_preset(name: str | None, network: str, wished: bool) -> Preset:
    """The preset of a name in PRESETS; None: the course's own settings, and "inception" for InceptionV3.

    network: a name. wished: whether layers, channels, classes or directions were asked for, which replace the preset's
    layers. Raises CourseError: no such preset, or one without layers for the network.
    """
    if name is None:
        return PRESETS["inception"] if network == "inception_v3" and not wished else USUAL
    if not isinstance(name, str) or name not in PRESETS:
        raise CourseError(f"there is no preset {checks.shown(name)}: use one of {', '.join(PRESETS)}.")
    if not wished and not PRESETS[name].layers_of(network):
        raise CourseError(f"the preset {name} names layers that {network} has not: choose another network, or layers.")
    return PRESETS[name]
