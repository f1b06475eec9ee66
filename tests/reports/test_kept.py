"""Published pages that tests keep between runs: made once, made again where anything changed, never half made."""

import shutil
import threading
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


FILES = ("src/evalkit/periods.py", "notebooks/before_after.ipynb", "params/indicators.yml", "data/prop99/units.csv")


@pytest.fixture
def copy(tmp_path):
    """A project with one file of each kind that pages rest on."""
    for name in FILES:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    (tmp_path / "maker.py").write_text("RUNS = 1", encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("name", [*FILES, "maker.py"])
def test_the_key_changes_with_every_file_that_pages_rest_on(keeping, copy, name):
    before = keeping.inputs(copy, copy / "maker.py")
    with (copy / name).open("ab") as file:
        file.write(b" ")
    assert keeping.inputs(copy, copy / "maker.py") != before


def test_the_key_changes_with_a_package(keeping, copy, monkeypatch):
    before = keeping.inputs(copy)
    assert keeping.inputs(copy) == before
    monkeypatch.setitem(keeping.inputs.__globals__, "distributions", list)
    assert keeping.inputs(copy) != before


def test_it_is_made_once_for_each_key_and_what_is_older_goes(keeping, tmp_path):
    made = []

    def get(key):
        def make(folder):
            made.append(key)
            (folder / "page").write_text(key, encoding="utf-8")

        return (keeping.kept(tmp_path, "site", lambda: key, make) / "page").read_text(encoding="utf-8")

    assert [get(key) for key in "aabba"] == [*"aabba"]
    assert made == ["a", "b", "a"]
    assert [path.name for path in tmp_path.iterdir() if path.is_dir()] == ["site-a"]


def test_what_was_interrupted_is_made_again(keeping, tmp_path):
    def interrupted(folder):
        (folder / "half").touch()
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        keeping.kept(tmp_path, "site", lambda: "a", interrupted)
    assert [path.name for path in keeping.kept(tmp_path, "site", lambda: "a", Path.exists).iterdir()] == []


def test_what_was_made_while_files_changed_serves_once_only(keeping, tmp_path):
    keys = iter("abbbb")
    first, second, third = (keeping.kept(tmp_path, "site", lambda: next(keys), Path.exists) for _ in range(3))
    assert first.name == "site-changed-meanwhile"
    assert not first.exists()
    assert second == third == tmp_path / "site-b"


def test_of_several_at_once_one_makes_it_and_the_others_wait(keeping, tmp_path):
    made, got = [], []

    def make(folder):
        made.append(folder)
        time.sleep(0.2)
        (folder / "page").touch()

    def get():
        got.extend(keeping.kept(tmp_path, "site", lambda: "a", make).iterdir())

    threads = [threading.Thread(target=get) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 1
    assert got == [tmp_path / "site-a" / "page"] * 4
