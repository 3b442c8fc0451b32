"""What the command line must know of the methods before TensorFlow, which takes seconds, has been loaded."""

NETWORKS = {"mini": 32, "vgg19": 32, "inception_v3": 75, "random": 32}  # Name to the smallest side that it can take.

# Of `style_transfer`, whose docstring explains them.
SIZE = 320
STEPS = 75
SEED = 0
NETWORK = "mini"
START = "content"
CONTENT_WEIGHT = 0.005
STYLE_WEIGHT = 1.0
STYLE_SCALE = 1.0
LARGEST_STYLE_SCALE = 8
