from .film import style_film as style_film
from .objective import StyleObjective as StyleObjective
from .textures import TextureObjective as TextureObjective
from .textures import texture as texture
from .transfer import style_transfer as style_transfer
