"""`triage mail`: the received mails, their very bytes, and what an operator may do for one that waits."""

import json
import sys
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from triage.cli.judgements import NATURE_WORDS, REASON_WORDS
from triage.cli.ledgers.access import act, fail, instant, look, shown, write_raw
from triage.cli.options import ConfigOption, JsonOption, configuration_of
from triage.model.codes import MailState, Nature
from triage.model.decision import Reason
from triage.model.judgement import ScanVerdict

if TYPE_CHECKING:
    from collections.abc import Mapping

    from triage.store.engine import Transaction
    from triage.store.ledgers.received import ReceivedEntry

app = typer.Typer(no_args_is_help=True, help="The mails that came in.")

MailId = Annotated[int, typer.Argument(help="The id that `triage mail list` shows.", metavar="ID", min=1)]

MailIds = Annotated[list[int], typer.Argument(help="One or more ids.", metavar="ID…", min=1)]


@app.command("list")
def list_mails(
    *,
    config: ConfigOption = None,
    state: Annotated[list[MailState] | None, typer.Option(help="Only these states (processed, held …).")] = None,
    reason: Annotated[list[Reason] | None, typer.Option(help="Only those treated so (new_matter …).")] = None,
    nature: Annotated[list[Nature] | None, typer.Option(help="Only those made by such (person, bounce …).")] = None,
    ticket: Annotated[str | None, typer.Option(help="Only those of this ticket.")] = None,
    since: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="From this local day on.")] = None,
    until: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="To this local day, included.")] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="At most so many, the newest.")] = None,
    as_json: JsonOption = False,
) -> None:
    """List received mails, newest first."""
    from triage.store.ledgers.received import ReceivedFilter, list_received

    since_at, until_at = _span(config, since, until)
    wanted = ReceivedFilter(
        states=state or (),
        reasons=reason or (),
        natures=nature or (),
        ticket=ticket,
        since_at=since_at,
        until_at=until_at,
    )
    found = look(config, lambda tx: list_received(tx, wanted, limit=limit))
    for each in found:
        print(json.dumps(received_fields(each), ensure_ascii=False) if as_json else _line(each))
    if not found and not as_json:
        print("no received mails")


@app.command()
def show(
    mail_id: MailId,
    config: ConfigOption = None,
    raw: Annotated[bool, typer.Option("--raw", help="The very bytes that came, nothing else.")] = False,
    as_json: JsonOption = False,
) -> None:
    """What was done with one received mail."""
    if raw:
        write_raw(look(config, lambda tx: _bytes_of(tx, mail_id)))
        return
    entry = look(config, lambda tx: _find(tx, mail_id))
    if not as_json:
        print("\n".join(_story(entry)))
        return
    told = {
        "nature_reason": entry.nature_reason,
        "observed_at": instant(entry.observed_at),
        "settled_at": instant(entry.settled_at),
        "attempts": entry.attempts,
        "truncated": entry.truncated,
        "remote_state": entry.remote_state,
    }
    print(json.dumps({**received_fields(entry), **told}, ensure_ascii=False))


@app.command()
def release(mail_id: MailId, config: ConfigOption = None) -> None:
    """Let the held acknowledgement of a mail leave; of quarantined mail of staff, ask the registered mailbox."""
    from triage.daemon.clock import utc_now
    from triage.model.codes import OutboxState
    from triage.store.ledgers.outgoing import OutgoingFilter, list_outgoing
    from triage.workflows.record import Refused
    from triage.workflows.record import release as let_go

    now = utc_now()
    if look(config, lambda tx: _find(tx, mail_id)).reason == Reason.STAFF_QUARANTINED:
        _ask_to_confirm(config, mail_id)
        return

    def work(tx: "Transaction", mail: int) -> None:
        _find(tx, mail)
        held = list_outgoing(tx, OutgoingFilter(states=(OutboxState.HELD,), mail=mail))
        if not held:
            raise Refused(f"mail {mail}: no acknowledgement of it is held; `triage mail show {mail}` says more")
        for each in held:
            let_go(tx, each.id, now=now)

    act(config, [mail_id], work, done="its acknowledgement is released", sends=True)


@app.command()
def replay(mail_id: MailId, config: ConfigOption = None) -> None:
    """Read again a mail that nobody could read, for instance after an update: same ticket, its letter sent once."""
    import asyncio

    from triage.daemon.rereading.replaying import replay as read_once_more

    sentence, well = _OUTCOMES[asyncio.run(read_once_more(configuration_of(config), mail_id))]
    if not well:
        fail(f"mail {mail_id}: {sentence}")
    print(f"{mail_id}: {sentence}")


def _ask_to_confirm(config: Path | None, mail_id: int) -> None:
    import asyncio

    from triage.daemon.rereading.replaying import confirm

    sentence, well = _CONFIRMATIONS[asyncio.run(confirm(configuration_of(config), mail_id))]
    if not well:
        fail(f"mail {mail_id}: {sentence}")
    print(f"{mail_id}: {sentence}")


_CONFIRMATIONS = {
    "asked": ("its writer is asked at the registered address, and it is done once they answer within two hours", True),
    "nothing_to_confirm": ("it asks for nothing that could be confirmed; ask its writer to write again", False),
    "not_quarantined": ("it is in quarantine no more", False),
    "unreadable": ("it cannot be read; ask its writer to write again", False),
    "no_such_mail": ("there is no such mail, or its bytes are not here", False),
}


@app.command()
def scan(mail_ids: MailIds, config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """Ask the scanner of `[scan]` about received mails, whole: 0 nothing found, 1 something is, 75 no verdict."""
    import asyncio

    from triage.daemon.rereading.scanning import scan_mail
    from triage.model.errors import ScannerUnavailable

    configuration = configuration_of(config)
    if not configuration.settings.scan.clamd:
        raise typer.BadParameter("[scan] clamd is empty: there is no scanner to ask")
    worst = 0
    for mail_id in mail_ids:
        raw = look(config, partial(_bytes_of, mail_id=mail_id))
        try:
            found = asyncio.run(scan_mail(configuration, raw))
        except ScannerUnavailable as error:
            print(f"triage: mail {mail_id}: {error}", file=sys.stderr)
            worst = _TRY_AGAIN_LATER
            continue
        told = {"id": mail_id, "verdict": found.verdict, "signature": found.signature}
        words = f"{mail_id}: {_SCAN_WORDS[found.verdict]} {found.signature}".rstrip()
        print(json.dumps(told, ensure_ascii=False) if as_json else words)
        worst = worst or int(found.verdict is not ScanVerdict.CLEAN)
    raise typer.Exit(worst)


_TRY_AGAIN_LATER = 75
_SCAN_WORDS = {
    ScanVerdict.CLEAN: "nothing was found",
    ScanVerdict.INFECTED: "infected, do not hand it on:",
    ScanVerdict.TOO_LARGE: "too large for the scanner: nobody has looked",
}
_OUTCOMES = {
    "done": ("it was understood; its ticket says so, and its acknowledgement is seen to", True),
    "not_unread": ("there is nothing to read again: it was understood", True),
    "still_unreadable": ("it still cannot be read; its ticket stays flagged", False),
    "no_such_mail": ("there is no such mail, or its bytes are not here", False),
}


def received_fields(entry: "ReceivedEntry") -> dict[str, Any]:
    """A received mail as the command-line contract prints it."""
    return {
        "id": entry.id,
        "folder": entry.folder,
        "uidvalidity": entry.uidvalidity,
        "uid": entry.uid,
        "sha256": entry.sha256,
        "size": entry.size,
        "message_id": entry.message_id,
        "arrived_at": instant(entry.arrived_at),
        "state": entry.state,
        "nature": entry.nature,
        "reason": entry.reason,
        "ticket": entry.ticket,
    }


def _span(
    config: Path | None, since: datetime | None, until: datetime | None
) -> tuple[datetime | None, datetime | None]:
    """The instants (UTC) at which the first local day begins and the last one ends."""
    from datetime import UTC, timedelta
    from zoneinfo import ZoneInfo

    if since is None and until is None:
        return None, None
    zone = ZoneInfo(configuration_of(config).settings.body.time_zone)
    end = None if until is None else until + timedelta(days=1)
    begins_at, ends_at = (each and each.replace(tzinfo=zone).astimezone(UTC) for each in (since, end))
    return begins_at, ends_at


def _find(tx: "Transaction", mail_id: int) -> "ReceivedEntry":
    from triage.store.ledgers.received import find_received

    entry = find_received(tx, mail_id)
    if entry is None:
        raise typer.BadParameter(f"there is no received mail {mail_id}")
    return entry


def _bytes_of(tx: "Transaction", mail_id: int) -> bytes:
    from triage.store.raw import read_bytes

    entry = _find(tx, mail_id)
    if entry.sha256 is None:
        fail(f"mail {mail_id}: its bytes are not here ({entry.state})")
    return read_bytes(tx, entry.sha256)


def _line(entry: "ReceivedEntry") -> str:
    treated = " ".join(each for each in (entry.nature, entry.reason) if each)
    parts = (entry.id, shown(entry.arrived_at), entry.state, treated or "–", entry.ticket or "no ticket")
    return "  ".join([*map(str, parts), f"{entry.size} bytes"])


def _words(known: "Mapping[Any, str]", code: str | None) -> str:
    """A code in words; where nothing was judged yet, that."""
    return "not judged yet" if code is None else known.get(code, code)


def _story(entry: "ReceivedEntry") -> list[str]:
    return [
        _line(entry),
        f"  folder      {entry.folder}, UIDVALIDITY {entry.uidvalidity}, UID {entry.uid}, {entry.remote_state}",
        f"  sha256      {entry.sha256 or '–'}{' (its beginning only)' if entry.truncated else ''}",
        f"  message id  {entry.message_id or '–'}",
        f"  observed    {shown(entry.observed_at)}",
        f"  settled     {shown(entry.settled_at) or '–'}, tries {entry.attempts}",
        f"  nature      {entry.nature or '–'}: {_words(NATURE_WORDS, entry.nature_reason)}",
        f"  treated     {_words(REASON_WORDS, entry.reason)}",
    ]
