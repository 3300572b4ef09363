"""Who did what, with names, filtered and paged, on both databases; every act has words."""

import ast
import re
from pathlib import Path

from tests.budgets import max_queries
from tests.factories import Cast, later, make_act, make_api_key
from tests.signing_in import join

import trueorigin.services
from trueorigin.domain.audit import ACTIONS, TrailFilter
from trueorigin.domain.catalog import LocalText
from trueorigin.domain.devices import Profile
from trueorigin.domain.territories import Area
from trueorigin.services import devices, partners, territories, trail
from trueorigin.services.access import LOCAL_CREDENTIAL
from trueorigin.services.accounts import verify_organisation
from trueorigin.services.devices import DeviceDraft
from trueorigin.services.territories import TerritoryDraft
from trueorigin.services.trail import ActorKind
from trueorigin.storage import accounts, audit
from trueorigin.storage.database import Database
from trueorigin.web.i18n import languages, translator

ALL = TrailFilter()
_ACTION = re.compile(r"[a-z_]+\.[a-z_]+")


def list_recorded() -> set[str]:
    """Return every action that a service names literally where it records it."""
    found = set()
    for path in Path(trueorigin.services.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "append_audit":
                found |= {
                    each.value
                    for each in ast.walk(node.args[2])
                    if isinstance(each, ast.Constant) and _ACTION.fullmatch(str(each.value))
                }
    return {str(each) for each in found}


def test_every_act_that_is_recorded_has_words_in_every_language() -> None:
    assert {"device.create", "person.change_role", "run.create"} <= list_recorded()
    assert list_recorded() <= set(ACTIONS)
    assert list(ACTIONS) == sorted(set(ACTIONS))
    for language in languages():
        text = translator(language)
        missing = [
            each
            for each in ACTIONS
            if not text.has(f"audit-{each.replace('.', '-').replace('_', '-')}")
        ]
        assert missing == []


def test_people_keys_and_devices_are_named(database: Database, cast: Cast) -> None:
    alice, organisation = join(database, cast.alice), cast.alice.organisation
    key = make_api_key(organisation, label="ERP")
    with database.write() as tx:
        accounts.append_api_key(tx, cast.alice.scope, key, b"k")
        draft = DeviceDraft(profile=Profile.PACKER, label="Line 2")
        device = devices.create_device(tx, make_act(organisation), draft).device
        for number, actor in enumerate((alice.id, key.id, device.id, LOCAL_CREDENTIAL)):
            act = make_act(organisation, at=later(minutes=number + 1))
            object.__setattr__(act.actor, "credential_id", actor)
            audit.append_audit(tx, act, "batch.update", str(cast.alice.batch.id), {})
    with database.read() as tx, max_queries(database, 6):
        lines = trail.list_newest(tx, cast.alice.scope, ALL, before=None, limit=4)
    assert [(each.actor.kind, each.actor.name) for each in lines] == [
        (ActorKind.INSTALLATION, ""),
        (ActorKind.DEVICE, "Line 2"),
        (ActorKind.KEY, "ERP"),
        (ActorKind.PERSON, "Alice"),
    ]
    assert {each.subject for each in lines} == {cast.alice.batch.lot}
    wanted = TrailFilter(action="batch.update", actor_id=key.id)
    with database.read() as tx:
        (line,) = trail.list_oldest(tx, cast.alice.scope, wanted, after=None, limit=9)
        assert line.actor.name == "ERP"
        kinds = {each.kind for each in trail.list_actors(tx, cast.alice.scope)}
    assert kinds == {ActorKind.PERSON, ActorKind.KEY, ActorKind.DEVICE}


def test_pages_and_the_whole_agree_and_others_see_nothing(database: Database, cast: Cast) -> None:
    with database.write() as tx:
        for number in range(5):
            act = make_act(cast.alice.organisation, at=later(minutes=number))
            audit.append_audit(tx, act, "run.release", str(number), {})
    scope = cast.alice.scope
    with database.read() as tx:
        first = trail.list_newest(tx, scope, ALL, before=None, limit=3)
        rest = trail.list_newest(tx, scope, ALL, before=first[-1].entry.id, limit=3)
        assert trail.list_newest(tx, cast.charlie.scope, ALL, before=None, limit=9) == []
        assert trail.list_actors(tx, cast.charlie.scope) == []
    assert [each.subject for each in (*first, *rest)] == ["4", "3", "2", "1", "0"]
    whole = [each for chunk in trail.read_whole(database, scope, ALL) for each in chunk]
    assert [each.subject for each in whole] == ["0", "1", "2", "3", "4"]


def test_what_is_called_something_elsewhere_is_not_named_here(
    database: Database, cast: Cast
) -> None:
    """Ids of another organisation in one's own trail do not tell what they are called there."""
    with database.write() as tx:
        act = make_act(cast.charlie.organisation)
        audit.append_audit(tx, act, "batch.update", str(cast.alice.batch.id), {})
        audit.append_audit(tx, act, "product.update", str(cast.alice.product.id), {})
    with database.read() as tx:
        lines = trail.list_newest(tx, cast.charlie.scope, ALL, before=None, limit=9)
    assert [each.subject for each in lines] == ["", ""]


def test_the_trail_says_whom_and_which_region(database: Database, cast: Cast) -> None:
    """A line that says only that somebody was verified or linked tells nobody anything."""
    own, other = cast.alice.organisation, cast.charlie.organisation
    region = TerritoryDraft(name=LocalText(zh="华东", en=None), areas=(Area(31.2, 121.5, 100),))
    with database.write() as tx:
        acts = iter([make_act(own, at=later(minutes=number)) for number in range(6)])
        partners.link_partner(tx, next(acts), other.prefix)
        partners.end_partnership(tx, next(acts), other.id)
        kept = territories.create_territory(tx, next(acts), region)
        territories.close_territory(tx, next(acts), kept.id)
        verify_organisation(tx, next(acts), other.id, is_verified=True)
        verify_organisation(tx, next(acts), other.id, is_verified=False)
    with database.read() as tx:
        lines = trail.list_newest(tx, cast.alice.scope, ALL, before=None, limit=6)
    assert [(each.entry.action, each.subject) for each in reversed(lines)] == [
        ("partner.link", other.name),
        ("partner.end", other.name),
        ("territory.create", "华东"),
        ("territory.close", "华东"),
        ("organisation.verify", other.name),
        ("organisation.unverify", other.name),
    ]
