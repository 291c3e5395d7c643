"""What is judged of a mail before anything is done: what made it, and whether a machine may answer it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from triage.model.codes import Nature, ScanState
from triage.model.letters.plan import AnswerPlan


class NatureReason(StrEnum):
    """Why a mail has its nature: the first sign that matched (MUST 24)."""

    NO_SIGN_OF_AUTOMATION = "no_sign_of_automation"
    NULL_RETURN_PATH = "null_return_path"
    MAILER_DAEMON = "mailer_daemon"
    DELIVERY_REPORT = "delivery_report"
    READ_RECEIPT = "read_receipt"
    FEEDBACK_REPORT = "feedback_report"
    AUTO_SUBMITTED = "auto_submitted"
    AUTO_REPLY_HEADER = "auto_reply_header"
    AUTO_REPLY_SUBJECT = "auto_reply_subject"
    OWN_ADDRESS = "own_address"
    OWN_LOOP_HEADER = "own_loop_header"
    OWN_MESSAGE_ID = "own_message_id"
    LIST_HEADER = "list_header"
    PRECEDENCE = "precedence"
    BOUNCE_SUBJECT = "bounce_subject"  # titled as undelivered, with a server's code or the mail itself
    DELIVERY_WORDS = (
        "delivery_words"  # a server's words open it, and its headers or title and sender are a server's too
    )
    MACHINE_REPORT = "machine_report"  # a multipart/report of another kind
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class NatureVerdict:
    """What made the mail, and the sign that says so."""

    nature: Nature
    reason: NatureReason


class WithholdReason(StrEnum):
    """Why an acknowledgement that is owed is not sent by the machine alone; a person sees each."""

    UNREADABLE = "unreadable"
    NO_SENDER = "no_sender"
    SEVERAL_SENDERS = "several_senders"
    ADDRESS_REFUSED = "address_refused"  # fails the grammar of addresses we send to (MUST 14)
    NO_REPLY_SENDER = "no_reply_sender"
    TOO_MANY_HOPS = "too_many_hops"
    NOT_A_PERSON = "not_a_person"  # none is owed: a machine wrote
    LOOKS_AUTOMATIC = "looks_automatic"  # a title or one header of a machine's mail, and no other sign says so
    AUTHENTICATION_FAILED = "authentication_failed"  # a server we trust says that the sender is not who From says
    OWN_ADDRESS = "own_address"  # from an address of ours, or an X-Loop that names one, and nothing automatic about it
    NOT_ADDRESSED_TO_US = "not_addressed_to_us"
    NO_STANDARD_IN_FORCE = "no_standard_in_force"  # the letter would have no day to announce
    SENDER_CAP = "sender_cap"
    DOMAIN_CAP = "domain_cap"
    TOTAL_CAP = "total_cap"  # of everybody's acknowledgements together
    SAME_WORDS = "same_words"  # acknowledged already within a day, subject and parts the same
    RENUMBERED = "renumbered"  # one of many old mails that came up at once when the mailbox was moved or restored
    APPROVAL = "approval"  # this kind of letter leaves on a person's word only
    NOBODY_LEFT = "nobody_left"  # a working mail: the file is about everybody who could read it
    IMPORTED = "imported"  # it lay in an archive: nobody waits for a letter about it
    OBSERVATION = "observation"  # triage only watches: it was composed and will never leave


@dataclass(frozen=True, slots=True)
class AnswerVerdict:
    """Whether a machine may answer this mail; `reason` says why not."""

    may: bool
    reason: WithholdReason | None = None


class Evidence(StrEnum):
    """What says when a mail of an archive was received, the best there is (R-57)."""

    OWN_HOST = "own_host"  # the stamp of the body's own server
    RECEIVED_LINE = "received_line"  # the topmost stamp of any server
    ARCHIVE = "archive"  # the line that begins it in its mbox, or the name and date of its file
    SENDER_DATE = "sender_date"  # only its sender says so
    NOTHING = "nothing"  # the instant of the import stands for it


@dataclass(frozen=True, slots=True)
class AnsweringCaps:
    """How many acknowledgements leave without a person, in any hour or day (MUST 26); 0 is no cap.

    `exempt_domains` (lower-case) belong to no single body, so that their users are not counted together.
    """

    sender_per_hour: int = 5
    sender_per_day: int = 20
    domain_per_hour: int = 60
    total_per_hour: int = 200
    exempt_domains: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class TicketSurroundings:
    """What stands beside a ticket that a mail points to. `concerned` are folded addresses of whom it is about (R-75).

    `told_at` is when an automatic letter that confirms nothing new last left for its requester, whose folded address
    is `requester`. `subject` is that of the mail that opened it. `is_surveyed` says that the survey was sent, and
    `confirmations` are the ids of our letters that ask to confirm that the complaint is withdrawn.
    """

    concerned: frozenset[str] = frozenset()
    told_at: datetime | None = None
    subject: str = ""
    requester: str = ""
    is_surveyed: bool = False
    confirmations: frozenset[str] = frozenset()


class RequesterWord(StrEnum):
    """What a requester may ask or answer in one word."""

    STATUS = "status"
    WITHDRAW = "withdraw"
    CONFIRM = "confirm"  # that the complaint is withdrawn
    SCORE = "score"  # the answer to the survey


@dataclass(frozen=True, slots=True)
class AskedInAWord:
    """A word of the requester of the ticket `reference`, answered beneath it. `score` is 1 to 5 for the survey."""

    reference: str
    word: RequesterWord
    recipient: str
    in_reply_to: str | None
    plan: AnswerPlan
    score: int | None = None


class ScanVerdict(StrEnum):
    """How a scan ended; that there was none is `ScannerUnavailable`."""

    CLEAN = "clean"  # no signature matched, which is no promise
    INFECTED = "infected"
    TOO_LARGE = "too_large"  # over the scanner's own limit: nobody has looked


@dataclass(frozen=True, slots=True)
class ScanResult:
    """The verdict, and the name of the signature that matched, "" for none."""

    verdict: ScanVerdict
    signature: str = ""


@dataclass(frozen=True, slots=True)
class ScanStanding:
    """Where one mail with attachments stands with the scanner; `signature` as in `ScanResult`."""

    state: ScanState
    signature: str = ""
