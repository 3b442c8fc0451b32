"""A stand-in for "vgg19" that needs no download: the same layout, 1,000 classes and two models, the second of which
takes pictures of one size only; but few channels, random weights and a smaller size. `install` puts it in its place.

What a lesson then computes means nothing, and is cut down in every way that it does not notice.
"""

import inspect
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

import numpy as np

import course_utils.network as networks
from course_utils.backend import keras
from course_utils.defaults import CONVS, WEIGHTS
from course_utils.dream import method
from course_utils.explore import ascent, patches, scores
from course_utils.optimize import evaluation, loop, steps
from course_utils.pictures import loading
from course_utils.pictures.sizes import resize
from course_utils.style import stages

MOST_STEPS = 4
SMALLER, SMALLEST = 0.6, 96  # Pictures that are loaded get this share of the side asked for, but not less than so much.
WIDTHS = {name: {"1": 20, "2": 36, "3": 72, "4": 132, "5": 140}[name[5]] for name in CONVS}  # Not mini's: a few more.
SIDE = 64  # Of the pictures that the classifier takes; VGG-19's takes 224.


@cache
def install() -> None:
    """Let `load_network("vgg19")` give the stand-in, and cut optimisations to a few steps."""
    networks.VGG19_WIDTHS, networks._application = WIDTHS, application
    known = (WEIGHTS / "class_names.txt").read_text(encoding="utf-8").split("\n")[:200]
    networks.imagenet_classes = lambda: known + [f"class {k}" for k in range(len(known), 1000)]
    for module in (loop, steps, stages, method):
        for name in ("minimize", "gradient_ascent", "adam"):
            if hasattr(module, name):
                setattr(module, name, cut(getattr(module, name)))
    ascent.fooling_picture = changed
    loading.resize = smaller
    patches.top_patches = in_few(patches.top_patches)
    scores.occlusion_map = in_large_steps(scores.occlusion_map)
    evaluation.CompiledObjective.__call__ = at_first(evaluation.CompiledObjective.__call__)


def changed(network: networks.Network, picture: np.ndarray, *_: object, **__: object) -> np.ndarray:
    """In the place of `fooling_picture`, which gives up on weights that mean nothing: a picture a little off."""
    return np.clip(np.rint(picture) + np.random.default_rng(0).choice([-4.0, 4.0], picture.shape), 0, 255)


@cache  # As the real one: the classifier is loaded once, and not in the middle of a compiled function.
def application(name: str, top: bool = False) -> keras.Model:
    """In the place of a model of `keras.applications`, layer names included."""
    assert name == "vgg19", "the lessons name no other network that would be downloaded"
    picture = keras.Input((SIDE, SIDE, 3) if top else (None, None, 3), name="picture")
    x = keras.ops.flip(picture, -1) - networks.MEAN_BGR
    for like in networks.build_vgg(WIDTHS).layers:
        if like.name.startswith("block"):
            x = type(like).from_config(like.get_config())(x)
    if top:
        x = keras.layers.Dense(1000, name="predictions")(keras.layers.Flatten(name="flatten")(x))
    return networks.randomize(keras.Model(picture, x))


def smaller(picture: np.ndarray, size: int | tuple[int, int]) -> np.ndarray:
    """In the place of `resize`, where pictures are loaded."""
    return resize(picture, size if isinstance(size, tuple) else max(min(size, SMALLEST), round(SMALLER * size)))


def in_few(top_patches: Callable) -> Callable:
    """Patches of a few pictures, looked at in one small size."""

    def called(network: networks.Network, layer: str, channels: Iterable[int], pictures: Any, *values, **options):
        first = dict(list(pictures.items())[:4]) if isinstance(pictures, dict) else pictures[:4]
        return top_patches(network, layer, channels, first, *values, **options | {"sizes": (SMALLEST,)})

    return called


def in_large_steps(occlusion_map: Callable) -> Callable:
    """A square that hides fewer places."""

    def called(network: networks.Network, picture: np.ndarray, wanted: Any, size: int = 32, stride: int = 16, *fill):
        return occlusion_map(network, picture, wanted, size, max(stride, 24), *fill)

    return called


def at_first(evaluate: Callable) -> Callable:
    """An objective that computes a few times for each size of a picture, and then says what it has said last.

    Those that go from run to run, which are cut down anyway, go on computing.
    """

    def call(self: evaluation.CompiledObjective, picture: np.ndarray) -> tuple[dict[str, float], np.ndarray]:
        said = self.__dict__.setdefault("said", {})
        count, answer = said.get(picture.shape, (0, None))
        if count < MOST_STEPS or hasattr(self.objective, "structure"):
            said[picture.shape] = count + 1, (answer := evaluate(self, picture))
        return answer[0], answer[1].copy()

    return call


def cut(function: Callable) -> Callable:
    """The function with at most MOST_STEPS steps."""
    signature = inspect.signature(function)

    def called(*values, **options):
        bound = signature.bind(*values, **options)
        bound.apply_defaults()
        bound.arguments["steps"] = min(bound.arguments["steps"], MOST_STEPS)
        return function(*bound.args, **bound.kwargs)

    return called
