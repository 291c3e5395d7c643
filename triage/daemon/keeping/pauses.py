"""How long the mail server is left alone after a connection ended, by how it ended (MUST 13)."""

from triage.daemon.clock import chance
from triage.model.errors import LoginRefused, MailboxRefused, MailboxUnavailable
from triage.store.health.trouble import database_trouble

SHORTEST_PAUSE = 2.0
LONGEST_PAUSE = 300.0
LONGEST_PAUSE_OVER_A_MAIL = 30.0
LONGEST_PAUSE_OVER_THE_DATABASE = 15.0
USEFUL_SECONDS = 60.0
"""A connection that lived so long, and in which a look at the folder was completed, was a good one."""


class Reconnect(Exception):
    """A good connection was lost: its end does not add to the failures before."""


class OverAMail(Exception):
    """The server hung up over a mail, which is asked for alone from now on: the others shall not wait long for it."""


def cause_of(error: Exception) -> BaseException:
    """What ended the connection."""
    return error.__cause__ or error if isinstance(error, Reconnect | OverAMail) else error


def pause_after(error: Exception, failures: int) -> float:
    """How long to leave the server alone, in seconds: 2 s doubling to 5 min with full jitter, or as it asked."""
    cause = cause_of(error)
    if isinstance(cause, MailboxUnavailable) and cause.not_before is not None:
        return cause.not_before.total_seconds()
    longest: float = min(SHORTEST_PAUSE * 2.0 ** min(failures - 1, 20), _longest(error))
    refusals = cause.in_a_row if isinstance(cause, LoginRefused) else 0
    if isinstance(cause, MailboxRefused) and max(failures, refusals) > 1:
        return LONGEST_PAUSE  # accounts get locked by impatience
    return longest * (0.5 + abs(chance()) / 2)


def _longest(error: Exception) -> float:
    if database_trouble(error) is not None:
        return LONGEST_PAUSE_OVER_THE_DATABASE  # which is not the mail server's fault
    return LONGEST_PAUSE_OVER_A_MAIL if isinstance(error, OverAMail) else LONGEST_PAUSE
