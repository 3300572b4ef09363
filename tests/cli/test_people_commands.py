"""`person`: passwords come from a file or are asked, and are never shown or an option."""

from pathlib import Path

import pytest
from tests.cli.conftest import Shell

ORG = ("--org", "Alice Distillery")
EMAIL = ("--email", "Alice@Example.com")


@pytest.fixture
def password_file(tmp_path: Path) -> Path:
    file = tmp_path / "password"
    file.write_text("celadon spirit 1368\nnot part of it\n", encoding="utf-8")
    return file


@pytest.fixture
def joined(shell: Shell, password_file: Path) -> str:
    shell.get("apikey", "create", *ORG, "--role", "manufacturer")
    return shell.get("person", "create", *ORG, *EMAIL, "--password-file", str(password_file))


def test_a_person_is_made_and_listed(shell: Shell, joined: str) -> None:
    (person,) = shell.get_json("person", "list", *ORG)
    assert person["id"] == joined
    assert (person["email"], person["name"]) == ("alice@example.com", "Alice")
    assert (person["role"], person["disabled_at"]) == ("owner", None)


def test_a_weak_password_is_refused_by_name(shell: Shell, joined: str, password_file: Path) -> None:
    assert joined
    for password, code in (
        ("tiny", "password_too_short"),
        ("1234567890", "password_common"),
        ("bob@example.com", "password_is_email"),
        ("x" * 129, "password_too_long"),
    ):
        password_file.write_text(password, encoding="utf-8")
        ended = shell.run(
            *("person", "create", *ORG, "--email", "bob@example.com"),
            *("--password-file", str(password_file)),
        )
        assert ended.returncode == 2
        assert code in ended.stderr
        assert password not in ended.stderr
    assert len(shell.get_json("person", "list", *ORG)) == 1


def test_the_same_address_twice_is_refused(shell: Shell, joined: str, password_file: Path) -> None:
    assert joined
    ended = shell.run("person", "create", *ORG, *EMAIL, "--password-file", str(password_file))
    assert (ended.returncode, "email_taken" in ended.stderr) == (2, True)


def test_without_a_terminal_and_a_file_nothing_is_asked(shell: Shell, joined: str) -> None:
    assert joined
    ended = shell.run_process("person", "create", *ORG, "--email", "bob@example.com")
    assert ended.returncode == 2
    assert "--password-file" in ended.stderr


def test_a_password_file_that_is_no_text_is_refused(
    shell: Shell, joined: str, password_file: Path
) -> None:
    assert joined
    password_file.write_bytes(b"\xff\xfe" * 20)
    ended = shell.run("person", "password", *ORG, *EMAIL, "--password-file", str(password_file))
    assert ended.returncode == 2


def test_people_are_disabled_enabled_and_given_new_passwords(
    shell: Shell, joined: str, password_file: Path
) -> None:
    assert joined
    shell.get("person", "disable", *ORG, *EMAIL)
    assert shell.get_json("person", "list", *ORG)[0]["disabled_at"]
    shell.get("person", "disable", *ORG, *EMAIL, "--undo")
    assert shell.get_json("person", "list", *ORG)[0]["disabled_at"] is None
    shell.get("person", "password", *ORG, *EMAIL, "--password-file", str(password_file))


def test_a_person_joins_a_second_organisation(shell: Shell, joined: str) -> None:
    shell.get("apikey", "create", "--org", "Charlie's Seeds", "--role", "manufacturer")
    shell.get("person", "join", "--org", "Charlie's Seeds", *EMAIL)
    (person,) = shell.get_json("person", "list", "--org", "Charlie's Seeds")
    assert (person["id"], person["role"]) == (joined, "member")
    unknown = shell.run("person", "join", "--org", "Charlie's Seeds", "--email", "x@example.com")
    assert (unknown.returncode, "person_not_found" in unknown.stderr) == (2, True)
