"""Letters to requesters and working mail with facts of fiction: each branch of each template is written once."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from types import MappingProxyType
from zoneinfo import ZoneInfo

from triage.model.agents.commands import Conclusion
from triage.model.agents.staff import Role, StaffMember
from triage.model.codes import NoticeKind, TicketKind
from triage.model.decision import Thread
from triage.model.letters.plan import AnswerPlan
from triage.model.letters.requester import (
    AnswerFacts,
    AnswerText,
    ClosingFacts,
    DelayFacts,
    FollowUpFacts,
    LetterFacts,
    Matter,
    MessageFacts,
    PublicStanding,
    Recourse,
    Signatory,
    StatusFacts,
    TakenChargeFacts,
    WithdrawalFacts,
)
from triage.model.letters.working import CardLine, Later, ListedAttachment, Original, WorkingMailFacts, Written

_ZONE = ZoneInfo("America/Toronto")
_RECEIVED_AT = datetime(2026, 11, 21, 10, 5, tzinfo=_ZONE)
_THREAD = Thread(in_reply_to="specimen@exemple.invalid", references=())
_CODE = "ABCD-EFGH-2345-WXYZ"

SPECIMEN_MATTER = Matter(reference="2026-000123", received_at=_RECEIVED_AT, thread=_THREAD, code=_CODE)
SPECIMEN_SIGNATORY = Signatory(
    name="Marie Exemple", title="Conseillère au service à la clientèle", phone="418\u00a0555-0101"
)
_PLAN = AnswerPlan(due_on=date(2026, 12, 11))
_SUMMARY = "Le matériel attendu le 3\u00a0novembre est arrivé deux semaines plus tard."

_TAKEN = TakenChargeFacts(SPECIMEN_MATTER, TicketKind.COMPLAINT, SPECIMEN_SIGNATORY, _PLAN, summary=_SUMMARY)
_FOLLOWED = FollowUpFacts(SPECIMEN_MATTER, datetime(2026, 11, 24, 9, 0, tzinfo=_ZONE), _PLAN)
_DELAY = DelayFacts(
    SPECIMEN_MATTER,
    due_on=date(2026, 12, 11),
    until_on=date(2026, 12, 18),
    reason="le fournisseur doit encore nous remettre ses relevés",
    handler=SPECIMEN_SIGNATORY,
    done="nous avons étudié votre commande et joint l’entrepôt",
)
_TEXT = AnswerText(
    summary=_SUMMARY,
    checked="Nous avons relu la commande et les avis de livraison.\nNous avons aussi parlé au fournisseur.",
    found="Le fournisseur n’a pas respecté la date convenue. Il ne nous en a pas avisés.",
    reasons="La livraison a dépassé la date convenue au contrat.",
    measures="- Le fournisseur nous avisera de tout retard dès qu’il le connaît.\n- Nous suivrons vos trois "
    "prochaines livraisons.",
)
_ANSWER = AnswerFacts(
    SPECIMEN_MATTER,
    TicketKind.COMPLAINT,
    Conclusion.FOUNDED,
    _TEXT,
    SPECIMEN_SIGNATORY,
    recourse=Recourse(review_by="Direction générale"),
)
_SHORT = replace(_TEXT, checked="", found="", measures="", reasons="Voici pourquoi.", body="")


def _concluded(conclusion: Conclusion) -> AnswerFacts:
    return replace(_ANSWER, conclusion=conclusion, text=_SHORT, recourse=Recourse())


SPECIMEN_LETTERS: Mapping[str, tuple[NoticeKind, LetterFacts]] = MappingProxyType(
    {
        "taken_charge": (NoticeKind.TAKEN_CHARGE, _TAKEN),
        "taken_charge-phone": (
            NoticeKind.TAKEN_CHARGE,
            replace(_TAKEN, summary="", plan=replace(_PLAN, committed=False)),
        ),
        "taken_charge-late": (NoticeKind.TAKEN_CHARGE, replace(_TAKEN, plan=AnswerPlan(late=True))),
        "taken_charge-information": (
            NoticeKind.TAKEN_CHARGE,
            replace(_TAKEN, kind=TicketKind.INFORMATION, handler=Signatory("Marie Exemple"), summary=""),
        ),
        "follow_up_received": (NoticeKind.FOLLOW_UP_RECEIVED, _FOLLOWED),
        "follow_up_received-late": (NoticeKind.FOLLOW_UP_RECEIVED, replace(_FOLLOWED, plan=AnswerPlan(late=True))),
        "message": (
            NoticeKind.MESSAGE,
            MessageFacts(
                SPECIMEN_MATTER,
                "Bonjour,\n\nPour bien traiter votre dossier, nous aurions besoin de précisions\u00a0:\n"
                "- Quel est le numéro de la commande?\n- À quelle date l’avez-vous passée?\n\n"
                "Nous vous remercions de votre collaboration.",
                SPECIMEN_SIGNATORY,
            ),
        ),
        "delay": (NoticeKind.DELAY, _DELAY),
        "delay-short": (NoticeKind.DELAY, replace(_DELAY, done="")),
        "delay_late": (NoticeKind.DELAY_LATE, _DELAY),
        "delay_late-short": (NoticeKind.DELAY_LATE, replace(_DELAY, done="")),
        "answer": (NoticeKind.ANSWER, _ANSWER),
        "answer-verbal": (NoticeKind.ANSWER, replace(_ANSWER, told_on=date(2026, 12, 1))),
        "answer-public_body": (NoticeKind.ANSWER, replace(_ANSWER, recourse=Recourse(ombudsman=False))),
        **{
            f"answer-{conclusion}": (NoticeKind.ANSWER, _concluded(conclusion))
            for conclusion in Conclusion
            if conclusion not in {Conclusion.FOUNDED, Conclusion.REDIRECTED}
        },
        "answer-information": (
            NoticeKind.ANSWER,
            AnswerFacts(
                SPECIMEN_MATTER,
                TicketKind.INFORMATION,
                None,
                AnswerText(body="Le catalogue compte douze modèles. Chacun est livré en dix jours."),
                SPECIMEN_SIGNATORY,
            ),
        ),
        "status": (NoticeKind.STATUS, StatusFacts(SPECIMEN_MATTER, PublicStanding.IN_WORK, _PLAN)),
        **{
            f"status-{standing}": (NoticeKind.STATUS, StatusFacts(SPECIMEN_MATTER, standing, AnswerPlan()))
            for standing in PublicStanding
            if standing is not PublicStanding.IN_WORK
        },
        "withdrawal": (NoticeKind.WITHDRAWAL, WithdrawalFacts(SPECIMEN_MATTER)),
        "withdrawn": (NoticeKind.WITHDRAWN, WithdrawalFacts(SPECIMEN_MATTER)),
        "closing": (NoticeKind.CLOSING, ClosingFacts(SPECIMEN_MATTER, date(2027, 1, 11))),
    }
)
"""By the name of the specimen: the kind of letter, then what is particular in it."""

_CARD = (
    CardLine("Prendre", "#prendre", "#prendre", "Prend le dossier en charge et vous l’attribue."),
    CardLine("Aide", "#aide", "#aide", "Montre ce mode d’emploi."),
)
_WORKING = WorkingMailFacts(
    reference="2026-000123",
    recipient=StaffMember(
        id="marie.exemple",
        name="Marie Exemple",
        address="marie.exemple@exemple.invalid",
        roles=frozenset({Role.AGENT}),
    ),
    restricted=False,
    received_at=_RECEIVED_AT,
    written=Written(
        sender="Jeanne Fiction (jeanne@client.invalid)",
        subject="Livraison en retard",
        new_text="Bonjour,\n\nLe matériel est arrivé deux semaines trop tard. Que comptez-vous faire?\n\nJeanne",
        text="Bonjour,\n\nLe matériel est arrivé deux semaines trop tard. Que comptez-vous faire?\n\nJeanne",
        attachments=(
            ListedAttachment("bon de commande.pdf", "application/pdf", 84_210),
            ListedAttachment("relevés.zip", "application/zip", 2_400_000, "Archive\u00a0: ouvrez-la avec prudence."),
        ),
    ),
    card=_CARD,
    reply_to="plaintes+abcdefgh2345wxyz@exemple.invalid",
    code=_CODE,
    thread=Thread(in_reply_to=None, references=()),
    take_before_at=datetime(2026, 11, 22, 10, 5, tzinfo=_ZONE),
    answer_due_on=date(2026, 12, 11),
)

SPECIMEN_WORKING_MAILS: Mapping[str, tuple[NoticeKind, WorkingMailFacts]] = MappingProxyType(
    {
        "working_mail": (NoticeKind.WORKING_MAIL, _WORKING),
        "working_mail-restricted": (
            NoticeKind.WORKING_MAIL,
            replace(
                _WORKING,
                restricted=True,
                cautions=("Rien ne prouve que ce courriel vient de cette adresse.",),
                proposals=("Plainte, car une correction est attendue.",),
            ),
        ),
        "handover": (
            NoticeKind.HANDOVER,
            replace(
                _WORKING,
                given_by="Luc Exemple",
                originals=(Original("2026-000123-1.eml", b""),),
                later=(Later(datetime(2026, 11, 24, 8, 40, tzinfo=_ZONE), Written("", "", "Toujours rien.", "")),),
            ),
        ),
        "handover-restricted": (
            NoticeKind.HANDOVER,
            replace(
                _WORKING,
                restricted=True,
                later=(Later(datetime(2026, 11, 24, 8, 40, tzinfo=_ZONE), Written("", "", "Voir la photo.", "")),),
                left_out=3,
                originals=(Original("2026-000123-1.eml", b""),),
                originals_missing=True,
            ),
        ),
        "attachments": (
            NoticeKind.ATTACHMENTS,
            replace(_WORKING, originals=(Original("2026-000123-1.eml", b""),), take_before_at=None),
        ),
        "attachments-restricted": (
            NoticeKind.ATTACHMENTS,
            replace(
                _WORKING,
                restricted=True,
                withheld=(
                    "L’antivirus a trouvé un danger dans 1\u00a0courriel (Specimen.Of.Fiction).",
                    "L’antivirus n’a pas encore examiné 2\u00a0courriels.",
                ),
            ),
        ),
        "follow_up": (
            NoticeKind.FOLLOW_UP,
            replace(
                _WORKING,
                written=replace(
                    _WORKING.written,
                    new_text="Voici le numéro\u00a0: 12.",
                    text="Voici le numéro\u00a0: 12.\n\nLe 23\u00a0novembre, Marie Exemple a écrit\u00a0:\nQuel est le "
                    "numéro?",
                    attachments=(),
                ),
                take_before_at=None,
                thread=Thread(in_reply_to="travail@exemple.invalid", references=()),
            ),
        ),
    }
)
