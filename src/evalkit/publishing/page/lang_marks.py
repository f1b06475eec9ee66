"""Mark Chinese text on other-language pages with `lang` (WCAG 3.1.2)."""

import re

TOKEN = re.compile(r"<(/?)(\w+)[^>]*?(/?)>|[^<]+|<")
CHINESE = re.compile(r"[\u4e00-\u9fff](?:[\u3000-\u303f\u4e00-\u9fff\uff00-\uff5e·\d]*[\u4e00-\u9fff）〕》])?")
SAID = re.compile(r'\blang="zh')
NO_ELEMENT_INSIDE = ("title", "style", "script", "svg", "option")


def mark(page: str) -> str:
    """The page with `lang` around Chinese words, outside of elements that are marked or hold nothing but text."""
    parts: list[str] = []
    inside, depth = "", 0  # the element that is left as it is, and how many of its name are open
    for token in TOKEN.finditer(page):
        close, name, empty = token.groups()
        if name is None:
            parts.append(token[0] if inside else CHINESE.sub(r'<span lang="zh-CN">\g<0></span>', token[0]))
            continue
        if not inside and not close and not empty and (name in NO_ELEMENT_INSIDE or SAID.search(token[0])):
            inside = name
        if name == inside and not empty:
            depth += -1 if close else 1
            inside = inside if depth else ""
        parts.append(token[0])
    return "".join(parts)
