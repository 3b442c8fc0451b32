"""One objective, the inversion of block4_conv2, and three optimisers after 10, 30 and 100 evaluations of it."""

import numpy as np

from course_utils import adam, content_loss, load_network, load_picture, minimize, save_picture

LAYER, BUDGETS = "block4_conv2", (10, 30, 100)

network, cat = load_network("mini", pooling="average"), load_picture("cat", 340)
target = network.features(cat, LAYER)[LAYER]
noise = np.random.default_rng(0).normal(127.5, 20, cat.shape).clip(0, 255)


def objective(x):
    return {"content": content_loss(network.features(x, LAYER)[LAYER], target)}


by_adam = {state.step: state.picture for state in adam(objective, noise, max(BUDGETS) + 1)}
rows = [
    [by_adam[steps].clip(0, 255) for steps in BUDGETS],
    [minimize(objective, noise, steps, basis="pixels").picture for steps in BUDGETS],
    [minimize(objective, noise, steps, basis="spectral").picture for steps in BUDGETS],
]
save_picture(np.concatenate([np.concatenate(row, 1) for row in rows]), "three_optimisers.png")
