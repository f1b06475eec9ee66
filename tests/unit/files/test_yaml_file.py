import re

import pytest
from pydantic import BaseModel, ConfigDict

from evalkit.errors import InputError
from evalkit.files import yaml_file
from evalkit.project.params import Assessment, Text


class Inner(BaseModel):
    model_config = ConfigDict(extra="forbid")
    size: int = 0


class Outer(BaseModel):
    model_config = ConfigDict(extra="forbid")
    code: str = ""
    label: Text | str | None = None
    inner: tuple[Inner, ...] = ()


@pytest.fixture
def read(tmp_path):
    def reading(text, model=Outer, **given):
        path = tmp_path / "file.yml"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return yaml_file.read(path, model, "file.yml", **given)

    return reading


@pytest.fixture
def told(read):
    def telling(text, model=Outer, **given):
        with pytest.raises(InputError) as caught:
            read(text, model, **given)
        return str(caught.value)

    return telling


@pytest.mark.parametrize("text", ["08001", "010101", "on", "12:30:00", "1e3", "~", "2019-02"])
def test_every_scalar_stays_the_text_that_was_written(read, text):
    assert read(f"code: {text}").code == text


@pytest.mark.parametrize("text", ["null", ""])
def test_nothing_is_nothing(read, text):
    assert read(f"label: {text}").label is None


def test_a_mistake_deep_inside_has_its_line(told):
    text = "code: x\ninner:\n  - size: 1\n  - size: 2\n    sise: 3\n"
    assert told(text) == 'file.yml, line 5: unknown key `inner.1.sise`\n    Did you mean "size"?'


def test_every_mistake_of_a_file_is_told(told):
    text = "inner: [{size: big}]\ncod: x\n"
    assert told(text).splitlines() == [
        "file.yml, line 1: `inner.0.size`: Input should be a valid integer, unable to parse string as an integer",
        "    Found: 'big'.",
        "file.yml, line 2: unknown key `cod`",
        '    Did you mean "code"?',
    ]


@pytest.mark.parametrize("key", ["Stage", "strategy", "float_x", "Text"])
def test_an_unknown_key_may_look_like_anything(told, key):
    text = f"dataset: d\n{key}: final\nregions: [a]\nindicators: {{primary: [x]}}\n"
    assert told(text, Assessment, name="a").startswith(f"file.yml, line 2: unknown key `{key}`\n")


def test_the_branches_of_a_choice_are_no_keys(told):
    assert "file.yml, line 1: unknown key `label.jp`" in told("label: {zh: 甲, jp: x}")


def test_a_missing_key_is_named(told):
    lines = told("dataset: d\nregions: [a]\n", Assessment, name="a").splitlines()
    assert lines == ["file.yml, line 1: `indicators` is missing", "    Add `indicators: …`."]


def test_what_the_file_name_says_may_not_be_said_otherwise(told):
    text = "dataset: d\nname: other\n"
    assert told(text, Assessment, name="a").startswith("file.yml, line 2: unknown key `name`\n")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("code: x\ncode: y\n", "file.yml, line 2: not readable as YAML: duplicate key 'code'"),
        ("code: x\n\tinner: y\n", "file.yml, line 2: not readable as YAML"),
        ("- a\n- b\n", "file.yml: must hold `key: value` lines"),
        ("", "file.yml: must hold `key: value` lines"),
        ("code: 中".encode("gb18030"), "file.yml: is not UTF-8 text"),
    ],
)
def test_what_cannot_be_read_is_told_with_its_line(told, text, message):
    assert told(text).startswith(message)


@pytest.mark.parametrize(
    ("text", "cure"),
    [
        ("a:\n\tb: 1\n", "Indent with spaces, not with tabs"),
        ("a: !!set {x}\n", "Write the value without a tag"),
        ("a: 1\n---\nb: 2\n", "Take the line --- out."),
        ("a: 1\na: 2\n", "Keep one of the two lines."),
        ("a: 'b\n", "Check indentation, colons and quotes."),
    ],
)
def test_the_cure_fits_what_the_parser_stumbled_over(text, cure):
    with pytest.raises(InputError, match=re.escape(cure)):
        yaml_file.parse(text, "params/a.yml")
