"""Kernels fork from a warm parent, share nothing, die with whoever asked, and start normally without one."""

import asyncio
import json
import os
import selectors
import signal
import socket
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from jupyter_client.manager import start_new_kernel

from evalkit.publishing.run import kernels, task, warm_parent

linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="forking kernels is for Linux only")


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with kernels.warm_parent() as found:
        assert found
        yield found


@pytest.fixture
def preloaded(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(kernels.ADDRESS, "")
    monkeypatch.setenv(kernels.CHOOSES, "")
    kernels.use(address)
    # jupyter_client reads its default provisioner once per process.
    monkeypatch.setattr("jupyter_client.provisioning.factory.KernelProvisionerFactory._instance", None)


def say(code: str) -> tuple[str, object]:
    """Run code in a new kernel; what it prints, and the process that ran it."""
    manager, client = start_new_kernel(kernel_name="python3", startup_timeout=60)
    told: list[str] = []
    try:
        client.execute_interactive(code, timeout=60, output_hook=lambda m: told.append(m["content"].get("text", "")))
        return "".join(told).strip(), manager.provisioner.process
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def is_gone(pid: int) -> bool:
    for _ in range(100):
        if not Path(f"/proc/{pid}").exists():
            return True
        time.sleep(0.05)
    return False


@linux
def test_a_kernel_is_forked_with_everything_imported(preloaded: None) -> None:
    told, process = say("import sys, os; print('statsmodels.api' in sys.modules, os.getpid() == os.getpgid(0))")
    assert told == "True True"
    assert isinstance(process, kernels.ForkedKernel)


@linux
def test_two_kernels_share_nothing(preloaded: None) -> None:
    imports = "import sys, os, random, matplotlib, numpy as np, evalkit as ek;"
    draw = "drawn = random.random(), float(np.random.rand());"  # before any seed, as a fork has its parent's state
    spoil = (
        f"{imports}{draw} random.seed(1); np.random.seed(1); os.environ['X'] = '1'; os.chdir('/');"
        "matplotlib.rcParams['font.size'] = 99; sys.modules['stain'] = sys; ek.words.use('en'); print(*drawn)"
    )
    look = (
        f"{imports}{draw} print('X' in os.environ, os.getcwd() == '/', matplotlib.rcParams['font.size'] == 99,"
        "'stain' in sys.modules, ek.words.language(), *drawn)"
    )
    first, _ = say(spoil)
    second, _ = say(look)
    *state, drawn, by_numpy = second.split()
    assert state == ["False", "False", "False", "False", "zh"]
    assert not {drawn, by_numpy} & set(first.split())


@linux
def test_a_kernel_draws_as_one_in_a_process_of_its_own(preloaded: None, monkeypatch: pytest.MonkeyPatch) -> None:
    code = (
        "import matplotlib.pyplot as plt; from IPython import get_ipython; figure, _ = plt.subplots();"
        "shown, _ = get_ipython().display_formatter.format(figure); plt.close(figure);"
        "style = {**plt.rcParams, 'backend': ''}; print(sorted(shown), sorted(style.items()))"  # it has two names
    )
    forked, process = say(code)
    monkeypatch.delenv(kernels.ADDRESS)
    usual, _ = say(code)
    assert isinstance(process, kernels.ForkedKernel)
    assert forked.startswith("['image/png', 'text/plain']")
    assert forked == usual


@linux
def test_a_kernel_goes_with_whoever_asked_for_it(preloaded: None) -> None:
    kernel = kernels.ForkedKernel(["-f", "/nowhere/connection.json"], dict(os.environ), None)
    alive = Path(f"/proc/{kernel.pid}").exists()
    kernel.close()
    assert alive
    assert is_gone(kernel.pid)


@linux
@pytest.mark.parametrize("asked", ["", '{"arguments', "whole"])
def test_whoever_goes_away_while_asking_takes_nobody_with_it(preloaded: None, asked: str) -> None:
    whole = json.dumps({"arguments": ["-f", "/nowhere/connection.json"], "env": dict(os.environ), "cwd": None}) + "\n"
    with socket.socket(socket.AF_UNIX) as killed:
        killed.connect(os.environ[kernels.ADDRESS])
        killed.sendall((whole if asked == "whole" else asked).encode())
    told, process = say("print(6 * 7)")
    assert told == "42"
    assert isinstance(process, kernels.ForkedKernel)


async def made_ready(signum: int) -> None:
    """A kernel starts as usual, and is sent a signal before anybody has asked it anything."""
    manager = kernels.PromptManager(kernel_name="python3")
    await manager.start_kernel()
    client = manager.client()
    client.start_channels()
    try:
        os.kill(manager.provisioner.pid, signum)
        await client.wait_for_ready(timeout=1)
    finally:
        client.stop_channels()
        await manager.shutdown_kernel(now=True)


@linux
@pytest.mark.parametrize(
    ("signum", "told"),
    [(signal.SIGKILL, "Kernel died before replying"), (signal.SIGSTOP, "Kernel didn't respond in 1 seconds")],
)
def test_a_kernel_that_never_answers_is_named_as_what_may_succeed_again(signum: int, told: str) -> None:
    with pytest.raises(RuntimeError, match=told) as failed:
        asyncio.run(made_ready(signum))
    assert any(known in str(failed.value) for known in task.PASSING)


@linux
def test_kernels_go_with_the_warm_parent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(kernels.ADDRESS, "")
    monkeypatch.setenv(kernels.CHOOSES, "")
    with kernels.warm_parent() as address:
        kernels.use(address)
        kernel = kernels.ForkedKernel(["-f", "/nowhere/connection.json"], dict(os.environ), None)
    assert is_gone(kernel.pid)
    kernel.close()


@linux
def test_nobody_waits_for_a_warm_parent_that_was_killed_before_it_was_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kernels, "START_SECONDS", float("inf"))
    with kernels.warm_parent() as address:
        os.kill(int(Path(f"{address}.pid").read_text(encoding="ascii")), signal.SIGKILL)
        assert not kernels._is_ready(str(address))


def test_without_a_warm_parent_a_kernel_starts_as_usual(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(kernels.ADDRESS, str(tmp_path / "nobody-listens"))
    monkeypatch.setenv(kernels.CHOOSES, kernels.NAME)
    monkeypatch.setattr("jupyter_client.provisioning.factory.KernelProvisionerFactory._instance", None)
    told, process = say("print(6 * 7)")
    assert told == "42"
    assert not isinstance(process, kernels.ForkedKernel)


@linux
def test_the_warm_parent_has_one_thread(address: str) -> None:
    kernels._is_ready(address)
    pids = [
        int(path.parent.name) for path in Path("/proc").glob("[0-9]*/cmdline") if address.encode() in path.read_bytes()
    ]
    assert [len(list(Path(f"/proc/{pid}/task").iterdir())) for pid in pids] == [1]


def test_a_kernel_that_ends_as_its_client_disconnects_ends_no_other() -> None:
    """Both events may come at once; the one that is handled second finds the connection closed."""
    server = object.__new__(warm_parent._Server)
    server.selector, server.children = selectors.DefaultSelector(), {}
    own, other = socket.socketpair()
    server.selector.register(own, selectors.EVENT_READ)
    other.close()
    server.selector.unregister(own)
    own.close()
    server.hang_up(own)
    assert list(server.selector.get_map()) == []
    server.selector.close()
