from .keeping import keep as keep
from .keeping import my_picture as my_picture
from .keeping import remember_picture as remember_picture
from .solved import progress_table as progress_table
from .solved import solved_now as solved_now
