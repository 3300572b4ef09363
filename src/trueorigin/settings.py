# SPDX-License-Identifier: Apache-2.0
"""Read every setting once, from the environment and the command line, and refuse a bad value.

The one list of settings: the command line, `docs/settings.md` and its test are all taken from
the fields below. Nothing under `app` imports this module; values are passed in.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Annotated, Any, TypeAlias, get_type_hints

from trueorigin.domain.errors import InvalidError
from trueorigin.domain.keys import parse_master_key
from trueorigin.services.accounts import DEFAULT_TIME_ZONE, list_time_zones
from trueorigin.services.installation import Place
from trueorigin.services.scanning import SCANS_PER_HOUR_MAX

Network: TypeAlias = IPv4Network | IPv6Network

_PREFIX = "TRUEORIGIN_"
# Tells the tests where their databases are; the program never reads one of these.
_TEST_PREFIX = "TRUEORIGIN_TEST_"
# A secret file holds one key or one URL; more than this is the wrong file.
_SECRET_BYTES_MAX = 4096
_TRUE, _FALSE = frozenset({"1", "true", "yes", "on"}), frozenset({"0", "false", "no", "off"})
_PUBLIC_URL = re.compile(r"https?://[a-z0-9.-]+(:[0-9]{1,5})?")


class _UnfitError(ValueError):
    """A value is not what its setting takes: `expected` names what that is, in every language."""

    def __init__(self, expected: str, **details: str) -> None:
        super().__init__(expected)
        self.expected = expected
        self.details = details


def _text(value: str) -> str:
    if not value or not value.isprintable():
        raise _UnfitError("text")
    return value


def _path(value: str) -> Path:
    return Path(_text(value))


def _database(value: str) -> str:
    if not value.startswith(("postgresql://", "postgres://", "postgresql+psycopg://")):
        raise _UnfitError("postgresql")
    return value


def _whole(low: int, high: int) -> Callable[[str], int]:
    def parse(value: str) -> int:
        if not (value.isascii() and value.isdigit() and low <= int(value[:18]) <= high):
            raise _UnfitError("whole", low=str(low), high=str(high))
        return int(value)

    return parse


def _one_of(*choices: str) -> Callable[[str], str]:
    def parse(value: str) -> str:
        if value not in choices:
            raise _UnfitError("choice", choices=" | ".join(choices))
        return value

    return parse


def _flag(value: str) -> bool:
    if value.lower() in _TRUE:
        return True
    if value.lower() in _FALSE:
        return False
    raise _UnfitError("choice", choices="true | false")


def _public_url(value: str) -> str:
    url = value.strip().rstrip("/").lower()
    found = _PUBLIC_URL.fullmatch(url)
    if not found or not 0 < int((found[1] or ":80")[1:]) < 2**16:
        raise _UnfitError("address")
    return url


def _each(parse: Callable[[str], Any]) -> Callable[[str], tuple[Any, ...]]:
    def parse_all(value: str) -> tuple[Any, ...]:
        return tuple(parse(part.strip()) for part in value.split(",") if part.strip())

    return parse_all


def _network(value: str) -> Network:
    try:
        return ip_network(value)
    except ValueError:
        raise _UnfitError("networks") from None


def _master_key(value: str) -> str:
    try:
        parse_master_key(value)
    except InvalidError:
        raise _UnfitError("key") from None
    return value


def _time_zone(value: str) -> str:
    if value not in list_time_zones():
        raise _UnfitError("zone")
    return value


@dataclass(frozen=True, slots=True)
class _About:
    """What a field's annotation says beside its type."""

    meaning: str
    parse: Callable[[str], Any]
    is_secret: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything that can be set; each field is TRUEORIGIN_ and its name in capitals."""

    data: Annotated[
        Path, _About("Folder of the database, the master key and the files.", _path)
    ] = Path("data/main")
    database: Annotated[
        str | None,
        _About(
            "PostgreSQL URL; without one, SQLite in the data folder.", _database, is_secret=True
        ),
    ] = None
    host: Annotated[str, _About("Address to listen on.", _text)] = "127.0.0.1"
    port: Annotated[int, _About("Port to listen on.", _whole(1, 65535))] = 8000
    workers: Annotated[
        int, _About("Server processes; more than one needs PostgreSQL.", _whole(1, 256))
    ] = 1
    public_url: Annotated[
        str,
        _About(
            "Address printed in every code, fixed when a run is made; empty means http://HOST:PORT.",
            _public_url,
        ),
    ] = ""
    former_urls: Annotated[
        tuple[str, ...],
        _About("Addresses printed in earlier years that still lead here.", _each(_public_url)),
    ] = ()
    trusted_proxies: Annotated[
        tuple[Network, ...],
        _About("Proxies whose X-Forwarded-For is believed.", _each(_network)),
    ] = ()
    master_key: Annotated[
        str | None,
        _About(
            "Master key in base64; without one, the file master.key in the data folder.",
            _master_key,
            is_secret=True,
        ),
    ] = None
    secure_cookies: Annotated[
        bool | None,
        _About("Cookies over https only; empty means: when the public URL is https.", _flag),
    ] = None
    invented_per_minute: Annotated[
        int,
        _About(
            "Invented codes answered per network and minute before 429; 0 means no limit.",
            _whole(0, 1_000_000),
        ),
    ] = 1000
    readings_per_hour: Annotated[
        int,
        _About(
            "Readings of one unit an hour that get a ledger line each; 0 means no limit.",
            _whole(0, 1_000_000),
        ),
    ] = SCANS_PER_HOUR_MAX
    queue_max: Annotated[
        int,
        _About("Readings waiting in one process before it answers 503.", _whole(1, 1_000_000)),
    ] = 8192
    retention_days: Annotated[
        int,
        _About(
            "Days after which single readings are deleted; 0 keeps them for ever.",
            _whole(0, 36_500),
        ),
    ] = 1825
    time_zone: Annotated[
        str,
        _About("Time zone of organisations that join; each may choose another.", _time_zone),
    ] = DEFAULT_TIME_ZONE
    base_map: Annotated[
        Path | None,
        _About("SVG drawn under maps in place of ours, in degrees: -180 -90 360 180.", _path),
    ] = None
    log_format: Annotated[str, _About("Form of the log lines.", _one_of("json", "text"))] = "json"
    log_level: Annotated[
        str,
        _About("Least important lines logged.", _one_of("debug", "info", "warning", "error")),
    ] = "info"

    @property
    def place(self) -> Place:
        """Return where the data centre lives."""
        return Place(data=self.data, database=self.database, master_key=self.master_key)

    @property
    def public_address(self) -> str:
        """Return the address to print: `public_url`, or the listening address in its absence."""
        return self.public_url or f"http://{self.host}:{self.port}"

    @property
    def has_secure_cookies(self) -> bool:
        """Say whether cookies are marked Secure."""
        if self.secure_cookies is None:
            return self.public_address.startswith("https:")
        return self.secure_cookies


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingDoc:
    """One line of the table in docs/settings.md."""

    variable: str
    default: str
    meaning: str
    is_secret: bool


def list_settings() -> list[SettingDoc]:
    """Describe every setting, in the order of the fields."""
    defaults = Settings()
    return [
        SettingDoc(
            variable=_variable(name),
            default=_show(getattr(defaults, name)),
            meaning=about.meaning,
            is_secret=about.is_secret,
        )
        for name, about in _abouts().items()
    ]


def load_settings(environ: Mapping[str, str], **given: str | int | Path | None) -> Settings:
    """Build the settings: what the command line gave wins over `environ`, that over defaults.

    A secret may be in the file named by TRUEORIGIN_..._FILE. Raises `InvalidError` with the
    variable's name for a bad value, an unreadable file, a secret given twice, or a TRUEORIGIN_
    variable that is none of ours: a misspelt setting that is ignored is found too late.
    """
    abouts = _abouts()
    _refuse_unknown(environ, abouts)
    values: dict[str, Any] = {}
    for name, about in abouts.items():
        variable = _variable(name)
        override = given.get(name)
        if override is not None:
            text: str | None = str(override)
        elif about.is_secret:
            text = _read_secret(environ, variable)
        else:
            text = environ.get(variable)
        if text is None or not text.strip():
            continue
        values[name] = _parse(variable, about, text.strip())
    settings = Settings(**values)
    if settings.workers > 1 and settings.database is None:
        raise InvalidError("workers_need_postgresql", field=_variable("workers"))
    return settings


def render_table() -> str:
    """Render the settings as the Markdown table that stands in docs/settings.md."""
    lines = ["| variable | default | meaning |", "|---|---|---|"]
    for doc in list_settings():
        secret = f" Also from `{doc.variable}_FILE`." if doc.is_secret else ""
        lines.append(f"| `{doc.variable}` | {doc.default} | {doc.meaning}{secret} |")
    return "\n".join(lines) + "\n"


def _variable(name: str) -> str:
    return _PREFIX + name.upper()


def _abouts() -> dict[str, _About]:
    hints = get_type_hints(Settings, include_extras=True)
    return {name: hint.__metadata__[0] for name, hint in hints.items()}


def _show(default: object) -> str:
    return "" if default is None or default in ("", ()) else f"`{default}`"


def _refuse_unknown(environ: Mapping[str, str], abouts: Mapping[str, _About]) -> None:
    known = {_variable(name) for name in abouts}
    known |= {f"{_variable(name)}_FILE" for name, about in abouts.items() if about.is_secret}
    for name in environ:
        is_ours = name.startswith(_PREFIX) and not name.startswith(_TEST_PREFIX)
        if is_ours and name not in known:
            raise InvalidError("setting_unknown", field=name, names=", ".join(sorted(known)))


def _parse(variable: str, about: _About, text: str) -> object:
    try:
        return about.parse(text)
    except _UnfitError as error:
        shown = "***" if about.is_secret else text[:100]
        raise InvalidError(
            "setting_invalid", field=variable, value=shown, expected=error.expected, **error.details
        ) from None


def _read_secret(environ: Mapping[str, str], variable: str) -> str | None:
    file = environ.get(f"{variable}_FILE")
    if not file:
        return environ.get(variable)
    if environ.get(variable):
        raise InvalidError("setting_given_twice", field=variable, other=f"{variable}_FILE")
    try:
        content = Path(file).read_bytes()[: _SECRET_BYTES_MAX + 1]
        text = content.decode().strip()
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidError(
            "setting_file_unreadable", field=f"{variable}_FILE", file=file, why=_why(error)
        ) from None
    if not text or len(content) > _SECRET_BYTES_MAX:
        raise InvalidError(
            "setting_file_unreadable", field=f"{variable}_FILE", file=file, why="empty or too long"
        )
    return text


def _why(error: OSError | UnicodeDecodeError) -> str:
    return error.strerror or "unreadable" if isinstance(error, OSError) else "not text"
