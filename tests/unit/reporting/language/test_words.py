"""Every message that a reader may see exists in Chinese, with the same facts in it."""

import ast
import re
from pathlib import Path

import pytest

from evalkit.reporting.language import chips, vocabulary, words

SOURCE = Path(words.__file__).parents[2]
CHECKED = [value for name, value in vars(vocabulary).items() if name.isupper()]


def spelled_out(value: object) -> set[str]:
    """All texts in a table of words, however nested; its keys are codes."""
    if isinstance(value, str):
        return {value}
    parts = value.values() if isinstance(value, dict) else value
    return {text for part in parts for text in spelled_out(part)}  # type: ignore[attr-defined]


def spoken_in_code() -> set[str]:
    found: set[str] = set()
    for path in [*(SOURCE / "reporting").rglob("*.py"), *(SOURCE / "publishing").rglob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            called = getattr(node.func, "id", "") if isinstance(node, ast.Call) else ""
            if isinstance(node, ast.Call) and called in ("say", "translate", "plain", "heads"):
                labels = node.args if called == "heads" else node.args[:1]
                texts = {
                    part.value
                    for label in labels
                    for part in ast.walk(label)
                    if isinstance(part, ast.Constant) and isinstance(part.value, str)
                }
                found |= {re.sub(":[nsw]$", "", text) for text in texts} if called == "heads" else texts
    return found


def messages() -> set[str]:
    """What the code may say: texts in the calls, the vocabulary, the words on the chips."""
    chip_words = {
        word for table in (chips.GOALS, chips.EFFECTS, chips.OUTCOMES) for _, _, word in table.values()
    } | set(chips.STATUSES.values())
    return spoken_in_code() | chip_words | {text for table in CHECKED for text in spelled_out(table)}


def facts(message: str) -> set[str]:
    return set(re.findall(r"\{(\w+)\}", message))


def test_every_message_is_translated() -> None:
    assert sorted(messages() - set(words.catalogue("zh"))) == []


def test_no_translation_is_left_over() -> None:
    known = messages()
    for path in [*(SOURCE / "reporting").rglob("*.py"), *(SOURCE / "publishing").rglob("*.py")]:
        text = path.read_text(encoding="utf-8")
        known |= {m for m in words.catalogue("zh") if f'"{m}"' in text}
    assert sorted(set(words.catalogue("zh")) - known) == []


def test_a_translation_uses_the_facts_of_its_message() -> None:
    catalogue = words.catalogue("zh")
    assert len(catalogue) > 1000
    assert {message: text for message, text in catalogue.items() if facts(text) != facts(message)} == {}


def test_facts_are_escaped_and_messages_are_not() -> None:
    words.use("en")
    assert (
        words.say("<p>{name}</p>", name="<script>alert(1)</script>") == "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>"
    )


@pytest.mark.parametrize("lang", words.LANGUAGES)
@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("שלום 12", "<bdi>שלום</bdi> 12"),
        ("مستشفى العاصمة (3)", "<bdi>مستشفى العاصمة</bdi> (3)"),
        ("a\u200fb", "a<bdi>\u200f</bdi>b"),
        ("12 < 13", "12 &lt; 13"),
    ],
)
def test_right_to_left_words_leave_the_order_of_their_line_alone(lang, text, shown) -> None:
    with words.speaking(lang):
        assert words.Html("{}").format(text) == shown


def test_an_unknown_language_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown language 'fr'"):
        words.use("fr")
