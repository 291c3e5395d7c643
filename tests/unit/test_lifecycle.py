"""The state table: each specimen of examples/lifecycle, and the laws that no row may break."""

import tomllib
from itertools import product
from pathlib import Path

import pytest

from triage.model.agents.commands import Verb, WaitingFor
from triage.model.codes import TicketKind, TicketStatus
from triage.rules.agents.commands.phrases import PARTIES
from triage.rules.agents.commands.reading import find_verb
from triage.rules.agents.commands.table import TABLE
from triage.rules.tickets.lifecycle import REFUSALS, Refused, Step, judge_step
from triage.wording.typography import find_faults

SPECIMENS = Path(__file__).parents[1] / "examples" / "lifecycle"
KINDS = {"complaint": TicketKind.COMPLAINT, "information": TicketKind.INFORMATION, "comment": TicketKind.COMMENT}
VERBS = [spec.verb for spec in TABLE if spec.needs_ticket]
WAITING = {TicketStatus.WAITING_CLIENT, TicketStatus.WAITING_INTERNAL, TicketStatus.WAITING_SUPPLIER}
OPEN = {TicketStatus.NEW, TicketStatus.IN_CHARGE, TicketStatus.IN_ANALYSIS, *WAITING}


def step(status: TicketStatus, verb: Verb, kind: TicketKind = TicketKind.COMPLAINT) -> Step | Refused:
    """The step, waiting for the client where somebody must be waited for."""
    return judge_step(status, verb, kind=kind, party=WaitingFor.CLIENT)


def typed_step(status: TicketStatus, typed: str, kind: TicketKind) -> str:
    """What a command as a specimen writes it leads to."""
    name, _, rest = typed.partition(" ")
    verb = find_verb(name).entry
    assert isinstance(verb, Verb)
    party = next((code for code, words in PARTIES.items() if words[0] == rest), None)
    found = judge_step(status, verb, kind=kind, party=party, to_self=rest == "moi")
    return f"refused: {found.reason.value}" if isinstance(found, Refused) else found.status.value


@pytest.mark.parametrize("status", TicketStatus)
def test_a_status_allows_what_its_specimen_says(status: TicketStatus) -> None:
    """Each command of each table of the specimen that bears the status's name."""
    sheet = tomllib.loads((SPECIMENS / f"{status.value.replace('_', '-')}.toml").read_text(encoding="utf-8"))
    found = {
        kind: {typed: typed_step(status, typed, KINDS[kind]) for typed in commands} for kind, commands in sheet.items()
    }

    assert sheet == found
    assert set(VERBS) == {find_verb(typed.partition(" ")[0]).entry for typed in sheet["complaint"]}


@pytest.mark.parametrize("kind", TicketKind)
def test_no_command_breaks_the_life_of_a_ticket(kind: TicketKind) -> None:
    """What only some commands may do, no other does, from any status."""
    for status, verb in product(TicketStatus, VERBS):
        found = step(status, verb, kind)
        if isinstance(found, Refused):
            continue
        changed = found.status is not status
        assert not (changed and verb in {Verb.STATUS, Verb.WHY, Verb.UNDO, Verb.RELEASE}), "reading changes nothing"
        assert not (changed and status is TicketStatus.MERGED), "a merged ticket goes on elsewhere"
        assert not (changed and found.status in WAITING and verb is not Verb.WAIT)
        assert not (changed and found.status is TicketStatus.SPAM and verb is not Verb.UNDESIRABLE)
        assert not (changed and found.status is TicketStatus.CLOSED and verb is not Verb.CLOSE)
        assert not (changed and status is TicketStatus.QUARANTINED and verb not in {Verb.LEGITIMATE, Verb.UNDESIRABLE})
        assert not (changed and found.status is TicketStatus.QUARANTINED)


def test_only_a_conclusion_answers_a_complaint() -> None:
    """A message takes charge and never ends the fifteen days; for other kinds it is the answer."""
    answering = {
        verb
        for status, verb in product(TicketStatus, VERBS)
        if status is not TicketStatus.ANSWERED and _leads_to(TicketStatus.ANSWERED, step(status, verb))
    }

    assert {Verb.CONCLUDE} == answering
    assert all(
        _leads_to(TicketStatus.ANSWERED, step(status, Verb.REPLY, kind))
        for status, kind in product(OPEN, set(TicketKind) - {TicketKind.COMPLAINT})
    )


def test_what_owes_an_answer_is_not_closed_without_one() -> None:
    """A complaint or a request for information is answered first; a thanks may be closed as it is."""
    for status in OPEN:
        assert isinstance(step(status, Verb.CLOSE, TicketKind.COMPLAINT), Refused)
        assert isinstance(step(status, Verb.CLOSE, TicketKind.INFORMATION), Refused)
        assert _leads_to(TicketStatus.CLOSED, step(status, Verb.CLOSE, TicketKind.PRAISE))


def test_a_person_takes_charge_by_working_on_it() -> None:
    """Reading, handing on, releasing a letter and sorting out are no taking charge; assigning oneself is."""
    charging = {verb for verb in VERBS if _takes_charge(step(TicketStatus.NEW, verb))}
    working = {Verb.TAKE, Verb.REPLY, Verb.NOTE, Verb.CONCLUDE, Verb.ACCEPT, Verb.KIND, Verb.WAIT, Verb.EXTEND}
    working |= {Verb.CLIENT, Verb.SERVICE, Verb.PRIORITY}

    assert working == charging
    assert _takes_charge(judge_step(TicketStatus.NEW, Verb.ASSIGN, to_self=True))
    assert not _takes_charge(step(TicketStatus.QUARANTINED, Verb.NOTE))


def test_what_makes_no_sense_is_an_error_of_the_program() -> None:
    """A verb without a ticket, or waiting for nobody."""
    with pytest.raises(ValueError, match="concerns no ticket"):
        judge_step(TicketStatus.NEW, Verb.HELP)
    with pytest.raises(ValueError, match="for whom"):
        judge_step(TicketStatus.NEW, Verb.WAIT)


def test_every_refusal_is_told_in_good_french() -> None:
    """Each reason has its sentences, without a fault of typography, and each is used."""
    used = {
        found.reason
        for status, verb in product(TicketStatus, VERBS)
        if isinstance(found := step(status, verb), Refused)
    }

    assert used == set(REFUSALS)
    assert {} == {text: find_faults(text) for text in REFUSALS.values() if find_faults(text)}


def _leads_to(status: TicketStatus, found: Step | Refused) -> bool:
    return isinstance(found, Step) and found.status is status


def _takes_charge(found: Step | Refused) -> bool:
    return isinstance(found, Step) and found.takes_charge
