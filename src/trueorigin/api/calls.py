# SPDX-License-Identifier: Apache-2.0
"""One request at the JSON surface: who calls, and the one transaction the call may open.

Endpoints say what to do inside `read` or `write`; commit, repetition and form of the answer are
settled here and nowhere else.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Final, TypeVar

from fastapi import Depends, Request, Response
from pydantic import BaseModel

from trueorigin.domain.errors import UnauthenticatedError
from trueorigin.domain.tenancy import Act, Actor, TenantScope
from trueorigin.services import access, idempotency
from trueorigin.services.idempotency import KeptAnswer, RepeatedRequest
from trueorigin.storage.database import Tx
from trueorigin.web.context import AppContext

T = TypeVar("T")

JSON: Final = "application/json"
REPLAYED_HEADER: Final = "Idempotency-Replayed"
CREATED: Final = 201


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A request that has passed the gate.

    `key` is its idempotency key, `digest` the hash of method, URL and body. `actor` is None only
    on routes that ask for no permission. `content` is the body where that is a file.
    """

    context: AppContext
    actor: Actor | None
    key: str | None
    digest: bytes
    request: Request
    content: bytes = b""

    def open_act(self) -> Act:
        """Bind the caller to the present instant; refused without a caller."""
        if self.actor is None:
            raise UnauthenticatedError("credential_missing")
        return access.open_act(self.actor, self.context.clock(), self.context.entropy)

    def read(self, look: Callable[[Tx, TenantScope], T]) -> T:
        """Run `look` in one read-only snapshot of the caller's organisation."""
        act = self.open_act()
        with self.context.database.read() as tx:
            return look(tx, act.scope)

    def write(self, do: Callable[[Tx, Act], T]) -> T:
        """Run `do` in one transaction, which is durable when this returns."""
        act = self.open_act()
        with self.context.database.write() as tx:
            return do(tx, act)

    def create(
        self,
        do: Callable[[Tx, Act], BaseModel],
        *,
        keep: Callable[[BaseModel], BaseModel] = lambda answer: answer,
    ) -> Response:
        """Run `do` once for each idempotency key and answer 201 with what it returns.

        The answer is kept in the transaction of the act itself, so there is never one without
        the other; of two requests at the same time the second waits for the first. `keep` makes
        the kept answer where the real one holds a secret.
        """
        act = self.open_act()
        with self.context.database.write() as tx:
            if self.key is None:
                return _answer(do(tx, act).model_dump_json(by_alias=True).encode(), CREATED)
            request = RepeatedRequest(
                key=self.key,
                route=f"{self.request.method} {self.request.url.path}",
                digest=self.digest,
            )
            kept = idempotency.claim_key(tx, act, request)
            if kept is not None:
                return _answer(kept.body, kept.status, {REPLAYED_HEADER: "true"})
            answer = do(tx, act)
            body = answer.model_dump_json(by_alias=True).encode()
            stored = keep(answer).model_dump_json(by_alias=True).encode()
            idempotency.keep_answer(tx, act, request, KeptAnswer(status=CREATED, body=stored))
        return _answer(body, CREATED)


def _answer(body: bytes, status: int, headers: dict[str, str] | None = None) -> Response:
    return Response(body, status, headers, media_type=JSON)


def current_call(request: Request) -> Call:
    """Return the call that the gate has prepared for `request`."""
    call: Call = request.state.call
    return call


async def _current_call(request: Request) -> Call:
    """Hand the call to an endpoint; async, because a plain function would cost a thread."""
    return current_call(request)


CallHere = Annotated[Call, Depends(_current_call)]
