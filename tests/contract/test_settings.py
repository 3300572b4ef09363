"""Settings start without any, refuse what is wrong by the variable's name, and keep secrets."""

import os
from pathlib import Path

import pytest

from trueorigin.domain.errors import DomainError
from trueorigin.settings import list_settings, load_settings
from trueorigin.web.errors import message_id
from trueorigin.web.i18n import languages, translator

KEY = os.urandom(32).hex()


def refusal_of(environ: dict[str, str], **given: str | int | Path | None) -> DomainError:
    with pytest.raises(DomainError) as refusal:
        load_settings(environ, **given)
    return refusal.value


def test_nothing_needs_to_be_set() -> None:
    settings = load_settings({})
    assert settings.public_address == "http://127.0.0.1:8000"
    assert settings.workers == 1
    assert settings.database is None
    assert not settings.has_secure_cookies


def test_the_command_line_wins_over_the_environment_and_that_over_the_default() -> None:
    environ = {"TRUEORIGIN_PORT": "9000", "TRUEORIGIN_HOST": "192.0.2.1"}
    settings = load_settings(environ, port=9001, host=None)
    assert (settings.port, settings.host) == (9001, "192.0.2.1")


def test_an_empty_variable_is_as_good_as_none() -> None:
    assert load_settings({"TRUEORIGIN_PORT": "", "TRUEORIGIN_DATABASE": " "}).port == 8000


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "0"),
        ("PORT", "65536"),
        ("PORT", "80 80"),
        ("PORT", "٨٠"),
        ("PORT", "9" * 5000),
        ("WORKERS", "-1"),
        ("DATABASE", "mysql://localhost/x"),
        ("PUBLIC_URL", "example.com"),
        ("PUBLIC_URL", "https://example.com/path"),
        ("PUBLIC_URL", "https://example.com:99999"),
        ("PUBLIC_URL", "https://user@example.com"),
        ("FORMER_URLS", "https://a.cn,b.cn"),
        ("TRUSTED_PROXIES", "10.0.0.0/33"),
        ("MASTER_KEY", "short"),
        ("MASTER_KEY", "00" * 32),
        ("SECURE_COOKIES", "perhaps"),
        ("LOG_FORMAT", "xml"),
        ("TIME_ZONE", "Beijing"),
        ("TIME_ZONE", "../etc/passwd"),
        ("DATA", "a\0b"),
    ],
)
def test_a_bad_value_is_refused_by_the_name_of_its_variable(name: str, value: str) -> None:
    error = refusal_of({f"TRUEORIGIN_{name}": value})
    assert error.code == "setting_invalid"
    assert error.field == f"TRUEORIGIN_{name}"
    for language in languages():
        assert translator(language).text(message_id(error.code), **error.params)


def test_a_refusal_never_repeats_a_secret() -> None:
    error = refusal_of({"TRUEORIGIN_DATABASE": "mysql://root:hunter2@localhost/x"})
    assert "hunter2" not in str(error.params)


def test_a_misspelt_variable_is_refused_and_the_tests_own_are_not() -> None:
    assert refusal_of({"TRUEORIGIN_WORKER": "4"}).code == "setting_unknown"
    assert load_settings({"TRUEORIGIN_TEST_POSTGRES": "x", "PATH": "/bin"}).workers == 1


def test_several_workers_on_sqlite_are_refused() -> None:
    assert refusal_of({}, workers=2).code == "workers_need_postgresql"
    assert load_settings({}, workers=4, database="postgresql://h/n").workers == 4


def test_a_secret_may_be_in_a_file(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text(f"{KEY}\n")
    assert load_settings({"TRUEORIGIN_MASTER_KEY_FILE": str(file)}).master_key == KEY
    both = {"TRUEORIGIN_MASTER_KEY_FILE": str(file), "TRUEORIGIN_MASTER_KEY": KEY}
    assert refusal_of(both).code == "setting_given_twice"


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"x" * 5000, None])
def test_an_unusable_secret_file_is_refused(content: bytes | None, tmp_path: Path) -> None:
    file = tmp_path / "secret"
    if content is not None:
        file.write_bytes(content)
    error = refusal_of({"TRUEORIGIN_DATABASE_FILE": str(file)})
    assert error.code == "setting_file_unreadable"
    assert error.params["file"] == str(file)


def test_lists_and_switches_are_read() -> None:
    settings = load_settings(
        {
            "TRUEORIGIN_FORMER_URLS": "https://A.cn/, https://b.cn",
            "TRUEORIGIN_TRUSTED_PROXIES": "10.0.0.0/8,::1",
            "TRUEORIGIN_SECURE_COOKIES": "On",
        }
    )
    assert settings.former_urls == ("https://a.cn", "https://b.cn")
    assert [str(network) for network in settings.trusted_proxies] == ["10.0.0.0/8", "::1/128"]
    assert settings.has_secure_cookies


def test_cookies_are_secure_by_themselves_behind_https() -> None:
    assert load_settings({}, public_url="https://zy.cn").has_secure_cookies
    assert not load_settings({}, public_url="http://zy.cn").has_secure_cookies


def test_every_setting_can_be_given_by_its_variable() -> None:
    assert len(list_settings()) > 10
    for doc in list_settings():
        if doc.default and doc.variable != "TRUEORIGIN_DATA":
            assert load_settings({doc.variable: doc.default.strip("`")}) == load_settings({})
