"""The folder that the days leave: every mail that left as its bytes and as a page, and an index by day."""

from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from pathlib import Path

from triage.demo.account import Check
from triage.demo.configuration import ZONE
from triage.demo.days.checks import Seen
from triage.demo.days.telling import say_attainment, say_day, say_kind, say_recipient, say_writer, tabulate
from triage.demo.gallery import INDEX_NAME, Page, page_templates, write_pages


@dataclass(frozen=True, slots=True)
class Moment:
    """One line of a day: a mail that was written, with its words, or one that left, with its page."""

    at: datetime
    time: str
    who: str
    words: str = ""
    language: str = "fr"
    kind: str = ""
    page: Page | None = None


@dataclass(frozen=True, slots=True)
class Day:
    """One local day, in order."""

    title: str
    moments: tuple[Moment, ...]


def write_days(folder: Path, seen: Seen, checks: tuple[Check, ...]) -> Path:
    """Write all pages into a prepared folder; the path of the index."""
    pages = write_pages(folder, [each.mail for each in seen.left], ZONE)
    index = folder / INDEX_NAME
    shown = (
        page_templates()
        .get_template("days.html")
        .render(
            open_days=len(seen.lived.days),
            days=_days(seen, pages),
            checks=checks,
            figures=[say_attainment(each) for each in seen.figures.attainments],
            table=tabulate(seen.tickets),
        )
    )
    index.write_text(shown, encoding="utf-8")
    return index


def _days(seen: Seen, pages: tuple[Page, ...]) -> list[Day]:
    moments = sorted((*_written(seen), *_sent(seen, pages)), key=lambda each: each.at)
    by_day = groupby(moments, key=lambda each: each.at.astimezone(ZONE).date())
    return [Day(say_day(day, seen.lived.days), tuple(mine)) for day, mine in by_day]


def _written(seen: Seen) -> list[Moment]:
    return [
        Moment(
            at=each.scene.written_at,
            time=_time(each.scene.written_at),
            who=f"{say_writer(each.scene)}{each.scene.headline}",
            words=each.letter.words.replace("\n\n", "\n"),
            language=each.scene.who.language,
        )
        for each in seen.lived.played
    ]


def _sent(seen: Seen, pages: tuple[Page, ...]) -> list[Moment]:
    return [
        Moment(
            at=left.mail.sent_at,
            time=_time(left.mail.sent_at),
            who=f"triage to {say_recipient(left)}",
            kind=say_kind(left.kind),
            page=page,
        )
        for left, page in zip(seen.left, pages, strict=True)
    ]


def _time(at: datetime) -> str:
    return f"{at.astimezone(ZONE):%H:%M}"
