"""The closed lists of the product: what a column, a JSON field or a rule may say.

The values are the codes that are stored and printed; changing one is a migration.
"""

from enum import StrEnum


class TicketKind(StrEnum):
    """What a matter is; in doubt a complaint, the strictest clock (R-25)."""

    COMPLAINT = "PLA"
    COMMENT = "COM"
    SUGGESTION = "SUG"
    PRAISE = "FEL"
    INFORMATION = "INF"
    OUT_OF_SCOPE = "HM"
    DUPLICATE = "DOU"
    AUTOMATED = "AUT"
    UNDESIRABLE = "IND"


class ClientCategory(StrEnum):
    """Who writes, for counting and for the recourse that a final answer names (R-32)."""

    MINISTRY = "MO"
    HEALTH = "RSSS"
    EDUCATION = "EDU"
    HIGHER_EDUCATION = "ES"
    MUNICIPALITY = "MUN"
    STATE_COMPANY = "SE"
    SUPPLIER = "FOU"
    CITIZEN = "CIT"
    UNKNOWN = "INC"


class ServiceLine(StrEnum):
    """Which service a matter is about."""

    GROUPED = "RA"
    MANDATED = "AM"
    DISPOSAL = "DB"
    ADVERTISING = "PUB"
    MEDIA = "PM"
    CUSTOMERS = "SC"
    SOFTWARE = "LAC"
    GENERAL = "GEN"


class Priority(StrEnum):
    """How soon, for the office itself: health or supply, operations, normal, low."""

    FIRST = "1"
    SECOND = "2"
    THIRD = "3"
    FOURTH = "4"


class Channel(StrEnum):
    """How a matter reached the body; the published commitments differ by channel (S1:72-75, S1:92, S1:93)."""

    EMAIL = "email"
    PHONE = "phone"
    OTHER = "other"


class TicketStatus(StrEnum):
    """Where a ticket stands."""

    NEW = "new"
    IN_CHARGE = "in_charge"
    IN_ANALYSIS = "in_analysis"
    WAITING_CLIENT = "waiting_client"
    WAITING_INTERNAL = "waiting_internal"
    WAITING_SUPPLIER = "waiting_supplier"
    AWAITING_APPROVAL = "awaiting_approval"
    ANSWERED = "answered"
    CLOSED = "closed"
    REDIRECTED = "redirected"
    WITHDRAWN = "withdrawn"
    MERGED = "merged"
    QUARANTINED = "quarantined"
    SPAM = "spam"


class MailState(StrEnum):
    """How far a received mail has come (MUST 1, MUST 2)."""

    OBSERVED = "observed"  # its UID was seen, its bytes are not here yet
    RECEIVED = "received"  # its bytes are committed, nobody has understood them yet
    PROCESSED = "processed"  # it has a ticket, or a recorded reason for having none
    HELD = "held"  # it waits for a person
    VANISHED = "vanished"  # somebody removed it from the server before its bytes were here


class RemoteState(StrEnum):
    """Where a received mail stands on the server."""

    IN_PLACE = "in_place"
    MOVE_WANTED = "move_wanted"
    MOVED = "moved"
    GONE = "gone"


class OutboxState(StrEnum):
    """How far an outgoing mail has come (MUST 17, MUST 19)."""

    PENDING = "pending"
    CLAIMED = "claimed"  # an attempt is booked, the final dot is not written
    DOT_WRITTEN = "dot_written"  # committed before the final dot leaves us
    SENT = "sent"
    RETRY = "retry"
    UNKNOWN = "unknown"  # the dot was written, the answer is not known
    HELD = "held"  # waits for a person
    DEAD = "dead"  # given up, shown to a person
    CANCELLED = "cancelled"


class Nature(StrEnum):
    """Who or what made a mail (contract of `triage inspect`)."""

    PERSON = "person"
    AUTO_REPLY = "auto_reply"
    BOUNCE = "bounce"
    LIST = "list"
    BULK = "bulk"
    LOOP = "loop"
    REPORT = "report"
    UNREADABLE = "unreadable"


class Language(StrEnum):
    """The language a text seems to be in: information for agents, never a trigger (R-65)."""

    FRENCH = "fr"
    ENGLISH = "en"
    UNDETERMINED = "und"


class Content(StrEnum):
    """What an attachment is by its own bytes; its name and its type are only what a sender says."""

    PROGRAM = "program"
    SCRIPT = "script"
    MACROS = "macros"  # a document with programs in it
    LOCKED_ARCHIVE = "locked_archive"  # what nobody can look into, scanners included
    ARCHIVE = "archive"
    PAGE = "page"
    DOCUMENT = "document"
    PDF = "pdf"
    IMAGE = "image"
    MEDIA = "media"
    UNKNOWN = "unknown"


class EventKind(StrEnum):
    """What happened to a ticket: one append-only line of its story."""

    OPENED = "opened"
    FOLLOW_UP = "follow_up"
    AUTOMATION = "automation"  # a machine's mail that cites the ticket
    DUPLICATE = "duplicate"  # the same mail, seen again
    NOTICE = "notice"  # a mail of ours was put in the outbox
    NOTICE_WITHHELD = "notice_withheld"  # a notice that is owed waits for a person, or cannot leave
    SENT = "sent"  # the server accepted a mail of ours
    UNDELIVERED = "undelivered"  # a mail of ours was given up
    NOTICE_RELEASED = "notice_released"  # a person let a held mail of ours go
    NOTICE_RETRIED = "notice_retried"  # a person sent a given-up or uncertain mail of ours again
    NOTICE_CANCELLED = "notice_cancelled"  # a person decided that a mail of ours shall not leave
    REREAD = "reread"  # a mail that nobody could read was understood after all
    STATUS_ASKED = "status_asked"  # by the requester
    WITHDRAWAL_ASKED = "withdrawal_asked"  # by the requester, who has not confirmed it yet
    WITHDRAWN = "withdrawn"  # the requester confirmed it
    SURVEYED = "surveyed"  # the requester answered the survey
    ESCALATION_ACKNOWLEDGED = "escalation_acknowledged"  # somebody who was told answered
    ESCALATED = "escalated"  # a step of escalation.toml was reached, and who was told
    STAFF_MAIL = "staff_mail"  # a mail in the name of staff, what became of it, and on which evidence
    TAKEN_CHARGE = "taken_charge"
    ASSIGNED = "assigned"
    NOTED = "noted"
    WRITTEN = "written"  # a member of staff wrote to the requester
    CONCLUDED = "concluded"  # a member of staff wrote the final answer, which has not left yet
    EXTENDED = "extended"  # a later day was announced for the answer; the ticket still counts as late
    CLOSED = "closed"
    REOPENED = "reopened"
    WAITING = "waiting"  # the ticket waits for somebody
    RESUMED = "resumed"
    CODED = "coded"  # a person said whose matter it is, about which service, or how soon
    RECODED = "recoded"  # a person said what kind of matter it is
    APPROVED = "approved"  # an approver let the final answer go
    SENT_BACK = "sent_back"  # an approver gave the final answer back to its writer
    ANSWERED = "answered"  # the server accepted the letter that ends the clock
    ANSWER_RETURNED = "answer_returned"  # that letter came back: the clock is open again
    SCANNED = "scanned"  # what the scanner for viruses said of a mail with attachments
    UNDONE = "undone"


class ScanState(StrEnum):
    """What the scanner for viruses has said of a mail with attachments; one that was never to be asked has none."""

    WANTED = "wanted"  # it has not answered yet
    CLEAN = "clean"
    INFECTED = "infected"
    TOO_LARGE = "too_large"


class DeliveryMode(StrEnum):
    """How far letters go by themselves."""

    OBSERVE = "observe"  # read and recorded, nothing moved, nothing sent, now or later
    APPROVE = "approve"  # each letter waits for a person
    LIVE = "live"


class NoticeKind(StrEnum):
    """What we may have to tell; templates carry these names."""

    ACKNOWLEDGEMENT = "acknowledgement"
    REMINDER = "reminder"  # to staff: files of one level, gathered
    ESCALATION = "escalation"  # to staff: one file, one step
    CLOSING_LIST = "closing_list"  # to staff: files whose 24 hours end while the office is closed
    CATCH_UP = "catch_up"  # to supervisors: one summary instead of many late notices
    DIGEST = "digest"  # to a supervisor, each business day
    TAKEN_CHARGE = "taken_charge"  # F2
    FOLLOW_UP_RECEIVED = "follow_up_received"  # F3
    MESSAGE = "message"  # F4: what a member of staff writes
    DELAY = "delay"  # F5, before the day
    DELAY_LATE = "delay_late"  # F5 after it
    ANSWER = "answer"  # F6, F13
    CLOSING = "closing"  # F7
    STATUS = "status"  # where the ticket stands, to a requester who asked
    WITHDRAWAL = "withdrawal"  # to a requester who withdraws a complaint: confirm it
    WITHDRAWN = "withdrawn"  # it is withdrawn
    WORKING_MAIL = "working_mail"  # to the people in charge: what somebody wrote
    FOLLOW_UP = "follow_up"  # to the people in charge: what somebody wrote later
    HANDOVER = "handover"  # to whoever has it from now on: all that somebody wrote, with the attachments
    ATTACHMENTS = "attachments"  # to whoever has it: what waited for the scanner for viruses
    RECEIPT = "receipt"  # to a member of staff: what became of their mail


LETTER_KINDS = frozenset(
    {
        *(NoticeKind.ACKNOWLEDGEMENT, NoticeKind.TAKEN_CHARGE, NoticeKind.FOLLOW_UP_RECEIVED, NoticeKind.MESSAGE),
        *(NoticeKind.DELAY, NoticeKind.DELAY_LATE, NoticeKind.ANSWER, NoticeKind.CLOSING),
        *(NoticeKind.STATUS, NoticeKind.WITHDRAWAL, NoticeKind.WITHDRAWN),
    }
)
"""What a requester reads; all other kinds are for staff."""

REMINDING_KINDS = frozenset({NoticeKind.REMINDER, NoticeKind.ESCALATION, NoticeKind.CLOSING_LIST, NoticeKind.CATCH_UP})
"""What staff are told of due times; an answer acknowledges it (R-62)."""
