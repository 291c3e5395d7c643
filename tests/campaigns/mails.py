"""Mails of fiction by kind, from a seed: people, copies, what must be held, machines, and answers to our letters.

Each carries a word of its own that occurs nowhere else, so that a leak into a log or a letter is found by searching.
"""

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from random import Random

from tests.campaigns.ledger import Draft, Fate

MAILBOX = "commentaires-plaintes@cag.example"
BIG_BYTES = 3 * 2**20
_NAMES = ("Élodie", "Jérôme", "Margaret", "Nathan", "Zoé", "François", "Aïcha", "William")
_FRENCH = (
    "Bonjour,\r\n\r\nLa commande {word} est encore arrivée incomplète à l’établissement.\r\n"
    "Les gants manquent depuis trois semaines.\r\n\r\n{name}\r\n"
)
_ENGLISH = "Hello,\r\n\r\nOrder {word} arrived with broken seals again, and nobody calls back.\r\n\r\n{name}\r\n"
_PLAIN = {"Content-Type": "text/plain; charset=utf-8", "Content-Transfer-Encoding": "8bit"}

Headers = Mapping[str, str | None]


@dataclass(frozen=True, slots=True)
class Author:
    """Somebody who writes one mail; `word` stands in their name, address, subject and text."""

    number: int
    word: str
    octets: bytes

    @property
    def name(self) -> str:
        return f"{_NAMES[self.number % len(_NAMES)]} {self.word.capitalize()}"

    @property
    def address(self) -> str:
        return f"{self.word}@client{self.number}.example"

    @property
    def message_id(self) -> str:
        return f"{self.number}.{self.octets[:6].hex()}@client.example"


@dataclass(frozen=True, slots=True)
class OurLetter:
    """An acknowledgement that reached somebody: what an answer to it needs."""

    draft: Draft
    raw: bytes
    message_id: str
    reference: str


def new_author(chance: Random, *, number: int) -> Author:
    """The author of the mail with this number."""
    return Author(number, f"qz{chance.randrange(16**8):08x}", chance.randbytes(600))


def write(kind: str, author: Author) -> list[Draft]:
    """The mails of one kind: one, or two where the kind is about a pair."""
    return [replace(draft, kind=kind) for draft in _KINDS[kind](author)]


def answer(kind: str, letter: OurLetter, author: Author) -> Draft:
    """A mail that answers a letter of ours."""
    return replace(_ANSWERS[kind](letter, author), kind=kind)


def _make(author: Author, body: bytes | str, *, fate: Fate = Fate.ANSWERED, also: Headers | None = None) -> Draft:
    """A mail by an author; `also` adds headers, replaces the usual ones, or leaves one out (None)."""
    usual: dict[str, str | None] = {
        "From": f"{author.name} <{author.address}>",
        "To": MAILBOX,
        "Subject": f"Commande {author.word}",
        "Date": "Fri, 20 Nov 2026 09:12:00 -0500",
        "Message-ID": f"<{author.message_id}>",
        "X-Campaign": str(author.number),
        "MIME-Version": "1.0",
        **_PLAIN,
    }
    headers = {**usual, **(also or {})}
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items() if value is not None)
    octets = body if isinstance(body, bytes) else body.format(word=author.word, name=author.name).encode()
    return Draft(
        kind="",
        fate=fate,
        matter=f"matter-{author.number}",
        sender=author.address,
        message_id=(headers["Message-ID"] or "").strip("<>") or None,
        secrets=(author.word, author.word.capitalize()),
        raw=head.encode() + b"\r\n" + octets,
    )


def _multipart(author: Author, subtype: str, *parts: tuple[str, bytes]) -> tuple[dict[str, str | None], bytes]:
    """The headers and the body of a multipart, each part given by its header lines and its octets."""
    mark = f"=_{author.number}_{author.octets[:4].hex()}"
    body = b"".join(b"--%s\r\n%s\r\n\r\n%s\r\n" % (mark.encode(), head.encode(), each) for head, each in parts)
    headers: dict[str, str | None] = {
        "Content-Type": f'multipart/{subtype}; boundary="{mark}"',
        "Content-Transfer-Encoding": None,
    }
    return headers, body + b"--%s--\r\n" % mark.encode()


def _plain_english(author: Author) -> list[Draft]:
    return [_make(author, _ENGLISH, also={"Subject": f"Order {author.word}"})]


def _html_only(author: Author) -> list[Draft]:
    page = f"<html><body><p>La commande <b>{author.word}</b> manque.<p>{author.name}</body></html>\r\n"
    return [_make(author, page.encode(), also={"Content-Type": "text/html; charset=utf-8"})]


def _with_photo(author: Author) -> list[Draft]:
    text = _FRENCH.format(word=author.word, name=author.name).encode()
    photo = base64.encodebytes(b"\x89PNG" + author.octets).replace(b"\n", b"\r\n")
    head = f'Content-Type: image/png; name="{author.word}.png"\r\nContent-Transfer-Encoding: base64'
    headers, body = _multipart(author, "mixed", ("Content-Type: text/plain; charset=utf-8", text), (head, photo))
    return [_make(author, body, also=headers)]


def _in_latin_1(author: Author) -> list[Draft]:
    text = _FRENCH.replace("’", "'").format(word=author.word, name=author.name).encode("latin-1")
    return [_make(author, text, also={"Content-Type": "text/plain; charset=iso-8859-1"})]


def _with_broken_charset(author: Author) -> list[Draft]:
    text = f"Livraison \xe9gar\xe9e {author.word} \x81\x8d\r\n".encode("latin-1")
    charset = ("utf-8", "klingon-8", "utf-7; charset=ascii")[author.number % 3]
    return [_make(author, text, also={"Content-Type": f"text/plain; charset={charset}"})]


def _with_three_mebibytes(author: Author) -> list[Draft]:
    data = base64.encodebytes((author.octets * (BIG_BYTES // len(author.octets)))[: BIG_BYTES * 3 // 4])
    head = "Content-Type: application/pdf\r\nContent-Transfer-Encoding: base64"
    parts = (("Content-Type: text/plain", b"En annexe."), (head, data.replace(b"\n", b"\r\n")))
    headers, body = _multipart(author, "mixed", *parts)
    return [_make(author, body, also=headers)]


def _delivered_twice(author: Author) -> list[Draft]:
    draft = _make(author, _FRENCH)
    return [draft, draft]


def _two_with_one_message_id(author: Author) -> list[Draft]:
    other = Author(author.number + 500_000, author.word[::-1], author.octets[::-1])
    return [_make(author, _FRENCH), _make(other, _ENGLISH, also={"Message-ID": f"<{author.message_id}>"})]


def _two_senders(author: Author) -> list[Draft]:
    second = f"{author.name} <{author.address}>\r\nFrom: Autre <autre.{author.address}>"
    return [_make(author, _FRENCH, fate=Fate.HELD, also={"From": second})]


def _nobody_reads_there(author: Author) -> list[Draft]:
    sender = f"{author.name} <no-reply@{author.word}.example>"
    return [_make(author, _FRENCH, fate=Fate.HELD, also={"From": sender})]


def _absence(author: Author) -> list[Draft]:
    signs = {"Subject": f"Absence {author.word}", "Auto-Submitted": "auto-replied"}
    return [_make(author, _FRENCH, fate=Fate.MACHINE, also=signs)]


def _newsletter(author: Author) -> list[Draft]:
    return [_make(author, _FRENCH, fate=Fate.MACHINE, also={"List-Id": f"<nouvelles.{author.word}.example>"})]


def _bounce(author: Author) -> list[Draft]:
    status = f"Reporting-MTA: dns; mx.example\r\n\r\nFinal-Recipient: rfc822; {author.address}\r\n".encode()
    status += b"Action: failed\r\nStatus: 5.1.1\r\n"
    parts = (("Content-Type: text/plain", b"User unknown."), ("Content-Type: message/delivery-status", status))
    headers, body = _multipart(author, "report; report-type=delivery-status", *parts)
    who = {"From": "Mail Delivery System <MAILER-DAEMON@mx.example>", "Return-Path": "<>"}
    return [_make(author, body, fate=Fate.MACHINE, also={**headers, **who})]


_KINDS: Mapping[str, Callable[[Author], list[Draft]]] = {
    "plain_french": lambda author: [_make(author, _FRENCH)],
    "plain_english": _plain_english,
    "html_only": _html_only,
    "with_photo": _with_photo,
    "in_latin_1": _in_latin_1,
    "with_broken_charset": _with_broken_charset,
    "with_empty_body": lambda author: [_make(author, b"")],
    "without_message_id": lambda author: [_make(author, _FRENCH, also={"Message-ID": None})],
    "with_three_mebibytes": _with_three_mebibytes,
    "delivered_twice": _delivered_twice,
    "two_with_one_message_id": _two_with_one_message_id,
    "two_senders": _two_senders,
    "nobody_reads_there": _nobody_reads_there,
    "absence": _absence,
    "newsletter": _newsletter,
    "bounce": _bounce,
}
KINDS = tuple(_KINDS)


def _reply(letter: OurLetter, author: Author, *, fate: Fate, also: Headers) -> Draft:
    """A mail by the person whom a letter of ours reached, about the same matter."""
    same = Author(author.number, letter.draft.secrets[0], author.octets)
    draft = _make(same, _ENGLISH, fate=fate, also={"From": f"{same.name} <{letter.draft.sender}>", **also})
    return replace(draft, matter=letter.draft.matter, sender=letter.draft.sender)


def _by_thread(letter: OurLetter, author: Author) -> Draft:
    ours = {"In-Reply-To": f"<{letter.message_id}>", "References": f"<{letter.message_id}>"}
    return _reply(letter, author, fate=Fate.FOLLOW_UP, also={**ours, "Subject": f"RE: {author.word}"})


def _by_number(letter: OurLetter, author: Author) -> Draft:
    return _reply(letter, author, fate=Fate.FOLLOW_UP, also={"Subject": f"Dossier {letter.reference}, photos"})


def _absence_in_answer(letter: OurLetter, author: Author) -> Draft:
    signs = {"In-Reply-To": f"<{letter.message_id}>", "Auto-Submitted": "auto-replied", "Subject": "Je suis en congé"}
    return _reply(letter, author, fate=Fate.MACHINE, also=signs)


def _by_a_stranger(letter: OurLetter, author: Author) -> Draft:
    ours = {"In-Reply-To": f"<{letter.message_id}>", "Subject": f"Dossier {letter.reference}, {author.word}"}
    return _make(author, _FRENCH, also=ours)


def _our_own_letter(letter: OurLetter, author: Author) -> Draft:
    _ = author
    return Draft("", Fate.MACHINE, letter.draft.matter, letter.draft.sender, letter.message_id, (), letter.raw)


_ANSWERS: Mapping[str, Callable[[OurLetter, Author], Draft]] = {
    "by_thread": _by_thread,
    "by_number": _by_number,
    "absence_in_answer": _absence_in_answer,
    "by_a_stranger": _by_a_stranger,
    "our_own_letter": _our_own_letter,
}
ANSWERS = tuple(_ANSWERS)
