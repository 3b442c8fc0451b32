"""Two paintings in one picture: a mask for each, which dissolve into each other across the middle."""

import numpy as np

from course_utils import load_picture, save_picture, style_transfer

photo = load_picture("temple", 1024)
height, width = photo.shape[:2]
right = np.tile(np.linspace(-2, 3, width).clip(0, 1), (height, 1)) * 255
painted = style_transfer(photo, ["woodcut_waves", "night_swirls"], masks=[255 - right, right], size=1024)
save_picture(painted.picture, "two_paintings.png")
