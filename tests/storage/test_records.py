"""Kept answers and the audit trail, on both databases."""

import threading

from tests.factories import NOW, Cast, later, make_act

from trueorigin.storage import audit, idempotency
from trueorigin.storage.database import Database
from trueorigin.storage.idempotency import StoredAnswer


def test_an_answer_is_kept_for_its_own_organisation(database: Database, cast: Cast) -> None:
    alice, charlie = cast.alice.scope, cast.charlie.scope
    with database.write() as tx:
        assert idempotency.find_answer(tx, alice, "k") is None
        assert idempotency.reserve_key(tx, alice, "k", "POST /products", b"hash", NOW)
        # Reserved is not yet answered.
        assert idempotency.find_answer(tx, alice, "k") is None
        idempotency.store_answer(tx, alice, "k", 201, b'{"id": "\xe9\x85\x92"}\x00')
    with database.write() as tx:
        assert idempotency.find_answer(tx, alice, "k") == StoredAnswer(
            organisation_id=alice,
            key="k",
            route="POST /products",
            request_hash=b"hash",
            status=201,
            body=b'{"id": "\xe9\x85\x92"}\x00',
            created_at=NOW,
        )
        assert not idempotency.reserve_key(tx, alice, "k", "POST /batches", b"other", NOW)
        assert idempotency.find_answer(tx, charlie, "k") is None
        assert idempotency.reserve_key(tx, charlie, "k", "POST /products", b"hash", NOW)


def test_a_repetition_waits_for_the_first_and_finds_its_answer(
    database: Database, cast: Cast
) -> None:
    scope = cast.alice.scope
    found: list[StoredAnswer | None] = []
    started = threading.Event()

    def repeat() -> None:
        started.set()
        with database.write() as tx:
            assert not idempotency.reserve_key(tx, scope, "k", "r", b"h", NOW)
            found.append(idempotency.find_answer(tx, scope, "k"))

    with database.write() as tx:
        assert idempotency.reserve_key(tx, scope, "k", "r", b"h", NOW)
        thread = threading.Thread(target=repeat)
        thread.start()
        started.wait()
        idempotency.store_answer(tx, scope, "k", 201, b"done")
    thread.join()
    assert [answer.body for answer in found if answer is not None] == [b"done"]


def test_old_answers_are_forgotten(database: Database, cast: Cast) -> None:
    scope = cast.alice.scope
    with database.write() as tx:
        for day in range(3):
            idempotency.reserve_key(tx, scope, str(day), "r", b"h", later(days=day))
            idempotency.store_answer(tx, scope, str(day), 200, b"")
        assert idempotency.delete_answers_before(tx, later(days=2)) == 2
        assert idempotency.find_answer(tx, scope, "1") is None
        kept = idempotency.find_answer(tx, scope, "2")
    assert kept is not None
    assert kept.body == b""


def test_the_trail_belongs_to_its_organisation(database: Database, cast: Cast) -> None:
    alice, charlie = cast.alice, cast.charlie
    acts = [make_act(alice.organisation, at=later(minutes=minute)) for minute in range(3)]
    with database.write() as tx:
        for number, act in enumerate(acts):
            audit.append_audit(tx, act, "product.create", f"p{number}", {"gtin": None, "名": "酒"})
    with database.read() as tx:
        first = audit.list_audit(tx, alice.scope, limit=2)
        rest = audit.list_audit(tx, alice.scope, after=first[-1].id, limit=2)
        assert audit.list_audit(tx, charlie.scope, limit=9) == []
    entries = first + rest
    assert [entry.subject for entry in entries] == ["p0", "p1", "p2"]
    assert [entry.actor_id for entry in entries] == [act.actor.credential_id for act in acts]
    assert entries[0].detail == {"gtin": None, "名": "酒"}
    assert entries[2].at == later(minutes=2)
    assert {entry.organisation_id for entry in entries} == {alice.organisation.id}
