"""Seconds to import evalkit and to make each report of one assessment, on this machine, once."""

import subprocess
import sys
from pathlib import Path
from time import perf_counter

ROOT = Path(__file__).parents[1]
ASSESSMENT, JOBS = "demo-final-2022", "2"
SITE = ROOT / "reports" / ASSESSMENT / "site"


def seconds(*command: str) -> float:
    start = perf_counter()
    subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    return perf_counter() - start


def main() -> None:
    bare = seconds(sys.executable, "-c", "")
    imported = seconds(sys.executable, "-c", "import evalkit")
    print(f"import evalkit            {imported - bare:7.2f} s, beside {bare:.2f} s for Python itself")
    evalkit = str(Path(sys.executable).with_name("evalkit"))
    run = seconds(evalkit, "run", ASSESSMENT, "--force", "--jobs", JOBS)
    print(f"evalkit run {ASSESSMENT:13} {run:7.2f} s, {JOBS} jobs")
    if pages := len(list(SITE.glob("**/*.html"))):
        print(f"per page                  {run / pages:7.2f} s, {pages} pages")


if __name__ == "__main__":
    main()
