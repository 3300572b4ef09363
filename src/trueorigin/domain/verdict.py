# SPDX-License-Identifier: Apache-2.0
"""Decide what a reading means. Pure: the caller supplies every fact, including the time."""

from enum import StrEnum


class Verdict(StrEnum):
    """The data centre's answer, most serious first; the first that applies is given."""

    NOT_ISSUED = "not_issued"
    RECALLED = "recalled"
    WITHDRAWN = "withdrawn"
    NOT_RELEASED = "not_released"
    SUSPECT = "suspect"
    CAUTION = "caution"
    GENUINE = "genuine"
