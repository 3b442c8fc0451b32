"""Lesson 00, Start here."""

from __future__ import annotations

import numpy as np

from course_utils import network
from course_utils.exercises.draws import Case, Draw
from course_utils.exercises.exercise import Exercise
from course_utils.exercises.kinds import Array

MEAN = np.array([103.939, 116.779, 123.68])


def _prepared(draw: Draw) -> Case:
    height, width = draw.sides()
    picture = draw.uniform((1, height, width, 3), -60, 320)  # An optimised picture may leave 0..255.
    return Case((picture - MEAN.astype(picture.dtype),), f"of a batch of shape (1, {height}, {width}, 3)")


def _clip(picture: np.ndarray) -> np.ndarray:
    return np.clip(picture, 0, 255)


deprocess_image = Exercise(
    network.deprocess_image,
    draws=_prepared,
    also=[Case((np.array([[[[300, 0, -300]]]], "float32"),), "of one pixel beyond the range")],
    returns=Array("the picture"),
    mistakes={
        "It still has the batch's first axis, of length 1: take the one picture in it, batch[0].": lambda batch: _clip(
            (batch + MEAN)[..., ::-1]
        ),
        "The channels are still blue, green, red: turn the last axis round.": lambda batch: _clip(batch[0] + MEAN),
        "The mean is in the order blue, green, red: add it before the channels are turned round.": lambda batch: _clip(
            batch[0, ..., ::-1] + MEAN
        ),
        "The mean was subtracted once more; the way back adds it.": (
            lambda batch: _clip((batch[0] - MEAN)[..., ::-1]),
            lambda batch: (batch[0] - MEAN)[..., ::-1],
        ),
        "The mean is not added yet.": (
            lambda batch: _clip(batch[0, ..., ::-1]),
            lambda batch: batch[0, ..., ::-1],
        ),
        "Clip it to 0..255, as a screen must.": lambda batch: (batch[0] + MEAN)[..., ::-1],
    },
    praise="there and back is the same picture, nothing leaves 0..255, and the batch itself was left alone.",
)
