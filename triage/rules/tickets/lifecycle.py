"""Which status a command leads to, or why it may not be done: the state table, one row a verb.

Waiting stops no clock. « Answered » holds once the server accepted the letter; whoever carries a command out waits
for that. Complaints are answered by `#conclure` alone; for other kinds a message is the answer, and what owes no
answer may be closed without one.
"""

from dataclasses import dataclass
from enum import StrEnum

from triage.model.agents.commands import Verb, WaitingFor
from triage.model.codes import TicketKind, TicketStatus


class RefusalReason(StrEnum):
    """Why a status does not allow a command: the closed list."""

    ANSWERED = "answered"
    NOT_ANSWERED = "not_answered"
    AWAITING_APPROVAL = "awaiting_approval"
    NOT_AWAITING_APPROVAL = "not_awaiting_approval"
    NOT_WAITING = "not_waiting"
    OPEN = "open"
    CLOSED = "closed"
    REDIRECTED = "redirected"
    WITHDRAWN = "withdrawn"
    MERGED = "merged"
    QUARANTINED = "quarantined"
    NOT_QUARANTINED = "not_quarantined"
    UNDESIRABLE = "undesirable"


REFUSALS: dict[RefusalReason, str] = {
    RefusalReason.ANSWERED: "Ce dossier est déjà répondu. Pour y revenir, écrivez d’abord #rouvrir.",
    RefusalReason.NOT_ANSWERED: "Ce dossier attend encore sa réponse finale. Elle s’envoie avec #conclure.",
    RefusalReason.AWAITING_APPROVAL: "La réponse attend une approbation. Pour la reprendre, écrivez d’abord #annuler.",
    RefusalReason.NOT_AWAITING_APPROVAL: "Aucune réponse n’attend d’approbation dans ce dossier.",
    RefusalReason.NOT_WAITING: "Ce dossier n’est pas en attente.",
    RefusalReason.OPEN: "Ce dossier est déjà ouvert.",
    RefusalReason.CLOSED: "Ce dossier est fermé. Pour y revenir, écrivez d’abord #rouvrir.",
    RefusalReason.REDIRECTED: "Ce dossier a été redirigé. Pour y revenir, écrivez d’abord #rouvrir.",
    RefusalReason.WITHDRAWN: "La personne a retiré sa demande. Pour y revenir, écrivez d’abord #rouvrir.",
    RefusalReason.MERGED: "Ce dossier a été fusionné. Travaillez dans le dossier principal.",
    RefusalReason.QUARANTINED: "Ce message est mis de côté. S’il est bon, écrivez d’abord #légitime.",
    RefusalReason.NOT_QUARANTINED: "Ce message n’est pas mis de côté.",
    RefusalReason.UNDESIRABLE: "Ce message est classé indésirable. S’il est bon, écrivez d’abord #légitime.",
}
"""What the person is told, in French."""


@dataclass(frozen=True, slots=True)
class Step:
    """The status that the command leads to, and whether doing it takes charge of the ticket, if nobody has."""

    status: TicketStatus
    takes_charge: bool


@dataclass(frozen=True, slots=True)
class Refused:
    """The status does not allow the command."""

    reason: RefusalReason


_S, _R = TicketStatus, RefusalReason
_WAITS = {
    WaitingFor.CLIENT: _S.WAITING_CLIENT,
    WaitingFor.INTERNAL: _S.WAITING_INTERNAL,
    WaitingFor.SUPPLIER: _S.WAITING_SUPPLIER,
}
_COLUMNS = (
    *(_S.NEW, _S.IN_CHARGE, _S.IN_ANALYSIS, _S.WAITING_CLIENT, _S.WAITING_INTERNAL, _S.WAITING_SUPPLIER),
    *(_S.AWAITING_APPROVAL, _S.ANSWERED, _S.CLOSED, _S.REDIRECTED, _S.WITHDRAWN, _S.MERGED, _S.QUARANTINED, _S.SPAM),
)
_Outcome = TicketStatus | RefusalReason | None  # None: the status stays
_Row = tuple[_Outcome, ...]

# The last three columns are nearly the same for all that works on a ticket: merged, quarantined, undesirable.
_ASIDE: _Row = (_R.MERGED, _R.QUARANTINED, _R.UNDESIRABLE)
_OVER: _Row = (_R.CLOSED, _R.REDIRECTED, _R.WITHDRAWN, *_ASIDE)
_ALL_STAY: _Row = (None,) * len(_COLUMNS)
_ADVANCE: _Row = (_S.IN_CHARGE, _S.IN_ANALYSIS, None, None, None, None)  # work begins, then goes on
_ANSWER: _Row = (_S.ANSWERED,) * 6
_CODING: _Row = (*_ADVANCE, None, None, *_OVER)
_DROP: _Row = (_S.SPAM,) * 6
_APPROVE: _Row = (*(_R.NOT_AWAITING_APPROVAL,) * 6, _S.IN_ANALYSIS, *(_R.NOT_AWAITING_APPROVAL,) * 4, *_ASIDE)

_ROWS: dict[Verb, _Row] = {
    # new, in charge, in analysis, waiting (three) · approval, answered · closed, redirected, withdrawn · aside (three)
    Verb.TAKE: (_S.IN_CHARGE, *(None,) * 5, None, None, *_OVER),
    Verb.ASSIGN: (*(None,) * 6, None, None, *_OVER),
    Verb.REPLY: (*_ADVANCE, None, None, _R.CLOSED, None, _R.WITHDRAWN, *_ASIDE),
    Verb.NOTE: (*_ADVANCE, *(None,) * 8),
    Verb.CONCLUDE: (*_ANSWER, _R.AWAITING_APPROVAL, _R.ANSWERED, *_OVER),
    Verb.APPROVE: _APPROVE,
    Verb.SEND_BACK: _APPROVE,
    Verb.ACCEPT: (*_ADVANCE, None, None, *_OVER),
    Verb.KIND: _CODING,
    Verb.CLIENT: _CODING,
    Verb.SERVICE: _CODING,
    Verb.PRIORITY: _CODING,
    Verb.WAIT: (*(None,) * 6, _R.AWAITING_APPROVAL, _R.ANSWERED, *_OVER),  # to whom it waits is in _WAITS
    Verb.RESUME: (*(_R.NOT_WAITING,) * 3, *(_S.IN_ANALYSIS,) * 3, _R.NOT_WAITING, _R.ANSWERED, *_OVER),
    Verb.EXTEND: (*_ADVANCE, None, _R.ANSWERED, *_OVER),
    Verb.CLOSE: (*(_R.NOT_ANSWERED,) * 6, _R.AWAITING_APPROVAL, _S.CLOSED, _R.CLOSED, *(_S.CLOSED,) * 2, *_ASIDE),
    Verb.REOPEN: (*(_R.OPEN,) * 7, *(_S.IN_ANALYSIS,) * 4, *_ASIDE),
    Verb.UNDESIRABLE: (*_DROP, _R.AWAITING_APPROVAL, _R.ANSWERED, *_OVER[:4], _S.SPAM, _R.UNDESIRABLE),
    Verb.LEGITIMATE: (*(_R.NOT_QUARANTINED,) * 11, _R.MERGED, _S.NEW, _S.NEW),
    Verb.RELEASE: (*(None,) * 12, _R.QUARANTINED, _R.UNDESIRABLE),
    Verb.UNDO: _ALL_STAY,  # what it undoes, and whether it still can, the ticket's story says
    Verb.STATUS: _ALL_STAY,
    Verb.WHY: _ALL_STAY,
}
_MESSAGE_ANSWERS: _Row = (*_ANSWER, None, None, _R.CLOSED, None, _R.WITHDRAWN, *_ASIDE)
_CLOSES_UNANSWERED: _Row = (*(_S.CLOSED,) * 6, *_ROWS[Verb.CLOSE][6:])

_OWE_AN_ANSWER = frozenset({TicketKind.COMPLAINT, TicketKind.INFORMATION})
# Who only reads, hands on, lets a letter go or sorts out what is no matter has not taken charge of it (S1:92).
_TAKES_CHARGE = frozenset(
    {
        *(Verb.TAKE, Verb.REPLY, Verb.NOTE, Verb.CONCLUDE, Verb.ACCEPT, Verb.KIND, Verb.WAIT, Verb.RESUME, Verb.EXTEND),
        *(Verb.CLOSE, Verb.REOPEN, Verb.CLIENT, Verb.SERVICE, Verb.PRIORITY),
    }
)
_NOT_WORKED_ON = frozenset({_S.QUARANTINED, _S.SPAM, _S.MERGED})


def judge_step(
    status: TicketStatus,
    verb: Verb,
    *,
    kind: TicketKind = TicketKind.COMPLAINT,
    party: WaitingFor | None = None,
    to_self: bool = False,
) -> Step | Refused:
    """Where a command leads a ticket of that status and kind.

    `party` says for whom `WAIT` waits; `to_self` that `ASSIGN` names the writer, which is taking charge. Raises
    `ValueError` for a verb that concerns no ticket, or `WAIT` without a party.
    """
    verb = Verb.TAKE if verb is Verb.ASSIGN and to_self else verb
    outcome = _row(verb, kind)[_COLUMNS.index(status)]
    if isinstance(outcome, RefusalReason):
        return Refused(outcome)
    if verb is Verb.WAIT:
        if party is None:
            raise ValueError("waiting needs to know for whom")
        outcome = _WAITS[party]
    following = status if outcome is None else outcome
    return Step(following, takes_charge=verb in _TAKES_CHARGE and following not in _NOT_WORKED_ON)


def _row(verb: Verb, kind: TicketKind) -> _Row:
    if verb is Verb.REPLY and kind is not TicketKind.COMPLAINT:
        return _MESSAGE_ANSWERS
    if verb is Verb.CLOSE and kind not in _OWE_AN_ANSWER:
        return _CLOSES_UNANSWERED
    if verb not in _ROWS:
        raise ValueError(f"{verb} concerns no ticket")
    return _ROWS[verb]
