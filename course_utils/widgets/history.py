"""A strip of earlier moments of a picture, to go back to."""

from __future__ import annotations

from collections.abc import Callable

from course_utils.pictures.saving import encode
from course_utils.pictures.sizes import resize
from course_utils.widgets.maker import Moment
from course_utils.widgets.parts import Tiles

MOST = 12


class History(Tiles):
    """Small pictures of the last moments. chosen: called with the number, in `moments`, of one that is chosen."""

    def __init__(self, chosen: Callable[[int], None]) -> None:
        super().__init__(label="Earlier moments, to go back to", look="pictures")
        self.moments: list[Moment] = []
        self.on("chosen", lambda message, _: chosen(message["value"]))

    def keep(self, moment: Moment, name: str) -> None:
        """Add a moment with a name at the end; of too many, the oldest goes."""
        self.moments = [*self.moments, moment][-MOST:]
        thumb = encode(resize(moment.picture, 120), quality=70)
        with self.hold_sync():
            self.pictures = [*self.pictures, thumb][-MOST:]
            self.names = [*self.names, name][-MOST:]
            self.value = len(self.moments) - 1
