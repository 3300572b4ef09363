# SPDX-License-Identifier: Apache-2.0
"""The URL table of the JSON surface under /api/v1: every route and the permission it demands."""

from trueorigin.api import (
    accounts,
    audit,
    batches,
    devices,
    events,
    field,
    files,
    inspections,
    labels,
    partners,
    positions,
    products,
    recalls,
    runs,
    sites,
    territories,
    units,
    verifications,
)
from trueorigin.api.routing import BYTES, Route
from trueorigin.domain.tenancy import Permission as May

ROUTES: tuple[Route, ...] = (
    # The caller's organisation and its keys.
    Route("GET", "/organisation", accounts.get_organisation, May.ORGANISATION_READ),
    Route("PATCH", "/organisation", accounts.update_organisation, May.ORGANISATION_WRITE),
    Route("GET", "/api-keys", accounts.list_api_keys, May.KEY_WRITE),
    Route(
        "POST", "/api-keys", accounts.create_api_key, May.KEY_WRITE, answer=accounts.NewKeyAnswer
    ),
    Route("DELETE", "/api-keys/{key_id}", accounts.revoke_api_key, May.KEY_WRITE),
    # Its phones and kiosks: what the list is for people, the rest for the devices themselves.
    Route("POST", "/devices/enrolment", devices.enrol_device, None),
    Route("GET", "/devices/me", devices.get_own_device, May.ORGANISATION_READ),
    Route("GET", "/field/context", field.get_context, May.ORGANISATION_READ),
    Route("GET", "/devices", devices.list_devices, May.DEVICE_READ),
    Route("DELETE", "/devices/{device_id}", devices.revoke_device, May.DEVICE_WRITE),
    # Who did what.
    Route("GET", "/audit", audit.list_audit, May.AUDIT_READ),
    # All organisations, for the operator.
    Route("GET", "/organisations", accounts.list_organisations, May.ORGANISATION_VERIFY),
    Route(
        "POST",
        "/organisations/{organisation_id}/verification",
        accounts.verify_organisation,
        May.ORGANISATION_VERIFY,
        answer=accounts.OrganisationAnswer,
    ),
    # The catalogue.
    Route("GET", "/products", products.list_products, May.PRODUCT_READ),
    Route(
        "POST",
        "/products",
        products.create_product,
        May.PRODUCT_WRITE,
        answer=products.ProductAnswer,
    ),
    Route("GET", "/products/{product_id}", products.get_product, May.PRODUCT_READ),
    Route("PATCH", "/products/{product_id}", products.update_product, May.PRODUCT_WRITE),
    Route("GET", "/batches", batches.list_batches, May.BATCH_READ),
    Route("POST", "/batches", batches.create_batch, May.BATCH_WRITE, answer=batches.BatchAnswer),
    Route("GET", "/batches/{batch_id}", batches.get_batch, May.BATCH_READ),
    Route("PATCH", "/batches/{batch_id}", batches.update_batch, May.BATCH_WRITE),
    # Pictures and papers.
    Route("GET", "/files", files.list_files, May.FILE_READ),
    Route(
        "POST",
        "/files",
        files.create_file,
        May.FILE_WRITE,
        answer=files.FileAnswer,
        takes_file=True,
        extra=files.REQUEST_BODY,
    ),
    Route("GET", "/files/{file_id}", files.get_file, May.FILE_READ, media=BYTES),
    # Runs of codes, what happens to them, and the codes themselves.
    Route("GET", "/runs", runs.list_runs, May.RUN_READ),
    Route("POST", "/runs", runs.create_run, May.RUN_WRITE, answer=runs.RunAnswer),
    Route("GET", "/runs/{run_id}", runs.get_run, May.RUN_READ),
    Route(
        "POST",
        "/runs/{run_id}/releases",
        runs.create_release,
        May.RUN_RELEASE,
        answer=runs.StageAnswer,
    ),
    Route(
        "POST",
        "/runs/{run_id}/withdrawals",
        runs.create_withdrawal,
        May.RUN_RELEASE,
        answer=runs.StageAnswer,
    ),
    Route("GET", "/runs/{run_id}/codes", runs.list_codes, May.CODE_EXPORT, media=runs.CSV),
    Route(
        "GET",
        "/runs/{run_id}/labels.pdf",
        labels.build_label_file,
        May.CODE_EXPORT,
        media=labels.PDF,
    ),
    Route(
        "GET",
        "/runs/{run_id}/labels.zpl",
        labels.build_label_commands,
        May.CODE_EXPORT,
        media=labels.ZPL,
    ),
    Route(
        "GET",
        "/runs/{run_id}/labels.zip",
        labels.build_label_pictures,
        May.CODE_EXPORT,
        media=labels.ZIP,
    ),
    Route("GET", "/label-layouts", labels.list_label_layouts, May.RUN_READ),
    # Recalls.
    Route("GET", "/recalls", recalls.list_recalls, May.RECALL_READ),
    Route("POST", "/recalls", recalls.create_recall, May.RECALL_WRITE, answer=recalls.RecallAnswer),
    Route("GET", "/recalls/{recall_id}", recalls.get_recall, May.RECALL_READ),
    Route(
        "POST",
        "/recalls/{recall_id}/lifting",
        recalls.lift_recall,
        May.RECALL_WRITE,
        answer=recalls.RecallAnswer,
    ),
    # The chain: what happened to goods.
    Route("GET", "/events", events.list_events, May.EVENT_READ),
    Route(
        "POST",
        "/events",
        events.create_events,
        May.EVENT_WRITE,
        takes_raw=True,
        is_repeatable=True,
        extra=events.REQUEST_BODY,
    ),
    Route("GET", "/events/{event_id}", events.get_event, May.EVENT_READ),
    Route(
        "POST",
        "/events/{event_id}/declaration",
        events.declare_event,
        May.EVENT_WRITE,
        answer=events.DeclarationAnswer,
    ),
    # The chain: backwards from a unit, and forwards to all units.
    Route("GET", "/units/{code}/history", units.get_history, May.EVENT_READ),
    Route("GET", "/units/{code}/contents", units.get_contents, May.EVENT_READ),
    Route("GET", "/units/{code}/positions", units.get_unit_positions, May.EVENT_READ),
    Route("GET", "/runs/{run_id}/positions", positions.get_run_positions, May.EVENT_READ),
    Route("GET", "/batches/{batch_id}/positions", positions.get_batch_positions, May.EVENT_READ),
    Route("GET", "/material-lots/positions", positions.get_material_positions, May.EVENT_READ),
    # The chain: what authorities found.
    Route("GET", "/inspections", inspections.list_inspections, May.INSPECTION_READ),
    Route(
        "POST",
        "/inspections",
        inspections.create_inspection,
        May.INSPECTION_WRITE,
        answer=inspections.InspectionAnswer,
    ),
    # The chain: where, and in whose hands.
    Route("GET", "/sites", sites.list_sites, May.SITE_READ),
    Route("POST", "/sites", sites.create_site, May.SITE_WRITE, answer=sites.SiteAnswer),
    Route("GET", "/sites/{site_id}", sites.get_site, May.SITE_READ),
    Route("PATCH", "/sites/{site_id}", sites.update_site, May.SITE_WRITE),
    Route(
        "POST",
        "/sites/{site_id}/closing",
        sites.close_site,
        May.SITE_WRITE,
        answer=sites.SiteAnswer,
    ),
    Route("GET", "/partners", partners.list_partners, May.PARTNER_READ),
    Route(
        "POST",
        "/partners",
        partners.create_partner,
        May.PARTNER_WRITE,
        answer=partners.PartnerAnswer,
    ),
    Route("DELETE", "/partners/{partner_id}", partners.end_partner, May.PARTNER_WRITE),
    Route("GET", "/owners", partners.list_owners, May.PARTNER_READ),
    Route("GET", "/territories", territories.list_territories, May.TERRITORY_READ),
    Route(
        "POST",
        "/territories",
        territories.create_territory,
        May.TERRITORY_WRITE,
        answer=territories.TerritoryAnswer,
    ),
    Route(
        "POST",
        "/territories/{territory_id}/closing",
        territories.close_territory,
        May.TERRITORY_WRITE,
        answer=territories.TerritoryAnswer,
    ),
    # Readings of codes, by anybody.
    Route(
        "POST",
        "/verifications",
        verifications.create_verification,
        None,
        answer=verifications.VerificationAnswer,
        reads_body=True,
        extra=verifications.REQUEST_BODY,
    ),
)
