"""What a network sees in a picture, and what it makes of one: the tools of lessons 01 to 04.

Sources: L9 = CS231n, Lecture 9 (2016). Where a layer's name is asked for, SCORES stands for the scores of the classes
before softmax. A class is meant by its name, a part of that which no other class has, or its number.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from scipy.special import logit

from course_utils.backend import keras, tf
from course_utils.dream import dream_steps
from course_utils.errors import CourseError
from course_utils.forward import Delta, Forward, delta_at
from course_utils.lookup import find_class
from course_utils.losses import image_l2_loss
from course_utils.network import Network
from course_utils.objectives import DreamObjective
from course_utils.optimize import compiled, consume

SCORES = "scores"
FILLS = {"grey": lambda picture: 127.5, "black": lambda picture: 0.0, "mean": lambda picture: picture.mean((0, 1))}


def class_number(network: Network, wanted: str | int) -> int:
    """The number of a class. Raises CourseError: no such class, or several of which the name is a part."""
    if isinstance(wanted, str):
        return find_class(wanted, network.classes, network.name)
    if not 0 <= wanted < len(network.classes):
        raise CourseError(f"{network.name} has classes 0 to {len(network.classes) - 1}, not {wanted}.")
    return int(wanted)


def class_shares(network: Network, picture: np.ndarray, count: int = 5) -> dict[str, float]:
    """The `count` most likely classes of a picture (h, w, 3), by name, with their shares, 0..1, after softmax."""
    shares = tf.nn.softmax(network.logits(picture))[0].numpy()
    return {network.classes[k]: float(shares[k]) for k in np.argsort(-shares)[:count]}


# Codes, and what a score hangs on


def codes(network: Network, pictures: Iterable[np.ndarray], layer: str, flat: bool = False) -> np.ndarray:
    """The code of each picture (h, w, 3) at a layer: the mean of each channel, (pictures, channels).

    flat: the whole output in one row instead (L9, slides 11 to 13); the pictures must then have one size.
    Raises CourseError: unknown layer, pictures of several sizes.
    """
    outputs = [network.features(picture, layer)[layer][0].numpy() for picture in pictures]
    if not flat:
        return np.stack([output.mean((0, 1)) for output in outputs])
    if len({output.shape for output in outputs}) > 1:
        raise CourseError("flat codes have one length only where all pictures have one size: resize them first.")
    return np.stack([output.ravel() for output in outputs])


def nearest(code: np.ndarray, codes: np.ndarray, count: int = 5) -> tuple[np.ndarray, np.ndarray]:
    """Numbers of the `count` rows of codes (n, length) that are nearest to a code (length,), and their distances.

    The distance is Euclidean, as in L9, slide 13; for angles, divide every code by its length first. A code that is
    itself a row comes first, at distance 0. Raises CourseError: the lengths differ.
    """
    if np.shape(code) != (length := np.shape(codes)[1],):
        raise CourseError(f"a code of shape {np.shape(code)} cannot be compared with codes of length {length}.")
    distances = np.linalg.norm(np.asarray(codes) - code, axis=1)
    order = np.argsort(distances, kind="stable")[:count]
    return order, distances[order]


def occlusion_map(
    network: Network,
    picture: np.ndarray,
    wanted: str | int,
    size: int = 32,
    stride: int = 16,
    fill: str | float | np.ndarray = "grey",
) -> np.ndarray:
    """How much the score of a class, before softmax, drops while a square hides a place (L9, slides 14 and 15).

    The result (rows, columns) is a grid over the picture (h, w, 3) whose cells are about stride pixels wide. At each
    the square of size x size pixels lies on the middle of the cell, cut off at the border. fill: "grey" (127.5),
    "black" or "mean" (the picture's mean colour), a colour (3,), or a picture (h, w, 3) that shows through the hole.
    Raises CourseError: no such class or fill, a size or stride below 1.
    """
    k = class_number(network, wanted)
    if isinstance(fill, str) and fill not in FILLS:
        raise CourseError(f"fill is {', '.join(FILLS)}, a colour or a picture, not {fill!r}.")
    if min(size, stride) < 1:
        raise CourseError(f"size and stride must be at least 1 pixel, not {size} and {stride}.")
    behind = np.broadcast_to(FILLS[fill](picture) if isinstance(fill, str) else fill, picture.shape)
    spans = []
    for length in picture.shape[:2]:
        cells = max(1, round(length / stride))
        starts = np.rint((np.arange(cells) + 0.5) * length / cells - size / 2).astype(int)
        spans.append([slice(max(0, start), start + size) for start in starts])
    answer = np.empty((len(spans[0]), len(spans[1])), "float32")
    for i, rows in enumerate(spans[0]):
        hidden = np.repeat(picture[None].astype("float32"), len(spans[1]), 0)
        for one, columns in zip(hidden, spans[1], strict=True):
            one[rows, columns] = behind[rows, columns]
        answer[i] = network.logits(hidden)[:, k]
    return float(network.logits(picture)[0, k]) - answer


# The backward pass to the picture


def backward(network: Network, picture: np.ndarray, layer: str, delta: Delta) -> np.ndarray:
    """Send a delta from a layer backward to the picture (h, w, 3): the gradient there, (h, w, 3) (L9, slide 19).

    It is the gradient of sum(delta x output), with delta held fixed. delta: of the layer's output's shape, with or
    without the leading 1; or a function of the output, so that `lambda a: a` is Deep Dream's. At SCORES: (classes,).
    Raises CourseError: unknown layer, wrong shape.
    """
    if layer != SCORES:
        return Forward(network, picture, deepest=layer).backward(layer, delta)
    batch = network.batch(picture)
    with tf.GradientTape() as tape:
        tape.watch(batch)
        output = network.logits(batch)
    return tape.gradient(output, batch, output_gradients=delta_at(layer, output, delta)).numpy()[0]


def saliency_map(network: Network, picture: np.ndarray, wanted: str | int) -> np.ndarray:
    """How much each pixel of a picture (h, w, 3) moves the score of a class: (h, w), never below 0.

    The largest absolute gradient of the three colours (L9, slides 35 and 36; Simonyan et al., arXiv 1312.6034).
    """
    delta = np.eye(len(network.classes), dtype="float32")[class_number(network, wanted)]
    return np.abs(backward(network, picture, SCORES, delta)).max(-1)


def grad_cam(network: Network, picture: np.ndarray, wanted: str | int, layer: str | None = None) -> np.ndarray:
    """Where a layer holds what speaks for a class: a map (rows, columns) of its cells, never below 0.

    The sum of the layer's channels, each weighed by its mean gradient of the score, and of that the positive part
    (Selvaraju et al., "Grad-CAM", arXiv 1610.02391). layer: None is the network's last.
    """
    k, layer, model = class_number(network, wanted), layer or network.layers[-1], network.classifier
    network.channels(layer)  # Refuses a layer that is not there.
    part = keras.Model(model.inputs, [model.get_layer(layer).output, model.output])
    with tf.GradientTape() as tape:
        batch = network.classifier_batch(picture)
        tape.watch(batch)
        output, scores = part(batch)
        score = scores[0, k]
    weights = tf.reduce_mean(tape.gradient(score, output), (1, 2), keepdims=True)
    return tf.nn.relu(tf.reduce_sum(weights * output, -1))[0].numpy()


# Pictures that climb


def class_picture(
    network: Network,
    wanted: str | tuple[str, int],
    size: int = 128,
    *,
    l2: float = 1e-5,
    seed: int = 0,
    progress: bool | str = False,
    **options: Any,
) -> np.ndarray:
    """A picture (size, size, 3) that climbs the score of a class, or a channel, from grey noise (L9, slides 29 to 43).

    wanted: a class's name, or (layer, channel). l2: weight of the image L2. options: see `dream.dream_steps`, whose
    jitter, blur, smooth and palette are what keeps the picture from a fine grain; all 0, and l2 too, it is bare ascent.
    Half the steps take half the time, for less finished classes. A channel that the noise does not excite stays grey.
    Raises CourseError: no such class or channel, an option out of its range, a size that is too small.
    """
    wish = {"classes": {wanted: 1.0}} if isinstance(wanted, str) else {"channels": {wanted: 1.0}}
    climbed = DreamObjective(network, **wish)
    start = np.random.default_rng(seed).normal(127.5, 10, (size, size, 3)).astype("float32")
    network.batch(start)
    settings = {"octaves": 3, "octave_scale": 1.3, "steps": 60, "step": 1.5, "jitter": 12} | options
    states = dream_steps(
        lambda picture: climbed(picture) | {"l2": -l2 * image_l2_loss(picture)},
        start,
        **{"smallest": network.smallest_side, "seed": seed} | settings,
    )
    return consume(states, settings["octaves"] * settings["steps"], progress=progress).picture


def fooling_picture(
    network: Network,
    picture: np.ndarray,
    target: str | int,
    limit: int = 16,
    confidence: float = 0.5,
    steps: int = 10,
) -> np.ndarray:
    """Change a picture (h, w, 3) so little that nobody sees it, and so that it is taken for the class `target`.

    Whole numbers, so that it survives being saved as PNG. No value moves by more than 1 at first, then by 2, up to
    limit, with `steps` steps of 1 by the sign of the gradient at each bound (Goodfellow et al., arXiv 1412.6572;
    Kurakin et al., arXiv 1607.02533), until the target's share after softmax is `confidence`, 0..1.
    Raises CourseError: no such class, or not reached within the limit.
    """
    k = class_number(network, target)
    others = np.arange(len(network.classes)) != k

    def odds(batch: tf.Tensor) -> dict[str, tf.Tensor]:  # Their logarithm, which does not flatten out as a share does.
        scores = network.logits(batch)[0]
        return {"log odds": scores[k] - tf.reduce_logsumexp(tf.boolean_mask(scores, others))}

    evaluate, start = compiled(odds), np.rint(np.clip(picture, 0, 255)).astype("float32")
    now, wished = start, float(logit(confidence))
    for count in range(limit * steps + 1):
        terms, gradient = evaluate(now)
        if terms["log odds"] >= wished:
            return now
        bound = 1 + count // steps
        now = np.clip(now + np.sign(gradient), np.maximum(start - bound, 0), np.minimum(start + bound, 255))
    raise CourseError(
        f"{network.classes[k]} was not reached with a share of {confidence:g} by changes of up to {limit}: raise limit."
    )
