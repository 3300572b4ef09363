# SPDX-License-Identifier: Apache-2.0
"""docs/settings.md holds exactly the table that the settings themselves produce."""

from pathlib import Path

import pytest

from trueorigin.settings import SettingDoc, list_settings, render_table

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "settings.md"


def test_the_table_is_the_generated_one() -> None:
    assert render_table() in DOCUMENT.read_text(encoding="utf-8"), render_table()


@pytest.mark.parametrize("doc", list_settings(), ids=lambda doc: doc.variable)
def test_every_setting_says_what_it_means_in_one_sentence(doc: SettingDoc) -> None:
    assert doc.meaning.endswith(".")
    assert doc.meaning[0].isupper()
    assert len(doc.meaning.split()) > 2


def test_a_secret_is_never_shown_with_a_default() -> None:
    secrets = [doc for doc in list_settings() if doc.is_secret]
    assert {doc.variable for doc in secrets} == {"TRUEORIGIN_DATABASE", "TRUEORIGIN_MASTER_KEY"}
    assert all(doc.default == "" for doc in secrets)
