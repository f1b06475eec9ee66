"""Size of the index of 2,850 regions, and milliseconds to sort and filter it in headless Chromium.

Run as `bench/index.py [REGIONS]`. What the regions' runs would have left is invented here; no notebook is executed.
Times are from the click until the new order is painted: all regions are sorted, the first 25 are listed.
"""

import random
import sys
import tempfile
from pathlib import Path

from evalkit.project.evaluation import load
from evalkit.publishing.run import manifests, shared_parameters

ASSESSMENT, REGIONS, QUARTERS = "national", 2850, 28
INDICATORS = ("primary_visit_share", "county_visit_rate")
GOALS = ("met", "not_met", "behind", "near", "direction_met", "not_measured", "direction_unclear")
VERDICTS = ("supported", "uncertain", "uncertain", "cannot_judge")
PROVINCES = ("东省", "西省", "南省", "北省", "中省")
KINDS = ("county", "county", "county", "city", "zone")
PERIODS = [f"{2016 + i // 4}Q{i % 4 + 1}" for i in range(QUARTERS)]
# What is done to which element; resolves after the new order has been laid out.
TIMED = """async (given) => {
  const found = %s;
  const start = performance.now();
  %s;
  document.body.offsetHeight;
  await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  return performance.now() - start;
}"""
SORT = TIMED % ('document.querySelectorAll("#regions-table thead th")[given].querySelector("button")', "found.click()")
FILTER = TIMED % (
    'document.querySelectorAll("#find select")[given]',
    'found.value = found.options[1].value; found.dispatchEvent(new Event("change"))',
)
SEARCH = TIMED % (
    'document.querySelector("#find input")',
    'found.value = given; found.dispatchEvent(new Event("input"))',
)


def lay_out(root: Path, regions: int = REGIONS) -> None:
    """A project with one assessment, and the manifests and empty pages that a run of all its regions would leave."""
    draw = random.Random(1)
    names = [f"county-{i:04}" for i in range(1, regions + 1)]
    _write(root, "params/indicators.yml", _indicators())
    _write(root, f"params/assessments/{ASSESSMENT}.yml", _assessment())
    _write(root, f"data/{ASSESSMENT}/units.csv", _units(names, draw))
    _write(root, f"data/{ASSESSMENT}/sources.csv", "source,title_zh,standing\nplan,演示建设方案（虚构）,fictional\n")
    evaluation = load(ASSESSMENT, project=root)
    for i, name in enumerate(names):
        left = {key: {} for key in manifests.NEEDED} | {"results": "", "summary": _summary(draw)}
        left["shared"] = dict(shared_parameters.of(evaluation, name))
        files = manifests.files(evaluation, name, ("zh", "en"))
        left["frames"] = dict.fromkeys(files, shared_parameters.digest(evaluation, name))
        left["failed"] = "small (zh): ValueError" if i == 7 else ""
        if i != 9:  # one region's report has not been made yet
            manifests.write(evaluation, name, left)
            for file in (f"{name}/report.zh.html", f"{name}/report.en.html"):
                _write(root, f"reports/{ASSESSMENT}/site/{file}", "")
            for file in (f"{name}.xlsx", f"{name}.zh.docx", f"{name}.en.docx"):
                _write(root, f"reports/{ASSESSMENT}/site/downloads/{file}", "")


def _indicators() -> str:
    zh = dict(zip(INDICATORS, ("基层就诊率", "县域就诊率"), strict=True))
    en = dict(zip(INDICATORS, ("Primary-care share of visits", "In-county visit rate"), strict=True))
    return "".join(f"{one}: {{name: {{zh: {zh[one]}, en: {en[one]}}}, unit: percent}}\n" for one in INDICATORS)


def _assessment() -> str:
    title = "{zh: 全国县域医共体建设评估（演示）, en: National assessment (demonstration)}"
    chosen = f"{{primary: [{', '.join(INDICATORS)}]}}"
    return f"title: {title}\ndataset: {ASSESSMENT}\nregions: {{adopted: true}}\nindicators: {chosen}\n"


def _units(names: list[str], draw: random.Random) -> str:
    rows = [
        f"{name},演示县{i:04},Demo county {i:04},{draw.choice(KINDS)},{draw.choice(PROVINCES)},2019Q1"
        for i, name in enumerate(names, start=1)
    ]
    return "\n".join(["unit,name_zh,name_en,kind,province,adoption", *rows, ""])


def _summary(draw: random.Random) -> dict[str, object]:
    series = {}
    for one in INDICATORS:
        level = draw.uniform(40, 70)
        series[one] = [[period, round(level + i * 0.4 + draw.gauss(0, 1.5), 2)] for i, period in enumerate(PERIODS)]
    return {
        "goals": [[f"goal{i}", draw.choice(GOALS)] for i in range(10)],
        "effects": [[one, draw.choice(VERDICTS)] for one in INDICATORS],
        "simulated": True,
        "series": series,
        "latest": {one: series[one][-1] for one in INDICATORS},
        "targets": dict.fromkeys(INDICATORS, 65.0),
        "adoption": "2019Q1",
        "coverage": [draw.choice((7, 8)), 8],
    }


def _write(root: Path, file: str, text: str) -> None:
    path = root / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def main() -> None:
    import chromium  # here, as the tests import `lay_out` by this file's path

    from evalkit.project.evaluation import load
    from evalkit.publishing.site import index_page

    with tempfile.TemporaryDirectory() as folder, chromium.opened() as browser:
        root = Path(folder).resolve()
        lay_out(root, int(sys.argv[1]) if len(sys.argv) > 1 else REGIONS)
        index_page.write(load(ASSESSMENT, project=root))
        for lang in ("zh", "en"):
            page = browser.new_page(viewport={"width": 1280, "height": 900})
            path = root / f"reports/{ASSESSMENT}/site/index.{lang}.html"
            page.goto(path.as_uri())
            heads = page.locator("#regions-table thead th").all_inner_texts()
            page.wait_for_timeout(1000)  # the script prepares the orders while the page is idle
            print(f"{path.name}: {path.stat().st_size / 1e6:.2f} MB")
            for column in range(len(heads)):
                times = [page.evaluate(SORT, column) for _ in range(4)]
                print(f"  {'sort by ' + heads[column].strip(' ↕'):55} {max(times):6.0f} ms (worst of {len(times)})")
            times = [page.evaluate(SEARCH, text) for text in ("28", "2850", "")]
            print(f"  {'search':55} {max(times):6.0f} ms")
            times = [page.evaluate(FILTER, n) for n in range(page.locator("#find select").count())]
            print(f"  {'filter':55} {max(times):6.0f} ms")
            page.close()


if __name__ == "__main__":
    main()
