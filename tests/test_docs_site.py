"""The documentation as a site: built without network, no dead link, nothing loaded from elsewhere."""

import re
import shutil
import subprocess
import sys
from pathlib import Path
from urllib.parse import unquote

import pytest
from bs4 import BeautifulSoup

import evalkit

ROOT = Path(__file__).parents[1]
SOURCES = ("docs", "src", "data/README.md", *(path.name for path in ROOT.glob("*.md")))


def test_the_chinese_tutorial_has_the_steps_and_commands_of_the_english_one():
    texts = [(ROOT / f"docs/tutorial{lang}.md").read_text(encoding="utf-8") for lang in ("", ".zh")]
    english, chinese = (re.findall(r"^(#+) ", text, re.MULTILINE) for text in texts)
    assert english == chinese
    blocks = [re.findall(r"^```\w*\n(.*?)^```", text, re.DOTALL | re.MULTILINE) for text in texts]
    commands = [[re.sub(r" *#.*", "", block) for block in each] for each in blocks]
    assert commands[0] == commands[1] != []


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Path:
    """A copy of what the site is made of, built in a process that has no network where that can be arranged."""
    root = tmp_path_factory.mktemp("docs-site")
    for name in (
        "docs",
        "data/README.md",
        "src",
        "README.md",
        "README.zh.md",
        "GLOSSARY.md",
        "CONTRIBUTING.md",
        "CHANGELOG.md",
    ):
        source, target = ROOT / name, root / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copytree(source, target) if source.is_dir() else shutil.copyfile(source, target)
    offline = ["unshare", "--net", "--map-root-user"]
    alone = (
        subprocess.run([*offline, "true"], capture_output=True).returncode == 0 if shutil.which("unshare") else False
    )
    command = [*(offline if alone else []), sys.executable, "docs/site/build.py", "--without-reports"]
    built = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stdout + built.stderr
    return root / "build/site"


@pytest.mark.slow
def test_no_link_is_dead_and_nothing_is_loaded_from_elsewhere(site):
    pages = {path: BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser") for path in site.rglob("*.html")}
    names = {path: {tag["id"] for tag in page.find_all(id=True)} for path, page in pages.items()}
    assert len(pages) > 25
    dead, loaded = [], []
    for path, page in pages.items():
        loaded += [
            tag
            for tag in page.find_all(["script", "img", "link", "iframe"])
            if "//" in tag.get("src", tag.get("href", ""))
        ]
        for link in page.find_all("a", href=True):
            address, _, anchor = unquote(link["href"]).partition("#")
            if re.match(r"\w+:", address):
                continue
            target = (path.parent / address).resolve() if address else path
            target = target / "index.html" if target.is_dir() else target
            if not target.is_file() or (anchor and target in names and anchor not in names[target]):
                dead.append((path.relative_to(site).as_posix(), link["href"]))
    assert [tag for tag in loaded if tag.get("rel") != ["canonical"]] == []
    assert [one for one in dead if one[0] != "404.html"] == []


@pytest.mark.slow
def test_the_reference_shows_what_the_door_offers_with_its_examples(site):
    page = BeautifulSoup((site / "docs/reference/api.html").read_text(encoding="utf-8"), "html.parser")
    headings = {heading.get_text().strip(" ¶\n") for heading in page.find_all("h2")}
    assert headings == {f"ek.{name}" for name in dir(evalkit) if not name.startswith("_")}
    assert "did.att(design.with_(transition=2" in page.get_text().replace("\n", "")
