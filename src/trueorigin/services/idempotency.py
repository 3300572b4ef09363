# SPDX-License-Identifier: Apache-2.0
"""Make a repeated request harmless: the first answer is kept with the act and given again.

Requests are the same when organisation, key, route and digest are; nothing compares by meaning.
"""

from dataclasses import dataclass

from trueorigin.domain.errors import ConflictError
from trueorigin.domain.tenancy import Act
from trueorigin.storage import idempotency as stored
from trueorigin.storage.database import Tx


@dataclass(frozen=True, slots=True, kw_only=True)
class RepeatedRequest:
    """What tells whether two requests are the same: `digest` covers method, URL and body."""

    key: str
    route: str
    digest: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptAnswer:
    """The status and the exact bytes of an answer."""

    status: int
    body: bytes


def claim_key(tx: Tx, act: Act, request: RepeatedRequest) -> KeptAnswer | None:
    """Take the key for this transaction and return None, or return the answer kept under it.

    Waits for another transaction that holds the same key. The same key with another request is
    refused with `idempotency_key_reused`.
    """
    if stored.reserve_key(tx, act.scope, request.key, request.route, request.digest, act.at):
        return None
    kept = stored.find_answer(tx, act.scope, request.key)
    if kept is None or (kept.route, kept.request_hash) != (request.route, request.digest):
        raise ConflictError("idempotency_key_reused", field="Idempotency-Key")
    return KeptAnswer(status=kept.status, body=kept.body)


def keep_answer(tx: Tx, act: Act, request: RepeatedRequest, answer: KeptAnswer) -> None:
    """Keep `answer` for repetitions of `request`, whose key this transaction holds."""
    stored.store_answer(tx, act.scope, request.key, answer.status, answer.body)
