"""Drawings as pictures, for readers that cannot be trusted with SVG."""

import base64

import resvg_py

from evalkit.reporting.elements import font

ZOOM = 2  # pixels per unit of a drawing: 190 dpi on a page


def png(svg: str) -> bytes:
    """A drawing with the font in which it was laid out, whatever fonts the machine has."""
    return bytes(
        resvg_py.svg_to_bytes(
            svg_string=svg,
            zoom=ZOOM,
            background="white",
            skip_system_fonts=True,
            font_files=[font.path()],
            font_family=font.NAME,
            sans_serif_family=font.NAME,
        )
    )


def address(svg: str) -> str:
    """The picture as an address that holds it."""
    return "data:image/png;base64," + base64.b64encode(png(svg)).decode()
