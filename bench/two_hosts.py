"""A run on two hosts of which one is lost: network namespaces of this machine, with a shared project folder.

Run as root on Linux: `bench/two_hosts.py [COUNTIES]` (default 200). Host A runs the scheduler, a worker and
`evalkit run`, host B a worker. Once a quarter of the pages are made, the cable of B is pulled, then its processes are
killed. The results.csv must have the same bytes as that of a run of local processes.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from batch import ENVIRONMENT, SUITE, evalkit, project, regions_of

HOSTS = {"A": "10.77.0.1", "B": "10.77.0.2"}
PORT = 8786
SCHEDULER = f"tcp://{HOSTS['A']}:{PORT}"
LOST_AFTER = 0.25  # share of pages made
STARTED: list[subprocess.Popen[bytes]] = []
DASK = str(Path(sys.executable).with_name("dask"))


def name_of(host: str) -> str:
    """The network namespace of a host."""
    return f"evalkit-{host}"


@contextmanager
def network() -> Iterator[None]:
    """Two hosts that reach each other by one cable, and nothing else."""
    try:
        for host in HOSTS:
            _ip("netns", "add", name_of(host))
        _ip("link", "add", "ek-A", "netns", name_of("A"), "type", "veth", "peer", "ek-B", "netns", name_of("B"))
        for host, address in HOSTS.items():
            _ip("-n", name_of(host), "address", "add", f"{address}/24", "dev", f"ek-{host}")
            for device in (f"ek-{host}", "lo"):
                _ip("-n", name_of(host), "link", "set", device, "up")
        yield
    finally:
        for host in HOSTS:
            lose(host)
            subprocess.run(["ip", "netns", "delete", name_of(host)], check=False)
        for process in STARTED:
            process.wait()


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True)


def on(host: str, *command: str, **environment: str) -> subprocess.Popen[bytes]:
    """Start a command on a host."""
    words = ["ip", "netns", "exec", name_of(host), *command]
    STARTED.append(subprocess.Popen(words, env={**ENVIRONMENT, **environment}, stderr=subprocess.DEVNULL))
    return STARTED[-1]


def lose(host: str) -> int:
    """Kill all processes of a host; how many there were."""
    listed = subprocess.run(["ip", "netns", "pids", name_of(host)], capture_output=True, text=True, check=False)
    processes = [int(line) for line in listed.stdout.split()]
    for process in processes:
        os.kill(process, signal.SIGKILL)
    return len(processes)


def pages(root: Path) -> int:
    """How many pages are made so far."""
    return sum(1 for _ in (root / "reports/national").glob(f"work/*/{SUITE}.zh.ipynb"))


def clustered(root: Path, counties: int) -> float:
    """Seconds of a run on both hosts, of which B is lost on the way."""
    started = time.monotonic()
    on("A", DASK, "scheduler", "--host", HOSTS["A"], "--port", str(PORT), "--no-dashboard")
    for host, address in HOSTS.items():
        on(host, DASK, "worker", SCHEDULER, "--host", address, "--nthreads", "1", "--no-dashboard")
    command = [sys.executable, "-m", "evalkit", "run", "national", "--scheduler", SCHEDULER, "--project", str(root)]
    time.sleep(10)  # for the workers to register
    run = on("A", *command, EVALKIT_PROJECT=str(root))
    while run.poll() is None and pages(root) < LOST_AFTER * counties:
        time.sleep(0.5)
    made = pages(root)
    _ip("-n", name_of("B"), "link", "set", "ek-B", "down")
    print(f"host B lost with {lose('B')} processes after {made} of {counties} pages", flush=True)
    if status := run.wait():
        sys.exit(f"evalkit run ended with {status}")
    return time.monotonic() - started


def main() -> None:
    counties = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    with project(counties, SUITE) as root, tempfile.TemporaryDirectory(prefix="evalkit-bench-") as folder:
        alone = Path(folder) / "project"
        shutil.copytree(root, alone)
        with network():
            seconds = clustered(root, len(regions_of(root)))
        print(f"two hosts, one lost: {counties} counties in {seconds:.0f} s", flush=True)
        started = time.monotonic()
        evalkit(alone, "run", "national")
        print(f"this machine alone: {time.monotonic() - started:.0f} s")
        both = [(path / "reports/national/results.csv").read_bytes() for path in (root, alone)]
        print(f"results.csv: {len(both[0]):,} bytes, {'the same' if both[0] == both[1] else 'NOT the same'}")
        sys.exit(both[0] != both[1])


if __name__ == "__main__":
    main()
