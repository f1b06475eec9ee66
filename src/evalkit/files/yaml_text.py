"""Text that others wrote, put into YAML: as a quoted scalar, or into a comment it cannot leave."""

ESCAPED = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r"}


def quoted(text: str) -> str:
    """The text as a YAML scalar in double quotes; what cannot be printed is escaped."""
    return '"' + "".join(ESCAPED.get(sign) or (sign if sign.isprintable() else _code(sign)) for sign in text) + '"'


def comment(text: str) -> str:
    """The text as part of a comment: on one line, without what cannot be printed."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())


def _code(sign: str) -> str:
    return f"\\U{ord(sign):08x}"
