# SPDX-License-Identifier: Apache-2.0
"""Hash passwords with Argon2id and check them, one after the other in one process.

The parameters are the second recommendation of RFC 9106 section 4: 3 passes over 64 MiB, 4 lanes;
about 0.2 s of work. Draws no randomness: the salt comes in.
"""

import threading
from typing import Final

from cryptography.exceptions import InvalidKey
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

SALT_BYTES: Final = 16
_PASSES: Final = 3
_LANES: Final = 4
_MEMORY_KIB: Final = 65_536
_HASH_BYTES: Final = 32
# Of two at once OpenSSL 3 gives one the other's threads: it waits for them for ever, or finds none
# left. One takes a tenth of a second on two cores, and many wait for each other rather than for
# memory.
_ONE: Final = threading.Lock()

_PARAMETERS: Final = f"$argon2id$v=19$m={_MEMORY_KIB},t={_PASSES},p={_LANES}$"
# Belongs to no password: checked where there is no account, so that it costs what others cost.
DECOY: Final = f"{_PARAMETERS}{'A' * 22}${'A' * 43}"


def hash_password(password: str, salt: bytes) -> str:
    """Return the hash of `password` in PHC string format; `salt` is `SALT_BYTES` fresh bytes."""
    if len(salt) != SALT_BYTES:
        raise ValueError(f"a salt has {SALT_BYTES} bytes, not {len(salt)}")
    with _ONE:
        kdf = Argon2id(
            salt=salt,
            length=_HASH_BYTES,
            iterations=_PASSES,
            lanes=_LANES,
            memory_cost=_MEMORY_KIB,
        )
        return kdf.derive_phc_encoded(_encode(password))


def is_password(password: str, stored: str) -> bool:
    """Tell whether `stored` is the hash of `password`."""
    with _ONE:
        try:
            Argon2id.verify_phc_encoded(_encode(password), stored)
        except InvalidKey:
            return False
    return True


def is_outdated(stored: str) -> bool:
    """Tell whether a hash was made with other parameters than are used now."""
    return not stored.startswith(_PARAMETERS)


def _encode(password: str) -> bytes:
    return password.encode("utf-8", "surrogatepass")
