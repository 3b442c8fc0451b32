"""The one kind of error that a user can put right."""


class CourseError(ValueError):
    """Something that a user can put right. Its message is one line that names the culprit and says what to do."""
