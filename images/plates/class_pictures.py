"""Twelve classes of the course's own network, each a picture that climbs the class's score from grey noise."""

import numpy as np

from course_utils import class_picture, load_network, save_picture

CLASSES = ["king penguin", "goldfish", "ladybug", "monarch", "espresso", "school bus", "pizza", "lesser panda",
           "lemon", "flagpole", "umbrella", "brain coral"]  # fmt: skip

network = load_network("mini")
pictures = [class_picture(network, name, 256) for name in CLASSES]
rows = [np.concatenate(pictures[k : k + 4], 1) for k in (0, 4, 8)]
save_picture(np.concatenate(rows), "class_pictures.png")
