# SPDX-License-Identifier: Apache-2.0
"""The URL table of the console: every page and form of the manufacturers, and what it demands."""

from trueorigin.console import account, home, keys, people, search, sessions
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
