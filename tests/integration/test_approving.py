"""A final answer that waits for a second pair of eyes: it leaves on an approver's word, or goes back to its writer."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine

from tests.answering_worlds import ANSWER, QUARTER, deliver, standing
from tests.looking import look
from tests.matters import JEANNE, NOW
from tests.staff_worlds import LUC, MARIE, PASSES, SOPHIE, StaffDeskWorld
from triage.model.agents.commands import Conclusion
from triage.model.agents.policy import AgentsPolicy, ApprovalPolicy, ApprovalScope
from triage.model.agents.staff import StaffMember
from triage.model.codes import DeliveryMode, NoticeKind
from triage.model.delivery import DeliveryModes
from triage.store.database import Database
from triage.workflows.record import cancel, release

PROVEN: dict[str, Any] = {"Authentication_Results": PASSES}
SOON = NOW + timedelta(minutes=1)
TO_APPROVE = "Une réponse attend votre approbation"


@pytest.fixture
def world(engine: Engine, database: Database) -> StaffDeskWorld:
    """A desk where each final answer waits for Sophie."""
    return StaffDeskWorld(engine, database, agents=AgentsPolicy(approval=ApprovalPolicy(ApprovalScope.ALL)))


async def conclude(world: StaffDeskWorld, typed: str = ANSWER, *, by: StaffMember = MARIE) -> None:
    """A new complaint, concluded at once."""
    await world.complain()
    await world.say(by, typed, to=world.working(by), **PROVEN)


async def test_an_answer_waits_and_its_approver_reads_it_whole(world: StaffDeskWorld) -> None:
    """It never leaves by itself; nobody but its writer and the approver gets its text."""
    await conclude(world)
    await deliver(world, at=NOW + timedelta(days=2))
    asking = world.receipt(SOPHIE)

    assert [("held", JEANNE)] == [(each.state, each.recipient) for each in world.sent(kind="answer")]
    assert "awaiting_approval" == standing(world)[0]
    assert TO_APPROVE in asking.subject
    assert "Le camion est parti deux jours trop tard." in asking.text
    assert "Protecteur du citoyen" in asking.text
    assert [] == world.sent(kind="receipt", recipient=LUC.address)
    assert "attend une approbation" in world.receipt(MARIE).text


async def test_an_approved_answer_leaves(world: StaffDeskWorld) -> None:
    """Five minutes later, in which its writer, who is told, may still withdraw it; then the clock ends."""
    await conclude(world)
    await world.say(SOPHIE, "#approuver", to=world.receipt(SOPHIE), at=SOON, **PROVEN)

    assert "in_analysis" == standing(world)[0]
    assert "approuvée" in world.receipt(MARIE).subject
    assert "dans 5 minutes" in world.receipt(MARIE).text.replace("\u00a0", " ")

    await deliver(world, at=SOON + timedelta(minutes=4))

    assert ["pending"] == [each.state for each in world.sent(kind="answer")]

    left = SOON + timedelta(minutes=5)
    await deliver(world, at=left)

    assert ("answered", left) == standing(world)[:2]
    assert [each for each in world.events() if each in {"concluded", "approved", "answered"}] == [
        *("concluded", "approved", "answered")
    ]


async def test_an_answer_that_is_sent_back_never_leaves(world: StaffDeskWorld) -> None:
    """Its writer gets the reason and the letter, and may conclude again; the requester hears nothing."""
    await conclude(world)
    said = "#retourner Le camion n’est pas en cause, vois avec Luc."
    await world.say(SOPHIE, said, to=world.receipt(SOPHIE), at=SOON, **PROVEN)
    back = world.receipt(MARIE)
    await deliver(world, at=NOW + timedelta(days=2))

    assert ["cancelled"] == [each.state for each in world.sent(kind="answer")]
    assert "in_analysis" == standing(world)[0]
    assert "vois avec Luc" in back.text
    assert "Le camion est parti deux jours trop tard." in back.text
    assert [(None,)] == look(world.engine, "SELECT conclusion FROM ticket")
    assert b"vois avec Luc" not in world.requester_bytes()

    await world.say(MARIE, ANSWER, to=back, at=SOON + QUARTER, **PROVEN)

    assert ["cancelled", "held"] == [each.state for each in world.sent(kind="answer")]


async def test_the_reason_of_a_return_is_internal(world: StaffDeskWorld) -> None:
    """Eight words running of it hold a letter back."""
    await conclude(world)
    words = "le camion de la ligne huit est tombé en panne"
    await world.say(SOPHIE, f"#retourner {words}", to=world.receipt(SOPHIE), at=SOON, **PROVEN)
    await world.say(MARIE, f"#répondre Bonjour, {words}.", to=world.receipt(MARIE), at=SOON, **PROVEN)

    assert [] == world.sent(kind="message")
    assert "huit mots de suite" in world.receipt(MARIE).text


@pytest.mark.parametrize("typed", ["#approuver", "#retourner Non."])
async def test_only_an_approver_decides(world: StaffDeskWorld, typed: str) -> None:
    """An agent's role does not allow it, whatever token they hold."""
    await conclude(world)
    await world.say(LUC, typed, to=world.working(LUC), at=SOON, **PROVEN)

    assert "awaiting_approval" == standing(world)[0]
    assert ["held"] == [each.state for each in world.sent(kind="answer")]


async def rewrite(world: StaffDeskWorld) -> None:
    """Marie takes her answer back and writes another."""
    await world.say(MARIE, "#annuler", to=world.working(MARIE), at=SOON, **PROVEN)
    await world.say(MARIE, ANSWER.replace("deux jours", "neuf jours"), to=world.working(MARIE), at=SOON, **PROVEN)


@pytest.mark.parametrize("proof", [{}, PROVEN], ids=["unproven", "proven"])
async def test_a_letter_that_changed_is_not_approved_unread(world: StaffDeskWorld, proof: dict[str, Any]) -> None:
    """Who answers the mail that shows the first letter has not read the second one."""
    await conclude(world)
    asking = world.receipt(SOPHIE)
    await rewrite(world)
    late = SOON + timedelta(minutes=1)
    await world.say(SOPHIE, "#approuver", to=asking, at=late, **proof)
    if not proof:
        await world.say(SOPHIE, "oui", to=world.receipt(SOPHIE), at=late)

    assert ["cancelled", "held"] == [each.state for each in world.sent(kind="answer")]
    assert "dernier courriel" in world.receipt(SOPHIE).text


async def test_the_newer_letter_is_approved_by_whoever_read_it(world: StaffDeskWorld) -> None:
    """The mail that shows it was written with it."""
    await conclude(world)
    await rewrite(world)
    await world.say(SOPHIE, "#approuver", to=world.receipt(SOPHIE), at=SOON + timedelta(minutes=1), **PROVEN)

    assert ["cancelled", "pending"] == [each.state for each in world.sent(kind="answer")]


async def test_nobody_approves_without_the_letter_before_them(world: StaffDeskWorld) -> None:
    """A new mail shows no letter, whoever confirms that they wrote it."""
    await conclude(world)
    reference = world.sent(kind="answer")[0].headers["Message-ID"].split(".")[1]
    await world.say(SOPHIE, f"#approuver {reference}", at=SOON, subject=reference, **PROVEN)
    await world.say(SOPHIE, "oui", to=world.receipt(SOPHIE), at=SOON)

    assert ["held"] == [each.state for each in world.sent(kind="answer")]


async def test_without_proof_an_approval_waits_for_the_mailbox(world: StaffDeskWorld) -> None:
    """A letter leaves on a high word only."""
    await conclude(world)
    await world.say(SOPHIE, "#approuver", to=world.receipt(SOPHIE), at=SOON)

    assert ["held"] == [each.state for each in world.sent(kind="answer")]

    await world.say(SOPHIE, "Oui.", to=world.receipt(SOPHIE), at=SOON)

    assert ["pending"] == [each.state for each in world.sent(kind="answer")]


async def test_nobody_approves_what_they_wrote(world: StaffDeskWorld) -> None:
    """Where nobody else may, the answer is refused and says why."""
    await conclude(world)
    asking = world.receipt(SOPHIE)
    await world.say(MARIE, "#annuler", to=world.receipt(MARIE), at=SOON)
    await world.say(SOPHIE, ANSWER, to=asking, at=SOON, **PROVEN)

    assert ["cancelled"] == [each.state for each in world.sent(kind="answer")]
    assert "aucune autre personne" in world.receipt(SOPHIE).text


async def test_the_writer_takes_back_what_waits(world: StaffDeskWorld) -> None:
    """The ticket is in work again, and there is nothing left to approve."""
    await conclude(world)
    await world.say(MARIE, "#annuler", to=world.receipt(MARIE), at=SOON)
    await world.say(SOPHIE, "#approuver", to=world.receipt(SOPHIE), at=SOON, **PROVEN)

    assert "in_analysis" == standing(world)[0]
    assert ["cancelled"] == [each.state for each in world.sent(kind="answer")]
    assert "Aucune réponse n’attend" in world.receipt(SOPHIE).text


@pytest.mark.parametrize(("word", "state"), [("non fondée", "held"), ("fondée, norme", "pending")])
async def test_only_some_conclusions_wait(engine: Engine, database: Database, word: str, state: str) -> None:
    """As the policy lists them."""
    some = ApprovalPolicy(ApprovalScope.SOME, frozenset({Conclusion.UNFOUNDED}))
    world = StaffDeskWorld(engine, database, agents=AgentsPolicy(approval=some))
    await conclude(world, ANSWER.replace("fondée, norme", word))

    assert [state] == [each.state for each in world.sent(kind="answer")]


async def test_an_operator_may_let_it_go_or_cancel_it(world: StaffDeskWorld) -> None:
    """The command line does with a final answer what it does with any held letter; the ticket follows."""
    await conclude(world)
    held = look(world.engine, "SELECT id FROM outbox WHERE kind = 'answer'")[0][0]
    await world.database.write(lambda tx: release(tx, int(held), now=SOON))
    await deliver(world, at=SOON)

    assert ("answered", SOON) == standing(world)[:2]

    await conclude(world)
    held = look(world.engine, "SELECT max(id) FROM outbox WHERE kind = 'answer'")[0][0]
    await world.database.write(lambda tx: cancel(tx, int(held), said="non", now=SOON))

    assert "in_analysis" == standing(world)[0]


async def test_where_letters_wait_for_a_person_an_answer_waits_for_its_approver(
    engine: Engine, database: Database
) -> None:
    """The mode « approve » asks for the same word, and the ticket says that it waits."""
    modes = DeliveryModes(DeliveryMode.LIVE, {NoticeKind.ANSWER: DeliveryMode.APPROVE})
    world = StaffDeskWorld(engine, database, modes=modes)
    await conclude(world)

    assert "awaiting_approval" == standing(world)[0]

    await world.say(SOPHIE, "#approuver", to=world.receipt(SOPHIE), at=SOON, **PROVEN)
    await deliver(world, at=SOON + timedelta(minutes=5))

    assert "answered" == standing(world)[0]


async def test_an_answer_that_is_only_observed_answers_nothing(engine: Engine, database: Database) -> None:
    """It never leaves, whoever approves it later; the receipt says so, and the clock goes on."""
    modes = DeliveryModes(DeliveryMode.LIVE, {NoticeKind.ANSWER: DeliveryMode.OBSERVE})
    world = StaffDeskWorld(engine, database, modes=modes)
    await conclude(world)
    await deliver(world, at=NOW + timedelta(days=1))

    assert ["cancelled"] == [each.state for each in world.sent(kind="answer")]
    assert "en observation" in world.receipt(MARIE).text
    assert ("in_charge", None) == standing(world)[:2]


async def test_an_approver_takes_their_word_back(world: StaffDeskWorld) -> None:
    """While the answer has not left it waits for an approver again, and may be approved once more."""
    await conclude(world)
    asking = world.receipt(SOPHIE)
    await world.say(SOPHIE, "#approuver", to=asking, at=SOON, **PROVEN)
    await world.say(SOPHIE, "#annuler", to=asking, at=SOON + timedelta(minutes=1), **PROVEN)
    await deliver(world, at=NOW + timedelta(hours=1))

    assert ("awaiting_approval", ["held"]) == (standing(world)[0], [each.state for each in world.sent(kind="answer")])

    await world.say(SOPHIE, "#approuver", to=asking, at=NOW + timedelta(hours=1), **PROVEN)
    await deliver(world, at=NOW + timedelta(hours=2))
    await world.say(SOPHIE, "#annuler", to=asking, at=NOW + timedelta(hours=2), **PROVEN)

    assert ("answered", ["sent"]) == (standing(world)[0], [each.state for each in world.sent(kind="answer")])
