"""Lesson 00, Start here."""

from __future__ import annotations

import numpy as np

from course_utils.exercises.checking import Answer, Wrong, checker, compare, unchanged
from course_utils.network import deprocess_image as _deprocess_image
from course_utils.network import preprocess_image

MEAN = np.array([103.939, 116.779, 123.68], "float32")


@checker(_deprocess_image)
def deprocess_image(attempt: Answer) -> str:
    """Undo VGG's preprocessing: from (1, h, w, 3), BGR less the mean, to (h, w, 3), RGB, 0..255."""
    picture = np.array([[[10, 20, 30], [200, 150, 100]]], "float32")
    batch = preprocess_image(picture)
    given = batch.copy()
    found = np.asarray(attempt(given), "float32")
    if found.shape == batch.shape:
        raise Wrong("the result still has the batch's first axis, of length 1: take the one picture in it, batch[0].")
    compare(
        found,
        picture,
        "a picture of two pixels, there and back,",
        atol=1e-3,
        mistakes={
            "The channels are still blue, green, red: turn the last axis round.": picture[..., ::-1],
            "The mean is in the order blue, green, red: add it before the channels are turned round.": np.clip(
                batch[0, ..., ::-1] + MEAN, 0, 255
            ),
            "The mean was subtracted once more; the way back adds it.": (batch[0] - MEAN)[..., ::-1],
            "The mean is not added yet.": batch[0, ..., ::-1],
        },
    )
    unchanged(batch, given, "The batch that you were given")
    extreme = attempt(np.array([[[[300, 0, -300]]]], "float32"))
    compare(extreme, [[[0, 116.779, 255]]], "a picture with values beyond 0..255", atol=1e-3,
            mistakes={"Clip it to 0..255, as a screen must.": [[[-176.32, 116.779, 403.939]]]})  # fmt: skip
    return "there and back is the same picture, nothing leaves 0..255, and the batch itself was left alone."
