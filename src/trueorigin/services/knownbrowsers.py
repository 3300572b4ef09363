# SPDX-License-Identifier: Apache-2.0
"""Known browsers: whoever has signed in from a browser before is not slowed down by strangers.

Says among whose failures an attempt counts, and writes what the browser is to keep; counting is the
business of `services/attempts.py`, letting somebody in that of `services/people.py`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from trueorigin.adapters import passwords
from trueorigin.domain.knownbrowsers import (
    MARK_NONCE_BYTES,
    Holder,
    add_mark,
    build_mark,
    find_mark,
)
from trueorigin.domain.people import (
    FREE_FAILURES_ACCOUNT,
    FREE_FAILURES_BROWSER,
    FREE_FAILURES_NETWORK,
    Person,
)
from trueorigin.services.attempts import forget_attempt, forget_failures
from trueorigin.services.vault import Vault
from trueorigin.storage.database import Tx

# An address nobody has is compared with marks, too, so that it costs what others cost.
_NOBODY: Final = Holder(person_id=UUID(int=0), password_hash=passwords.DECOY)


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """Whose failures an attempt counts among.

    `own` is the bucket of a known browser, with its `mark` and without `network`; or else that of
    the account beside that of the network.
    """

    own: bytes
    network: bytes | None
    mark: str | None

    @property
    def free(self) -> dict[bytes, int]:
        """Return for each bucket how many failures cost nothing."""
        if self.network is None:
            return {self.own: FREE_FAILURES_BROWSER}
        return {self.own: FREE_FAILURES_ACCOUNT, self.network: FREE_FAILURES_NETWORK}

    def restore(self, tx: Tx, at: datetime) -> None:
        """Take back what was counted for an attempt that succeeded.

        What strangers have tried elsewhere stays counted where somebody came from a known browser.
        """
        if self.network is None:
            forget_failures(tx, self.own, at)
        else:
            forget_attempt(tx, at, network=self.network, account=self.own)


def pick_allowance(
    vault: Vault,
    found: tuple[Person, str] | None,
    at: datetime,
    *,
    email: str,
    network: str,
    marks: str,
) -> Allowance:
    """Tell a browser that its person has signed in from since the last new password from others.

    `found` is the person behind `email` and the hash of their password. Somebody who may no longer
    sign in is known nowhere.
    """
    holder = _NOBODY
    if found is not None:
        holder = Holder(person_id=found[0].id, password_hash=found[1])
    mark = find_mark(vault.browser_key, holder, marks, at)
    if mark is not None and found is not None and found[0].disabled_at is None:
        return Allowance(own=vault.name_sign_in("browser", mark), network=None, mark=mark)
    return Allowance(
        own=vault.name_sign_in("account", email),
        network=vault.name_sign_in("network", network),
        mark=mark,
    )


def renew_marks(
    vault: Vault,
    holder: Holder,
    marks: str,
    *,
    instead_of: str | None,
    at: datetime,
    entropy: Callable[[int], bytes],
) -> str:
    """Return what a browser is to keep from which `holder` has just shown the right password."""
    nonce = entropy(MARK_NONCE_BYTES)
    mark = build_mark(vault.browser_key, holder, at=at, nonce=nonce)
    return add_mark(marks, mark, instead_of=instead_of)
