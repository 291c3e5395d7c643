"""What the digest may say: plain texts and rows of plain texts; a restricted file has its number and due date alone."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, tzinfo

from triage.model.agents.staff import Staff
from triage.model.codes import Language, TicketStatus
from triage.model.papers.counting import Attainment, YearFigures
from triage.model.papers.digest import Digest, DigestLetter, DigestLine, DigestSection, Section, ServiceState
from triage.wording.dates import long_date
from triage.wording.digest import (
    KIND_WORDS,
    SECTION_COUNTS,
    SECTION_TITLES,
    apart_words,
    deadline_words,
    deed_words,
    letter_words,
    margin_words,
    notice_words,
    promise_words,
    share_words,
    target_words,
)
from triage.wording.hours import clock_time
from triage.wording.initials import initials
from triage.wording.numbers import counted, number
from triage.wording.spacing import NO_BREAK
from triage.wording.standing import STATUS_WORDS

DIGEST_NAMES = frozenset(
    {
        *("title", "headline", "counts", "sections", "letters", "since", "promises", "remarks", "service", "unit"),
        "reply_code",
    }
)

_FRENCH = Language.FRENCH
_COLON = f"{NO_BREAK}:"
_URGENT = frozenset({Section.NOBODY, Section.DECIDE, Section.LATE})

Row = Mapping[str, object]


def digest_values(digest: Digest, *, staff: Staff, zone: tzinfo, unit: str, code: str = "") -> Row:
    """The texts of one digest. `code` is its last line, by which an answer finds its numbers."""
    sections = [each for each in digest.sections if each.count]
    return {
        "title": f"Plaintes et commentaires{_COLON} bilan du {_day(digest.on)}",
        "headline": _headline(digest),
        "counts": tuple(_counts(digest)),
        "sections": tuple(_section(each, digest.on, staff=staff, zone=zone) for each in sections),
        "letters": tuple(_letters(digest)),
        "since": f"Depuis le {long_date(digest.figures.year.first_on, language=_FRENCH)}",
        "promises": tuple(_promise(each, digest.margins.get(each.standard)) for each in digest.figures.attainments),
        "remarks": tuple(_remarks(digest.figures)),
        "service": tuple(_service(digest.service, digest.on, zone=zone)),
        "unit": unit,
        "reply_code": code,
    }


def _headline(digest: Digest) -> str:
    counts = {each.name: each.count for each in digest.sections}
    if any(counts.get(each) for each in _URGENT):
        return ""
    if any(counts.values()):
        return "Rien à décider aujourd’hui et aucun retard."
    return "Rien à décider aujourd’hui, aucun retard, aucun dossier sans responsable."


def _counts(digest: Digest) -> Iterator[Row]:
    for section in digest.sections:
        if section.count:
            words = counted(section.count, *SECTION_COUNTS[section.name], language=_FRENCH)
            yield {"words": words, "urgent": "oui" if section.name in _URGENT else ""}
    for letters, nouns in _groups(digest):
        if letters:
            yield {"words": counted(len(letters), *nouns[1], language=_FRENCH), "urgent": ""}
    for attainment in digest.figures.attainments:
        if attainment.is_answer and attainment.promised.counted:
            yield {"words": margin_words(attainment, digest.margins.get(attainment.standard)), "urgent": ""}
    if digest.service.is_blind:
        yield {"words": "La boîte n’est plus relevée", "urgent": "oui"}


def _section(section: DigestSection, today: date, *, staff: Staff, zone: tzinfo) -> Row:
    return {
        "title": f"{SECTION_TITLES[section.name]} ({number(section.count, language=_FRENCH)})",
        "late": "oui" if section.name is Section.LATE else "",
        "lines": tuple(_line(each, section.name, today, staff=staff, zone=zone) for each in section.lines),
        "more": counted(section.more, "autre dossier", "autres dossiers", language=_FRENCH) if section.more else "",
    }


def _line(line: DigestLine, section: Section, today: date, *, staff: Staff, zone: tzinfo) -> Row:
    due_at = None if line.due_at is None else line.due_at.astimezone(zone)
    return {
        "number": str(line.number),
        "reference": line.reference,
        "deadline": deadline_words(line, today=today, due_at=due_at),
        "deed": deed_words(line, section=section),
        "standing": "" if line.restricted else _standing(line, staff, today),
    }


def _standing(line: DigestLine, staff: Staff, today: date) -> str:
    state = "" if line.status is TicketStatus.NEW else f"état{_COLON} {STATUS_WORDS[line.status]}, "
    return f"{KIND_WORDS[line.kind]}, {state}{_owner(line, staff, today)}"


def _owner(line: DigestLine, staff: Staff, today: date) -> str:
    if line.assigned_to is None:
        return "sans responsable"
    member = staff.by_id(line.assigned_to)
    if member is None:
        return "responsable à remplacer"
    if member.is_absent(today) and member.absent_until_on is not None:
        return f"{initials(member.name)} (absence jusqu’au {long_date(member.absent_until_on, language=_FRENCH)})"
    return initials(member.name)


def _groups(digest: Digest) -> tuple[tuple[tuple[DigestLetter, ...], tuple[str, tuple[str, str]]], ...]:
    return (
        (
            digest.acknowledgements,
            (
                "Accusés de réception retenus ou non remis",
                ("accusé de réception retenu ou non remis", "accusés de réception retenus ou non remis"),
            ),
        ),
        (
            digest.letters,
            (
                "Autres courriels retenus ou non remis",
                ("autre courriel retenu ou non remis", "autres courriels retenus ou non remis"),
            ),
        ),
    )


def _letters(digest: Digest) -> Iterator[Row]:
    for letters, (title, _) in _groups(digest):
        if letters:
            yield {
                "title": f"{title} ({number(len(letters), language=_FRENCH)})",
                "lines": tuple(
                    {"reference": each.reference or notice_words(each.kind), "why": letter_words(each)}
                    for each in letters
                ),
                "more": "",
            }


def _promise(attainment: Attainment, left: int | None) -> Row:
    share = attainment.promised.share
    return {
        "name": promise_words(attainment),
        "share": share_words(attainment),
        "target": target_words(attainment),
        "margin": margin_words(attainment, left) if share is not None else "",
        "apart": apart_words(attainment),
        "missed": "oui" if attainment.is_reached is False else "",
        # Of the bar alone, whose words stand beside it: rounded down, so that it never reaches what is not reached.
        "width": "" if share is None else str(int(share * 100)),
        "target_width": str(attainment.target_percent),
    }


def _remarks(figures: YearFigures) -> Iterator[str]:
    if figures.acknowledgeable:
        fraction = (
            f"{number(figures.acknowledged, language=_FRENCH)}/{number(figures.acknowledgeable, language=_FRENCH)}"
        )
        yield f"Plaintes dont l’accusé de réception automatique est parti{_COLON} {fraction}."
    if figures.is_provisional:
        yield f"Chiffres provisoires de l’exercice {figures.year.label}."


def _service(service: ServiceState, today: date, *, zone: tzinfo) -> Iterator[Row]:
    looked = "jamais" if service.looked_at is None else _moment(service.looked_at.astimezone(zone), today)
    yield {"words": f"Dernière relève de la boîte{_COLON} {looked}", "alarm": "oui" if service.is_blind else ""}
    if service.waiting and service.waiting_since_at is not None:
        since = _moment(service.waiting_since_at.astimezone(zone), today)
        waiting = counted(service.waiting, "courriel", "courriels", language=_FRENCH)
        yield {"words": f"En file d’attente{_COLON} {waiting}, le plus ancien{_COLON} {since}", "alarm": ""}
    if service.for_approval:
        held = number(service.for_approval, language=_FRENCH)
        yield {"words": f"Lettres en attente d’une approbation avant l’envoi{_COLON} {held}", "alarm": ""}
    confirmed = "confirmé" if service.next_year_confirmed else "à confirmer"
    yield {"words": f"Calendrier {service.next_year}{_COLON} {confirmed}", "alarm": ""}


def _moment(at: datetime, today: date) -> str:
    day = "aujourd’hui" if at.date() == today else _day(at.date())
    return f"{day}, {clock_time(at.time(), language=_FRENCH)}"


def _day(day: date) -> str:
    return long_date(day, language=_FRENCH, weekday=True)
