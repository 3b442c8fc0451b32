"""Pictures that climb a score: of a class, of a channel, and to fool a network.

Source: L9 = CS231n, Lecture 9 (2016).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from scipy.special import logit

from course_utils import checks
from course_utils.backend import tf
from course_utils.checks import COUNT, Number, checked
from course_utils.defaults import LARGEST_SIZE
from course_utils.dream.objectives import DreamObjective
from course_utils.dream.octaves import dream_steps
from course_utils.errors import CourseError
from course_utils.explore.scores import class_number
from course_utils.losses import image_l2_loss, mean_gram_matrix
from course_utils.network import Network
from course_utils.optimize.evaluation import compiled
from course_utils.optimize.states import consume

DIVERSITY_LAYER = "block5_conv2"  # Deep enough that it holds parts of things; the middle layer in another network.


@checked(network=checks.network, size=Number(1, LARGEST_SIZE, whole=True), l2=Number(0), seed=checks.SEED,
         unlike=checks.each(checks.picture), diversity=Number(0))  # fmt: skip
def class_picture(
    network: Network,
    wanted: str | tuple[str, int],
    size: int = 128,
    *,
    l2: float = 1e-5,
    seed: int = 0,
    unlike: Sequence[np.ndarray] = (),
    diversity: float = 3.0,
    progress: bool | str = False,
    **options: Any,
) -> np.ndarray:
    """A picture (size, size, 3) that climbs the score of a class, or a channel, from grey noise (L9, slides 29 to 43).

    wanted: a class's name, or (layer, channel). l2: weight of the image L2. options: see `dream.dream_steps`, whose
    jitter, blur, smooth and palette are what keeps the picture from a fine grain; all 0, and l2 too, it is bare ascent.
    Half the steps take half the time, for less finished classes.
    unlike: pictures (h, w, 3) of the same class that this one shall differ from. diversity: weight of that; what is
    subtracted from the score is the mean cosine of the angle between their Gram matrices and the picture's, at a deep
    layer (the diversity term of Olah, Mordvintsev and Schubert, Feature Visualization, 2017).
    Raises CourseError: no such class or channel, a channel that the noise does not excite, an option out of its range,
    a size that is too small.
    """
    wish = {"classes": [wanted]} if isinstance(wanted, str) else {"channels": [wanted]}
    climbed, alike = DreamObjective(network, **wish), _likeness(network, unlike)
    start = np.random.default_rng(seed).normal(127.5, 10, (size, size, 3)).astype("float32")
    network.batch(start)

    def score(picture: tf.Tensor) -> dict[str, tf.Tensor]:
        terms = climbed(picture) | {"l2": -l2 * image_l2_loss(picture)}
        return terms | {name: -diversity * value for name, value in alike(picture).items()}

    settings: dict[str, Any] = {"octaves": 3, "octave_scale": 1.3, "steps": 60, "step": 1.5, "jitter": 12} | options
    states = dream_steps(
        score,
        start,
        **{"smallest": network.smallest_side, "seed": seed} | settings,
    )
    return consume(states, settings["octaves"] * settings["steps"], progress=progress).picture


def _likeness(network: Network, pictures: Sequence[np.ndarray]) -> Callable[[tf.Tensor], dict[str, tf.Tensor]]:
    """How like to some pictures another one is, (1, h, w, 3): the mean cosine between Gram matrices, 0..1, under the
    name "diversity"; nothing where there are no pictures.
    """
    if not pictures:
        return lambda picture: {}
    layer = DIVERSITY_LAYER if DIVERSITY_LAYER in network.layers else network.layers[len(network.layers) // 2]

    def direction(picture: tf.Tensor) -> tf.Tensor:
        gram = mean_gram_matrix(network.features(picture, layer)[layer])
        return gram / tf.norm(gram)

    # The mean of cosines is the cosine with the mean of the directions.
    mean = tf.reduce_mean([direction(tf.constant(picture[None], tf.float32)) for picture in pictures], 0)
    return lambda picture: {"diversity": tf.reduce_sum(mean * direction(picture))}


@checked(network=checks.network, picture=checks.picture, limit=Number(1, 255, whole=True), steps=COUNT,
         confidence=Number(0, 1))  # fmt: skip
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
