"""What the command prints: names from files are shown, never sent to the terminal as commands."""

import pytest
from rich.table import Table

from evalkit import terminal
from evalkit.publishing.run.batch import Published


@pytest.mark.parametrize("text", ["12:100:30", "root:x:0", ":warning: of the county", "[red]表[/red]"])
def test_texts_are_printed_as_they_stand(capsys, text):
    terminal.console.print(text)
    assert capsys.readouterr().out == f"{text}\n"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b]0;TITLE\x07指标", "\\x1b]0;TITLE\\x07指标"),
        ("\x1b[2J\x9b8m", "\\x1b[2J\\x9b8m"),
        ("a\rb\bc", "a\\rb\\x08c"),
        ("甲\u202e县", "甲\\u202e县"),
        ("first\n\tsecond", "first\n\tsecond"),
    ],
)
def test_control_characters_are_written_out(text, shown):
    assert terminal.visible(text) == shown


def test_cells_of_a_table_are_cleaned_too(capsys):
    table = Table("a\x1b[2J")
    table.add_row("甲\x1b[8m县")
    terminal.console.print(table)
    out = capsys.readouterr().out
    assert "\\x1b[2J" in out
    assert "\\x1b[8m" in out
    assert "\x1b" not in out


def test_why_a_region_failed_is_printed_as_it_stands(project, capsys):
    failed = {"a": "ValueError: \x1b]0;TITLE\x07 [/red] [bold] :100:"}
    assert terminal.report(project.load(), Published((), (), failed)) == 1
    assert capsys.readouterr().err == "failed a: ValueError: \\x1b]0;TITLE\\x07 [/red] [bold] :100:\n"
