from .files import renamed as renamed
from .parsing import check as check
from .parsing import parse as parse
