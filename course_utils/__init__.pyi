__version__: str

from .backend import keras as keras
from .backend import tf as tf
from .dream import (
    DreamCost as DreamCost,
)
from .dream import (
    DreamObjective as DreamObjective,
)
from .dream import (
    deep_dream as deep_dream,
)
from .dream import (
    dream_film as dream_film,
)
from .dream import (
    dream_objective as dream_objective,
)
from .dream import (
    dream_steps as dream_steps,
)
from .dream import (
    zoom_film as zoom_film,
)
from .errors import CourseError as CourseError
from .explore import (
    SCORES as SCORES,
)
from .explore import (
    as_picture as as_picture,
)
from .explore import (
    backward as backward,
)
from .explore import (
    class_picture as class_picture,
)
from .explore import (
    class_shares as class_shares,
)
from .explore import (
    codes as codes,
)
from .explore import (
    fooling_picture as fooling_picture,
)
from .explore import (
    grad_cam as grad_cam,
)
from .explore import (
    heat as heat,
)
from .explore import (
    map_grid as map_grid,
)
from .explore import (
    nearest as nearest,
)
from .explore import (
    occlusion_map as occlusion_map,
)
from .explore import (
    picture_collection as picture_collection,
)
from .explore import (
    randomized as randomized,
)
from .explore import (
    relu_rule as relu_rule,
)
from .explore import (
    saliency_map as saliency_map,
)
from .explore import (
    top_patches as top_patches,
)
from .explore import (
    with_relu_rule as with_relu_rule,
)
from .losses import (
    content_loss as content_loss,
)
from .losses import (
    dream_loss as dream_loss,
)
from .losses import (
    gram_matrix as gram_matrix,
)
from .losses import (
    guided_gram_matrix as guided_gram_matrix,
)
from .losses import (
    image_l2_loss as image_l2_loss,
)
from .losses import (
    layer_statistic as layer_statistic,
)
from .losses import (
    style_loss as style_loss,
)
from .losses import (
    total_variation_loss as total_variation_loss,
)
from .network import (
    Network as Network,
)
from .network import (
    deprocess_image as deprocess_image,
)
from .network import (
    load_network as load_network,
)
from .network import (
    preprocess_image as preprocess_image,
)
from .optimize import (
    LBFGS as LBFGS,
)
from .optimize import (
    PixelBasis as PixelBasis,
)
from .optimize import (
    SpectralBasis as SpectralBasis,
)
from .optimize import (
    adam as adam,
)
from .optimize import (
    after as after,
)
from .optimize import (
    descent as descent,
)
from .optimize import (
    gradient_ascent as gradient_ascent,
)
from .optimize import (
    minimize as minimize,
)
from .pictures import (
    commons_paintings as commons_paintings,
)
from .pictures import (
    keep_alpha as keep_alpha,
)
from .pictures import (
    keep_chroma as keep_chroma,
)
from .pictures import (
    load_film as load_film,
)
from .pictures import (
    load_mask as load_mask,
)
from .pictures import (
    load_picture as load_picture,
)
from .pictures import (
    match_colours as match_colours,
)
from .pictures import (
    match_histogram as match_histogram,
)
from .pictures import (
    names as names,
)
from .pictures import (
    painting as painting,
)
from .pictures import (
    resize as resize,
)
from .pictures import (
    save_animation as save_animation,
)
from .pictures import (
    save_picture as save_picture,
)
from .pictures import (
    show as show,
)
from .pictures import (
    watch as watch,
)
from .portfolio import (
    keep as keep,
)
from .portfolio import (
    my_picture as my_picture,
)
from .portfolio import (
    remember_picture as remember_picture,
)
from .runlog import logged as logged
from .runlog import read_log as read_log
from .style import (
    StyleObjective as StyleObjective,
)
from .style import (
    TextureObjective as TextureObjective,
)
from .style import (
    style_film as style_film,
)
from .style import (
    style_transfer as style_transfer,
)
from .style import (
    texture as texture,
)
