# SPDX-License-Identifier: Apache-2.0
"""Bring one reading from a request to `record_scans`: whose phone, which network, which channel.

The answer comes back after it is durable. A phone without cookie is given one with its answer.
"""

from collections.abc import Mapping

from starlette.types import Scope

from trueorigin.domain.digitallink import PrintedCode
from trueorigin.domain.errors import DomainError
from trueorigin.domain.ids import uuid7
from trueorigin.domain.records import record
from trueorigin.domain.scans import Channel, Reading, ScanOutcome
from trueorigin.domain.tenancy import Actor, Role
from trueorigin.domain.verdict import Verdict
from trueorigin.web.context import AppContext
from trueorigin.web.requests import (
    DEVICE_TOKEN_BYTES,
    client_network,
    find_device,
)

# Signed-in readers by their role; everybody else by the way the reading came.
_CHANNEL_OF_ROLE = {
    Role.MANUFACTURER: Channel.MANUFACTURER,
    Role.SELLER: Channel.SELLER,
    Role.LOGISTICS: Channel.LOGISTICS,
    Role.REGULATOR: Channel.REGULATOR,
    Role.KIOSK: Channel.KIOSK,
    Role.OPERATOR: Channel.REGULATOR,
}


@record
class Sender:
    """Who reads: a phone known by its token, or by the one its answer will bring; or an actor."""

    network: str
    device_token: bytes | None
    minted_token: bytes | None
    actor: Actor | None


def identify(
    context: AppContext, scope: Scope, cookies: Mapping[str, str], actor: Actor | None
) -> Sender:
    """Tell who sends a request; a consumer's phone without a token is minted one."""
    token = find_device(cookies)
    needs_token = token is None and actor is None
    return Sender(
        network=client_network(scope, context.trusted_proxies),
        device_token=token,
        minted_token=context.entropy(DEVICE_TOKEN_BYTES) if needs_token else None,
        actor=actor,
    )


def build_reading(
    context: AppContext, sender: Sender, code: PrintedCode, *, channel: Channel, is_confirmed: bool
) -> Reading:
    """Build the reading of `code` by `sender` at this instant."""
    at = context.clock()
    actor = sender.actor
    return Reading(
        code=code,
        at=at,
        id=uuid7(at, context.entropy(10)),
        channel=channel if actor is None else _CHANNEL_OF_ROLE[actor.role],
        device_token=sender.device_token,
        minted_token=sender.minted_token,
        network=sender.network,
        place=None if actor is None else actor.place,
        place_trusted=actor is not None and actor.place is not None,
        actor=actor,
        is_confirmed=is_confirmed,
    )


async def submit_reading(context: AppContext, reading: Reading) -> ScanOutcome:
    """Record a reading and return its outcome once it is durable.

    Refused with `too_many_unknown_codes` when the code was never issued and the network has
    tried too many such codes; it is counted all the same.
    """
    outcome = await context.coalescer.submit(reading)
    if outcome.verdict is Verdict.NOT_ISSUED and reading.actor is None:
        seconds = context.throttle.note_invented(reading.network, reading.at)
        if seconds is not None:
            raise DomainError("too_many_unknown_codes", seconds=seconds)
    return outcome
