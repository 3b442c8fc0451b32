"""What the command line must know of the methods before TensorFlow, which takes seconds, has been loaded."""

from pathlib import Path

NETWORKS = {"mini": 32, "vgg19": 32, "inception_v3": 75, "random": 32}  # Name to the smallest side that it can take.

BLOCKS = {1: 2, 2: 2, 3: 4, 4: 4, 5: 4}  # VGG-19: convolutions a block, each 3 x 3 with ReLU, pooling after a block.
CONVS = [f"block{block}_conv{k}" for block, convs in BLOCKS.items() for k in range(1, convs + 1)]
VGG19_WIDTHS = {name: {"1": 64, "2": 128}.get(name[5], 256 if name[5] == "3" else 512) for name in CONVS}
RANDOM_WIDTHS = {name: {"1": 16, "2": 32, "3": 64, "4": 128, "5": 128}[name[5]] for name in CONVS}
WEIGHTS = Path(__file__).resolve().parent / "weights"  # Of "mini", with the names of its classes.

CONTENT_LAYER = "block4_conv2"
STYLE_LAYERS = ("block1_conv1", "block2_conv1", "block3_conv1", "block4_conv1", "block5_conv1")

# Of more than one method. What is a method's alone stands in the settings of `style` and `dream`.
SEED = 0
LARGEST_SIZE = 4096  # Longest side, in pixels, of what a network is to paint: a larger one takes more than 16 GB.
MOST_STEPS = 10_000
NETWORK = "mini"
POOLING = "average"  # Of styles and textures.
STATISTICS = ("mean", "diagonal", "covariance", "gram")  # That a texture can agree in.
# Pixels by which a picture is continued, and whose cells are left out again: the padding is then not seen up to
# block4_conv1, and seen a little deeper down.
MARGIN = 32
DREAM_LAYER = "block5_conv3"
