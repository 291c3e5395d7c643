"""What machines title their mail: absence notices and undelivered mail. A title alone is a suspicion.

People write such words too, so a title silences nobody: beside another sign it tells the machine
(`rules.intake.nature`), alone it only holds the acknowledgement (`rules.intake.answering`).
"""

import re

from triage.model.ticket import find_references

# What absence notices are titled. A colon alone is no proof: « Absence du bureau : personne depuis mardi » complains.
_ABSENCE = (
    r"réponse automatique|absence du bureau|absent du bureau|absente du bureau|absent\(e\) du bureau"
    r"|message d['’]absence|avis d['’]absence|automatic reply|automatic response|auto[- ]?reply|auto response"
    r"|autoreply|out of office|out of the office|out of office autoreply|vacation reply|automatische antwort"
)
_ABSENCE_PREFIX = re.compile(rf"(?:{_ABSENCE})\s{{0,3}}:\s{{0,3}}(re\s{{0,3}}:)?", re.IGNORECASE)
_ABSENCE_ALONE = re.compile(rf"(?:{_ABSENCE})[\s.!]{{0,3}}", re.IGNORECASE)

# What undelivered mail is titled by servers that send no report.
_BOUNCE = re.compile(
    r"(?:undeliver|returned mail|mail delivery (?:failed|failure|system|warning|error)|mail system error"
    r"|delivery (?:status notification|failure|failed)|failure notice|mail could not be delivered|non remis\b"
    r"|permanent delivery failure|mail error"
    r"|échec de (?:la )?(?:remise|livraison|distribution)|(?:message|courriel) non (?:remis|livr|distribu|délivr))",
    re.IGNORECASE,
)
_BOUNCE_ENDING = re.compile(r": non remis\b", re.IGNORECASE)


def has_absence_subject(subject: str) -> bool:
    """Whether the subject is, or begins as, an absence notice's title: a suspicion, for a person may write it too."""
    return bool(_ABSENCE_ALONE.fullmatch(subject.strip()) or _ABSENCE_PREFIX.match(subject.strip()))


def has_bounce_subject(subject: str) -> bool:
    """Whether the subject is an undelivered mail's: a suspicion, for a person may forward one."""
    return bool(_BOUNCE.match(subject.strip())) or bool(_BOUNCE_ENDING.search(subject))


def repeats_a_subject(subject: str) -> bool:
    """Whether another mail's subject stands behind the title: an answer's, or a letter's of ours with its number."""
    prefix = _ABSENCE_PREFIX.match(subject.strip())
    return prefix is not None and (bool(prefix[1]) or bool(find_references(subject)))
