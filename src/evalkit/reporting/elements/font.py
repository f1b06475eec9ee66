"""The one font of every drawing: it has Chinese, and comes with the package, so that no machine has to have it."""

from functools import cache
from pathlib import Path

NAME = "Noto Sans SC"
FILE = Path(__file__).with_name("fonts") / "NotoSansSC-Regular.ttf"


def path() -> str:
    """The path of the font file."""
    return str(FILE)


@cache
def content() -> bytes:
    """The font file: FreeType measures a text in memory three times as fast as through a Python file object."""
    return FILE.read_bytes()
