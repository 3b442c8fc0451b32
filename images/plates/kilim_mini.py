"""A texture like a woven rug, from the Gram matrices of the course's own network."""

import numpy as np

from course_utils import load_picture, save_picture, texture

example = load_picture("woven_kilim", 512)
made = texture(example, example.shape[:2], example_size=None).picture
save_picture(np.concatenate([example, made], 1), "kilim_mini.png")
