"""Things to click on in a notebook."""

from course_utils.widgets.upload import Upload

__all__ = ["Upload"]
