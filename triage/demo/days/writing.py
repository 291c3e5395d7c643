"""A scene becomes the bytes of a mail: as its writer's program makes it, and as the border server hands it on."""

import re
from dataclasses import dataclass, field
from email.message import EmailMessage

from triage.demo.account import read_part
from triage.demo.configuration import MAILBOX
from triage.demo.days.diary.cast import AUTHSERV_ID, STAFF_ADDRESSES
from triage.demo.days.diary.scene import Scene
from triage.demo.days.house import Left
from triage.demo.people import (
    Letter,
    Occasion,
    begin_mail,
    finish_mail,
    quote_of,
    thread_beneath,
)
from triage.demo.picture import draw_box_of_gloves
from triage.demo.process import DemoFailed
from triage.model.codes import NoticeKind

_SIGNED_BY_STAFF = "Centre d’approvisionnement public"


@dataclass(slots=True)
class Correspondence:
    """What everybody has read so far: the mails that left, and the number of each matter."""

    left: list[Left]
    references: dict[str, str] = field(default_factory=dict)

    def find_answered(self, scene: Scene) -> EmailMessage | None:
        """The mail that a scene answers, None where it answers none. Raises `DemoFailed` where nothing was sent."""
        if scene.answers is None:
            return None
        reference = self.references.get(scene.matter)
        for each in reversed(self.left):
            wanted = each.kind == scene.answers and each.mail.recipient == scene.who.address
            if wanted and (scene.answers is NoticeKind.DIGEST or each.ticket == reference):
                return each.mail.read()
        raise DemoFailed(f"{scene.who.name} has no « {scene.answers} » to answer at {scene.at}")


def write_scene(scene: Scene, serial: int, read: Correspondence) -> Letter:
    """The mail of a scene, number `serial` of the story."""
    answered = read.find_answered(scene)
    words = _fill_in(scene, answered, read)
    mailbox = MAILBOX if answered is None else str(answered["Reply-To"] or MAILBOX)
    subject = scene.subject or (f"RE: {answered['Subject']}" if answered is not None else "")
    mail = begin_mail(Occasion(mailbox, scene.written_at, answered), scene.who, subject, serial=serial)
    if scene.proof:
        domain = scene.who.domain
        mail["Authentication-Results"] = f"{AUTHSERV_ID}; dmarc={scene.proof} header.from={domain}"
    _mark_machine(mail, scene.machine)
    quoted = ""
    if answered is not None:
        thread_beneath(mail, answered)
        quoted = f"\n\n{quote_of(answered)}"
    mail.set_content(f"{words}\n\n{_signature(scene)}{quoted}\n")
    if scene.photo:
        mail.add_attachment(draw_box_of_gloves(), maintype="image", subtype="png", filename="photo.png")
    return finish_mail(scene.who, mail, words)


def _mark_machine(mail: EmailMessage, machine: str) -> None:
    if machine == "auto":
        mail["Auto-Submitted"] = "auto-replied"
        mail["X-Auto-Response-Suppress"] = "All"
    elif machine == "list":
        mail["List-Id"] = "Achats du jour <infolettre.achats-du-jour.example>"
        mail["List-Unsubscribe"] = "<mailto:desabonnement@achats-du-jour.example>"
        mail["Precedence"] = "bulk"


def _signature(scene: Scene) -> str:
    place = _SIGNED_BY_STAFF if scene.who.address in STAFF_ADDRESSES else scene.who.organisation
    return f"{scene.who.name}\n{place}"


def _fill_in(scene: Scene, answered: EmailMessage | None, read: Correspondence) -> str:
    """The words, with the number that a digest gives to the matter."""
    if "{number}" not in scene.words or answered is None:
        return scene.words
    reference = read.references[scene.matter]
    found = re.search(rf"#(\d+)\s+{reference}", read_part(answered, "plain"))
    if found is None:
        raise DemoFailed(f"the digest does not list {reference}, which {scene.who.name} looks for at {scene.at}")
    return scene.words.replace("{number}", found[1])
