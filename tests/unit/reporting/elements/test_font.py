"""The font that comes along has every character that the project writes."""

from pathlib import Path

from matplotlib import font_manager, ft2font

from evalkit.reporting.elements import font

ROOT = Path(__file__).parents[4]
ASSETS = Path(font.FILE).parent


def characters() -> set[int]:
    return set(ft2font.FT2Font(font.path()).get_charmap())


def test_it_has_every_character_of_gb2312():
    pairs = (bytes([row, cell]) for row in range(0xB0, 0xF8) for cell in range(0xA1, 0xFF))
    wanted = {ord(text) for pair in pairs if len(text := pair.decode("gb2312", errors="ignore")) == 1}
    assert len(wanted) == 6763
    assert wanted <= characters()


def test_it_has_every_chinese_character_of_parameters_data_and_catalogues():
    paths = [
        path for end in ("yml", "csv") for place in ("params", "data") for path in (ROOT / place).rglob(f"*.{end}")
    ]
    written = set().union(*(path.read_text(encoding="utf-8") for path in paths if path.stat().st_size < 2_000_000))
    chinese = {ord(sign) for sign in written if sign >= "\u3000"}
    assert len(chinese) > 1000
    assert [chr(code) for code in sorted(chinese - characters())] == []


def test_it_goes_by_the_name_that_drawings_ask_for_and_its_licence_lies_with_it():
    assert font_manager.get_font(font.path()).family_name == font.NAME
    assert "SIL OPEN FONT LICENSE Version 1.1" in (ASSETS / "OFL.txt").read_text(encoding="utf-8")
