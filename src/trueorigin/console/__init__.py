# SPDX-License-Identifier: Apache-2.0
"""The URL table of the console: every page and form of the manufacturers, and what it demands."""

from trueorigin.console import home, sessions
from trueorigin.console.routing import Gate, Route

ROUTES: tuple[Route, ...] = (
    # Coming and going.
    Route("GET", "/console/sign-in", sessions.show_sign_in, Gate.PUBLIC),
    Route("POST", "/console/sign-in", sessions.sign_in, Gate.PUBLIC),
    Route("POST", "/console/sign-out", sessions.sign_out, Gate.SIGNED_IN),
    Route("POST", "/console/language", sessions.change_language, Gate.SIGNED_IN),
    # What to do next.
    Route("GET", "/console", home.show_home, Gate.SIGNED_IN),
)
