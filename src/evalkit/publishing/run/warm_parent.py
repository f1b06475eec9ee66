"""The warm parent: a process with all imports done that forks kernels on request (Linux only).

Each notebook still gets its own fresh process; forking only saves the seconds of importing. Run as
`python -P -m evalkit.publishing.run.warm_parent SOCKET`. A request is one line of JSON on the socket; the answers are
the pid and, later, `exit STATUS`. A kernel ends when its client disconnects, or when this process's standard input
closes.

The run cache is loaded here once and shared by all kernels.
"""

import contextlib
import ctypes
import gc
import importlib
import json
import os
import selectors
import signal
import socket
import sys
from pathlib import Path
from typing import Any, NoReturn

import evalkit
from evalkit.files import run_cache, source_code

PRELOADED = (
    "ipykernel.debugger", "ipykernel.ipkernel", "ipykernel.kernelapp", "matplotlib_inline.backend_inline",
    "seaborn", "statsmodels.api", "statsmodels.formula.api",
    # Imported on first use.
    "diff_diff", "matplotlib.backends.backend_svg",
    "PIL.BmpImagePlugin", "PIL.GifImagePlugin", "PIL.JpegImagePlugin", "PIL.PngImagePlugin", "PIL.PpmImagePlugin",
    "pandas.core.methods.to_dict", "pandas.core.reshape.reshape",
    "pandas.io.formats.csvs", "pandas.io.formats.html", "pandas.io.formats.string",
    # Imported by a kernel while it starts.
    "IPython.core.completerlib", "IPython.core.magics.execution", "IPython.extensions.storemagic",
    "IPython.utils.wildcard", "faulthandler", "pdb", "psutil", "tornado.platform.asyncio", "zmq.utils.garbage",
)  # fmt: skip
PR_SET_PDEATHSIG = 1


def main(address: str) -> None:
    """Import, listen, and fork on request until standard input closes."""
    gc.disable()  # imports make many objects and no garbage
    preload()
    if run_cache.FILE in os.environ:
        run_cache.take(with_data=True)
    gc.collect()
    gc.freeze()  # keeps memory shared: the collector would write to, and so copy, every page
    gc.enable()
    server = _Server(address)
    Path(f"{address}.ready").touch()
    server.serve()


def preload() -> None:
    """Import what every notebook needs, and draw once so that fonts and styles are parsed.

    No thread may be left afterwards: a fork would copy its locks but not the thread.
    """
    # Must precede the import of matplotlib; otherwise inline figures of notebooks silently disappear.
    os.environ["MPLBACKEND"] = "module://matplotlib_inline.backend_inline"
    for name in PRELOADED:
        importlib.import_module(name)
    for name in dir(evalkit):
        getattr(evalkit, name)
    source_code.own_hash()
    import matplotlib.pyplot as plt

    from evalkit.reporting.elements import theme
    from evalkit.reporting.elements.charts import rendering, sheet
    from evalkit.reporting.language import words

    for language in words.LANGUAGES:
        words.catalogue(language)

    _draw("warm", "png")
    theme.use()
    for width in (sheet.WIDE, sheet.NARROW):
        rendering.svg(sheet.plot(width, 100, sheet.Margins())[0], "warm")
    sheet.letters.cache_clear()  # FreeType's objects are not made to be used across a fork
    plt.rcdefaults()  # give notebooks the matplotlib settings of a fresh process
    theme.use.cache_clear()


def _draw(text: str, kind: str) -> None:
    """Draw one figure, so that fonts are found and parsed."""
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(layout="constrained")
    axes.plot([0, 1], label=text)
    axes.legend(title=text)
    axes.set(title=text, xlabel=text, ylabel=text)
    figure.savefig(os.devnull, format=kind, bbox_inches="tight")
    plt.close(figure)


class _Server:
    """A single-threaded event loop for requests, ended children, and the end of standard input."""

    def __init__(self, address: str) -> None:
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(address)
        self.listener.listen(64)
        self.wake_read, self.wake_write = socket.socketpair()
        self.wake_write.setblocking(False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # the runner handles Ctrl-C
        signal.set_wakeup_fd(self.wake_write.fileno())
        self.children: dict[int, socket.socket] = {}
        self.selector = selectors.DefaultSelector()
        for source, handle in ((self.listener, self.accept), (self.wake_read, self.reap), (sys.stdin, self.end)):
            self.selector.register(source, selectors.EVENT_READ, handle)

    def serve(self) -> NoReturn:
        while True:
            for key, _ in self.selector.select():
                key.data(key.fileobj)

    def accept(self, _: Any) -> None:
        """Handle one fork request; drop it if the client disconnects or fork() fails."""
        connection, _address = self.listener.accept()
        try:
            with connection.makefile("r", encoding="utf-8") as lines:
                request = json.loads(lines.readline())
            pid = os.fork()
        except (OSError, ValueError):
            connection.close()
            return
        if pid == 0:
            self.become_kernel(request, connection)
        self.children[pid] = connection
        self.selector.register(connection, selectors.EVENT_READ, self.hang_up)
        with contextlib.suppress(OSError):  # the client may have disconnected: `hang_up` then ends the kernel
            connection.sendall(f"{pid}\n".encode())

    def hang_up(self, connection: socket.socket) -> None:
        """End the kernel of a client that has disconnected."""
        with contextlib.suppress(KeyError, ValueError):  # `reap` was called first, for the same kernel
            self.selector.unregister(connection)
        for pid in [pid for pid, owner in self.children.items() if owner is connection]:
            _kill(pid)

    def reap(self, _: Any) -> None:
        self.wake_read.recv(4096)
        while self.children:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                return
            connection = self.children.pop(pid)
            with contextlib.suppress(KeyError, ValueError):
                self.selector.unregister(connection)
            with contextlib.suppress(OSError):
                connection.sendall(f"exit {os.waitstatus_to_exitcode(status)}\n".encode())
            connection.close()

    def end(self, _: Any) -> NoReturn:
        for pid in self.children:
            _kill(pid)
        os._exit(0)

    def become_kernel(self, request: dict[str, Any], connection: socket.socket) -> NoReturn:
        """In the forked child: reset the parent's state and start an ordinary IPython kernel."""
        try:
            os.setsid()
            ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            signal.signal(signal.SIGINT, signal.default_int_handler)
            self.selector.close()
            for source in (self.listener, self.wake_read, self.wake_write, connection, *self.children.values()):
                source.close()
            os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
            os.environ.clear()
            os.environ.update(request["env"])
            os.chdir(request["cwd"])
            _reseed()
            _start(request["arguments"])
        except BaseException as error:
            print(f"kernel could not start: {error!r}", file=sys.stderr)
        finally:
            os._exit(0)


def _kill(pid: int) -> None:
    """End a child and its process group; a newly forked child may not lead a group yet."""
    for kill in (os.killpg, os.kill):
        with contextlib.suppress(ProcessLookupError):
            kill(pid, signal.SIGKILL)


def _reseed() -> None:
    """Reseed random generators: forked kernels would otherwise share one state."""
    import random

    import numpy as np

    random.seed()
    np.random.seed()


def _start(arguments: list[str]) -> None:
    from ipykernel.kernelapp import IPKernelApp

    app = IPKernelApp.instance(parent_handle=os.getppid())
    app.initialize(arguments)  # type: ignore[no-untyped-call]
    # The inline backend connects to a shell on import, and the parent had none.
    assert app.shell is not None
    app.shell.enable_matplotlib("inline")
    app.start()  # type: ignore[no-untyped-call]


if __name__ == "__main__":
    main(sys.argv[1])
