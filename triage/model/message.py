"""Mail that came in: as the server shows it (`RawMail`), and as it is understood (`ParsedMessage`)."""

from dataclasses import dataclass, field
from datetime import datetime

from triage.model.codes import Content, Language
from triage.model.trust import Trace

# Where dots before the @ are no part of the mailbox's name, with the domain under which such a mailbox is counted.
_DOTLESS_DOMAINS = {"gmail.com": "gmail.com", "googlemail.com": "gmail.com"}


@dataclass(frozen=True, slots=True)
class ServerPosition:
    """Identity of a message on the server (MUST 3: never reused, never inferred from flags)."""

    folder: str
    uidvalidity: int
    uid: int


@dataclass(frozen=True, slots=True)
class RawMail:
    """The bytes of one message as the server gave them.

    `announced_size` is RFC822.SIZE, a hint. `internal_date` is aware, or None where the server gave none.
    `truncated` says that only the headers and the first MiB were kept, the message being over the limit.
    """

    position: ServerPosition
    raw: bytes
    internal_date: datetime | None
    announced_size: int
    truncated: bool = False


@dataclass(frozen=True, slots=True)
class Address:
    """One mailbox of an address header. `address` is lower-case in its domain, "" where none could be read."""

    name: str
    address: str


def fold_address(address: str) -> str:
    """An address as it is compared and stored: people's devices differ in letter case, mailboxes do not.

    Outside ASCII nothing is folded, since there the lower case of one letter may be another letter.

    >>> fold_address("Jeanne@client.example")
    'jeanne@client.example'
    """
    return address.lower() if address.isascii() else address


def fold_mailbox(address: str) -> str:
    """The mailbox behind an address, as far as it shows: what follows a plus sign is the owner's own label.

    Where mail to one mailbox is counted, a thousand labels are one mailbox, and so are the dots that Gmail ignores.

    >>> fold_mailbox("Jeanne+2@client.example"), fold_mailbox("Jean.ne@googlemail.com")
    ('jeanne@client.example', 'jeanne@gmail.com')
    """
    local, at, domain = fold_address(address).rpartition("@")
    name = local.partition("+")[0] or local
    if domain in _DOTLESS_DOMAINS:
        return f"{name.replace('.', '') or name}{at}{_DOTLESS_DOMAINS[domain]}"
    return f"{name}{at}{domain}"


@dataclass(frozen=True, slots=True)
class Attachment:
    """What is attached, by name (a cleaned label, never a path), type, decoded size in bytes and SHA-256.

    `content` is what its bytes show; `name` and `type` are what its sender says.
    """

    name: str
    type: str
    size: int
    sha256: str
    inline: bool
    content: Content = Content.UNKNOWN


@dataclass(frozen=True, slots=True)
class BounceReport:
    """One recipient of a delivery status notification (RFC 3464), or of a notice in words.

    `diagnostic` is what the other server said, "" where nothing stands there; it may name people.
    """

    recipient: str
    status: str
    action: str
    diagnostic: str = ""


@dataclass(frozen=True, slots=True)
class MachineSigns:
    """Header facts by which a machine's mail is told from a person's; `rules.intake.nature` judges them.

    Texts are lower-case and stripped; None means that the header is absent.
    """

    return_path: str | None = None  # "" for the null path <>
    auto_submitted: str | None = None
    precedence: str | None = None
    auto_response_suppress: str | None = None
    list_id: bool = False
    list_unsubscribe: bool = False
    bulk_mark: bool = False  # List-Unsubscribe-Post, Feedback-ID and the like: who sends to thousands writes these
    list_post: bool = False
    auto_reply_header: bool = False  # X-Autoreply, X-Autorespond, X-Auto-Reply-From …
    x_loop: tuple[str, ...] = ()
    content_type: str = "text/plain"
    report_type: str | None = None  # of multipart/report
    received_count: int = 0
    from_count: int = 0  # number of From: headers
    undelivered: bool = False  # the text opens with a server's words about mail that was not delivered


@dataclass(frozen=True, slots=True)
class ReceivedLine:
    """One `Received:` header, topmost first: the host that wrote it and when (aware), as far as legible."""

    by: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class ParsedMessage:
    """What a message says. Every field has a value for any bytes; `warnings` tell what was repaired or dropped.

    `message_id`, `in_reply_to` and `references` hold ids without angle brackets. `new_text` is `text` without
    quotation and signature, for display only. `fingerprint` is the SHA-256 of sender, date, subject and decoded
    parts (MUST 11). `date` is the sender's claim: display only. `returned` holds the ids of the mails
    that a delivery report brings back: by them a bounce finds its ticket. `codes` are the texts of the shape of our
    reference codes that stand in `text`, lower-case; `content` is the hash of subject and parts alone, by which the
    same words sent twice are told, "" where nothing was read.
    """

    readable: bool
    message_id: str | None
    senders: tuple[Address, ...]
    reply_to: tuple[Address, ...]
    to: tuple[Address, ...]
    cc: tuple[Address, ...]
    delivered_to: tuple[str, ...]
    subject: str
    date: datetime | None
    in_reply_to: tuple[str, ...]
    references: tuple[str, ...]
    text: str
    html: bool
    new_text: str
    attachments: tuple[Attachment, ...]
    bounces: tuple[BounceReport, ...]
    signs: MachineSigns
    received: tuple[ReceivedLine, ...]
    language: Language
    fingerprint: str
    warnings: tuple[str, ...] = field(default=())
    returned: tuple[str, ...] = ()
    trace: Trace = field(default=Trace())  # what servers wrote on the way: facts without any authority of their own
    codes: tuple[str, ...] = ()
    content: str = ""

    @property
    def sender(self) -> str:
        """The address of the single sender, or "" where there is none or more than one."""
        return self.senders[0].address if len(self.senders) == 1 else ""
