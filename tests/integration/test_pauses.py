"""How long a mail server is left alone after a failure (MUST 13)."""

from datetime import timedelta

import pytest

from triage.daemon.keeping.pauses import pause_after
from triage.model.errors import MailboxRefused, MailboxUnavailable


@pytest.mark.parametrize(
    ("error", "failures", "shortest", "longest"),
    [
        (MailboxUnavailable("x"), 1, 1.0, 2.0),
        (MailboxUnavailable("x"), 2, 2.0, 4.0),
        (MailboxUnavailable("x"), 8, 128.0, 256.0),
        (MailboxUnavailable("x"), 9, 150.0, 300.0),
        (MailboxUnavailable("x"), 10_000, 150.0, 300.0),
        (MailboxUnavailable("x", not_before=timedelta(seconds=17)), 5, 17.0, 17.0),
        (MailboxRefused("x"), 1, 1.0, 2.0),
        (MailboxRefused("x"), 2, 300.0, 300.0),
        (OSError("x"), 3, 4.0, 8.0),
    ],
)
def test_the_pause_doubles_to_five_minutes_or_is_what_the_server_asked_for(
    error: Exception, failures: int, shortest: float, longest: float
) -> None:
    """MUST 13: with jitter, so that not everybody comes back in the same second."""
    pauses = {pause_after(error, failures) for _ in range(50)}

    assert shortest <= min(pauses) <= max(pauses) <= longest
    assert (shortest == longest) == (len(pauses) == 1)
