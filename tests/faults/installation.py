"""An installation as an operator runs it: processes of the real commands on loopback, which a test may kill."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import httpx2

from tests.outbox.fake_twilio import ACCOUNT, SECRET

PATIENCE = 90.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_until(what: str, happened: object, patience: float = PATIENCE) -> None:
    """Until the callable says yes; an AssertionError names what never happened."""
    deadline = time.monotonic() + patience
    while not happened():  # type: ignore[operator]
        assert time.monotonic() < deadline, f"{what}: not within {patience:.0f} seconds"
        time.sleep(0.1)


@dataclass
class Installation:
    """`web` and `worker` are started, killed and started again on the same database, folder and port."""

    folder: Path
    database_url: str
    gateway: str
    more: Mapping[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def uploads(self) -> Path:
        return self.folder / "uploads"

    @property
    def environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("JOURNEY_")}
        return {
            **kept,
            "JOURNEY_DATABASE_URL": self.database_url,
            "JOURNEY_UPLOADS": str(self.uploads),
            "JOURNEY_GATEWAY": "twilio",
            "JOURNEY_TWILIO_ACCOUNT_SID": ACCOUNT,
            "JOURNEY_TWILIO_AUTH_TOKEN": SECRET,
            "JOURNEY_TWILIO_FROM": "+3197010000000",
            "JOURNEY_TWILIO_API_URL": self.gateway,
            **self.more,
        }

    def command(self, *words: str) -> subprocess.Popen[bytes]:
        """The real command; its words go to a log beside the database."""
        with (self.folder / f"{words[0]}.log").open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "journey", *words],
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def start_web(self) -> None:
        self.running["serve"] = self.command("serve", "--port", str(self.port), "--no-worker")
        wait_until("the web process answers", self.is_ready)

    def start_worker(self) -> None:
        self.running["worker"] = self.command("worker")

    def kill(self, name: str, number: int = signal.SIGKILL) -> None:
        process = self.running.pop(name)
        os.killpg(process.pid, number)
        process.wait(timeout=PATIENCE)

    def stop(self) -> None:
        for name in list(self.running):
            self.kill(name)

    def is_ready(self) -> bool:
        try:
            return httpx2.get(f"{self.address}/health/ready", timeout=5).status_code == 200
        except httpx2.HTTPError:
            return False

    def log(self, name: str) -> str:
        path = self.folder / f"{name}.log"
        return path.read_text(errors="replace") if path.exists() else ""
