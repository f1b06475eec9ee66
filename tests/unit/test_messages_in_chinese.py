"""Every message that the code can print has a Chinese translation."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import evalkit
from evalkit import localized
from evalkit.errors import install

PACKAGE = Path(evalkit.__file__).parent
#: Calls that take messages, and from which argument on; the first of a `Mistake` is a place.
CALLS = {
    **dict.fromkeys(("Mistake", "FactError", "_Unclear"), 1),
    **dict.fromkeys(("ask", "refuse"), 2),
    "change": 4,
    **dict.fromkeys(("_wrong", "Unclear", "NoTableError", "print"), 0),
}
#: Variables that hold messages.
NAMES = {"cure", "what", "why", "told", "problem"}
#: Rooms whose texts are on pages, which have a catalogue of their own.
ON_PAGES = ("reporting", "analysis", "simulation")
#: What is no sentence: commands, places, parts that are put together with others, each of which has a translation.
NO_MESSAGES = {
    *("evalkit {0}", "  cd {0}", "{0}, line {1}", "{0} --force", "unit={0} assessment={1} dataset={2} layout={3}"),
    *("question: {0}", "Did you mean ", "Write it: evalkit simulate ", "[red]failed[/red] {0}: "),
    *("contains the error ", "is below ", "; the stored numbers were read", "{0}; the stored numbers were read"),
    *("{0} questions, {1} changes logged:", "{0} cells of {1} {2}", "with a `denominator`", "without a `denominator`"),
}


def texts() -> Iterator[tuple[str, str]]:
    """Messages as patterns, with the place in the code."""
    for path in sorted(PACKAGE.rglob("*.py")):
        if path.relative_to(PACKAGE).parts[0] in ON_PAGES:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            for given in _given(node):
                for part in ast.walk(given) if isinstance(given, ast.IfExp) else [given]:
                    if text := _pattern(part):
                        yield text, f"{path.relative_to(PACKAGE)}:{node.lineno}"


def _given(node: ast.AST) -> list[ast.expr]:
    """The expressions of a call or an assignment that may be messages."""
    if isinstance(node, ast.Call):
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        return node.args[CALLS[name] :] if name in CALLS else []
    if isinstance(node, ast.Assign):
        names = {one.id for target in node.targets for one in ast.walk(target) if isinstance(one, ast.Name)}
        values = node.value.elts if isinstance(node.value, ast.Tuple) else [node.value]
        return values if names & NAMES else []
    return []


def _pattern(node: ast.AST) -> str:
    """A text with {0}, {1} for its facts; empty for anything that is no sentence."""
    parts = node.values if isinstance(node, ast.JoinedStr) else [node]
    facts, text = iter(range(len(parts))), ""
    for part in parts:
        if isinstance(part, ast.Constant):
            text += part.value if isinstance(part.value, str) else ""
        elif isinstance(part, ast.FormattedValue):
            text += f"{{{next(facts)}}}"
    return text if " " in text.strip() and re.search("[a-z]", text) else ""


@pytest.fixture
def _in_chinese():
    localized.use("zh")
    yield
    localized.use("")


@pytest.mark.usefixtures("_in_chinese")
def test_every_message_has_a_translation():
    found = dict(texts())
    assert len(found) > 300

    def is_chinese(text: str) -> bool:
        sample = localized.FACT.sub("x9", text)  # a reason follows the label that it is about
        tried = (localized.localized(one) for one in (sample, f"x9 {sample}"))
        return any(re.search(r"[\u3400-\u9fff]", one) for one in tried)

    missing = {text: where for text, where in found.items() if text not in NO_MESSAGES and not is_chinese(text)}
    assert missing == {}, "write them into src/evalkit/locale/messages.zh.yml"


@pytest.mark.usefixtures("_in_chinese")
def test_the_cure_for_a_missing_extra_is_translated():
    assert localized.localized(install("cluster")) == "请在 evalkit 的文件夹中安装：pip install '.[cluster]'。"
