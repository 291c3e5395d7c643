"""What in the service's standing needs a person now (MUST 21; R-88)."""

from datetime import datetime, timedelta

from triage.model.codes import OutboxState
from triage.model.health import Finding, Level, Standing

STUCK_AFTER = timedelta(minutes=10)
SILENT_AFTER = timedelta(minutes=15)


def judge_standing(standing: Standing, *, now: datetime) -> tuple[Finding, ...]:
    """Warnings and problems, nothing where all is well."""
    found = [*_judge_daemon(standing, now=now), *_judge_waiting(standing, now=now), *_judge_outbox(standing)]
    return tuple(found)


def _judge_daemon(standing: Standing, *, now: datetime) -> list[Finding]:
    if standing.daemon_seen_at is None:
        if standing.looked_at is not None:  # `triage run --once`, from a timer of the operator's own
            return []
        return [Finding("daemon", Level.WARNING, "it never ran on this database", "triage run")]
    if standing.stopped:
        sentence = f"it was stopped on purpose at {_instant(standing.daemon_seen_at)}"
        return [Finding("daemon", Level.WARNING, sentence, "systemctl start triage, or triage run")]
    if now - standing.daemon_seen_at > SILENT_AFTER:
        mend = "systemctl status triage; journalctl -u triage: it ended, it hangs, or cannot write to the database"
        return [Finding("daemon", Level.PROBLEM, f"no sign of life since {_instant(standing.daemon_seen_at)}", mend)]
    looked_at = standing.looked_at
    if looked_at is None or now - looked_at > SILENT_AFTER:
        since = "it started" if looked_at is None else _instant(looked_at)
        mend = "triage check; the log says why (mailbox_lost, database_unavailable)"
        return [Finding("mailbox", Level.PROBLEM, f"nobody has looked into the mailbox since {since}", mend)]
    return []


def _judge_waiting(standing: Standing, *, now: datetime) -> list[Finding]:
    oldest = standing.oldest_waiting_at
    if oldest is None or now - oldest <= STUCK_AFTER:
        return []
    mend = "is the daemon running? The log says why a mail is not taken in (mail_not_taken_in, sweep_failed)"
    return [Finding("intake", Level.PROBLEM, f"a mail has waited since {_instant(oldest)}", mend)]


def _judge_outbox(standing: Standing) -> list[Finding]:
    dead = standing.outbox.get(OutboxState.DEAD, 0)
    held = standing.outbox.get(OutboxState.HELD, 0)
    unknown = standing.outbox.get(OutboxState.UNKNOWN, 0)
    found = []
    if dead:
        mend = "look at each below: mend its cause, and reach the person by another way where it cannot be mended"
        found.append(Finding("outbox", Level.PROBLEM, f"letters given up: {dead}", mend))
    if unknown:
        sentence = f"letters of which nobody knows whether they left: {unknown}"
        found.append(Finding("outbox", Level.WARNING, sentence, "nothing yet: they are sent again after their wait"))
    if held:
        found.append(Finding("outbox", Level.WARNING, f"letters that wait for a person: {held}", "look at each below"))
    return found


def _instant(at: datetime) -> str:
    return at.isoformat(timespec="seconds").replace("+00:00", "Z")
