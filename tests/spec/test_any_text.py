"""Whatever stands in params/ and data/: an answer within seconds, short, with file, line and cure."""

import time

import pytest

from evalkit.errors import InputError
from evalkit.publishing import preflight

LINES = zip("abcdefgh", "bcdefghi", strict=True)
BOMB = "".join(f"{name}: &{name} [{', '.join([f'*{before}'] * 10)}]\n" for before, name in LINES)
HEAD = "dataset: d\nregions: [a]\nindicators: {primary: [rate]}\n"


@pytest.fixture
def told(project):
    """What a user is told; within seconds, and in a few lines."""

    def tell(file="params/assessments/a.yml", text=HEAD, more=""):
        if file:
            path = project.root / file
            path.parent.mkdir(parents=True, exist_ok=True)
            content = text + more if isinstance(text, str) else text
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        started = time.process_time()
        with pytest.raises(InputError) as caught:
            preflight.check(project.load())
        assert time.process_time() - started < 10
        assert len(str(caught.value)) < 2000
        return str(caught.value)

    return tell


@pytest.mark.parametrize("file", ["params/assessments/a.yml", "params/indicators.yml", "params/regions/a.yml"])
@pytest.mark.parametrize(
    ("text", "answer"),
    [
        (f"a: &a [lol, lol]\n{BOMB}question: {{en: *i}}\n", "its aliases stand for far more than is written"),
        (f"a: &a {{x: lol}}\n{BOMB.replace('[', '[0, ')}", "its aliases stand for far more than is written"),
        ("title: &t [*t]\n", "an alias leads back to what contains it"),
        ("title: &t {en: *t}\n", "an alias leads back to what contains it"),
        ("question: " + "[" * 200_000, "nested too deeply"),
        ("question: " + "{a: " * 60 + "1" + "}" * 60, "nested too deeply"),
        ("- " * 3000 + "x", "nested too deeply"),
        ("".join(" " * n + f"k{n}:\n" for n in range(400)), "nested too deeply"),
        ("? [a, b]\n: c\n", "a key must be a text, not a list or a mapping"),
        ("? {a: b}\n: c\n", "a key must be a text, not a list or a mapping"),
        ("{[a]: b}\n", "a key must be a text, not a list or a mapping"),
        ("title: !!python/object/apply:os.system ['true']\n", "the tag '!!python/object/apply:os.system' is not known"),
        ("title: !!int notanumber\n", "the tag '!!int' is not known"),
        ("title: !!timestamp 2019-99-99\n", "the tag '!!timestamp' is not known"),
        ("title: !own {en: x}\n", "the tag '!own' is not known"),
        ('title: {en: "a\\0b"}\n', "a text holds a null character"),
        ('title: {en: "a\\x0bb"}\n', "a text holds a soft line break"),
        ('title: {en: "a\\e[31mb"}\n', "a text holds the control character U+001B"),
        ("title: {en: a\x07b}\n", "line"),
        ("title: 'never closed\n", "not readable as YAML"),
        ("\tx: 1\n", "not readable as YAML"),
        (b"title: \xd5\xe3\xbd\xad\n", "is not UTF-8 text"),
        (b"\xff\xfet\x00i\x00", "is not UTF-8 text"),
        (b"x: 1\n" * 3_000_000, "is larger than 10 MB"),
    ],
)
def test_odd_yaml_is_a_message(told, file, text, answer):
    message = told(file, text)
    assert message.startswith(file)
    assert answer in message


@pytest.mark.parametrize(
    "more",
    [
        f"as_of: {'9' * 100_000}\n",
        f"design: {{anticipation: {'9' * 100_000}}}\n",
        f"design: {{minimum_post_periods: {'x' * 100_000}}}\n",
        f"{'k' * 100_000}: 1\n",
        f"stage: [{', '.join(['x'] * 50_000)}]\n",
        f"previous: {'y' * 100_000}\n",
        f"citizens: [{'z' * 100_000}]\n",
    ],
)
def test_a_long_input_is_not_repeated_in_full(told, more):
    assert "params/assessments/a.yml" in told(more=more)


@pytest.mark.parametrize(
    "content", ["县医院的话".encode("gbk"), "Stra\xdfe".encode("latin-1"), "words".encode("utf-16"), b"caf\xe9"]
)
def test_words_that_are_no_utf_8_are_a_mistake_of_check(told, content):
    message = told("params/narrative/a/a.en.md", content)
    assert message == "params/narrative/a/a.en.md: is not UTF-8 text\n    Save the file as UTF-8."


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("x" * 300, "longer than 120 bytes"),
        ("县" * 80, "longer than 120 bytes"),
        ("CON", "Windows keeps this name for a device"),
        ("con", "Windows keeps this name for a device"),
        ("nul.txt", "Windows keeps this name for a device"),
        ("LPT1", "Windows keeps this name for a device"),
        ("b.", "Windows drops a dot at its end"),
        ("downloads", "the site has its own"),
        ("Downloads", "the site has its own"),
        ("a\u200bb", "a sign that cannot be seen"),
        ("a\u2028b", "a sign that cannot be seen"),
        ("..", "use letters"),
        ("x/../../y", "use letters"),
    ],
)
def test_a_region_whose_id_is_no_folder_everywhere_is_refused(project, told, name, reason):
    project.write("data/d/units.csv", f'unit\n"{name}"\n')
    message = told(text="dataset: d\nregions: {adopted: false}\nindicators: {primary: [rate]}\n")
    assert message.startswith("data/d/units.csv: the unit ")
    assert reason in message


@pytest.mark.parametrize("twins", [("A", "a"), ("Straße", "STRASSE"), ("caf\u00e9", "cafe\u0301"), ("lanxi", "LanXi")])
def test_regions_that_are_one_folder_on_other_systems_are_refused(project, told, twins):
    project.write("data/d/units.csv", "\n".join(["unit", *twins]))
    message = told(text="dataset: d\nregions: {adopted: false}\nindicators: {primary: [rate]}\n")
    assert "are one folder on Windows and macOS" in message


def test_two_notebooks_of_one_page_are_refused(told):
    assert "two notebooks would be the page 'report'" in told(more="notebooks: [region_report, report]\n")


@pytest.mark.parametrize("file", ["units", "published", "members", "sources", "targets"])
@pytest.mark.parametrize(
    ("sign", "name"),
    [
        ("\x0b", "a soft line break"),
        ("\x00", "a null character"),
        ("\x1b[31m", "the control character U+001B"),
        ("\x85\uffff", "the control character U+FFFF"),
        ("\u202e", "a mark that turns the direction of all text after it (U+202E)"),
        ("\u2067", "a mark that turns the direction of all text after it (U+2067)"),
    ],
)
def test_a_control_character_in_a_table_is_told_with_its_line(told, file, sign, name):
    heads = {
        "units": "unit,name_en", "published": "unit,period,indicator,value,source,phrase", "members": "unit,of",
        "sources": "source,title_en", "targets": "unit,indicator,operator,value,source,phrase",
    }  # fmt: skip
    message = told(f"data/d/{file}.csv", f"{heads[file]}\na,Re{sign}gion\n")
    assert f"data/d/{file}.csv, line 2: holds {name}" in message


def test_braces_in_names_are_names(project):
    project.write("data/d/units.csv", "unit\n{a}\n")
    project.assessment(base="dataset: d\nregions: ['{a}']\nindicators: {primary: [rate]}\n")
    preflight.check(project.load())
