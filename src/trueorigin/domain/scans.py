# SPDX-License-Identifier: Apache-2.0
"""Readings of codes: what comes in, what is answered, and which phone it was as far as we know.

Pure. A phone is known to one unit only: by a keyed pseudonym that nobody can link to another unit,
to a cookie or to an address. Nothing here judges a reading; see `verdict.py`.
"""

import base64
import binascii
import hmac
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from hashlib import blake2s
from struct import Struct
from uuid import UUID

from trueorigin.domain.catalog import Batch, Product, Run
from trueorigin.domain.digitallink import PrintedCode
from trueorigin.domain.disclosure import Disclosure
from trueorigin.domain.ids import DAY_US, to_microseconds
from trueorigin.domain.records import record
from trueorigin.domain.tenancy import Actor, Organisation, Role
from trueorigin.domain.verdict import Reason, Verdict

HOUR_MS = 3_600_000

# A phone asks for the confirmation while it draws the page; this covers a very slow network.
CONFIRM_TTL_S = 900


class Channel(IntEnum):
    """How a reading arrived, as stored; values never change."""

    PAGE = 1
    API = 2
    KIOSK = 3
    PHOTO = 4
    CLI = 5
    SELLER = 6
    LOGISTICS = 7
    REGULATOR = 8
    MANUFACTURER = 9


@record
class Reading:
    """One request to record a scan.

    `id` is a UUIDv7 made by the client or the edge; `at` is when it was read. `device_token` is
    the phone's cookie; `minted_token` the one its answer will carry if it sent none. `network` is
    a prefix, never an address. `place` is in the form of `risk.Place`; anything else is dropped.
    `is_confirmed` says that somebody looks at the answer: not for pages, which confirm later, nor
    for previews, prefetching and HEAD, which never do. `may_repeat` says that its client made the
    id and sends it again until it has an answer.
    """

    code: PrintedCode
    at: datetime
    id: UUID
    channel: Channel
    device_token: bytes | None
    minted_token: bytes | None
    network: str
    place: str | None
    place_trusted: bool
    actor: Actor | None
    is_confirmed: bool
    may_repeat: bool = False

    @property
    def is_public(self) -> bool:
        """Return whether a consumer made it: without credential, or at a public kiosk."""
        return self.actor is None or self.actor.role is Role.KIOSK


@record
class Evidence:
    """What is known of earlier readings; the one being answered is never part of it.

    `devices` counts every phone so far, `other_devices` leaves the reader's own out.
    """

    devices: int
    other_devices: int
    first_at: datetime | None
    first_place: str | None
    is_known_device: bool

    @property
    def is_first_reading(self) -> bool:
        """Return whether no phone was counted before."""
        return self.devices == 0


@record
class ScanUnit:
    """The unit a code names, and the catalogue entries it belongs to."""

    organisation: Organisation
    product: Product
    batch: Batch
    run: Run
    level: int
    index: int
    number: str
    unit_key: int


@record
class ScanOutcome:
    """The answer to one reading. `unit`, `evidence` and `scan_id` are None for invented codes.

    `counted` says that this reading counted a new device. `can_confirm` says that a confirmation
    by the reader may still do so. `life` is what everybody may know of the unit's; None where
    nothing ever happened to units of its run.
    """

    verdict: Verdict
    reasons: tuple[Reason, ...]
    unit: ScanUnit | None
    evidence: Evidence | None
    scan_id: UUID | None
    at: datetime
    counted: bool
    can_confirm: bool
    life: Disclosure | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmation:
    """Somebody looked at the page of a scan; `device_token` is the cookie that came with it."""

    unit_key: int
    scan_id: UUID
    device_token: bytes | None


@record
class Visit:
    """A network on one day (UTC), which is all that is known of a phone without cookie.

    `network` is its pseudonym, `who` what such a phone is named by.
    """

    network: int
    who: bytes


_UNIT = Struct(">Q")
_NAME = Struct(">q")


class Pseudonyms:
    """Makes pseudonyms of devices and networks: 64-bit keyed BLAKE2s, as signed integers.

    BLAKE2s takes a key itself (RFC 7693 section 2.9): 0.5 us a pseudonym from a copied state,
    HMAC-SHA256 takes 2.7 us, and readings need one or two. Thread-safe.
    """

    __slots__ = ("_device", "_network")

    def __init__(self, device_key: bytes, network_key: bytes) -> None:
        """Key both states once; they are only ever copied."""
        self._device = blake2s(key=device_key, digest_size=8, person=b"device")
        self._network = blake2s(key=network_key, digest_size=8, person=b"network")

    def name_phone(self, unit_key: int, token: bytes) -> int:
        """Name a phone by its cookie, for one unit."""
        return self._name_device(unit_key, b"dev" + token)

    def name_kiosk(self, unit_key: int, credential_id: UUID) -> int:
        """Name a public kiosk, for one unit."""
        return self._name_device(unit_key, b"kio" + credential_id.bytes)

    def name_visitor(self, unit_key: int, visit: Visit) -> int:
        """Name whoever has no cookie, for one unit, by network and day."""
        return self._name_device(unit_key, visit.who)

    def name_visit(self, network: str, at_us: int) -> Visit:
        """Name a network for one day (UTC), the same for all units: once for many readings."""
        who = b"%d|%b" % (at_us // DAY_US, network.encode())
        state = self._network.copy()
        state.update(who)
        return Visit(network=_NAME.unpack(state.digest())[0], who=b"net" + who)

    def name_reader(self, unit_key: int, reading: Reading, visit: Visit) -> int:
        """Name the device of a public reading; a phone without cookie by network and day."""
        if reading.actor is not None:
            return self.name_kiosk(unit_key, reading.actor.credential_id)
        if reading.device_token is not None:
            return self.name_phone(unit_key, reading.device_token)
        return self._name_device(unit_key, visit.who)

    def name_alias(self, unit_key: int, reading: Reading) -> int | None:
        """Name a phone without cookie by the token minted for it, under which it may return.

        Its second name, so that sending the token back later is not a new phone.
        """
        token = reading.minted_token
        if token is None or reading.device_token is not None or reading.actor is not None:
            return None
        return self.name_phone(unit_key, token)

    def _name_device(self, unit_key: int, who: bytes) -> int:
        state = self._device.copy()
        state.update(_UNIT.pack(unit_key) + who)
        name: int = _NAME.unpack(state.digest())[0]
        return name


# unit key | scan id | expiry (Unix seconds) | code over all before
_REFERENCE = Struct(">Q16sI12s")
_REFERENCE_MAC = 12
_REFERENCE_TEXT = 4 * -(-_REFERENCE.size // 3)


def build_reference(key: bytes, unit_key: int, scan_id: UUID, at: datetime) -> str:
    """Sign a reference to a scan for its page's confirmation: 54 characters, safe in a URL.

    It expires `CONFIRM_TTL_S` after `at` and says nothing the page does not.
    """
    expires = to_microseconds(at) // 1_000_000 + CONFIRM_TTL_S
    body = _REFERENCE.pack(unit_key, scan_id.bytes, expires, b"")[:-_REFERENCE_MAC]
    signed = body + _sign(key, body)
    return base64.urlsafe_b64encode(signed).rstrip(b"=").decode()


def parse_reference(key: bytes, text: str, at: datetime) -> tuple[int, UUID] | None:
    """Return (unit key, scan id) of a reference we signed that has not expired, or None."""
    if len(text) > _REFERENCE_TEXT or not text.isascii():
        return None
    try:
        signed = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except binascii.Error:
        return None
    if len(signed) != _REFERENCE.size:
        return None
    unit_key, scan_id, expires, mac = _REFERENCE.unpack(signed)
    if not hmac.compare_digest(mac, _sign(key, signed[:-_REFERENCE_MAC])):
        return None
    if expires * 1_000_000 < to_microseconds(at):
        return None
    return unit_key, UUID(bytes=scan_id)


def _sign(key: bytes, body: bytes) -> bytes:
    return blake2s(body, key=key, digest_size=_REFERENCE_MAC, person=b"confirm").digest()
