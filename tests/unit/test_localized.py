"""Messages in Chinese: found by their English form, facts kept; English where there is no translation."""

import re

import pytest
import yaml

from evalkit import cli, localized

MESSAGES = localized.resources.files("evalkit").joinpath("locale", "messages.zh.yml").read_text(encoding="utf-8")


@pytest.fixture(autouse=True)
def _english_again(monkeypatch):
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    yield
    localized.use("")


@pytest.mark.parametrize(
    ("english", "chinese"),
    [
        (
            "data/d/units.csv, line 3: `adoption` '0' is not a period",
            "data/d/units.csv，第 3 行：`adoption` '0' 不是时期",
        ),
        ("    Known: a, b.", "    已知：a, b。"),
        ('Did you mean "a"? Ask who filled it in.', "是不是“a”？请询问填报人。"),
        (
            "question: a.yml, line 9: add zh: … · 补充另一种语言的名称  [name: x]",
            "问题：a.yml，第 9 行：补充另一种语言的名称  [name: x]",
        ),
        (
            "question: params/mappings/d.yml, line 7: seen in a.xlsx: is this the form of the sheets?  [- a: b]",
            "问题：params/mappings/d.yml，第 7 行：见于 a.xlsx：表式是否如此？  [- a: b]",
        ),
        (
            "question: a.csv, a!C6: 2 cells of 门诊人次 have the flag 'b'; the numbers were read without it",
            "问题：a.csv, a!C6：门诊人次 有 2 格带标记 'b'；已读出数字，未计标记",
        ),
        ("         1,024  name of a unit", "         1,024  地区名称"),
        ("a.xlsx, 表!B2: 1.5 is no whole number, but a count", "a.xlsx, 表!B2：1.5 不是整数，而指标是计数"),
        ("nothing that any list knows", "nothing that any list knows"),
    ],
)
def test_a_message_is_said_in_chinese_with_its_facts(english, chinese):
    localized.use("zh")
    assert localized.localized(english) == chinese
    localized.use("en")
    assert localized.localized(english) == english


def test_every_translation_keeps_every_fact():
    texts = yaml.load(MESSAGES, yaml.BaseLoader)
    facts = {one: (set(localized.FACT.findall(one)), set(localized.FACT.findall(text))) for one, text in texts.items()}
    assert [one for one, (said, kept) in facts.items() if said != kept] == []
    assert all(re.search(r"[\u3400-\u9fff]", text) for text in texts.values())


@pytest.mark.parametrize(
    ("environment", "lang"),
    [({}, "en"), ({"LANG": "zh_CN.UTF-8"}, "zh"), ({"LC_ALL": "C", "LANG": "zh_CN"}, "en"), ({"LANG": "de_DE"}, "en")],
)
def test_the_environment_says_the_language(monkeypatch, environment, lang):
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert localized.language() == lang


def test_an_option_says_it_too(monkeypatch, capsys, tmp_path):
    (tmp_path / "params").mkdir()
    monkeypatch.chdir(tmp_path)
    for lang, told in (("zh", "没有评估 'x'"), ("en", "there is no assessment 'x'"), ("fr", "no language 'fr'")):
        monkeypatch.setattr("sys.argv", ["evalkit", "--lang", lang, "check", "x"])
        with pytest.raises(SystemExit) as left:
            cli.main()
        assert left.value.code == 2
        assert told in capsys.readouterr().err
