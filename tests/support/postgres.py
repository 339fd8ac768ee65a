"""A PostgreSQL server for one test run: Debian's own, in a scratch folder on loopback, gone afterwards.

Nothing in it survives a power cut (no fsync): it is fast because nobody will ever read it again. A `durable` one keeps
what it acknowledged, for tests that kill it.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path

import psycopg

FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")
MANY = ("max_connections=200",)


class PostgresServer:
    """`start()` makes and runs it, `url()` is the address of one of its databases, `stop()` removes it all."""

    def __init__(self, *, durable: bool = False) -> None:
        self._options = MANY if durable else (*FAST, *MANY)
        self._bin = _newest_bin()
        self.folder = Path(tempfile.mkdtemp(prefix="journey-pg-"))
        # A test run that is killed takes its server along.
        self._prefix = ["setpriv", "--pdeathsig", "QUIT"]
        if os.geteuid() == 0:
            # PostgreSQL refuses to run as root; Debian's package made this user for it.
            self._prefix += ["--reuid", "postgres", "--regid", "postgres", "--clear-groups"]
            shutil.chown(self.folder, "postgres", "postgres")
        self.port = _free_port()
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Blocks until the server answers. Raises `RuntimeError` with the server's log when it does not."""
        data = str(self.folder / "data")
        options = ["-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"]
        initdb = [*self._prefix, self._bin / "initdb", *options]
        done = subprocess.run(initdb, capture_output=True, cwd=self.folder)
        if done.returncode:
            raise RuntimeError((done.stdout + done.stderr).decode(errors="replace"))
        self.start_again()

    def kill(self) -> None:
        """As when the machine stops: nothing is written any more, the next start repairs what is there."""
        assert self._process is not None
        self._process.send_signal(signal.SIGQUIT)
        self._process.wait(timeout=20)

    def own(self, folder: Path) -> None:
        """Give a folder to the user that the server runs as."""
        if os.geteuid() == 0:
            shutil.chown(folder, "postgres", "postgres")

    def start_again(self) -> None:
        """The same databases on the same port."""
        data = str(self.folder / "data")
        log = (self.folder / "log").open("ab")
        options = [word for setting in self._options for word in ("-c", setting)]
        where = ["-h", "127.0.0.1", "-p", str(self.port), "-k", str(self.folder)]
        with log:
            self._process = subprocess.Popen(
                [*self._prefix, self._bin / "postgres", "-D", data, *where, *options],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=self.folder,
            )
        self._wait()

    def url(self, database: str = "postgres") -> str:
        return f"postgresql://postgres@127.0.0.1:{self.port}/{database}"

    def stop(self) -> None:
        if self._process is not None:
            self._process.send_signal(signal.SIGQUIT)  # immediate: there is nothing to save
            self._process.wait(timeout=20)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _wait(self) -> None:
        assert self._process is not None
        deadline = time.monotonic() + 30
        while True:
            try:
                psycopg.connect(self.url()).close()
                return
            except psycopg.OperationalError:
                if self._process.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError((self.folder / "log").read_text(errors="replace")) from None
                time.sleep(0.05)


def _newest_bin() -> Path:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]))
    if found:
        return found[-1].parent
    on_path = shutil.which("initdb")
    if on_path is None:
        raise RuntimeError("no PostgreSQL server on this machine: install Debian's package postgresql")
    return Path(on_path).resolve().parent


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
