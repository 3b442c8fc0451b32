from .parsing import check as check
from .parsing import parse as parse
