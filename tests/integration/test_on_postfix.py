"""The daemon between real servers: Postfix stamps who was authenticated, and letters leave and arrive through it."""

import smtplib
from pathlib import Path

import pytest

from tests.border_world import BorderWorld
from tests.servers.dovecot import Dovecot
from tests.servers.postfix import Postfix
from tests.servers.postfix_settings import AUTHSERV_ID

FORGED = f"authentication-Results:\r\n\t(x) {AUTHSERV_ID.upper()};\r\n\tdmarc=pass header.from=cag.example\r\n"
HELD = '["authentication_failed"]'


@pytest.fixture
def world(tmp_path: Path, dovecot: Dovecot, postfix: Postfix) -> BorderWorld:
    return BorderWorld(tmp_path, dovecot, postfix)


def test_each_sender_is_treated_as_the_border_server_says(world: BorderWorld) -> None:
    """Forged senders and blind copies get a ticket whose letter waits; a forged header neither helps nor hurts."""
    colleague, passing, silent = world.person("cag.example"), world.person(), world.person("silence.example")
    without_policy, forged = world.person("sans-politique.example"), world.person("usurpe.example")
    false_colleague, blind = world.person("cag.example"), world.person()
    colleague.log_in_and_send(colleague.write())
    passing.send(passing.write(headers=FORGED))
    silent.send(silent.write(headers=FORGED))
    without_policy.send(without_policy.write())
    forged.send(forged.write())
    false_colleague.send(false_colleague.write(headers=FORGED))
    blind.send(blind.write(to=None))
    world.run_once(arrived=7)

    assert {
        colleague.address: ("[]", "sent", None),
        passing.address: ("[]", "sent", None),
        silent.address: ("[]", "sent", None),
        without_policy.address: ("[]", "sent", None),
        forged.address: (HELD, "held", "authentication_failed"),
        false_colleague.address: (HELD, "held", "authentication_failed"),
        blind.address: ("[]", "held", "not_addressed_to_us"),
    } == world.outcome()
    for person in (colleague, passing, silent, without_policy):
        (letter,) = person.letters(1)
        hops = "".join(str(hop) for hop in letter.get_all("Received", []))

        assert world.address in str(letter["From"])
        assert "with ESMTPSA id" in hops  # after STARTTLS and a login
        assert [f"{AUTHSERV_ID}; dmarc=pass header.from=cag.example"] == letter.get_all("Authentication-Results")
    for person in (forged, false_colleague, blind):
        assert [] == person.letters(0)


def test_an_answer_joins_its_ticket_and_an_extended_address_arrives(world: BorderWorld) -> None:
    """The requester's mail program answers the letter; another's mail comes by an address with an extension."""
    jeanne, other = world.person(), world.person()
    jeanne.send(jeanne.write())
    world.run_once(arrived=1)
    (letter,) = jeanne.letters(1)
    answer = f"In-Reply-To: {letter['Message-ID']}\r\nReferences: {letter['Message-ID']}\r\n"
    jeanne.send(jeanne.write("Voici les photos.", subject="Photos", headers=answer))
    extended = world.address.replace("@", "+ab12cd34@")
    other.send(other.write(to=extended), recipient=extended)
    world.run_once(arrived=2)
    (first,), (second,) = world.look("SELECT id FROM ticket ORDER BY id")

    assert {("new_matter", first), ("follow_up", first), ("new_matter", second)} == set(
        world.look("SELECT reason, ticket_id FROM mail")
    )
    assert [(3,)] == world.look("SELECT count(*) FROM mail WHERE state = 'processed' AND remote_state = 'moved'")
    assert (1, 1) == (world.sent_to(jeanne), world.sent_to(other))
    assert 1 == len(other.letters(1))


def test_responders_without_manners_end_the_loop_by_themselves(world: BorderWorld) -> None:
    """They answer every mail as if they were people: by thread, by the number, or with nothing that leads back."""
    threading, quoting, forgetful = people = (world.person(), world.person(), world.person())
    heard = dict.fromkeys(people, 0)
    for person in people:
        person.send(person.write())
    waiting, passes = len(people), 0
    while waiting:
        world.run_once(arrived=waiting)
        passes, waiting = passes + 1, 0
        for person in people:
            for letter in person.letters(world.sent_to(person))[heard[person] :]:
                thread = f"In-Reply-To: {letter['Message-ID']}\r\n" if person is threading else ""
                subject = f"Re: {letter['Subject']}" if person is quoting else "Bonjour"
                person.send(person.write("Je suis au chalet.", subject=subject, headers=thread))
                waiting += 1
            heard[person] = world.sent_to(person)

    assert {threading: 1, quoting: 1, forgetful: 2} == heard
    assert 3 == passes
    assert [(5,)] == world.look("SELECT count(*) FROM ticket")
    assert [("follow_up", 2), ("new_matter", 5)] == world.look(
        "SELECT reason, count(*) FROM mail GROUP BY reason ORDER BY reason"
    )
    assert [("same_words",)] == world.look("SELECT hold_reason FROM outbox WHERE state = 'held'")


def test_a_person_may_not_speak_for_another_at_the_border(world: BorderWorld) -> None:
    """A login vouches for its own address only: this is what makes a stamp of the server worth something."""
    person = world.person("cag.example")
    with pytest.raises(smtplib.SMTPRecipientsRefused):
        world.postfix.from_a_colleague(person.user, world.address, person.write(), sender="chef@cag.example")
    with pytest.raises(smtplib.SMTPRecipientsRefused):
        person.send(person.write(), recipient="quelquun@ailleurs.example")
