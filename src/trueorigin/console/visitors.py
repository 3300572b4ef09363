# SPDX-License-Identifier: Apache-2.0
"""Who looks at the console: the cookies, the form token bound to them, and the same-site check.

Two secrets exist, each 256 random bits in a cookie no script can read: that of a session, and
before it that of a guest, which only binds the sign-in form. Form tokens are made from them, so
nothing needs storing, and a token of another session is worth nothing. A third cookie says who has
signed in from this browser before: no secret that opens anything, see `domain/knownbrowsers.py`.
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from starlette.datastructures import Headers

from trueorigin.domain.errors import ForbiddenError
from trueorigin.domain.knownbrowsers import KNOWN_BROWSER_AGE_MAX
from trueorigin.domain.people import MembershipRole, Person, Session
from trueorigin.domain.tenancy import Act, Organisation

FORM_FIELD: Final = "form_token"
SECRET_BYTES: Final = 32
# The absolute life of a session, in seconds; the server's own limits are stricter.
SESSION_COOKIE_AGE_S: Final = 14 * 24 * 3600
_SECRET_TEXT_MAX: Final = 100
_TOKEN_PURPOSE: Final = b"console form token"
_SEAL_PURPOSE: Final = b"console flash"


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """A person behind a living session, and what this request does in their name."""

    person: Person
    session: Session
    role: MembershipRole
    organisation: Organisation
    act: Act

    @property
    def is_owner(self) -> bool:
        """Tell whether the person may do what members may not."""
        return self.role is MembershipRole.OWNER


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """Whoever sent a request; `secret` is that of the session, or else of the guest."""

    secret: str
    signed_in: SignedIn | None

    @property
    def form_token(self) -> str:
        """Return what every form of this visitor must send along."""
        return _digest(self.secret, _TOKEN_PURPOSE)

    def has_form_token(self, token: str) -> bool:
        """Tell whether `token` was made for this visitor, in time that tells nothing."""
        return hmac.compare_digest(self.form_token.encode(), token.encode("utf-8", "replace"))

    def seal(self, text: str) -> str:
        """Return a short proof that we gave `text` to this visitor."""
        return _digest(f"{self.secret}:{text}", _SEAL_PURPOSE)[:22]


def _digest(secret: str, purpose: bytes) -> str:
    mac = hmac.new(secret.encode("utf-8", "replace"), purpose, hashlib.sha256).digest()
    return base64.urlsafe_b64encode(mac).rstrip(b"=").decode()


def session_cookie_name(*, is_secure: bool) -> str:
    """Return the name of the session's cookie; `__Host-` needs https."""
    return "__Host-to_session" if is_secure else "to_session"


def guest_cookie_name(*, is_secure: bool) -> str:
    """Return the name of the guest's cookie."""
    return "__Host-to_guest" if is_secure else "to_guest"


def flash_cookie_name(*, is_secure: bool) -> str:
    """Return the name of the cookie that carries one sentence to the next page."""
    return "__Host-to_flash" if is_secure else "to_flash"


def known_cookie_name(*, is_secure: bool) -> str:
    """Return the name of the cookie that says who has signed in from this browser before."""
    return "__Host-to_known" if is_secure else "to_known"


def build_known_cookie(marks: str, *, is_secure: bool) -> str:
    """Write the `Set-Cookie` value of such marks; it outlives signing out."""
    age = int(KNOWN_BROWSER_AGE_MAX.total_seconds())
    return build_cookie(
        known_cookie_name(is_secure=is_secure), marks, max_age=age, is_secure=is_secure
    )


def build_guest_secret(entropy: bytes) -> str:
    """Write `SECRET_BYTES` random bytes as the text of a guest's cookie."""
    return base64.urlsafe_b64encode(entropy).rstrip(b"=").decode()


def find_secret(cookies: Mapping[str, str], name: str) -> str | None:
    """Return a secret from the cookies, or None where it is missing or cannot be ours."""
    value = cookies.get(name)
    return value if value and len(value) <= _SECRET_TEXT_MAX and value.isascii() else None


def build_cookie(name: str, value: str, *, max_age: int | None, is_secure: bool) -> str:
    """Write a `Set-Cookie` value for the whole host; `max_age` None lives as long as the browser.

    Lax, not Strict: a link in a mail must open the console signed in; forms have their own token.
    """
    age = "" if max_age is None else f"; Max-Age={max_age}"
    secure = "; Secure" if is_secure else ""
    return f"{name}={value}{age}; Path=/; HttpOnly; SameSite=Lax{secure}"


def require_same_site(headers: Headers, hosts: Collection[str]) -> None:
    """Refuse a form that another site's page sent, or one that does not say where it comes from.

    Browsers write both headers themselves, whatever the page wants. `Sec-Fetch-Site` is missing
    over plain http; then `Origin` must be the host that was asked, or one of our public ones.
    """
    site = headers.get("sec-fetch-site")
    if site is not None:
        if site == "same-origin":
            return
        raise ForbiddenError("form_foreign")
    origin = headers.get("origin")
    try:
        host = urlsplit(origin or "").netloc.lower()
    except ValueError:
        host = ""
    if not host or (host != headers.get("host", "").lower() and host not in hosts):
        raise ForbiddenError("form_foreign")


def encode_text(text: str) -> str:
    """Write any text so that it fits a cookie."""
    return base64.urlsafe_b64encode(text.encode()).rstrip(b"=").decode()


def decode_text(text: str) -> str | None:
    """Undo `encode_text`; None for what it never wrote."""
    try:
        padded = text + "=" * (-len(text) % 4)
        return base64.b64decode(padded, altchars=b"-_", validate=True).decode()
    except (binascii.Error, ValueError):
        return None
