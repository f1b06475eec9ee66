"""Names from files and arguments are shown on the terminal as they are: no escapes, no markup, no emoji."""

import sys

import openpyxl
import pytest

from evalkit import cli, terminal

ESCAPE = "\x1b]0;TITLE\x07\x1b[2J"
SHOWN = r"\x1b]0;TITLE\x07\x1b[2J"


@pytest.fixture
def said(monkeypatch, capsys):
    """What a command says in a project folder, and its exit status."""

    def run(root, *arguments):
        monkeypatch.setattr(sys, "argv", ["evalkit", *arguments, "--project", str(root)])
        with pytest.raises(SystemExit) as left:
            cli.main()
        text = "".join(capsys.readouterr())
        assert terminal.CONTROLS.findall(text) == []
        return left.value.code, text

    return run


@pytest.mark.parametrize("name", [f"a{ESCAPE}", "a[/red]", "a[bold]", "a:100:", "a\u202eb", "a\x9b2J"])
@pytest.mark.parametrize("command", [("run", "NAME"), ("check", "NAME"), ("run", "a", "NAME"), ("ingest", "NAME")])
def test_an_argument_is_quoted_as_it_is(project, said, command, name):
    status, text = said(project.root, *(name if word == "NAME" else word for word in command))
    visible = name.replace(ESCAPE, SHOWN).replace("\u202e", r"\u202e").replace("\x9b", r"\x9b")
    assert status == 2
    assert visible in text or repr(name)[1:-1] in text


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such names")
@pytest.mark.parametrize("folder", [f"p{ESCAPE}", "p[bold]", "p[red]:100:"])
def test_a_project_in_a_folder_of_such_a_name_is_checked_and_drafted(project_at, tmp_path, said, folder):
    project = project_at(tmp_path / folder)
    project.table("panel", "unit | period | indicator | value\na | 2019Q1 | rate | 60\nb | 2019Q1 | rate | 61")
    status, text = said(project.root, "check", "a")
    assert (status, "no mistakes found" in text) == (0, True)
    sheet = openpyxl.Workbook()
    sheet.active.append(["县", "2019", f"2020{ESCAPE}".replace("\x1b", "_x001b_").replace("\x07", "_x0007_")])
    sheet.active.append(["甲县", 1, 2])
    file = project.root / f"{project.root.name}.xlsx"
    sheet.save(file)
    status, text = said(project.root, "new", "first", "--from", str(file))
    assert status in (0, 2)
    assert folder.replace(ESCAPE, SHOWN) in text


def test_a_heading_and_a_region_of_such_a_name_are_named_with_their_place(project, said):
    project.table("units", f"unit | adoption\na | 2019Q1\nb{ESCAPE} |")
    status, text = said(project.root, "check", "a")
    assert (status, "units.csv, line 3: holds the control character U+001B" in text) == (2, True)
    project.table("units", "unit | adoption\na | 2019Q1")
    project.write("data/d/panel.csv", "unit,period,indicator,value\na[/red],2019Q1,rate,60\n")
    status, text = said(project.root, "check", "a")
    assert (status, "'a[/red]'" in text) == (2, True)
