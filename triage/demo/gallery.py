"""The folder that the demo leaves: every mail that left as `.eml` and as a page, and an index. No remote resource.

A mail is hostile: every text is escaped by Jinja, and the HTML part is shown only inside a frame that may run
nothing, open nothing and fetch nothing (an empty `sandbox`, and a policy that the frame inherits).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from jinja2 import Environment, PackageLoader, StrictUndefined

from triage.demo.account import Account, Check, Happening, SentMail, make_legible, read_headers, read_part
from triage.demo.narrator import arrange_tickets, say_instant, say_taken_in
from triage.demo.story import SCENES
from triage.model.ticket import find_references

LOG_NAME = "daemon.log"
INDEX_NAME = "index.html"
_OURS = re.compile(r"index\.html|daemon\.log|[0-9]{2,}(-[0-9]{4}-[0-9]{6})?\.(eml|html)|muttrc-[a-z]+", re.ASCII)
_LEAST_DIGITS = 2


class FolderTaken(Exception):
    """The folder cannot be used, or holds something that the demo did not put there; nothing of it was touched."""


@dataclass(frozen=True, slots=True)
class Page:
    """One mail as its page shows it. `stem` is the file name without its ending: a count and a ticket number."""

    stem: str
    subject: str
    recipient: str
    sent_at: str
    headers: tuple[tuple[str, str], ...]
    text: str
    html: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One mail that came in, as the index tells it."""

    name: str
    organisation: str
    headline: str
    language: str
    subject: str
    words: str
    outcome: str
    answer: Page | None


def prepare_folder(folder: Path) -> None:
    """Make the folder, or empty it of an earlier run. Raises `FolderTaken` where it holds anything else."""
    try:
        _empty_folder(folder)
    except OSError as error:
        raise FolderTaken(f"{folder} cannot be used: {error.strerror}; name another folder with --out") from error


def _empty_folder(folder: Path) -> None:
    if folder.exists() and not folder.is_dir():
        raise FolderTaken(f"{folder} is not a folder; name another with --out")
    found = sorted(folder.iterdir()) if folder.exists() else []
    if any(not path.is_file() or not _OURS.fullmatch(path.name) for path in found):
        raise FolderTaken(f"{folder} holds files that the demo did not put there; name another folder with --out")
    for path in found:
        path.unlink()
    folder.mkdir(parents=True, exist_ok=True)


def write_gallery(folder: Path, account: Account, checks: tuple[Check, ...], zone: ZoneInfo) -> Path:
    """Write all pages into a prepared folder; the path of the index."""
    templates = page_templates()
    pages = write_pages(folder, account.sent, zone)
    index = folder / INDEX_NAME
    entries = tuple(_make_entry(happening, account.sent, pages) for happening in account.happenings)
    table = arrange_tickets(account.tickets, zone)
    shown = templates.get_template("index.html").render(entries=entries, pages=pages, table=table, checks=checks)
    index.write_text(shown, encoding="utf-8")
    return index


def page_templates() -> Environment:
    """The templates of the pages; every text that is put into them is escaped."""
    return Environment(
        loader=PackageLoader("triage.demo", "pages"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )


def write_pages(folder: Path, sent: Sequence[SentMail], zone: ZoneInfo) -> tuple[Page, ...]:
    """Write each mail as its very bytes and as a page; the pages, in the same order."""
    template = page_templates().get_template("mail.html")
    digits = max(_LEAST_DIGITS, len(str(len(sent))))
    pages = tuple(read_page(mail, number, zone, digits=digits) for number, mail in enumerate(sent, start=1))
    for mail, page in zip(sent, pages, strict=True):
        (folder / f"{page.stem}.eml").write_bytes(mail.raw)
        (folder / f"{page.stem}.html").write_text(template.render(page=page), encoding="utf-8")
    return pages


def read_page(mail: SentMail, number: int, zone: ZoneInfo, *, digits: int = _LEAST_DIGITS) -> Page:
    """What one page shows of one mail, whatever its bytes are; its number has so many digits, to sort by name."""
    message = mail.read()
    headers = read_headers(message)
    subject = next((value for name, value in headers if name.lower() == "subject"), "")
    references = find_references(subject)
    counted = f"{number:0{digits}d}"
    return Page(
        stem=f"{counted}-{references[0]}" if references else counted,
        subject=subject or "(no subject)",
        recipient=make_legible(mail.recipient),
        sent_at=say_instant(mail.sent_at, zone),
        headers=headers,
        text=read_part(message, "plain"),
        html=read_part(message, "html"),
    )


def _make_entry(happening: Happening, sent: tuple[SentMail, ...], pages: tuple[Page, ...]) -> Entry:
    letter = happening.letter
    answers = (
        page
        for mail, page in zip(sent, pages, strict=True)
        if mail.recipient == letter.sender.address
        and any(name == "In-Reply-To" and value.strip() == letter.message_id for name, value in page.headers)
    )
    return Entry(
        name=letter.sender.name,
        organisation=letter.sender.organisation,
        headline=next((scene.headline for scene in SCENES if scene.key == happening.key), ""),
        language=letter.sender.language,
        subject=letter.subject,
        words=letter.words.replace("\n\n", "\n"),
        outcome=_start_sentence(say_taken_in(happening.taken_in)),
        answer=next(answers, None),
    )


def _start_sentence(words: str) -> str:
    return words[:1].upper() + words[1:]
