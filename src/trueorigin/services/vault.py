# SPDX-License-Identifier: Apache-2.0
"""The keys of one process: derived from the master key once, handed out by purpose.

The master key itself is forgotten at once; whoever reads this object's memory cannot recover it.
It reads no file and no database, and draws no randomness.
"""

from hashlib import blake2b
from uuid import UUID

from trueorigin.domain import keys
from trueorigin.domain.keys import Purpose
from trueorigin.domain.scans import Pseudonyms


class Vault:
    """Every key derived from one master key, each for a single purpose.

    `check` recognises the master key and is stored beside the data. `pseudonyms` names devices and
    networks, `browser_key` signs marks of known browsers, `confirm_key` references to scans,
    `file_key` the addresses of public files, and `decoy_key` is an epoch key of nobody: codes of
    unknown organisations are decrypted with it, so that they cost what others cost.
    """

    __slots__ = (
        "_sign_in_key",
        "_wrap_key",
        "browser_key",
        "check",
        "confirm_key",
        "decoy_key",
        "file_key",
        "pseudonyms",
    )

    def __init__(self, master: bytes) -> None:
        """Derive all keys from a 32-byte master key; about 0.1 ms."""
        self.check = keys.key_check_value(master)
        self.browser_key = keys.derive(master, Purpose.BROWSER)
        self.confirm_key = keys.derive(master, Purpose.CONFIRM)
        self.file_key = keys.derive(master, Purpose.FILE)
        self.pseudonyms = Pseudonyms(
            keys.derive(master, Purpose.DEVICE), keys.derive(master, Purpose.NETWORK)
        )
        self.decoy_key = keys.derive(master, Purpose.SERIAL)
        self._sign_in_key = keys.derive(master, Purpose.SIGN_IN)
        self._wrap_key = keys.derive(master, Purpose.WRAP)

    def wrap(self, key: bytes, *, organisation_id: UUID, epoch: int, nonce: bytes) -> bytes:
        """Encrypt an epoch key for storage; `nonce` is `keys.NONCE_BYTES` fresh random bytes."""
        context = _context(organisation_id, epoch)
        return keys.wrap(self._wrap_key, key, context=context, nonce=nonce)

    def unwrap(self, wrapped: bytes, *, organisation_id: UUID, epoch: int) -> bytes:
        """Decrypt an epoch key; refused with `master_key_wrong` if it is not this epoch's."""
        return keys.unwrap(self._wrap_key, wrapped, context=_context(organisation_id, epoch))

    def name_sign_in(self, kind: str, who: str) -> bytes:
        """Return the 16-byte pseudonym under which failures to sign in are counted.

        `kind` says what `who` is, such as "account" or "network"; an attacker with the database
        learns neither from it.
        """
        text = f"{kind}|{who}".encode("utf-8", "surrogatepass")
        return blake2b(text, key=self._sign_in_key, digest_size=16).digest()


def _context(organisation_id: UUID, epoch: int) -> bytes:
    return b"%s|%d" % (organisation_id.bytes, epoch)
