"""A gate before a data centre that hands out an older or newer app, as an update would."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler

import httpx
from tests.browsing import OpenServer
from tools.clerk import TRUST

_PASSED = ("content-type", "content-security-policy", "service-worker-allowed", "cache-control")


class Gate:
    """Passes requests on; `edition` is written into the app's version."""

    def __init__(self, base: str) -> None:
        self.base = base
        self.edition = "old"
        self.address = ""

    def answer(self, method: str, path: str, sent: dict[str, str], body: bytes) -> httpx.Response:
        kept = {
            name: value for name, value in sent.items() if name not in {"host", "accept-encoding"}
        }
        kept["accept-encoding"] = "identity"
        answer = httpx.request(
            method, self.base + path, headers=kept, content=body, timeout=60, verify=TRUST
        )
        if path in {"/field/worker.js", "/kiosk/worker.js"}:
            text = answer.text.replace('"version": "', f'"version": "{self.edition}-')
            return httpx.Response(answer.status_code, headers=answer.headers, text=text)
        if path in {"/field", "/kiosk"}:
            text = answer.text.replace('"version":"', f'"version":"{self.edition}-')
            return httpx.Response(answer.status_code, headers=answer.headers, text=text)
        return answer


@contextmanager
def standing_gate(base: str) -> Iterator[Gate]:
    """Stand before the data centre at `base`."""
    gate = Gate(base)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._pass(b"")

        def do_POST(self) -> None:
            self._pass(self.rfile.read(int(self.headers.get("content-length", 0))))

        def _pass(self, body: bytes) -> None:
            sent = {name.lower(): value for name, value in self.headers.items()}
            answer = gate.answer(self.command, self.path, sent, body)
            self.send_response(answer.status_code)
            for name in _PASSED:
                if name in answer.headers:
                    self.send_header(name, answer.headers[name])
            content = answer.content
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its parent's name
            pass

    server = OpenServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    gate.address = f"http://127.0.0.1:{server.server_port}"
    try:
        yield gate
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
