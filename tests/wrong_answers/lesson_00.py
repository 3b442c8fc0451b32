"""Wrong answers to the exercises of lesson 00, with words that their refusals must hold."""

import numpy as np

MEAN = np.array([103.939, 116.779, 123.68])


def in_place(batch):
    batch += MEAN.astype("float32")
    return np.clip(batch[0][..., ::-1], 0, 255)


WRONG = {
    "deprocess_image": [
        (lambda batch: np.clip((batch + MEAN)[..., ::-1], 0, 255), ["first axis", "batch[0]"]),
        (lambda batch: np.clip(batch[0] + MEAN, 0, 255), ["blue, green, red", "turn the last axis"]),
        (lambda batch: np.clip(batch[0, ..., ::-1] + MEAN, 0, 255), ["add it before the channels"]),
        (lambda batch: (batch[0] - MEAN)[..., ::-1], ["once more"]),
        (lambda batch: batch[0, ..., ::-1], ["not added yet"]),
        (lambda batch: (batch[0] + MEAN)[..., ::-1], ["Clip it"]),
        (in_place, ["in place", "copy"]),
    ],
}
