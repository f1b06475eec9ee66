"""A disk that is full, that may not be written on, or that damaged what earlier runs had left."""

import json
import os
import resource
import subprocess
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest
from matplotlib import font_manager

BIG = "from IPython.display import HTML, display"


@pytest.fixture(params=["1", "0"] if "EVALKIT_KILLS" in os.environ else ["1"])
def preload(request):
    """Both arms in `make faults`: how a kernel starts has little to do with the disk."""
    return request.param


def mount(*given):
    return subprocess.run(["mount", *map(str, given)], capture_output=True, text=True, check=False)


@pytest.fixture
def disk():
    """Makes a folder a disk of so many KiB, or another size of it later."""
    mounted = []

    def make(folder: Path, size: int) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        options = f"{'remount,' if folder in mounted else ''}size={size}k"
        done = mount("-t", "tmpfs", "-o", options, "tmpfs", folder)
        if done.returncode:
            pytest.skip(f"a small disk needs the right to mount one: {done.stderr.strip()}")
        mounted.append(folder)

    yield make
    for folder in set(mounted):
        subprocess.run(["umount", "-l", folder], check=True)


@contextmanager
def read_only(folder: Path):
    """Bound to itself read-only where that may be done: to root, permissions are no obstacle."""
    if os.geteuid() != 0:
        before = folder.stat().st_mode
        folder.chmod(0o555)
        yield
        folder.chmod(before)
        return
    done = mount("--bind", folder, folder)
    if done.returncode:
        pytest.skip(f"root may write everywhere, and may not mount here: {done.stderr.strip()}")
    try:
        subprocess.run(["mount", "-o", "remount,bind,ro", folder], check=True)
        yield
    finally:
        subprocess.run(["umount", "-l", folder], check=True)


def refused(run, told):
    assert run.process.returncode == 1, run.told
    assert told in run.told[1]
    assert not run.has_traceback()
    run.is_gone()


def test_a_disk_that_fills_up_takes_no_page_by_halves(small, disk):
    project = small(BIG, "display(HTML(region * 150_000))")
    disk(project.root / "reports", 2000)
    refused(project.run(), "No space left on device")
    made = project.pages()
    assert len(made) < 6
    assert made == {name: name for name in made}
    assert len(list((project.reports / "site").glob("r*/*"))) == len(made)
    disk(project.root / "reports", 64_000)
    again = project.run()
    assert again.process.returncode == 0, again.told
    assert project.has_all()


def test_a_full_disk_keeps_what_was_published(small, disk, plain):
    project = small()
    disk(project.root / "reports", 2000)
    assert project.run().process.returncode == 0
    filler = project.root / "reports/filler"
    with pytest.raises(OSError, match="No space left"):
        filler.write_bytes(bytes(4_000_000))
    refused(project.run("--force"), "No space left on device")
    assert project.published() == plain
    filler.unlink()
    assert project.run("--force").process.returncode == 0
    assert project.published() == plain


def test_a_page_that_the_disk_does_not_take_fails_its_region_only(small, monkeypatch):
    project = small(BIG, "if region == 'r1':\n    display(HTML('x' * 3_000_000))")
    most = 2_000_000
    limit = partial(resource.setrlimit, resource.RLIMIT_FSIZE, (most, most))
    monkeypatch.setattr(subprocess, "Popen", partial(subprocess.Popen, preexec_fn=limit))
    refused(project.run(), "File too large")
    assert project.has_all("r1")


@pytest.mark.parametrize("folder", ["reports", "reports/a/work", "reports/a/site", "reports/a/site/r2"])
def test_a_folder_that_may_not_be_written_in_keeps_what_was_published(small, plain, folder):
    project = small()
    assert project.run().process.returncode == 0
    with read_only(project.root / folder):
        run = project.run("--force")
        refused(run, "cannot be written")
        assert project.published() == plain
    assert project.run("--force").process.returncode == 0
    assert project.published() == plain


def test_a_file_where_a_folder_belongs_fails_its_region_only(small):
    project = small()
    (project.reports / "work").mkdir(parents=True)
    (project.reports / "work/r2").write_text("a file where a folder belongs", encoding="utf-8")
    run = project.run()
    refused(run, "r2")
    assert sorted(project.pages()) == ["r0", "r1", "r3", "r4", "r5"]


def test_damaged_leftovers_are_made_again(small, plain, tmp_path_factory):
    project = small("import matplotlib.font_manager")  # else nothing reads fonts
    fonts = tmp_path_factory.mktemp("fonts")
    cache = fonts / f"fontlist-v{font_manager.FontManager.__version__}.json"
    cache.write_text('{"_version": "half', encoding="utf-8")
    assert project.run(MPLCONFIGDIR=str(fonts)).process.returncode == 0
    assert json.loads(cache.read_text(encoding="utf-8"))["ttflist"]
    work = project.reports / "work"
    (work / "r0/manifest.json").write_bytes((work / "r0/manifest.json").read_bytes()[:100])
    (work / "r1/manifest.json").write_bytes(b"\xff\x00" * 100)
    (work / "r2/results.csv").write_bytes((work / "r2/results.csv").read_bytes()[:100])
    (work / "_audience").write_bytes(b"\xff\x00")
    (work / "r4/small.en.ipynb").write_bytes(b"{")
    cache.write_text("[", encoding="utf-8")
    again = project.run(MPLCONFIGDIR=str(fonts))
    assert again.process.returncode == 0, again.told
    assert not again.has_traceback()
    assert project.published() == plain
    assert project.has_all()
    assert "0 made, 6 up to date, 0 failed" in project.run(MPLCONFIGDIR=str(fonts)).told[0]
