"""A third language, made of one more file, for tests that show that nothing else is needed."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from trueorigin.web import i18n


@contextmanager
def speaking_french(folder: Path) -> Iterator[None]:
    """Copy the languages to `folder` and add English sentences under the name of French."""
    for path in i18n.LOCALES.glob("*.ftl"):
        shutil.copyfile(path, folder / path.name)
    english = (folder / "en.ftl").read_text(encoding="utf-8")
    other = english.replace("language-tag = en", "language-tag = fr")
    other = other.replace("language-name = English", "language-name = Français")
    other = other.replace("language-locale = en_001", "language-locale = fr")
    (folder / "fr.ftl").write_text(other, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(i18n, "LOCALES", folder)
        i18n.forget_languages()
        yield
    i18n.forget_languages()
