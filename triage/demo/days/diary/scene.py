"""What a scene of the days is: who writes what, when, and what it does to a matter. Values only."""

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from triage.demo.configuration import ZONE
from triage.demo.people import Correspondent
from triage.model.codes import NoticeKind


class Deed(StrEnum):
    """What a mail does to its matter, as whoever wrote the story meant it: the checks count by this."""

    OPENS = "opens"
    ADDS = "adds"
    TAKES = "takes"  # somebody takes charge of it
    CONCLUDES = "concludes"  # the final answer
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Scene:
    """One mail. `at` is a local wall time of the story, `matter` a key that all mails of one matter share.

    `answers` names the kind of the mail that is answered, the newest of that matter that its writer has; None begins
    a new one. `internal` words must never reach anybody outside. `proof` is what the border server says of the sender,
    "" for nothing. `machine` is « auto » for an automatic reply, « list » for a newsletter, "" for a person. A
    `question` is opened as every matter is, and coded by somebody before its day is over.
    """

    at: str
    who: Correspondent
    headline: str
    words: str
    matter: str = ""
    deed: Deed = Deed.NOTHING
    answers: NoticeKind | None = None
    subject: str = ""
    photo: bool = False
    internal: bool = False
    proof: str = "pass"
    machine: str = ""
    question: bool = False

    @property
    def written_at(self) -> datetime:
        """The instant at which it reaches the mailbox, aware UTC."""
        return datetime.fromisoformat(self.at).replace(tzinfo=ZONE).astimezone(UTC)
