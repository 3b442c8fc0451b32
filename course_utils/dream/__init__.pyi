from .film import dream_film as dream_film
from .film import zoom_film as zoom_film
from .method import deep_dream as deep_dream
from .method import dream_objective as dream_objective
from .objectives import DreamCost as DreamCost
from .objectives import DreamObjective as DreamObjective
from .octaves import dream_steps as dream_steps
