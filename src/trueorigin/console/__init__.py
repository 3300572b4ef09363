# SPDX-License-Identifier: Apache-2.0
"""The URL table of the console: every page and form of the manufacturers, and what it demands."""

from trueorigin.console import (
    account,
    batches,
    enterprise,
    files,
    home,
    keys,
    people,
    products,
    search,
    sessions,
)
from trueorigin.console.forms import UPLOAD_BODY_MAX
from trueorigin.console.routing import Gate, Route
from trueorigin.domain.tenancy import Permission as May

ROUTES: tuple[Route, ...] = (
    # Coming and going.
    Route("GET", "/console/sign-in", sessions.show_sign_in, Gate.PUBLIC),
    Route("POST", "/console/sign-in", sessions.sign_in, Gate.PUBLIC),
    Route("POST", "/console/sign-out", sessions.sign_out, Gate.SIGNED_IN),
    Route("POST", "/console/language", sessions.change_language, Gate.SIGNED_IN),
    # What to do next, and where things are.
    Route("GET", "/console", home.show_home, Gate.SIGNED_IN),
    Route("GET", "/console/search", search.show_page, Gate.SIGNED_IN),
    # The enterprise, its products and batches, and what was uploaded to them.
    Route("GET", "/console/enterprise", enterprise.show_page, May.ORGANISATION_READ),
    Route(
        "GET",
        "/console/enterprise/edit",
        enterprise.edit_page,
        May.ORGANISATION_WRITE,
        is_owner_only=True,
    ),
    Route(
        "POST",
        "/console/enterprise/edit",
        enterprise.update,
        May.ORGANISATION_WRITE,
        is_owner_only=True,
        body_max=UPLOAD_BODY_MAX,
    ),
    Route("GET", "/console/products", products.list_page, May.PRODUCT_READ),
    Route("GET", "/console/products/new", products.new_page, May.PRODUCT_WRITE),
    Route(
        "POST",
        "/console/products/new",
        products.create,
        May.PRODUCT_WRITE,
        body_max=UPLOAD_BODY_MAX,
    ),
    Route("GET", "/console/products/{product_id}", products.show_page, May.PRODUCT_READ),
    Route("GET", "/console/products/{product_id}/edit", products.edit_page, May.PRODUCT_WRITE),
    Route(
        "POST",
        "/console/products/{product_id}/edit",
        products.update,
        May.PRODUCT_WRITE,
        body_max=UPLOAD_BODY_MAX,
    ),
    Route("GET", "/console/batches", batches.list_page, May.BATCH_READ),
    Route("GET", "/console/batches/new", batches.new_page, May.BATCH_WRITE),
    Route(
        "POST",
        "/console/batches/new",
        batches.create,
        May.BATCH_WRITE,
        body_max=UPLOAD_BODY_MAX,
    ),
    Route("GET", "/console/batches/{batch_id}", batches.show_page, May.BATCH_READ),
    Route("GET", "/console/batches/{batch_id}/edit", batches.edit_page, May.BATCH_WRITE),
    Route(
        "POST",
        "/console/batches/{batch_id}/edit",
        batches.update,
        May.BATCH_WRITE,
        body_max=UPLOAD_BODY_MAX,
    ),
    Route("GET", "/console/files/{file_id}", files.show_file, May.ORGANISATION_READ),
    # One's own account.
    Route("GET", "/console/account", account.show_page, Gate.SIGNED_IN),
    Route("POST", "/console/account", account.update, Gate.SIGNED_IN),
    Route("POST", "/console/account/password", account.change_password, Gate.SIGNED_IN),
    Route(
        "POST",
        "/console/account/sessions/end-others",
        account.end_other_sessions,
        Gate.SIGNED_IN,
    ),
    Route(
        "POST",
        "/console/account/sessions/{session_id}/end",
        account.end_session,
        Gate.SIGNED_IN,
    ),
    Route(
        "POST",
        "/console/account/organisations/{organisation_id}",
        account.switch_organisation,
        Gate.SIGNED_IN,
    ),
    # Colleagues.
    Route("GET", "/console/people", people.list_page, Gate.SIGNED_IN),
    Route("POST", "/console/people", people.create, Gate.SIGNED_IN, is_owner_only=True),
    Route(
        "POST",
        "/console/people/{person_id}/role",
        people.change_role,
        Gate.SIGNED_IN,
        is_owner_only=True,
    ),
    Route(
        "POST",
        "/console/people/{person_id}/password",
        people.reset_password,
        Gate.SIGNED_IN,
        is_owner_only=True,
    ),
    Route(
        "POST",
        "/console/people/{person_id}/remove",
        people.remove,
        Gate.SIGNED_IN,
        is_owner_only=True,
    ),
    # Machines.
    Route("GET", "/console/keys", keys.list_page, May.KEY_WRITE),
    Route("POST", "/console/keys", keys.create, May.KEY_WRITE, is_owner_only=True),
    Route("POST", "/console/keys/{key_id}/revoke", keys.revoke, May.KEY_WRITE, is_owner_only=True),
)
