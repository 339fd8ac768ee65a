"""A small S3 on loopback: keeps objects in memory, and fails when it is told to."""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape


class FakeS3(ThreadingHTTPServer):
    """`objects` by bucket and key; `failing` is how many of the next requests get 503; `silent` answers nobody."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.objects: dict[str, tuple[bytes, datetime]] = {}
        self.failing = 0
        self.silent = 0.0
        self.asked = 0
        self.page = 2

    def handle_error(self, request: object, client_address: object) -> None:
        """Who went away no longer waits for an answer."""

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class Handler(BaseHTTPRequestHandler):
    server: FakeS3
    protocol_version = "HTTP/1.1"

    def _answer(self, status: int, body: bytes = b"", kind: str = "application/xml") -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _refused(self) -> bool:
        server = self.server
        server.asked += 1
        self.body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if server.silent:
            time.sleep(server.silent)
        if not self.headers.get("Authorization", "").startswith("AWS4-HMAC-SHA256 Credential=key-id/"):
            self._answer(403, b"<Error><Code>AccessDenied</Code></Error>")
            return True
        if server.failing:
            server.failing -= 1
            self._answer(503, b"<Error><Code>SlowDown</Code></Error>")
            return True
        return False

    def do_PUT(self) -> None:
        if not self._refused():
            self.server.objects[unquote(urlsplit(self.path).path)] = (self.body, datetime.now(UTC))
            self._answer(200)

    def do_DELETE(self) -> None:
        if not self._refused():
            self.server.objects.pop(unquote(urlsplit(self.path).path), None)
            self._answer(204)

    def do_GET(self) -> None:
        if self._refused():
            return
        where = urlsplit(self.path)
        asked = {name: values[0] for name, values in parse_qs(where.query).items()}
        if "list-type" in asked:
            self._answer(200, self._listing(unquote(where.path).rstrip("/"), asked))
        elif found := self.server.objects.get(unquote(where.path)):
            self._answer(200, found[0], "application/octet-stream")
        else:
            self._answer(404, b"<Error><Code>NoSuchKey</Code></Error>")

    def _listing(self, bucket: str, asked: dict[str, str]) -> bytes:
        start = f"{bucket}/{asked.get('prefix', '')}"
        keys = sorted(key for key in self.server.objects if key.startswith(start))
        keys = [key for key in keys if key > asked.get("continuation-token", "")]
        page, more = keys[: self.server.page], len(keys) > self.server.page
        entries = "".join(
            f"<Contents><Key>{escape(key.removeprefix(bucket + '/'))}</Key>"
            f"<LastModified>{self.server.objects[key][1]:%Y-%m-%dT%H:%M:%S.000Z}</LastModified>"
            f"<ETag>{hashlib.md5(self.server.objects[key][0]).hexdigest()}</ETag></Contents>"  # noqa: S324
            for key in page
        )
        token = f"<NextContinuationToken>{escape(page[-1])}</NextContinuationToken>" if more else ""
        text = f"<IsTruncated>{str(more).lower()}</IsTruncated>{token}{entries}"
        return f"<ListBucketResult>{text}</ListBucketResult>".encode()

    def log_message(self, *_words: object) -> None:
        return


@contextmanager
def fake_s3() -> Iterator[FakeS3]:
    with FakeS3() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()
