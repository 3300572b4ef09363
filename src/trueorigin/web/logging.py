# SPDX-License-Identifier: Apache-2.0
"""Write log lines that name no person and give no code away.

A line never holds an address, a full code, a query string, a header or a body. What a path would
reveal is cut out by `redact_path` before it reaches a line.
"""

import io
import logging
import sys
from contextlib import suppress
from typing import Any, TextIO, cast

import orjson
import structlog
from structlog.typing import FilteringBoundLogger, Processor

_LEVELS = {
    "debug": logging.DEBUG,
    "info": logging.INFO,
    "warning": logging.WARNING,
    "error": logging.ERROR,
}

# The shortest serial has 14 symbols; a longer segment that is not a plain number may be a code.
_SEGMENT_LENGTH_MAX = 12
_SEGMENTS_MAX = 8


class _Lines(io.TextIOBase):
    """Standard error, as far as it takes anything: no line is worth an answer or a loop.

    The log often lies on the very disk that is full, or its reader is gone.
    """

    def __init__(self, out: TextIO) -> None:
        super().__init__()
        self._out = out

    def write(self, text: str, /) -> int:
        with suppress(OSError):
            self._out.write(text)
        return len(text)

    def flush(self) -> None:
        with suppress(OSError):
            self._out.flush()


def configure_logging(log_format: str, log_level: str) -> None:
    """Send our lines and those of libraries to standard error, one form for all.

    `log_format` is `json` (one object a line) or `text` (for a terminal). May be called again.
    """
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    lines = _Lines(sys.stderr)
    renderer: Processor = (
        structlog.processors.JSONRenderer(serializer=_dump)
        if log_format == "json"
        else structlog.processors.KeyValueRenderer(key_order=["timestamp", "level", "event"])
    )
    structlog.configure(
        processors=[*shared, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(_LEVELS[log_level]),
        logger_factory=structlog.WriteLoggerFactory(file=cast("TextIO", lines)),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(lines)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    # Libraries chat; below a warning only our own lines are wanted.
    root.setLevel(max(_LEVELS[log_level], logging.WARNING))


def open_log(name: str) -> FilteringBoundLogger:
    """Return a logger whose lines carry `name` as their source."""
    log: FilteringBoundLogger = structlog.get_logger(source=name)
    return log


def redact_path(path: str) -> str:
    """Return `path` with every segment starred that could be a serial or a human-readable code."""
    segments = path.split("/", _SEGMENTS_MAX + 1)
    shown = [
        segment if len(segment) <= _SEGMENT_LENGTH_MAX or _is_number(segment) else "*"
        for segment in segments[: _SEGMENTS_MAX + 1]
    ]
    return "/".join(shown)


def _is_number(segment: str) -> bool:
    # GTIN-14 and SSCC-18 name a kind of goods or a pallet and are printed in the open.
    return len(segment) <= 18 and segment.isascii() and segment.isdigit()  # noqa: PLR2004 - SSCC-18


def _dump(value: object, **options: Any) -> str:  # noqa: ANN401 - structlog passes json's options
    return orjson.dumps(value, default=options.get("default", str)).decode()
