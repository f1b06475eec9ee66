"""Build the documentation as a site, in build/site/: `make docs-site`. It loads nothing from the network.

The pages are staged in build/docs/ in the folders in which they are kept, so that their links hold. Four kinds are made
here: the list of how-to pages, the Python reference (from docstrings), the executed tour, and the gallery of published
pages, each with a picture if Chromium is there.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
from inspect import ismodule
from pathlib import Path

import nbformat
from mkdocs.commands.build import build
from mkdocs.config import load_config
from nbconvert import MarkdownExporter

import evalkit

ROOT = Path(__file__).parents[2]
STAGED = ROOT / "build/docs"
PAGES = ("README*.md", "GLOSSARY.md", "CONTRIBUTING.md", "CHANGELOG.md", "data/README.md", "docs/**/*.md")
#: What tests/unit/test_examples.py runs them with.
EXAMPLES = """The examples use these names of the demonstration project:

```python
report = ek.report("demo-final-2022", "demo-city-b", "en")
finding = report.finding("county_visit_rate")
design, panel = finding.design, report.panel
```"""
GALLERY = {"demo-final-2022": "demo-city-b", "final-2022": "qionglai", "prop99": "california"}


def main() -> None:
    """Stage all pages, then build the site; a dead link stops it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--without-reports", action="store_true", help="no tour and no gallery: run no notebook")
    given = parser.parse_args()
    shutil.rmtree(STAGED, ignore_errors=True)
    for path in _pages():
        _write(path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8"))
    shutil.copytree(ROOT / "docs/pictures", STAGED / "docs/pictures")
    _write("docs/howto/README.md", _how_to())
    _write("docs/reference/api.md", _reference())
    if given.without_reports:
        _write("notebooks/start_here.md", "# The guided tour\n\nNot built: `--without-reports`.\n")
        _write("gallery.md", "# Gallery\n\nNot built: `--without-reports`.\n")
    else:
        _tour()
        _gallery()
    build(load_config(str(Path(__file__).with_name("mkdocs.yml")), strict=True))
    print(f"Open {ROOT / 'build/site/index.html'}")


def _pages() -> list[Path]:
    return [path for pattern in PAGES for path in sorted(ROOT.glob(pattern))]


def _write(name: str, text: str) -> None:
    """A staged page; links to folders lead to their first page, links to notebooks to the rendered ones."""
    text = re.sub(r"\]\(((?:\.\./)*docs/howto)/\)", r"](\1/README.md)", text)
    text = re.sub(r"\]\(((?:\.\./)*notebooks/start_here)\.ipynb\)", r"](\1.md)", text)
    path = STAGED / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def _how_to() -> str:
    pages = sorted((ROOT / "docs/howto").glob("*.md"))
    titles = {path.name: path.read_text(encoding="utf-8").partition("\n")[0].removeprefix("# ") for path in pages}
    return "# How-to\n\n" + "".join(f"- [{title}]({name})\n" for name, title in titles.items())


def _reference() -> str:
    """What `import evalkit as ek` offers."""
    offered = {name: getattr(evalkit, name) for name in dir(evalkit) if not name.startswith("_")}
    homes = sorted(
        (thing.__name__ if ismodule(thing) else f"{thing.__module__}.{thing.__name__}", name)
        for name, thing in offered.items()
    )
    parts = [f"::: {home}\n    options: {{heading: ek.{name}}}\n" for home, name in homes]
    return "# Python\n\n`import evalkit as ek`, then `ek.NAME`. " + EXAMPLES + "\n\n" + "\n".join(parts)


def _evalkit(*arguments: str) -> None:
    subprocess.run([sys.executable, "-m", "evalkit", *arguments], cwd=ROOT, check=True)


def _tour() -> None:
    """The tour, executed; its HTML outputs stay as they are."""
    executed = ROOT / "build/start_here.ipynb"
    command = [sys.executable, "-m", "papermill", "--log-level", "ERROR", "--no-progress-bar", "-k", "python3"]
    subprocess.run(
        [*command, "notebooks/start_here.ipynb", executed, "-r", "lang", "en"],
        cwd=ROOT,
        check=True,
        env={**os.environ, "EVALKIT_PROJECT": str(ROOT)},
    )
    notebook = nbformat.read(executed, nbformat.NO_CONVERT)
    for cell in notebook.cells:
        for output in cell.get("outputs", ()):
            if "text/html" in output.get("data", {}):
                output.data["text/markdown"] = f'<div class="evalkit-part">{output.data["text/html"]}</div>\n'
    text, resources = MarkdownExporter().from_notebook_node(notebook)
    _write("notebooks/start_here.md", text)
    for name, content in resources["outputs"].items():
        (STAGED / "notebooks" / name).write_bytes(content)


def _gallery() -> None:
    """Published pages of a few regions, as they are, and a picture of the first screen of each."""
    entries = []
    for assessment, region in GALLERY.items():
        _evalkit("run", assessment, region)
        site = ROOT / "reports" / assessment / "site"
        for lang in ("zh", "en"):
            page = site / region / f"report.{lang}.html"
            if page.is_file():
                target = STAGED / "gallery" / f"{assessment}-{region}.{lang}.html"
                target.parent.mkdir(exist_ok=True)
                shutil.copyfile(page, target)
                entries.append((f"{assessment}, {region}, {lang}", f"gallery/{target.name}"))
    pictures = _pictures([name for _, name in entries])
    lines = [
        "# Gallery · 报告样例",
        "",
        "Pages as `evalkit run` publishes them; names of demonstration regions are fictional.",
    ]
    for title, name in entries:
        shown = f"![First screen: {title}]({pictures[name]})" if name in pictures else title
        lines += ["", f"## {title}", "", f'<a href="{name}" markdown="span">{shown}</a>']
    _write("gallery.md", "\n".join([*lines, ""]))


def _pictures(names: list[str]) -> dict[str, str]:
    """The first screen of each staged page; none where there is no Chromium."""
    sys.path.append(str(ROOT / "bench"))
    import chromium

    pictures: dict[str, str] = {}
    try:
        with chromium.opened() as browser:
            for name in names:
                page = browser.new_page(viewport={"width": 1280, "height": 800})
                page.goto((STAGED / name).as_uri())
                pictures[name] = f"{name.removesuffix('.html')}.png"
                page.screenshot(path=STAGED / pictures[name])
                page.close()
    except SystemExit as error:
        print(f"no pictures in the gallery: {error}")
    return pictures


if __name__ == "__main__":
    main()
