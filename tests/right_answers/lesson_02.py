RIGHT: dict = {}
