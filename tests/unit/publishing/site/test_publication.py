"""`evalkit publish`: what is copied is whole, and what does not agree with the assessment is refused."""

import hashlib
import os
import shutil
from pathlib import Path

import pytest

from evalkit.errors import InputError
from evalkit.publishing import preflight
from evalkit.publishing.run.run_keys import run_keys
from evalkit.publishing.site import publication

BASE = "dataset: d\nregions: [a, b]\nindicators: {primary: [rate]}\nlanguages: [en]\n"


@pytest.fixture
def copy(project, tmp_path):
    def to(name="www"):
        evaluation = project.load()
        keys = run_keys(evaluation, [*evaluation.regions, *preflight.whole(evaluation)])
        return publication.publish(evaluation, keys, tmp_path / "elsewhere" / name)

    return to


@pytest.fixture
def refused(copy, tmp_path):
    def told(name="www"):
        with pytest.raises(InputError) as caught:
            copy(name)
        return str(caught.value)

    return told


def files(folder):
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_whole_site_is_copied_with_the_hash_of_every_file(project, publish, copy, tmp_path):
    publish(more="")
    target = tmp_path / "elsewhere/www"
    assert copy() == 9
    assert files(target) == files(project.root / "reports/a/site")
    listed = dict(reversed(line.split("  ")) for line in (tmp_path / "elsewhere/www.sha256").read_text().splitlines())
    assert listed == {f"www/{name}": hashlib.sha256(content).hexdigest() for name, content in files(target).items()}


def test_publishing_again_replaces_what_was_published(project, publish, copy, tmp_path):
    publish()
    copy()
    publish(force=True)
    project.write("elsewhere/www/b/report.en.html", "older")
    assert copy() == 5
    assert files(tmp_path / "elsewhere/www") == files(project.root / "reports/a/site")
    assert sorted(path.name for path in (tmp_path / "elsewhere").iterdir()) == ["www", "www.sha256"]


@pytest.mark.parametrize(
    ("file", "told"),
    [
        ("site/b/report.en.html", "b/report.en.html: is not as the run has made it"),
        ("site/index.en.html", "site/index.html: the index or results.csv does not fit the reports"),
        ("site/downloads/results.csv", "site/index.html: the index or results.csv does not fit the reports"),
        ("site/c/report.en.html", "site/c/report.en.html: the assessment does not ask for it"),
        ("site/notes.txt", "site/notes.txt: is not of this assessment"),
        ("site/.htaccess", "site/.htaccess: is not of this assessment"),
        ("site/downloads/b.html", "site/downloads/b.html: the assessment does not ask for it"),
        ("work/b/manifest.json", "b: missing"),
    ],
)
def test_a_site_that_was_changed_since_is_refused(project, publish, refused, tmp_path, file, told):
    publish()
    project.write(f"reports/a/{file}", "changed")
    assert told in refused()
    assert not (tmp_path / "elsewhere").exists()


def test_a_site_with_a_failed_or_missing_region_is_refused(publish, refused):
    publish(errors={"b": "KeyError: x"})
    assert "b: failed: region_report (en): KeyError: x" in refused()


def test_a_site_that_the_parameters_have_left_behind_is_refused(project, publish, refused):
    publish()
    project.assessment("audience: internal\ndownloads: []\n", base=BASE)
    assert "site/: was made for other readers" in refused()


def test_a_folder_with_files_of_others_is_refused(project, publish, refused):
    publish()
    project.write("elsewhere/www/mine.html", "mine")
    assert "holds files that `evalkit publish` did not put there: www/mine.html" in refused()


@pytest.mark.parametrize("name", ["../reports/a/site", "..", "../reports/a/copy"])
def test_a_folder_of_the_project_itself_is_refused(publish, refused, name):
    publish()
    assert "Name a folder elsewhere." in refused(name)


def test_a_link_is_refused(publish, refused, tmp_path):
    publish()
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere/www").symlink_to(tmp_path)
    assert "is no folder" in refused()


@pytest.mark.parametrize("name", ["b/report.en.html", "index.en.html", "c.html", "b/more"])
def test_a_link_in_the_site_is_refused_and_not_followed(project, publish, refused, tmp_path, name):
    publish()
    (tmp_path / "outside.html").write_text("outside", encoding="utf-8")
    link = project.root / "reports/a/site" / name
    link.unlink(missing_ok=True)
    link.symlink_to(tmp_path / "outside.html")
    assert name.split("/")[-1].split(".")[0] in refused()
    assert not (tmp_path / "elsewhere").exists()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="a killed process as Unix has it")
@pytest.mark.parametrize(("call", "times"), [("copyfile", 3), ("rename", 1), ("rename", 2), ("write_text", 2)])
def test_a_copy_that_is_killed_leaves_a_whole_site_or_none_and_the_next_one_ends_it(
    project, publish, copy, tmp_path, call, times
):
    publish()
    copy()
    earlier = files(tmp_path / "elsewhere/www")
    publish(force=True, more="downloads: [xlsx]\nstate: final\n")
    if (child := os.fork()) == 0:
        killed_at(call, times)
        copy()
        os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9
    target, site = tmp_path / "elsewhere/www", files(project.root / "reports/a/site")
    assert not target.exists() or files(target) in (earlier, site)
    copy()
    assert files(target) == site
    assert sorted(path.name for path in target.parent.iterdir()) == ["www", "www.sha256"]


def killed_at(call, times):
    """In a child process: it ends before such a call, without any tidying up."""
    owner, left = {"copyfile": shutil, "rename": Path, "write_text": publication}[call], [times]
    original = getattr(owner, call)

    def counted(*given, **named):
        left[0] -= 1
        if left[0] == 0:
            os._exit(9)
        return original(*given, **named)

    setattr(owner, call, counted)
