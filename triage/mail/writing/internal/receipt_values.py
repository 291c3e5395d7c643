"""What a receipt may say: plain texts, and the lines of what was typed. Each kind has its title and introduction."""

from collections.abc import Mapping
from types import MappingProxyType
from urllib.parse import quote

from triage.mail.writing.internal.specimens import SPECIMEN_MEMBER
from triage.mail.writing.letters.prose import clean, one_line
from triage.mail.writing.letters.working import MARKER
from triage.model.agents.receipts import ReceiptFacts, ReceiptKind, Shown
from triage.wording.spacing import NO_BREAK

RECEIPT_NAMES = frozenset(
    {"title", "introduction", "marker", "lines", "results", "shown", "link", "is_too_long", "unit", "reply_code"}
)

LONGEST_LINK = 1_800
"""Mail programs cut longer links; what does not fit is sent by writing the command above the text."""

_TITLES: Mapping[ReceiptKind, tuple[str, str]] = MappingProxyType(
    {
        ReceiptKind.DONE: ("Votre demande est faite", "Voici ce qui a été compris et fait."),
        ReceiptKind.NOT_DONE: (
            "Rien n’a été fait",
            "Votre courriel est conservé. Voici ce qui empêche d’y donner suite.",
        ),
        ReceiptKind.DRY_RUN: ("Simulation", "Voici ce qui serait fait. Rien n’a été fait."),
        ReceiptKind.DRAFT: (
            "Votre texte n’a pas été envoyé",
            "Votre courriel n’a pas de commande. Votre texte est donc un brouillon, et la personne ne l’a pas reçu.",
        ),
        ReceiptKind.NOTED: (
            "Votre texte est gardé au dossier",
            "Votre courriel n’a pas de commande. Votre texte est une note, que seul le personnel peut lire.",
        ),
        ReceiptKind.ACKNOWLEDGED: (
            "Votre réponse est notée",
            "Elle vaut pour les dossiers ci-dessous. Les rappels de même niveau cessent pour vous.",
        ),
        ReceiptKind.CHALLENGE: (
            "Confirmez votre demande",
            (
                "Nous avons reçu un courriel en votre nom. Rien n’est fait pour l’instant. Si vous l’avez écrit, "
                "répondez à ce courriel dans les deux heures, sans rien ajouter. Sinon, prévenez votre gestionnaire."
            ),
        ),
        ReceiptKind.UNCONFIRMED: (
            "Rien n’a été fait",
            (
                "Nous avons reçu un courriel en votre nom, sans preuve qu’il vient de vous. Si vous l’avez écrit, "
                "répondez plutôt à un courriel de travail. Sinon, prévenez votre gestionnaire."
            ),
        ),
        ReceiptKind.TO_APPROVE: (
            "Une réponse attend votre approbation",
            "Pour qu’elle parte, répondez #approuver. Pour la rendre, répondez #retourner, suivi de la raison.",
        ),
        ReceiptKind.APPROVED: ("Votre réponse est approuvée", "Elle part avec la lettre que vous avez écrite."),
        ReceiptKind.SENT_BACK: (
            "Votre réponse vous est rendue",
            "Elle n’est pas partie. Pour en envoyer une autre, répondez à ce courriel avec #conclure.",
        ),
        ReceiptKind.TOKEN_SHOWN: (
            "Une autre personne a répondu à votre place",
            (
                "Un courriel utilise votre adresse de réponse, et il ne vient pas de vous. Rien n’a été fait. Il est "
                "conservé, et votre ancienne adresse de réponse ne sert plus."
            ),
        ),
    }
)


def receipt_values(facts: ReceiptFacts, *, unit: str, mailbox: str, short_name: str) -> Mapping[str, object]:
    """The texts of one receipt. `link` is "" without a button, or where its text is too long for one."""
    title, introduction = _TITLES[facts.kind]
    link = _link(facts, mailbox=mailbox, short_name=short_name) if facts.button else ""
    return {
        "title": title,
        "introduction": introduction,
        "marker": MARKER,
        "lines": tuple(map(one_line, facts.lines)),
        "results": tuple(map(one_line, facts.results)),
        "shown": tuple({"heading": each.heading, "lines": _paragraphs(each.text)} for each in facts.shown),
        "link": link if len(link) <= LONGEST_LINK else "",
        "is_too_long": len(link) > LONGEST_LINK,
        "unit": unit,
        "reply_code": facts.code,
    }


def receipt_specimen(unit: str) -> Mapping[str, object]:
    """A receipt of fiction, with every part that a receipt may have."""
    facts = ReceiptFacts(
        ReceiptKind.DRAFT,
        SPECIMEN_MEMBER,
        reference="2026-000123",
        lines=(f"Ligne{NO_BREAK}1, «{NO_BREAK}#prendre{NO_BREAK}»{NO_BREAK}: compris.",),
        results=("Le dossier 2026-000123 est pris en charge.",),
        shown=(Shown("Votre texte", "Bonjour,\n\nVotre colis est arrivé."),),
        code="ABCD-EFGH-2345-WXYZ",
        button="#répondre\n\nBonjour,",
    )
    return receipt_values(facts, unit=unit, mailbox="plaintes@exemple.invalid", short_name="EXEMPLE")


def _paragraphs(text: str) -> tuple[tuple[str, ...], ...]:
    """The lines of each paragraph."""
    found: list[list[str]] = [[]]
    for line in clean(text).split("\n"):
        if line.strip():
            found[-1].append(line.strip())
        elif found[-1]:
            found.append([])
    return tuple(tuple(lines) for lines in found if lines)


def _link(facts: ReceiptFacts, *, mailbox: str, short_name: str) -> str:
    # Below the marker, so that the code is never taken for a part of what is to be sent.
    code = f"\r\n\r\n{MARKER}\r\nRéf.{NO_BREAK}{facts.code}" if facts.code else ""
    typed = clean(facts.button).replace("\n", "\r\n")
    subject = quote(f"[{short_name} {facts.reference}]", safe="")
    return f"mailto:{quote(facts.reply_to or mailbox, safe='@+')}?subject={subject}&body={quote(typed + code, safe='')}"
