# SPDX-License-Identifier: Apache-2.0
"""The areas of the console, in the order of the work: the one list behind every menu.

And what the box on top of every page finds, for whom.
"""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from trueorigin.domain.tenancy import Permission


class Group(StrEnum):
    """What belongs together in the menu; named `console-menu-...` in the locale files."""

    GOODS = "goods"
    CODES = "codes"
    KNOWN = "known"
    CHAIN = "chain"
    OWN = "own"


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """One entry of the menu.

    `message` names its label in the locale files, `icon` its drawing in _icons.html. Without the
    `permission` it is not shown; None is shown to everybody who is signed in. Areas of one `group`
    follow one another.
    """

    path: str
    message: str
    icon: str
    permission: Permission | None = None
    group: Group | None = None
    # Whoever has this one does something else; the page is theirs all the same.
    unless: Permission | None = None


NAVIGATION: tuple[Area, ...] = (
    Area(path="/console", message="console-nav-home", icon="home"),
    Area(
        path="/console/products",
        message="console-nav-products",
        icon="product",
        permission=Permission.PRODUCT_READ,
        group=Group.GOODS,
    ),
    Area(
        path="/console/batches",
        message="console-nav-batches",
        icon="batch",
        permission=Permission.BATCH_READ,
        group=Group.GOODS,
    ),
    Area(
        path="/console/imports",
        message="console-imports",
        icon="import",
        permission=Permission.PRODUCT_WRITE,
        group=Group.GOODS,
    ),
    Area(
        path="/console/runs",
        message="console-nav-runs",
        icon="run",
        permission=Permission.RUN_READ,
        group=Group.CODES,
    ),
    Area(
        path="/console/jobs",
        message="console-nav-jobs",
        icon="file",
        permission=Permission.CODE_EXPORT,
        group=Group.CODES,
    ),
    Area(
        path="/console/advisor",
        message="console-nav-advisor",
        icon="label",
        permission=Permission.RUN_READ,
        group=Group.CODES,
    ),
    Area(
        path="/console/units",
        message="console-nav-units",
        icon="search",
        permission=Permission.EVENT_READ,
        group=Group.KNOWN,
    ),
    Area(
        path="/console/registry",
        message="console-nav-registry",
        icon="product",
        permission=Permission.REGISTRY_READ,
        group=Group.KNOWN,
    ),
    Area(
        path="/console/organisations",
        message="console-nav-organisations",
        icon="link",
        permission=Permission.ORGANISATION_VERIFY,
        group=Group.KNOWN,
    ),
    Area(
        path="/console/figures",
        message="console-nav-figures",
        icon="insight",
        permission=Permission.READING_READ,
        group=Group.KNOWN,
    ),
    Area(
        path="/console/recalls",
        message="console-nav-recalls",
        icon="recall",
        permission=Permission.RECALL_READ,
        group=Group.KNOWN,
    ),
    Area(
        path="/console/diversions",
        message="console-nav-diversions",
        icon="alert",
        permission=Permission.READING_READ,
        group=Group.KNOWN,
    ),
    Area(
        path="/console/findings",
        message="console-nav-findings",
        icon="done",
        permission=Permission.INSPECTION_READ,
        group=Group.KNOWN,
    ),
    Area(
        path="/console/goods",
        message="console-nav-goods",
        icon="product",
        permission=Permission.EVENT_READ,
        group=Group.CHAIN,
        unless=Permission.INSPECTION_WRITE,
    ),
    Area(
        path="/console/events",
        message="console-nav-events",
        icon="next",
        permission=Permission.EVENT_READ,
        group=Group.CHAIN,
    ),
    Area(
        path="/console/whereabouts",
        message="console-whereabouts",
        icon="map",
        permission=Permission.RUN_READ,
        group=Group.CHAIN,
    ),
    Area(
        path="/console/sites",
        message="console-nav-sites",
        icon="home",
        permission=Permission.SITE_READ,
        group=Group.CHAIN,
    ),
    Area(
        path="/console/territories",
        message="console-nav-territories",
        icon="language",
        permission=Permission.TERRITORY_READ,
        group=Group.CHAIN,
    ),
    Area(
        path="/console/partners",
        message="console-nav-partners",
        icon="link",
        permission=Permission.PARTNER_READ,
        group=Group.CHAIN,
    ),
    Area(
        path="/console/enterprise",
        message="console-nav-enterprise",
        icon="enterprise",
        permission=Permission.ORGANISATION_READ,
        group=Group.OWN,
    ),
    Area(
        path="/console/people",
        message="console-nav-people",
        icon="people",
        group=Group.OWN,
    ),
    Area(
        path="/console/devices",
        message="console-nav-devices",
        icon="device",
        permission=Permission.DEVICE_READ,
        group=Group.OWN,
    ),
    Area(
        path="/console/keys",
        message="console-nav-keys",
        icon="key",
        permission=Permission.KEY_WRITE,
        group=Group.OWN,
    ),
    Area(
        path="/console/audit",
        message="console-nav-audit",
        icon="clock",
        permission=Permission.AUDIT_READ,
        group=Group.OWN,
    ),
)


class Search(StrEnum):
    """What a reader can look for; worded as `console-search-for-...` in the locale files."""

    GOODS = "goods"
    REGISTRY = "registry"
    CODES = "codes"
    ORGANISATIONS = "organisations"


# The first that the reader may counts; whoever may none of them has nothing to look for.
_SEARCHES: Final = (
    (Permission.PRODUCT_READ, Search.GOODS),
    (Permission.REGISTRY_READ, Search.REGISTRY),
    (Permission.EVENT_READ, Search.CODES),
    (Permission.ORGANISATION_VERIFY, Search.ORGANISATIONS),
)


def find_search(permissions: Collection[Permission]) -> Search | None:
    """Return what a reader with these permissions can look for, or None."""
    return next((search for each, search in _SEARCHES if each in permissions), None)
