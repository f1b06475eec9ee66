"""The one font of every drawing: it has Chinese, and comes with a dependency, so that no machine has to have it."""

import importlib.metadata

NAME = "Noto Sans SC"
FILE = "NotoSansSC-Regular.ttf"


def path() -> str:
    """Where the font lies."""
    return next(str(file.locate()) for file in importlib.metadata.files("zhplot") or [] if file.name == FILE)
