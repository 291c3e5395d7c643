"""The codes of judgements in words, for operators: natures, reasons, holds, repairs, dangers, statuses of bounces."""

from triage.mail.reading.caps import Repair
from triage.model.codes import Language
from triage.model.decision import Reason
from triage.model.judgement import NatureReason, WithholdReason
from triage.rules.tickets.attachments import Danger

TRUNCATED = "truncated"
WITHHELD = "acknowledgement_withheld"
CLAIMED_FORGED = "authentication_results_say_failed"  # whoever wrote them: only a configuration says who is believed

NATURE_WORDS = {
    NatureReason.NO_SIGN_OF_AUTOMATION: "nothing says that a machine wrote it",
    NatureReason.NULL_RETURN_PATH: "its return path is empty, as machines leave it so that nobody answers",
    NatureReason.MAILER_DAEMON: "a mail server's own address sent it",
    NatureReason.DELIVERY_REPORT: "it is a report on the delivery of another mail",
    NatureReason.READ_RECEIPT: "it is a read receipt",
    NatureReason.FEEDBACK_REPORT: "it is an abuse report of a mail provider",
    NatureReason.MACHINE_REPORT: "it is a machine's report",
    NatureReason.BOUNCE_SUBJECT: "its subject and a server's code say that a mail was not delivered",
    NatureReason.DELIVERY_WORDS: "a server's words open it, about undelivered mail, and its headers are a server's",
    NatureReason.AUTO_SUBMITTED: "its Auto-Submitted header says that no person sent it",
    NatureReason.AUTO_REPLY_HEADER: "it carries the header of an automatic reply",
    NatureReason.AUTO_REPLY_SUBJECT: "its subject begins as absence notices do",
    NatureReason.OWN_ADDRESS: "our own address sent it, automatically",
    NatureReason.OWN_LOOP_HEADER: "it carries our own X-Loop header, and was sent automatically",
    NatureReason.OWN_MESSAGE_ID: "it is a mail of ours",
    NatureReason.LIST_HEADER: "it carries the headers of a mailing list",
    NatureReason.PRECEDENCE: "its Precedence header says that it was sent in bulk",
    NatureReason.UNREADABLE: "the reader gave no answer; only what stands in plain sight is shown",
}
WITHHOLD_WORDS = {
    WithholdReason.UNREADABLE: "the mail could not be read",
    WithholdReason.NO_SENDER: "it names no sender",
    WithholdReason.SEVERAL_SENDERS: "it names more than one sender",
    WithholdReason.ADDRESS_REFUSED: "its sender's address is not one that mail is sent to",
    WithholdReason.NO_REPLY_SENDER: "nobody reads mail at its sender's address",
    WithholdReason.TOO_MANY_HOPS: "it passed so many servers that it may be going round in circles",
    WithholdReason.NOT_A_PERSON: "machines are not acknowledged",
    WithholdReason.LOOKS_AUTOMATIC: "its title or one header is a machine's, though nothing else says so",
    WithholdReason.AUTHENTICATION_FAILED: "a server that is trusted says that its sender is forged",
    WithholdReason.OWN_ADDRESS: "it comes in the name of an address of ours, though nothing automatic is about it",
    WithholdReason.NOT_ADDRESSED_TO_US: "no address of ours stands among its recipients",
}
DANGER_WORDS = {
    Danger.PROGRAM: "a program",
    Danger.SCRIPT: "a program in text",
    Danger.MACROS: "a document with macros",
    Danger.LOCKED_ARCHIVE: "encrypted: no scanner can look into it",
    Danger.PAGE: "a web page, which may run programs",
    Danger.ARCHIVE: "an archive, which may hold anything",
}
REPAIR_WORDS = {
    Repair.HEADER_CUT: "its headers are too long; what came after the limit was not read",
    Repair.FIELD_CUT: "a header field is too long; only its beginning was read",
    Repair.HEADER_LINE_SKIPPED: "among its headers stands a line that is none",
    Repair.TOO_MANY_PARTS: "it has more parts than anybody sends; the last were not read",
    Repair.TOO_DEEP: "mails are nested in mails deeper than anybody sends; the innermost were not read",
    Repair.BOUNDARY_MISSING: "the line that should separate its parts is missing",
    Repair.TEXT_CUT: "its text is too long; only its beginning was read",
    Repair.HTML_CUT: "its HTML is too long; only its beginning was read",
    Repair.HTML_BROKEN: "its HTML is broken; its words were read without it",
    Repair.CHARSET_REPLACED: "its text is not in the charset that it names; the likeliest was taken",
    Repair.ENCODING_BROKEN: "a part is not encoded as it says; what could be decoded was",
    Repair.SEVERAL_FROM: "it names more than one sender",
    Repair.ENCRYPTED: "it is encrypted, and nobody here has the key",
    Repair.UNREADABLE: "the reader gave no answer",
}
REASON_WORDS = {
    Reason.NEW_MATTER: "a matter of its own: a ticket was opened",
    Reason.FOLLOW_UP: "it belongs to a ticket: its sender corresponds on it, and something in the mail points to it",
    Reason.AUTOMATION: "a machine wrote it: no ticket, a line on the one that it cites",
    Reason.DUPLICATE: "the same mail, seen again: same sender, date, subject, parts and Message-ID",
    Reason.OWN_LOOP: "a mail of ours came back",
    Reason.OVERSIZE: "over the limit of size: a ticket was opened from its beginning",
    Reason.UNREADABLE: "nobody could read it: a ticket was opened all the same; `triage mail replay` tries again",
    Reason.OLDER_THAN_SINCE: "older than the first day of the watch: noted, and left where it is",
    Reason.STAFF_ACTED: "a member of staff wrote, and what they asked for was judged",
    Reason.ASKED_IN_A_WORD: "its sender asked or answered by one word about their ticket",
    Reason.STAFF_CHALLENGED: "a member of staff wrote, and was asked to confirm it",
    Reason.STAFF_UNVERIFIED: "somebody wrote with the token of another: nothing was done",
    Reason.STAFF_QUARANTINED: "it claims to be from staff and is not believed: it waits for a person",
}
LANGUAGE_WORDS = {
    Language.FRENCH: "French",
    Language.ENGLISH: "English",
    Language.UNDETERMINED: "in doubt, so French",
}
# The detail of an enhanced status code (RFC 3463), by subject and detail; the first digit says whether it may pass.
_STATUS_WORDS = {
    "1.1": "there is no such mailbox",
    "1.2": "there is no such mail domain",
    "1.10": "the domain takes no mail",
    "2.1": "the mailbox is closed",
    "2.2": "the mailbox is full",
    "2.3": "the mail is too large for the mailbox",
    "3.4": "the mail is too large for the system",
    "4.1": "the server of the recipient does not answer",
    "4.4": "no way to the recipient's server is known",
    "4.6": "the mail goes round in circles",
    "4.7": "it could not be delivered in time",
    "7.1": "the recipient's server refuses the sender",
    "7.26": "the recipient's server found no proof of the sender",
}


def explain_warning(code: str) -> str:
    """A warning of `triage inspect` in words; a code that has none stays as it is."""
    known = {
        TRUNCATED: "it is over the limit of size; only its beginning was read",
        CLAIMED_FORGED: "a header of unknown origin says that its sender is forged",
        **{str(repair): words for repair, words in REPAIR_WORDS.items()},
        **{f"{WITHHELD}:{reason}": f"held for a person: {words}" for reason, words in WITHHOLD_WORDS.items()},
    }
    return known.get(code, code)


def explain_status(status: str) -> str:
    """What an enhanced status code says, "" for one that is none."""
    kind, _, detail = status.partition(".")
    lasting = {"2": "delivered", "4": "may still arrive", "5": "will not arrive"}.get(kind)
    if lasting is None:
        return ""
    words = _STATUS_WORDS.get(detail)
    return lasting if words is None else f"{lasting}: {words}"
