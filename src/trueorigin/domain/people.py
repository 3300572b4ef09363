# SPDX-License-Identifier: Apache-2.0
"""People, what they are in an organisation, their sessions, and the rules of signing in.

Pure: says which password may be chosen, how long a session lives and how long to wait after
failures. Hashing is the business of `adapters/passwords.py`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Final
from uuid import UUID

from trueorigin.domain.errors import InvalidError
from trueorigin.domain.tenancy import Permission as May
from trueorigin.domain.texts import parse_text

# RFC 5321 sections 4.5.3.1.1 and 4.5.3.1.3, less the two brackets of a path.
EMAIL_LENGTH_MAX: Final = 254
_LOCAL_PART_MAX: Final = 64
PERSON_NAME_MAX: Final = 100
DEVICE_LABEL_MAX: Final = 120

PASSWORD_MIN: Final = 10
# Enough for every passphrase; more would only feed the hash function.
PASSWORD_MAX: Final = 128
# Fewer different characters than this are one key held down, or two in turn.
_SYMBOLS_MIN: Final = 4

SESSION_IDLE_MAX: Final = timedelta(hours=12)
SESSION_AGE_MAX: Final = timedelta(days=14)
# How old `seen_at` may get before it is written again: reading pages must not write each time.
TOUCH_AFTER: Final = timedelta(minutes=5)

# Failures that cost nothing: typing errors of one person; those of an office behind one address.
FREE_FAILURES_ACCOUNT: Final = 5
FREE_FAILURES_NETWORK: Final = 30
# Typing errors of one person again, in a browser they have signed in from before.
FREE_FAILURES_BROWSER: Final = 5
# Any longer, and strangers could keep somebody out of the own account for good.
DELAY_MAX: Final = timedelta(minutes=15)
# Failures are forgotten a day after the first of them.
FAILURE_MEMORY: Final = timedelta(days=1)

_EMAIL: Final = re.compile(
    r"[^\s@\"(),:;<>\[\\\]]+@[^\s@.\"(),:;<>\[\\\]]+(?:\.[^\s@.\"(),:;<>\[\\\]]+)*"
)
_LANGUAGE: Final = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,2}")

# The commonest passwords of ten and more characters in published leaks, in lower case; shorter
# ones fail by their length. Kept small: the throttle stops whoever has to try more.
_COMMON: Final = """
    0123456789 0987654321 1029384756 1111111111 1122334455 11223344556677 1123581321 1231231234
    123123123a 123123123123 1234512345 12345123451 123454321a 1234554321 123456123456 12345654321
    123456654321 1234567890 12345678900 12345678901 123456789012 1234567890a 1234567890q
    1234567891 12345678910 123456789a 123456789aa 123456789abc 123456789asd 123456789q
    123456789qq 123456789qwe 123456789s 123456789z 123456abcd 123456qwerty 1234qwerasdf 1314520520
    1357924680 147258369a 1472583690 1478963250 147896325a 1qaz2wsx3edc 1qaz2wsx3edc4rfv
    1q2w3e4r5t 1q2w3e4r5t6y 1q2w3e4r5t6y7u8i 3141592653 3141592654 5201314520 5201314520a
    7758521521 9876543210 987654321a a123456789 a1234567890 a1b2c3d4e5 a5201314520 aa12345678
    aa123456789 abc1234567 abc12345678 abc123456789 abcd123456 abcd1234567 abcd12345678 abcde12345
    abcdefghij abcdefghijk abcdefghijkl adminadmin administrator alexander1 asd123456789
    asdasdasd1 asdasdasdasd asdf123456 asdfasdfasdf asdfghjkl1 asdfghjkl; asdfghjkl123
    bismillah1 changeme12 changeme123 charlie123 chocolate1 christina1 elizabeth1 football123
    freedom123 helloworld iloveyou12 iloveyou123 iloveyou2a iloveyou520 jennifer123 letmein123
    liverpool1 manchester manchesterunited michael123 microsoft1 mypassword newpassword
    p@ssw0rd12 p@ssw0rd123 p@ssword123 pa55word123 pass123456 passw0rd12 passw0rd123 password00
    password01 password10 password11 password12 password123 password1234 password12345
    password123456 password21 password22 password99 passwordpassword princess12 princess123
    q123456789 q1w2e3r4t5 q1w2e3r4t5y6 qazwsx1234 qazwsx123456 qazwsxedc1 qazwsxedc123
    qazwsxedcrfv qq12345678 qq123456789 qq5201314520 qwe123456789 qwe1234567 qweasdzxc1
    qweasdzxc123 qweqweqwe1 qwer123456 qwer12345678 qwerasdfzxcv qwert12345 qwertasdfg
    qwerty1234 qwerty12345 qwerty123456 qwertyuiop qwertyuiop1 qwertyuiop123 qwertyuiop[]
    superman123 test123456 trueorigin trustno1trustno1 user123456 w123456789 wang123456
    welcome123 welcome1234 woaini1314 woaini1314520 woaini5201314 woaini520520 woaini521521
    woaiwojia1 yang123456 z123456789 zhang123456 zxc123456789 zxcvbnm123 zxcvbnm1234
    zxcvbnm12345 zxcvbnmasdfghjkl zzzzzzzzzz
"""
COMMON_PASSWORDS: Final = frozenset(_COMMON.split())


class MembershipRole(StrEnum):
    """What a person is in an organisation; `MEMBERSHIP_PERMISSIONS` says what that allows."""

    # Everything, and alone: people and their rights, devices, keys, the trail of who did what, how
    # often codes may be downloaded.
    OWNER = "owner"
    QUALITY = "quality"
    PRODUCTION = "production"
    PACKER = "packer"
    LOGISTICS = "logistics"
    SALES = "sales"
    INSPECTOR = "inspector"
    READ_ONLY = "read_only"
    # All everyday work: what everybody but owners was before there were the others.
    MEMBER = "member"


_EVERYTHING: Final = frozenset(May)
_READING: Final = frozenset(each for each in May if each.value.endswith(":read"))
_LOOKING: Final = _READING - {May.AUDIT_READ}
# What anybody has to see who has goods in hand.
_GOODS: Final = frozenset(
    {
        May.BATCH_READ,
        May.EVENT_READ,
        May.EVENT_WRITE,
        May.FILE_READ,
        May.ORGANISATION_READ,
        May.PARTNER_READ,
        May.PRODUCT_READ,
        May.RECALL_READ,
        May.RUN_READ,
        May.SITE_READ,
    }
)

# Each as far as the organisation's own role allows it: see `ROLE_PERMISSIONS`.
MEMBERSHIP_PERMISSIONS: Final[Mapping[MembershipRole, frozenset[May]]] = MappingProxyType(
    {
        MembershipRole.OWNER: _EVERYTHING,
        MembershipRole.QUALITY: _LOOKING
        | {
            May.BATCH_WRITE,
            May.FILE_WRITE,
            May.INSPECTION_ANSWER,
            May.READING_EXPORT,
            May.RECALL_WRITE,
            May.RUN_RELEASE,
        },
        MembershipRole.PRODUCTION: _GOODS
        | {
            May.BATCH_WRITE,
            May.CODE_EXPORT,
            May.DEVICE_READ,
            May.FILE_WRITE,
            May.PRODUCT_WRITE,
            May.READING_READ,
            May.RUN_WRITE,
        },
        MembershipRole.PACKER: _GOODS,
        MembershipRole.LOGISTICS: _GOODS | {May.PARTNER_WRITE, May.SITE_WRITE},
        MembershipRole.SALES: _GOODS
        | {
            May.PARTNER_WRITE,
            May.READING_READ,
            May.SITE_WRITE,
            May.TERRITORY_READ,
            May.TERRITORY_WRITE,
        },
        MembershipRole.INSPECTOR: _LOOKING
        | {May.EVENT_WRITE, May.FILE_WRITE, May.INSPECTION_WRITE},
        MembershipRole.READ_ONLY: _LOOKING,
        MembershipRole.MEMBER: _EVERYTHING - {May.AUDIT_READ},
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody who can sign in; `email` is folded. `language` None follows the browser."""

    id: UUID
    email: str
    name: str
    language: str | None
    created_at: datetime
    disabled_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Membership:
    """That a person acts for an organisation, and as what."""

    person_id: UUID
    organisation_id: UUID
    role: MembershipRole
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One sign-in of a person on one device, acting for one organisation."""

    id: UUID
    person_id: UUID
    organisation_id: UUID
    created_at: datetime
    seen_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    device_label: str

    def is_living(self, at: datetime) -> bool:
        """Tell whether the session is good at `at`: not ended, not too old, not left alone."""
        return (
            self.revoked_at is None
            and at < self.expires_at
            and at - self.seen_at < SESSION_IDLE_MAX
        )


def fold_email(text: str, *, field: str = "email") -> str:
    """Return an e-mail address in the one spelling it is stored in, or refuse it.

    Case is folded on both sides of the @: no mail service in use tells two people apart by it.
    """
    folded = parse_text(text, field=field, length_max=EMAIL_LENGTH_MAX).casefold()
    local = folded.partition("@")[0]
    if not _EMAIL.fullmatch(folded) or len(local) > _LOCAL_PART_MAX:
        raise InvalidError("email_malformed", field=field)
    return folded


def check_password(password: str, email: str, *, field: str = "password") -> None:
    """Refuse a password that is too short, too long, or among the first that anybody would try.

    `email` is folded. No character class is demanded: that gives no strength (NIST SP 800-63B
    section 3.1.1.2).
    """
    if len(password) < PASSWORD_MIN:
        raise InvalidError("password_too_short", field=field, min=PASSWORD_MIN)
    if len(password) > PASSWORD_MAX:
        raise InvalidError("password_too_long", field=field, max=PASSWORD_MAX)
    folded = password.casefold().strip()
    if folded in {email, email.partition("@")[0]}:
        raise InvalidError("password_is_email", field=field)
    if folded in COMMON_PASSWORDS or len(set(folded)) < _SYMBOLS_MIN:
        raise InvalidError("password_common", field=field)


def check_language(tag: str, *, field: str = "language") -> str:
    """Return a language tag of the form `zh` or `zh-Hant` unchanged, or refuse it."""
    if not _LANGUAGE.fullmatch(tag):
        raise InvalidError("language_unknown", field=field)
    return tag


def delay_after(failures: int, *, free: int) -> timedelta:
    """Return how long to wait after so many failures: 2 s after `free` of them, then doubling."""
    beyond = failures - free
    if beyond < 0:
        return timedelta(0)
    # 2**10 s is more than the longest delay already; the bound keeps the number small.
    return min(timedelta(seconds=2 ** (min(beyond, 10) + 1)), DELAY_MAX)
