# SPDX-License-Identifier: Apache-2.0
"""Turn what a batch of events says into units, sites and partners that exist, or refuse it.

Row by row: a wrong one does not stop the others. What a recorder must not know of is not found.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, timedelta
from itertools import pairwise
from typing import Final, NamedTuple, TypeAlias
from uuid import UUID

from trueorigin.domain.catalog import Run
from trueorigin.domain.digitallink import PrintedCode
from trueorigin.domain.errors import DomainError, ForbiddenError, InvalidError, NotFoundError
from trueorigin.domain.eventdrafts import EventDraft, PlanDraft, Reference
from trueorigin.domain.events import Declaration, Effect, Event, EventKind
from trueorigin.domain.inspections import DETAIL, find_position, parse_finding
from trueorigin.domain.packing import Plan, Span, join_spans
from trueorigin.domain.ranges import RangeDraft, parse_range
from trueorigin.domain.tenancy import Act
from trueorigin.domain.territories import TERRITORY
from trueorigin.domain.texts import LINE_LENGTH_MAX, parse_text
from trueorigin.services import remits
from trueorigin.services.catalogue import Catalogue
from trueorigin.services.recognising import locate
from trueorigin.services.vault import Vault
from trueorigin.services.visibility import Viewer, find_viewer, knows, may_find, may_record
from trueorigin.storage import containment, files, partners, sites, territories
from trueorigin.storage.database import Tx

# What a row of an upload is until it is stored: told, or refused already.
Told: TypeAlias = EventDraft | DomainError
Found: TypeAlias = Event | DomainError
_MINUTE: Final = timedelta(minutes=1)


def resolve_events(
    tx: Tx, catalogue: Catalogue, vault: Vault, act: Act, told: Sequence[Told]
) -> list[Found]:
    """Find the units of each event, or refuse it. Writes nothing."""
    drafts = [each for each in told if isinstance(each, EventDraft)]
    resolver = _Resolver(tx, catalogue, vault, act, drafts)
    found = [each if isinstance(each, DomainError) else resolver.build(each) for each in told]
    if not resolver.viewer.remit.is_limited:
        return found
    return [
        _check_remit(tx, act, resolver.viewer, draft, each)
        if isinstance(draft, EventDraft) and isinstance(each, Event)
        else each
        for draft, each in zip(told, found, strict=True)
    ]


def _check_remit(tx: Tx, act: Act, viewer: Viewer, draft: EventDraft, event: Event) -> Found:
    """Return the event of an authority, or its refusal: of what lies outside its remit.

    Whoever holds a code is told why; units named by run and index, which anybody can guess, are
    unknown.
    """
    site = None
    if event.site_id is not None:
        site = sites.find_sites(tx, [event.site_id]).get(event.site_id)
    place = find_position(event) or (None if site is None else site.place)
    run_ids = {span.run_id for span in event.about}
    error = remits.refuse_runs(tx, act, viewer.remit, run_ids, place)
    if error is None:
        return event
    if error.code == "remit_place":
        return type(error)(error.code, field="site", **error.params)
    if any(isinstance(each, PrintedCode) for each in (*draft.units, *draft.containers)):
        return type(error)(error.code, field="units", **error.params)
    return NotFoundError("run_not_found", field="units.0")


class _Goods(NamedTuple):
    """Units, and whose they are."""

    span: Span
    owner_id: UUID


class _Surroundings:
    """Sites, partners, sales regions and photographs that drafts name, of those that may be."""

    def __init__(self, tx: Tx, act: Act, drafts: Sequence[EventDraft]) -> None:
        wanted = {draft.site_id for draft in drafts if draft.site_id is not None}
        self._sites = {
            site.id
            for site in sites.find_sites(tx, wanted).values()
            if site.organisation_id == act.scope
        }
        glns = {draft.site_gln for draft in drafts if draft.site_gln is not None}
        self._by_gln = sites.find_gln_sites(tx, act.scope, glns)
        others = {draft.partner_id for draft in drafts if draft.partner_id is not None}
        self._partners = partners.find_linked(tx, act.scope, others)
        # Nearly all drafts have none.
        detailed = [draft for draft in drafts if draft.details is not None]
        named = {_find_territory(draft) for draft in detailed} - {None}
        found = territories.find_territories(tx, {each for each in named if each is not None})
        self._territories = {
            each.id for each in found.values() if each.organisation_id == act.scope
        }
        photos = {each for draft in detailed for each in _list_files(draft)}
        self._files = files.find_files(tx, act.scope, photos).keys() if photos else set()

    def find_site(self, draft: EventDraft) -> UUID | None:
        """Return where it was, if that is a site of the recorder's."""
        return draft.site_id or (draft.site_gln and self._by_gln.get(draft.site_gln)) or None

    def check(self, draft: EventDraft) -> None:
        """Refuse a draft that names what is not there, or not the recorder's to name."""
        if draft.site_id is not None and draft.site_id not in self._sites:
            raise NotFoundError("site_not_found", field="site")
        if draft.partner_id is not None and draft.partner_id not in self._partners:
            raise NotFoundError("partner_not_found", field="partner")
        if draft.details is None:
            return
        if TERRITORY in draft.details:
            territory = _find_territory(draft)
            if territory is None or territory not in self._territories:
                raise NotFoundError("territory_not_found", field=f"details.{TERRITORY}")
        for place, file_id in enumerate(_list_files(draft)):
            if file_id not in self._files:
                raise InvalidError("file_unknown", field=f"details.{DETAIL}.file_ids.{place}")


def _find_territory(draft: EventDraft) -> UUID | None:
    told = None if draft.details is None else draft.details.get(TERRITORY)
    if not isinstance(told, str):
        return None
    try:
        return UUID(told)
    except ValueError:
        return None


def _list_files(draft: EventDraft) -> Iterable[UUID]:
    told = None if draft.details is None else draft.details.get(DETAIL)
    if told is None:
        return ()
    try:
        return parse_finding(told, field=f"details.{DETAIL}").file_ids
    except InvalidError:
        # Its row is refused for that, when it is built.
        return ()


class _Resolver:
    """Turns what a batch of events says of its units into units that exist."""

    def __init__(
        self,
        tx: Tx,
        catalogue: Catalogue,
        vault: Vault,
        act: Act,
        drafts: Sequence[EventDraft],
    ) -> None:
        self._act = act
        self.viewer = find_viewer(tx, act.actor)
        self._surroundings = _Surroundings(tx, act, drafts)
        given = [each for draft in drafts for each in (*draft.units, *draft.containers)]
        spans = [each for each in given if isinstance(each, Span)]
        spans += [draft.plan.containers for draft in drafts if draft.plan is not None]
        self._runs = containment.find_runs(tx, {span.run_id for span in spans})
        codes = {_name(each): each for each in given if isinstance(each, PrintedCode)}
        found = locate(tx, catalogue, vault, list(codes.values()), act.scope)
        self._units: dict[int | str, _Goods] = {}
        is_known: dict[int, bool] = {}
        for name, each in zip(codes, found, strict=True):
            if each is None:
                continue
            entry = each.entry
            run_id, owner_id = entry.run.id, entry.organisation.id
            if run_id not in is_known:
                is_known[run_id] = knows(self.viewer, owner_id)
            if is_known[run_id]:
                self._units[name] = _Goods(each.span, owner_id)

    def build(self, draft: EventDraft) -> Found:
        """Return the event of a draft, or its refusal."""
        try:
            return self._build(draft)
        except DomainError as error:
            return error

    def _build(self, draft: EventDraft) -> Event:
        if draft.details is not None:
            self._check_finding(draft)
        self._surroundings.check(draft)
        units = self._find_all(draft.kind, draft.units, "units")
        containers = self._find_all(draft.kind, draft.containers, "container")
        effect, plan, container = draft.effect, None, None
        if draft.plan is not None:
            plan = self._build_plan(draft.kind, draft.plan)
            units = (plan.containers,)
        elif effect is Effect.EMPTIED:
            units = containers
        elif containers:
            container = _take_one(containers, units)
        at, offset_minutes = draft.at, 0
        if at.tzinfo is not UTC:
            offset = at.utcoffset()
            assert offset is not None  # noqa: S101 - a draft has its zone
            at, offset_minutes = at.astimezone(UTC), offset // _MINUTE
        return Event(
            draft.id,
            draft.kind,
            effect,
            at,
            offset_minutes,
            self._act.at,
            self._act.scope,
            self._act.actor.credential_id,
            self._surroundings.find_site(draft),
            draft.partner_id,
            units,
            container,
            plan,
            draft.details,
            None if draft.declaration is None else self._declare(draft),
        )

    def _declare(self, draft: EventDraft) -> Declaration:
        """Return the word of the recorder that the event was in error."""
        told = draft.declaration
        assert told is not None  # noqa: S101 - asked by the caller
        reason = told.reason
        return Declaration(
            event_id=draft.id,
            organisation_id=self._act.scope,
            actor_id=self._act.actor.credential_id,
            declared_at=told.at.astimezone(UTC),
            recorded_at=self._act.at,
            reason=reason and parse_text(reason, field="reason", length_max=LINE_LENGTH_MAX),
        )

    def _check_finding(self, draft: EventDraft) -> None:
        """Refuse a finding by anybody but an authority, or in an event of another kind."""
        if draft.details is None or DETAIL not in draft.details:
            return
        field = f"details.{DETAIL}"
        if draft.kind is not EventKind.INSPECTING:
            raise InvalidError("finding_misplaced", field=field)
        if not may_find(self.viewer):
            raise ForbiddenError("finding_refused", field=field)
        parse_finding(draft.details[DETAIL], field=field)

    def _find_all(
        self, kind: EventKind, references: Sequence[Reference], field: str
    ) -> tuple[Span, ...]:
        # Nearly every event is about one unit, and names no container.
        if not references:
            return ()
        if len(references) == 1:
            return (self._find(kind, references[0], field, 0),)
        return join_spans(
            self._find(kind, each, field, place) for place, each in enumerate(references)
        )

    def _find(self, kind: EventKind, reference: Reference, field: str, place: int) -> Span:
        if not isinstance(reference, PrintedCode):
            return self._find_range(kind, reference, f"{field}.{place}")
        goods = self._units.get(_name(reference))
        if goods is None:
            raise NotFoundError("unit_not_found", field=f"{field}.{place}")
        return self._allow(kind, goods)

    def _find_range(self, kind: EventKind, told: Span, field: str) -> Span:
        run = self._find_run(told.run_id, field)
        draft = RangeDraft(level=told.level, start=told.start, stop=told.stop)
        parsed = parse_range(run, draft, field=f"{field}.")
        span = Span(run.id, parsed.level, parsed.start, parsed.stop)
        return self._allow(kind, _Goods(span, run.organisation_id))

    def _allow(self, kind: EventKind, goods: _Goods) -> Span:
        """Return the units, or refuse what the recorder may not do with goods of that owner."""
        if not may_record(self.viewer, goods.owner_id, kind):
            raise ForbiddenError("event_kind_refused", field="kind", kind=kind.value)
        return goods.span

    def _find_run(self, run_id: int, field: str) -> Run:
        run = self._runs.get(run_id)
        if run is None or not knows(self.viewer, run.organisation_id):
            raise NotFoundError("run_not_found", field=field)
        return run

    def _build_plan(self, kind: EventKind, draft: PlanDraft) -> Plan:
        """Fill in what was planned, and refuse a number of children that does not fit."""
        containers = self._find_range(kind, draft.containers, "plan")
        run = self._runs[containers.run_id]
        if containers.level == 0:
            raise InvalidError("event_plan_level", field="plan.level")
        size, below = run.packing[containers.level - 1], run.quantity_at(containers.level - 1)
        first = containers.start * size if draft.first is None else draft.first
        stop = first + containers.size * size + len(draft.rejects)
        stop = min(below, stop) if draft.stop is None else draft.stop
        if not 0 <= first < stop <= below:
            raise InvalidError("event_plan_children", field="plan.first", quantity=below)
        rejects = (first - 1, *draft.rejects, stop)
        if any(one >= two for one, two in pairwise(rejects)):
            raise InvalidError("event_plan_rejects", field="plan.rejects")
        plan = Plan(containers=containers, first=first, stop=stop, size=size, rejects=draft.rejects)
        if not plan.is_exact:
            raise InvalidError(
                "event_plan_inexact",
                field="plan",
                children=plan.count,
                containers=containers.size,
                size=size,
            )
        return plan


def _name(code: PrintedCode) -> int | str:
    """Name a code within a batch: hashing its eight fields costs as much as decrypting it.

    A plain SSCC, which has to be looked up one by one, is the same wherever it comes up.
    """
    return code.sscc if code.sscc is not None and code.serial is None else id(code)


def _take_one(containers: Sequence[Span], units: Sequence[Span]) -> int:
    """Return the one container of an event, which is none of its units."""
    container = containers[0].key
    if len(containers) > 1 or containers[0].size > 1:
        raise InvalidError("event_containers", field="container", min=1, max=1)
    if any(span.holds(container) for span in units):
        raise InvalidError("event_container_in_itself", field="container")
    return container
