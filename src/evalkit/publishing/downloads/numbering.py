"""Numbers of headings, tables and figures, as official reports count them in each language."""

from dataclasses import dataclass

from evalkit.reporting.language.words import language, say

GAP = "\N{EM SPACE}"  # between a number and what it numbers; plain spaces would be run together
DIGITS = "〇一二三四五六七八九"


@dataclass(slots=True)
class Numbers:
    """Counts through one document."""

    section: int = 0
    part: int = 0
    tables: int = 0
    figures: int = 0

    def heading(self, level: int) -> str:
        """一、 and （一） in Chinese, 1 and 1.1 in English; parts are numbered from 1 in every section."""
        if level == 1:
            self.section, self.part = self.section + 1, 0
            return f"{chinese(self.section)}、" if language() == "zh" else f"{self.section}{GAP}"
        self.part += 1
        return f"（{chinese(self.part)}）" if language() == "zh" else f"{self.section}.{self.part}{GAP}"

    def table(self) -> str:
        """表1, Table 1."""
        self.tables += 1
        return str(say("Table {n}", n=self.tables))

    def figure(self) -> str:
        """图1, Figure 1."""
        self.figures += 1
        return str(say("Figure {n}", n=self.figures))


def chinese(number: int) -> str:
    """A number up to 99 in Chinese characters: 十二, 二十."""
    tens, ones = divmod(number, 10)
    before = "" if not tens else "十" if tens == 1 else f"{DIGITS[tens]}十"
    return before + (DIGITS[ones] if ones or not tens else "")
