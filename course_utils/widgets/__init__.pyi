from .dream_studio import DreamStudio as DreamStudio
from .explorer import LayerExplorer as LayerExplorer
from .gram_lens import GramLens as GramLens
from .style_studio import StyleStudio as StyleStudio
from .upload import Upload as Upload
