"""Every storage function works for one tenant, unless it is listed here with a reason."""

import importlib
import inspect
import pkgutil
from collections.abc import Iterator

import pytest

from trueorigin import storage

SCAN_PATH = "a reading names its unit by a decrypted code, whosever it is"
CODE_PATH = "a printed code must lead to its organisation before anybody is signed in"
OPERATOR = "the operator of the data centre serves all tenants"
SIGN_IN = "a person signs in, and may act for several organisations, before a tenant is known"
CHAIN = "goods of one tenant pass through the hands of others; services/visibility.py decides"
SEARCH = "authorities search across all enterprises; services/registry.py keeps to their remit"
FOUND = "authorities see what others found on the same goods; services/following.py decides"
WORKER = "the worker of a process does the jobs of all tenants"
MACHINERY = "concerns the database as a whole, no tenant's data"

CROSS_TENANT = {
    "accounts.append_installation": MACHINERY,
    "accounts.append_organisation": "a new tenant has no scope yet",
    "accounts.find_api_key": "the credential itself tells the tenant",
    "accounts.find_installation": MACHINERY,
    "accounts.find_organisation": CODE_PATH,
    "accounts.find_organisation_by_name": OPERATOR,
    "accounts.find_organisation_by_prefix": CODE_PATH,
    "accounts.find_organisations": CHAIN,
    "accounts.find_prefix_owners": CODE_PATH,
    "accounts.list_epochs": CODE_PATH,
    "accounts.list_every_epoch": OPERATOR,
    "accounts.list_organisations": OPERATOR,
    "accounts.mark_verified": OPERATOR,
    "accounts.rewrap_epochs": OPERATOR,
    "accounts.update_key_check": MACHINERY,
    "catalog.append_public_host": "hosts are the data centre's, not a tenant's",
    "catalog.append_revision": "a new tenant has no scope yet",
    "catalog.ask_revisions": SCAN_PATH,
    "catalog.find_batch": SCAN_PATH,
    "catalog.find_batches": SCAN_PATH,
    "catalog.find_gtin_owners": CODE_PATH,
    "catalog.find_product": SCAN_PATH,
    "catalog.find_products": SCAN_PATH,
    "catalog.find_revisions": SCAN_PATH,
    "catalog.find_run": SCAN_PATH,
    "catalog.find_runs": SCAN_PATH,
    "catalog.list_public_hosts": "hosts are the data centre's, not a tenant's",
    "catalog.next_run_id": "one counter for the whole data centre",
    "checkup.find_damage": MACHINERY,
    "checkup.list_weak_settings": MACHINERY,
    "checkup.read_clock": MACHINERY,
    "containment.find_outlines": CHAIN,
    "containment.find_runs": CHAIN,
    "containment.find_touches": CHAIN,
    "containment.list_touches": CHAIN,
    "counting.count_devices": SCAN_PATH,
    "counting.find_known_devices": SCAN_PATH,
    "counting.find_unit_states": SCAN_PATH,
    "counting.find_units_and_devices": SCAN_PATH,
    "counting.pick_openings": SCAN_PATH,
    "counting.find_units": SCAN_PATH,
    "counting.settle_before": SCAN_PATH,
    "database.require_current_schema": MACHINERY,
    "database.schema_revision": MACHINERY,
    "devices.enrol_device": "the code itself tells the tenant",
    "devices.find_device": "the key itself tells the tenant",
    "diversions.append_diversions": SCAN_PATH,
    "diversions.delete_diversions_before": OPERATOR,
    "dialect.copy_rows": MACHINERY,
    "dialect.insert_new": MACHINERY,
    "dialect.insert_unique": MACHINERY,
    "dialect.take_turns": MACHINERY,
    "dialect.take_turns_by": MACHINERY,
    "events.append_declarations": CHAIN,
    "events.append_events": CHAIN,
    "events.append_rows": CHAIN,
    "events.find_declared": CHAIN,
    "events.find_events": CHAIN,
    "events.find_marked_runs": SCAN_PATH,
    "events.mark_runs": CHAIN,
    "figures.find_keys": SCAN_PATH,
    "figures.move_figure": SCAN_PATH,
    "figures.raise_figures": SCAN_PATH,
    "figures.sum_suspicious": SEARCH,
    "files.find_file": "pages that anybody reads show pictures and papers by id",
    "files.find_files_of": CHAIN,
    "files.list_contents": MACHINERY,
    "idempotency.delete_answers_before": OPERATOR,
    "imports.list_unattended": WORKER,
    "inspections.append_inspections": CHAIN,
    "inspections.await_findings": CHAIN,
    "inspections.close_unsealed": CHAIN,
    "inspections.find_rows": FOUND,
    "inspections.find_told_wrong": CHAIN,
    "inspections.find_unsealing": CHAIN,
    "inspections.find_unsealing_beside": CHAIN,
    "inspections.list_notes": FOUND,
    "inspections.list_on_product": FOUND,
    "inspections.list_on_runs": FOUND,
    "inspections.reopen_sealed": CHAIN,
    "jobs.claim_job": WORKER,
    "jobs.has_waiting": WORKER,
    "jobs.list_finished_ids": WORKER,
    "jobs.update_job": WORKER,
    "openings.select_counted_units": "the lists of a run's units have asked whose run it is",
    "openings.select_states": SCAN_PATH,
    "openings.settle": SCAN_PATH,
    "openings.rescue_states": OPERATOR,
    "partners.find_linked": CHAIN,
    "partners.find_owners": CHAIN,
    "people.append_person": SIGN_IN,
    "people.append_session": SIGN_IN,
    "people.delete_failures_before": OPERATOR,
    "people.delete_sessions_before": OPERATOR,
    "people.find_password": SIGN_IN,
    "people.find_person": SIGN_IN,
    "people.find_person_names": SIGN_IN,
    "people.hold_password": SIGN_IN,
    "people.find_session": SIGN_IN,
    "people.list_memberships": SIGN_IN,
    "people.list_sessions": SIGN_IN,
    "people.lock_failures": SIGN_IN,
    "people.revoke_session": SIGN_IN,
    "people.revoke_sessions": SIGN_IN,
    "people.update_disabled": OPERATOR,
    "people.update_failures": SIGN_IN,
    "people.update_language": SIGN_IN,
    "people.update_name": SIGN_IN,
    "people.update_password": SIGN_IN,
    "people.update_seen": SIGN_IN,
    "people.update_session_organisation": SIGN_IN,
    "places.add_place": SCAN_PATH,
    "presence.append_presence": SEARCH,
    "presence.enter_handled": CHAIN,
    "presence.find_mark": MACHINERY,
    "presence.list_read": OPERATOR,
    "presence.write_mark": MACHINERY,
    "registry.covers_enterprise": SEARCH,
    "registry.covers_product": SEARCH,
    "registry.find_enterprises": SEARCH,
    "registry.find_products": SEARCH,
    "registry.is_cut": SEARCH,
    "registry.list_batches": SEARCH,
    "registry_words.append_product_words": SEARCH,
    "registry_words.delete_words": SEARCH,
    "registry_words.replace_enterprise_words": SEARCH,
    "registry_words.replace_product_words": SEARCH,
    "remits.find_remit": "the operator reads those of all authorities",
    "remits.find_remits": "the operator reads those of all authorities",
    "retention.claim_sweep": MACHINERY,
    "retention.delete_not_issued_before": OPERATOR,
    "retention.delete_scans_before": OPERATOR,
    "retention.ensure_partitions": MACHINERY,
    "retention.list_partitions": MACHINERY,
    "retention.spread_default_partition": MACHINERY,
    "scans.append_not_issued": "codes never issued belong to nobody",
    "scans.append_scans": SCAN_PATH,
    "scans.await_repeated": SCAN_PATH,
    "scans.count_recent_scans": SCAN_PATH,
    "scans.find_scan": SCAN_PATH,
    "scans.find_scans": SCAN_PATH,
    "scans.increment_scan": SCAN_PATH,
    "scans.increment_scans": SCAN_PATH,
    "scans.list_not_issued": OPERATOR,
    "scans.list_scans": SCAN_PATH,
    "scans.mark_counted": SCAN_PATH,
    "scans.mark_scans_counted": SCAN_PATH,
    "scans.unmark_scans": SCAN_PATH,
    "sites.find_sites": CHAIN,
    "ssccs.find_sscc_owners": CODE_PATH,
    "ssccs.find_sscc_unit": CODE_PATH,
    "ssccs.hold_prefixes": MACHINERY,
    "snapshot.dump": OPERATOR,
    "snapshot.load": OPERATOR,
    "territories.find_territories": CHAIN,
    "units.count_range_blocks": SCAN_PATH,
    "units.find_range_facts": SCAN_PATH,
    "units.find_recalls": SCAN_PATH,
    "units.list_batch_recalls": SCAN_PATH,
    "units.list_page_blocks": SCAN_PATH,
    "units.list_recalls_of": SEARCH,
    "units.list_withdrawals": FOUND,
    "units.list_range_blocks": SCAN_PATH,
    "uploads.delete_old_parts": WORKER,
}
# An act holds the scope of the one who acts.
SCOPES = {"TenantScope", "Act"}


def _public_functions() -> Iterator[tuple[str, inspect.Signature]]:
    for module in pkgutil.iter_modules(storage.__path__):
        if module.ispkg:
            continue
        found = importlib.import_module(f"{storage.__name__}.{module.name}")
        for name, function in inspect.getmembers(found, inspect.isfunction):
            if function.__module__ == found.__name__ and not name.startswith("_"):
                yield f"{module.name}.{name}", inspect.signature(function)


FUNCTIONS = dict(_public_functions())


@pytest.mark.parametrize("name", sorted(FUNCTIONS))
def test_storage_function_takes_a_tenant_scope(name: str) -> None:
    parameters = list(FUNCTIONS[name].parameters.values())
    if not parameters or parameters[0].name != "tx" or name in CROSS_TENANT:
        return
    assert len(parameters) > 1, name
    annotation = parameters[1].annotation
    assert getattr(annotation, "__name__", annotation) in SCOPES, name


def test_every_exception_exists_and_is_one() -> None:
    for name in CROSS_TENANT:
        parameters = list(FUNCTIONS[name].parameters.values())
        assert parameters[0].name == "tx", name
        has_scope = len(parameters) > 1 and parameters[1].name in {"scope", "act"}
        assert not has_scope, f"{name} takes a scope: take it off the list"


def test_the_walk_finds_the_functions() -> None:
    assert {"catalog.get_product", "scans.append_scans", "units.append_range_fact"} <= set(
        FUNCTIONS
    )
