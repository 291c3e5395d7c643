"""The cast of the demo and how each of them writes: people of fiction, two robots, and their mail programs.

Every domain ends in .example (RFC 2606), so nothing here can reach anybody. The words are theirs, in their language.
"""

from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from triage.demo.picture import draw_box_of_gloves


@dataclass(frozen=True, slots=True)
class Correspondent:
    """Somebody, or something, that writes to the mailbox. `language` is an IETF tag."""

    name: str
    address: str
    organisation: str
    language: str

    @property
    def domain(self) -> str:
        return self.address.partition("@")[2]


@dataclass(frozen=True, slots=True)
class Occasion:
    """Where and when a mail is written; `answering` is the acknowledgement that it answers, if it answers one."""

    mailbox: str
    now: datetime
    answering: EmailMessage | None = None


@dataclass(frozen=True, slots=True)
class Letter:
    """One mail as it reaches the mailbox, and its words for whoever watches."""

    sender: Correspondent
    message_id: str
    subject: str
    words: str
    raw: bytes


MARIE_EVE = Correspondent("Marie-Ève Caron", "marie-eve.caron@chu-belle-rive.example", "CHU de Belle-Rive", "fr")
DANIEL = Correspondent("Daniel Whitmore", "daniel.whitmore@north-shore-lab.example", "North Shore Lab Supplies", "en")
GAETAN = Correspondent("Gaétan Côté", "gaetan.cote@ville-sainte-anne.example", "Ville de Sainte-Anne", "fr")
NEWSLETTER = Correspondent("Achats du jour", "infolettre@achats-du-jour.example", "a newsletter", "fr")

_SIGNED_MARIE_EVE = "Marie-Ève Caron\nTechnicienne en approvisionnement\nCHU de Belle-Rive"


def write_complaint(occasion: Occasion) -> Letter:
    """A complaint from a telephone, with the photo of what was delivered."""
    words = (
        "Bonjour,\n\n"
        "Pour la troisième fois, les gants d’examen du contrat regroupé arrivent en petit plutôt qu’en moyen.\n"
        "Une salle d’opération attend. Je joins une photo de la boîte reçue ce matin."
    )
    mail = begin_mail(occasion, MARIE_EVE, "Gants de la mauvaise taille, pour la troisième fois", serial=1)
    mail.set_content(f"{words}\n\n{_SIGNED_MARIE_EVE}\n\nEnvoyé de mon téléphone\n")
    mail.add_attachment(draw_box_of_gloves(), maintype="image", subtype="png", filename="boîte-reçue.png")
    return finish_mail(MARIE_EVE, mail, words)


def write_question(occasion: Occasion) -> Letter:
    """A supplier's question, in English."""
    words = (
        "Good morning,\n\n"
        "We were told that invoices for the laboratory contract go to a new address.\n"
        "Could you tell me which one applies, and from what date?"
    )
    mail = begin_mail(occasion, DANIEL, "Where do invoices for the laboratory contract go?", serial=1)
    mail.set_content(f"{words}\n\nThank you,\nDaniel Whitmore\nNorth Shore Lab Supplies\n")
    return finish_mail(DANIEL, mail, words)


def write_newsletter(occasion: Occasion) -> Letter:
    """A newsletter as mailing services send it: list headers, text and HTML."""
    words = "Cinq conseils pour vos appels d’offres de l’automne."
    mail = begin_mail(occasion, NEWSLETTER, "Infolettre : cinq conseils", serial=11)
    mail["List-Id"] = "Achats du jour <infolettre.achats-du-jour.example>"
    mail["List-Unsubscribe"] = "<mailto:desabonnement@achats-du-jour.example>"
    mail["Precedence"] = "bulk"
    mail.set_content(words + "\n")
    mail.add_alternative(f"<h1>Achats du jour</h1><p>{words}</p>", subtype="html")
    return finish_mail(NEWSLETTER, mail, words)


def write_with_broken_charset(occasion: Occasion) -> Letter:
    """A mail from an old program: bare Windows bytes, in the subject too, under the name of no known charset."""
    subject = "Facture payée deux fois"
    words = "Bonjour,\n\nNotre facture d’août a été réglée deux fois. À qui dois-je m’adresser pour être remboursé?"
    signature = "Gaétan Côté\nService des finances, Ville de Sainte-Anne"
    head = (
        f"{trace_of(occasion, GAETAN)}"
        f"From: Gaetan Cote <{GAETAN.address}>\n"
        f"To: <{occasion.mailbox}>\n"
        f"Subject: {subject}\n"
        f"Date: {format_datetime(occasion.now)}\n"
        f"Message-ID: {message_id_of(GAETAN, serial=1)}\n"
        "MIME-Version: 1.0\n"
        'Content-Type: text/plain; charset="x-ancien-systeme"\n'
        "Content-Transfer-Encoding: 8bit\n\n"
    )
    raw = f"{head}{words}\n\n{signature}\n".replace("\n", "\r\n").encode("cp1252")
    return Letter(sender=GAETAN, message_id=message_id_of(GAETAN, serial=1), subject=subject, words=words, raw=raw)


def write_follow_up(occasion: Occasion) -> Letter:
    """Her reply to the acknowledgement: the answer on top, the acknowledgement quoted below."""
    answered = _answered(occasion)
    words = "Bonjour,\n\nJ’ajoute le numéro de lot : 4471-B. Il reste douze boîtes."
    mail = begin_mail(occasion, MARIE_EVE, f"RE: {answered['Subject']}", serial=2)
    thread_beneath(mail, answered)
    mail.set_content(f"{words}\n\n{_SIGNED_MARIE_EVE}\n\n{quote_of(answered)}\n")
    return finish_mail(MARIE_EVE, mail, words)


def write_out_of_office(occasion: Occasion) -> Letter:
    """His mail program's answer to the acknowledgement, sent although it was asked not to (RFC 3834)."""
    answered = _answered(occasion)
    words = "I am out of the office until Monday and will read your message when I return."
    mail = begin_mail(occasion, DANIEL, f"Automatic reply: {answered['Subject']}", serial=2)
    thread_beneath(mail, answered)
    mail["Auto-Submitted"] = "auto-replied"
    mail["X-Auto-Response-Suppress"] = "All"
    mail.set_content(f"{words}\n\nDaniel Whitmore\n")
    return finish_mail(DANIEL, mail, words)


def _answered(occasion: Occasion) -> EmailMessage:
    if occasion.answering is None:
        raise ValueError("this mail answers an acknowledgement, and none was given")
    return occasion.answering


def begin_mail(occasion: Occasion, sender: Correspondent, subject: str, *, serial: int) -> EmailMessage:
    """The headers that the sender's program writes, under those of the servers on the way."""
    mail = EmailMessage(policy=SMTP)
    for line in trace_of(occasion, sender).splitlines():
        name, _, value = line.partition(": ")
        mail[name] = value
    mail["From"] = f"{sender.name} <{sender.address}>"
    mail["To"] = occasion.mailbox
    mail["Subject"] = subject
    mail["Date"] = occasion.now
    mail["Message-ID"] = message_id_of(sender, serial=serial)
    return mail


def trace_of(occasion: Occasion, sender: Correspondent) -> str:
    """The headers of the servers on the way, whole lines."""
    host = occasion.mailbox.partition("@")[2]
    arrival = format_datetime(occasion.now)
    return (
        f"Return-Path: <{sender.address}>\n"
        f"Delivered-To: {occasion.mailbox}\n"
        f"Received: from mail.{sender.domain} by mail.{host} with ESMTPS; {arrival}\n"
    )


def message_id_of(sender: Correspondent, *, serial: int) -> str:
    """The Message-ID of somebody's mail number `serial`, in angle brackets."""
    return f"<message-{serial}@{sender.domain}>"


def thread_beneath(mail: EmailMessage, answered: EmailMessage) -> None:
    """What makes a reply a reply (RFC 5322, 3.6.4)."""
    message_id = str(answered["Message-ID"]).strip()
    mail["In-Reply-To"] = message_id
    mail["References"] = f"{answered.get('References', '')} {message_id}".strip()


def quote_of(answered: EmailMessage) -> str:
    """What a mail program puts below an answer."""
    body = answered.get_body(preferencelist=("plain",))
    text = body.get_content() if body is not None else ""
    quoted = "\n".join(f"> {line}".rstrip() for line in text.splitlines())
    return f"Le {answered['Date']}, {answered['From']} a écrit :\n{quoted}"


def finish_mail(sender: Correspondent, mail: EmailMessage, words: str) -> Letter:
    """The letter of a mail that is written."""
    message_id, subject = str(mail["Message-ID"]), str(mail["Subject"])
    return Letter(sender=sender, message_id=message_id, subject=subject, words=words, raw=mail.as_bytes())
