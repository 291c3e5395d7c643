"""What a notice to staff may say: plain texts, and for each file a row of plain texts. A restricted file has two."""

from collections.abc import Mapping

from triage.mail.writing.letters.working import MARKER
from triage.model.codes import Language
from triage.model.escalation.notices import FileStanding, StaffNotice
from triage.wording.dates import long_date
from triage.wording.numbers import counted
from triage.wording.standing import (
    ACTION_WORDS,
    STATUS_WORDS,
    due_words,
    introduction_of,
    situation_words,
    title_of,
)

NOTICE_NAMES = frozenset({"title", "introduction", "files", "unlisted", "unit", "marker", "reply_code"})

StaffValues = Mapping[str, str | tuple[Mapping[str, str], ...]]


def notice_values(notice: StaffNotice, *, unit: str, code: str = "") -> StaffValues:
    """The texts of one notice. `unlisted` is empty where every file is listed, `restricted` where a file is not."""
    more = counted(notice.unlisted, "autre dossier", "autres dossiers", language=Language.FRENCH)
    return {
        "title": title_of(notice),
        "introduction": introduction_of(notice),
        "files": tuple(_row(each) for each in notice.files),
        "unlisted": more if notice.unlisted else "",
        "unit": unit,
        "marker": MARKER,
        "reply_code": code,
    }


def _row(file: FileStanding) -> Mapping[str, str]:
    day, hour = due_words(file)
    due = {"reference": file.reference, "due_day": day, "due_hour": hour}
    if file.restricted:
        return {**due, "restricted": "oui"}
    return {
        **due,
        "restricted": "",
        "situation": situation_words(file),
        "owner": file.owner or "personne pour l’instant",
        "received_day": long_date(file.received_on, language=Language.FRENCH, weekday=True),
        "status": STATUS_WORDS[file.status],
        "last_action_day": long_date(file.last_action_on, language=Language.FRENCH, weekday=True),
        "action": ACTION_WORDS[file.situation],
    }
