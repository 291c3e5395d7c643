"""Logs: one JSON object a line on standard error, and nothing in it that was not foreseen (R-77).

Every event name and key is listed in docs/logging.md. A key outside the list loses its value; texts that reach us
from libraries are reduced to the logger's name and level, since they may quote a mail.
"""

import logging
import sys
from collections.abc import MutableMapping
from typing import Any, TextIO

import structlog

ALLOWED_KEYS = frozenset(
    {
        "actions",
        "attempt",
        "code",
        "count",
        "delay_seconds",
        "enhanced",
        "error",
        "event",
        "folder",
        "kind",
        "level",
        "logger",
        "mail",
        "message_id_hash",
        "ms",
        "nature",
        "notices",
        "outcome",
        "phase",
        "reason",
        "reference",
        "revision",
        "size",
        "sweep",
        "task",
        "timestamp",
        "uidvalidity",
        "version",
        "where",
    }
)
HIDDEN = "(hidden)"

_LEVELS = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}


def set_up_logging(level: str, stream: TextIO | None = None) -> None:
    """Send our events and those of libraries to `stream` (standard error), one JSON object a line."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[_reduce_foreign, structlog.stdlib.add_log_level, _stamp],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                _keep_allowed,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("triage").setLevel(_LEVELS[level])
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.stdlib.add_log_level,
            _stamp,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )


def describe_error(error: BaseException) -> str:
    """What may be logged of an exception: its types and where it was raised, never its text or its variables."""
    chain = [error]
    while (cause := chain[-1].__cause__) is not None and cause not in chain:
        chain.append(cause)
    return " from ".join(type(each).__name__ for each in chain)


def locate_error(error: BaseException) -> str:
    """The last lines of our own code that an exception passed, as module:line."""
    places = []
    trace = error.__traceback__
    while trace is not None:
        module = trace.tb_frame.f_globals.get("__name__", "")
        if str(module).startswith("triage"):
            places.append(f"{module}:{trace.tb_lineno}")
        trace = trace.tb_next
    return " > ".join(places[-3:])


_stamp = structlog.processors.TimeStamper(fmt="iso", utc=True)


def _keep_allowed(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    shown = {key: _plain(value) if key in ALLOWED_KEYS else HIDDEN for key, value in event.items()}
    if isinstance(event.get("error"), BaseException):
        shown["where"] = locate_error(event["error"])
    return shown


def _plain(value: Any) -> Any:
    if isinstance(value, bool | int | float) or value is None:
        return value
    if isinstance(value, BaseException):
        return describe_error(value)
    # Nothing that ends a line somewhere, moves a cursor or turns the direction of a text.
    return "".join(sign if sign.isprintable() else " " for sign in str(value)[:300])


def _reduce_foreign(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    record: logging.LogRecord = event["_record"]
    error = record.exc_info[1] if record.exc_info else None
    reduced: dict[str, Any] = {
        "event": "library_message",
        "logger": record.name,
        "_record": record,
        "_from_structlog": False,
    }
    if error is not None:
        reduced["error"] = error
    return reduced
