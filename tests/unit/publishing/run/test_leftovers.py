"""What an earlier run left and was damaged since, or has another kind than expected: made again, or one message."""

import json
import os

import pytest

from evalkit.errors import InputError
from evalkit.publishing.run import manifests, run_lock

DEEP = "[" * 200_000


@pytest.fixture
def made(project, publish):
    """A project whose two regions are published, and what the site then holds."""
    publish()
    return project


def site(project):
    folder = project.root / "reports/a/site"
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def changed(**fields):
    return lambda text: json.dumps({**json.loads(text), **fields}).encode()


@pytest.mark.parametrize(
    ("file", "damage"),
    [
        ("_assembled", lambda text: b"\xff\xfe"),
        ("_assembled", lambda text: DEEP.encode()),
        ("_data.json", lambda text: DEEP.encode()),
        ("_data.json", lambda text: b'{"files": 1, "regions": [1]}'),
        ("_data.json", changed(regions={"a": 1, "b": [1, 2, 3]})),
        ("_index.json", lambda text: DEEP.encode()),
        ("_index.json", lambda text: b"[]"),
        ("b/manifest.json", changed(pages=[])),
        ("b/manifest.json", changed(summary=[])),
        ("b/manifest.json", changed(summary={"goals": 3})),
        ("b/manifest.json", changed(frames=None, key="x")),
        ("b/manifest.json", lambda text: DEEP.encode()),
        ("b/manifest.json", lambda text: b"{" + b'"a":{' * 100_000),
        ("b/results.csv", lambda text: b"\x00" * 100),
    ],
)
def test_damaged_leftovers_are_as_good_as_missing(made, publish, states, file, damage):
    before, path = site(made), made.root / "reports/a/work" / file
    path.write_bytes(damage(path.read_text(encoding="utf-8")))
    assert publish().failed == {}
    assert site(made) == before
    assert set(states().values()) == {"up to date"}


@pytest.mark.parametrize("file", ["results.csv", "work/_audience", "work/_assembled", "work/_index.json"])
def test_a_folder_where_a_file_belongs_is_named(made, publish, file):
    path = made.root / "reports/a" / file
    path.unlink()
    path.mkdir()
    with pytest.raises(InputError) as caught:
        publish(force=True)
    assert f"{file}: is a folder, but a file is to be written there" in str(caught.value)


@pytest.mark.parametrize("kind", ["folder", "link", "link to nothing"])
def test_a_lock_that_is_no_file_is_named_and_nothing_is_written_through_it(project, tmp_path_factory, kind):
    lock, precious = project.root / run_lock.LOCK, tmp_path_factory.mktemp("outside") / "precious"
    lock.parent.mkdir()
    if kind == "folder":
        lock.mkdir()
    else:
        lock.symlink_to(precious)
    if kind == "link":
        precious.write_text("as it was", encoding="utf-8")
    with pytest.raises(InputError, match=r"reports/\.lock: is a link or a folder"), run_lock.taken(project.root):
        pass
    assert not precious.exists() or precious.read_text(encoding="utf-8") == "as it was"


def test_a_manifest_made_by_hand_vouches_for_nothing(made):
    path = made.root / "reports/a/work/b/manifest.json"
    path.write_text(json.dumps({name: {} for name in manifests.NEEDED}), encoding="utf-8")
    assert manifests.read(made.load(), "b") == {}


def test_files_of_the_user_that_look_like_ours_are_left_alone(made, publish):
    names = (".notes.2024", ".report.4711", ".held.notes", ".a.0123456789abcdef.unfinishe", "x.unfinished")
    for name in names:
        made.write(f"reports/a/{name}", "mine")
        made.write(f"reports/{name}", "mine")
    publish(force=True)
    assert [name for name in names if not (made.root / "reports/a" / name).is_file()] == []
    assert [name for name in names if not (made.root / "reports" / name).is_file()] == []


def test_pages_can_be_read_by_a_web_server(made):
    mask = os.umask(0)
    os.umask(mask)
    modes = {path.stat().st_mode & 0o777 for path in (made.root / "reports/a/site").rglob("*.html")}
    assert modes == {0o666 & ~mask}
