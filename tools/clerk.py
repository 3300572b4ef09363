# SPDX-License-Identifier: Apache-2.0
"""A person at the console of a running data centre, over HTTP only: for tests and benchmarks.

It knows a few forms by their fields; whatever it is refused ends it with the page's own words.
"""

import re
import ssl
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import httpx

EMAIL: Final = "alice@example.com"
PASSWORD: Final = "celadon spirit 1368"  # noqa: S105 - of somebody invented
PROGRAM: Final = Path(sys.executable).with_name("trueorigin")
# Each client of httpx would read this machine's certificates anew: longer work than many requests.
TRUST: Final = ssl.create_default_context()
_TOKEN: Final = re.compile(r'name="form_token"\s+value="([^"]+)"')
# Pages of work that goes on say so to their script.
_LIVE: Final = " data-live"
_LOOK_EVERY_S: Final = 0.5
# A form that judges a hundred thousand rows answers when it has.
_PATIENCE_S: Final = 300


class RefusedError(Exception):
    """The console answered with something else than what was expected."""


def hire(options: Sequence[str], organisation: str, email: str = EMAIL) -> None:
    """Let a person sign in for an organisation that exists, through the command line."""
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
        file.write(PASSWORD)
        file.flush()
        command = [
            *(str(PROGRAM), "person", "create", "--org", organisation, "--email", email),
            *("--password-file", file.name, *options),
        ]
        subprocess.run(command, check=True, capture_output=True)


@dataclass(slots=True)
class Clerk:
    """Somebody's browser; `base` is where the server listens. Close it, or use it in a block."""

    base: str
    http: httpx.Client = field(init=False)

    def __post_init__(self) -> None:
        """Open the browser."""
        headers = {"Origin": self.base, "Accept-Language": "en"}
        self.http = httpx.Client(
            base_url=self.base, headers=headers, timeout=_PATIENCE_S, verify=TRUST
        )

    def __enter__(self) -> Self:
        """Stay until the end of the block."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Leave."""
        self.http.close()

    def sign_in(self, email: str = EMAIL) -> None:
        """Sign in with `PASSWORD`."""
        self.post("/console/sign-in", {"email": email, "password": PASSWORD})

    def get(self, path: str) -> str:
        """Return a page or a download as text."""
        answer = self.http.get(path)
        if answer.status_code != httpx.codes.OK:
            raise RefusedError(f"{path}: {answer.status_code} {answer.text[:2000]}")
        return answer.text

    def post(
        self,
        path: str,
        data: Mapping[str, str],
        *,
        page: str | None = None,
        file: tuple[str, bytes] | None = None,
    ) -> str:
        """Send a form of `page`, by default at its own address; return where it leads."""
        answer = self.press(path, data, page=page, file=file)
        if answer.status_code != httpx.codes.SEE_OTHER:
            raise RefusedError(f"{path}: {answer.status_code} {answer.text[:4000]}")
        return answer.headers["location"].partition("?")[0]

    def press(
        self,
        path: str,
        data: Mapping[str, str] | None = None,
        *,
        page: str | None = None,
        file: tuple[str, bytes] | None = None,
    ) -> httpx.Response:
        """Send a form and return whatever comes back."""
        token = _TOKEN.search(self.get(page or path))
        if token is None:
            raise RefusedError(f"{page or path}: no form")
        files = None if file is None else {"file": file}
        return self.http.post(path, data={"form_token": token[1], **(data or {})}, files=files)

    def send_table(self, kind: str, name: str, content: bytes) -> str:
        """Send a table of products or batches and return the address of its report."""
        return self.post(
            "/console/imports", {"kind": kind}, file=(name, content), page="/console/imports"
        )

    def send_events(self, name: str, content: bytes) -> str:
        """Send a file of events and return the address of its answers."""
        return self.post("/console/uploads", {}, file=(name, content), page="/console/uploads")

    def take_over(self, path: str) -> None:
        """Press the button of an import that is right, once it is judged."""
        self.wait(path)
        self.post(f"{path}/confirm", {}, page=path)

    def order_labels(self, run_id: int, stop: int, **choices: str) -> str:
        """Order the labels of the first `stop` items as one PDF job; return its address."""
        values = {
            "level": "0",
            "from": "0",
            "to": str(stop - 1),
            "format": "pdf",
            "layout": "a4-24",
            "dpi": "300",
            "language": "zh",
        }
        return self.post(f"/console/runs/{run_id}/labels", {**values, **choices})

    def wait(self, path: str, seconds: float = _PATIENCE_S) -> str:
        """Look at the page of background work until it is over; return that page."""
        deadline = time.monotonic() + seconds
        while _LIVE in (text := self.get(path)):
            if time.monotonic() > deadline:
                raise RefusedError(f"{path} is not over: {text[:4000]}")
            time.sleep(_LOOK_EVERY_S)
        return text
