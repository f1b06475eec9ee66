"""Preloaded kernels: a jupyter_client provisioner that has a warm parent fork kernels, with a normal start as fallback.

Registered by entry point as `evalkit-preloaded` and selected by `JUPYTER_DEFAULT_PROVISIONER_NAME`, so it works for
`evalkit run`, the papermill command and JupyterLab. Without a warm parent (other systems, none running, any error)
kernels start normally.
"""

import asyncio
import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from queue import Empty
from typing import Any

if sys.platform != "win32":
    import resource

from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning.local_provisioner import LocalProvisioner
from traitlets import default

from evalkit.publishing.run import safe_path

ADDRESS = "EVALKIT_WARM_PARENT"
CHOOSES = "JUPYTER_DEFAULT_PROVISIONER_NAME"
NAME = "evalkit-preloaded"
LAUNCHER = "ipykernel_launcher"
START_SECONDS, ANSWER_SECONDS, KILL_SECONDS = 60, 30, 1
PAUSE = 0.01  # seconds between polls
PRELOAD = "EVALKIT_PRELOAD"  # 0 disables forking, as on systems that cannot fork safely
MEMORY = "EVALKIT_KERNEL_MEMORY"  # memory limit of a kernel in GiB
# One numerical thread, and no warnings of an unused debugger.
ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "PYDEVD_DISABLE_FILE_VALIDATION": "1"}
# A fork copies a thread's locks but not the thread: no BLAS pool, and no background thread of Arrow's allocator.
NO_THREADS = {**ONE_THREAD, "JE_ARROW_MALLOC_CONF": "background_thread:false"}


class ForkedKernel:
    """The process interface that a provisioner needs; the kernel is a child of the warm parent, not of this process."""

    stdin = stdout = stderr = None

    def __init__(self, arguments: list[str], env: dict[str, str], cwd: str | None) -> None:
        self.returncode: int | None = None
        self._connection = socket.socket(socket.AF_UNIX)
        self._connection.settimeout(ANSWER_SECONDS)
        try:
            self._connection.connect(os.environ[ADDRESS])
            request = {"arguments": arguments, "env": env, "cwd": str(cwd or Path.cwd())}
            self._connection.sendall(json.dumps(request).encode() + b"\n")
            self.pid = int(self._connection.recv(64))
        except (OSError, ValueError):
            self.close()
            raise
        self._connection.setblocking(False)

    def close(self) -> None:
        """Close the connection: the warm parent then ends the kernel."""
        self._connection.close()

    def poll(self) -> int | None:
        """The exit status; None while the kernel runs."""
        if self.returncode is None:
            try:
                said = self._connection.recv(64).decode()
            except BlockingIOError:
                said = "" if _has_ended(self.pid) else "running"  # a warm parent that is stopped tells nothing
            if said != "running":
                self.returncode = int(said.split()[1]) if said.startswith("exit") else -signal.SIGKILL
        return self.returncode

    def wait(self) -> int:
        """Block until the kernel has ended."""
        while self.poll() is None:
            time.sleep(PAUSE)
        self.close()
        assert self.returncode is not None
        return self.returncode

    def send_signal(self, signum: int) -> None:
        """Signal the kernel."""
        os.kill(self.pid, signum)

    def kill(self) -> None:
        """End the kernel at once."""
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        """Ask the kernel to end."""
        self.send_signal(signal.SIGTERM)


class PreloadedProvisioner(LocalProvisioner):
    """Starts IPython kernels by fork if a warm parent listens, all others normally."""

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Fork if possible, else start normally. Sets the memory limit: beyond it, the kernel gets a MemoryError."""
        connection = await self._launch(cmd, **kwargs)
        if self.pid and os.environ.get(MEMORY) and sys.platform.startswith("linux"):
            most = int(float(os.environ[MEMORY]) * 2**30)
            with contextlib.suppress(ProcessLookupError):
                resource.prlimit(self.pid, resource.RLIMIT_DATA, (most, most))
        return connection

    async def _launch(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        if ADDRESS in os.environ and LAUNCHER in cmd:
            try:
                arguments = cmd[cmd.index(LAUNCHER) + 1 :]
                process = ForkedKernel(arguments, dict(kwargs.get("env") or os.environ), kwargs.get("cwd"))
            except (OSError, ValueError):
                return await super().launch_kernel(cmd, **kwargs)
            self.process = process  # type: ignore[assignment]  # has the part of Popen that LocalProvisioner uses
            self.pid = self.pgid = process.pid
            self.cwd = kwargs.get("cwd")
            return self.connection_info
        return await super().launch_kernel(cmd, **kwargs)

    async def kill(self, restart: bool = False) -> None:
        """End the kernel and wait for its end here: the kernel manager would poll only ten times a second."""
        await super().kill(restart)
        until = time.monotonic() + KILL_SECONDS
        while await self.poll() is None and time.monotonic() < until:
            await asyncio.sleep(PAUSE)


class PromptClient(AsyncKernelClient):
    """Considers a kernel ready once both channels respond; enough for nbclient, which ignores other clients' messages.

    The default client instead waits for 0.2 s of silence, and repeats this if the first message was missed.
    """

    async def wait_for_ready(self, timeout: float | None = None) -> None:
        """Send requests until a reply and a broadcast message arrive.

        Raises:
            RuntimeError: with the default client's messages, if the kernel dies or `timeout` seconds pass.
        """
        until = time.monotonic() + (timeout or float("inf"))
        while True:
            self.kernel_info()
            with contextlib.suppress(Empty):
                await self.shell_channel.get_msg(timeout=1)
                await self.iopub_channel.get_msg(timeout=PAUSE)
                return
            if not await self.is_alive():
                raise RuntimeError("Kernel died before replying to kernel_info")
            if time.monotonic() > until:
                raise RuntimeError(f"Kernel didn't respond in {timeout:.0f} seconds")


class PromptManager(AsyncKernelManager):
    """A kernel manager whose clients do not wait for silence."""

    @default("client_factory")
    def _prompt_client(self) -> type[PromptClient]:
        return PromptClient


def use(address: str | None) -> None:
    """In a worker: start kernels through this warm parent, once it is ready."""
    if sys.platform.startswith("linux"):
        os.environ[CHOOSES] = NAME  # the provisioner also sets the memory limit of kernels that are not forked
    if address and _is_ready(address):
        os.environ[ADDRESS] = address


@contextlib.contextmanager
def warm_parent() -> Iterator[str | None]:
    """Start a warm parent and yield its address; None if the system cannot fork safely, or if `PRELOAD` is 0."""
    if not sys.platform.startswith("linux") or os.environ.get(PRELOAD) == "0":
        yield None
        return
    with tempfile.TemporaryDirectory(prefix="evalkit-") as folder:
        address = f"{folder}/kernels"
        command = [sys.executable, "-P", "-m", "evalkit.publishing.run.warm_parent", address]
        # In its private folder: matplotlib reads settings from where it is started, and all kernels inherit them.
        environment = {**os.environ, **NO_THREADS, **safe_path.environment()}
        process = subprocess.Popen(command, stdin=subprocess.PIPE, env=environment, cwd=folder)
        Path(f"{address}.pid").write_text(str(process.pid), encoding="ascii")
        try:
            yield address
        finally:
            if process.stdin:
                process.stdin.close()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(ANSWER_SECONDS)
            process.kill()  # it is stopped
            process.wait()


def _is_ready(address: str) -> bool:
    """Wait until the warm parent has imported everything; False if it fails to start in time."""
    deadline = time.monotonic() + START_SECONDS
    while not Path(f"{address}.ready").exists():
        if time.monotonic() > deadline or _is_gone(address):
            return False
        time.sleep(0.02)
    return True


def _is_gone(address: str) -> bool:
    """Whether the warm parent has ended."""
    try:
        return _has_ended(int(Path(f"{address}.pid").read_text(encoding="ascii")))
    except (OSError, ValueError):
        return True


def _has_ended(pid: int) -> bool:
    """Whether a process has ended, even if its parent has not reaped it yet."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True
