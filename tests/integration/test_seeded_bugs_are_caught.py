"""The test of the tests: bugs are planted in the real daemon, and the campaigns' checker must catch each of them.

A few run with every push; `CAMPAIGN_BUGS=all` runs the whole catalogue.
"""

import os
from dataclasses import replace
from pathlib import Path

import pytest

from tests.campaigns.bugs import CATALOGUE
from tests.campaigns.ledger import Fate
from tests.campaigns.small import KINDS, die_at, go_on, judge, small_rig, write_mails
from tests.servers.dovecot import Dovecot

pytestmark = [pytest.mark.needs_dovecot, pytest.mark.timeout(120)]

AT_EVERY_PUSH = (
    "moved_before_the_bytes_are_kept",
    "an_unknown_passes_for_a_failure",
    "the_message_id_alone_tells_a_copy",
    "nothing_passes_for_a_mail",
)
CHOSEN = tuple(CATALOGUE) if os.environ.get("CAMPAIGN_BUGS") == "all" else AT_EVERY_PUSH

# By which invariant each is caught, so that none is caught by accident.
CAUGHT_BY = {
    "a_key_of_chance": "every_person_has_one_answer",
    "moved_before_the_bytes_are_kept": "every_byte_is_kept",
    "the_dot_is_not_booked": "copies_have_their_unknown",
    "an_unknown_passes_for_a_failure": "copies_have_their_unknown",
    "what_was_claimed_is_forgotten": "it_ends_in_quiet",
    "the_message_id_alone_tells_a_copy": "each_matter_has_one_ticket",
    "other_bytes_at_the_second_try": "copies_have_their_unknown",
    "machines_are_answered": "nobody_else_is_answered",
    "two_letters_to_one_person": "every_person_has_one_answer",
    "copies_are_matters": "each_matter_has_one_ticket",
    "a_day_too_late": "every_person_has_one_answer",
    "the_chain_is_not_a_chain": "every_story_is_whole",
    "the_log_tells_the_subject": "logs_are_silent",
    "line_ends_are_tidied": "every_byte_is_kept",
    "deleted_instead_of_moved": "nothing_disappeared",
    "nothing_passes_for_a_mail": "each_matter_has_one_ticket",
}


@pytest.mark.parametrize("name", CHOSEN)
def test_a_planted_bug_is_caught(dovecot: Dovecot, tmp_path: Path, name: str) -> None:
    """With the bug in it, the daemon breaks the invariant that the bug is about."""
    bug = CATALOGUE[name]
    with small_rig(tmp_path, dovecot) as (rig, gather):
        mails = write_mails(*KINDS)
        if bug.needs_vanishing:
            mails = [replace(mails[0], fate=Fate.VANISHED), *mails[1:]]
        rig.leave(mails)
        if bug.crash is not None:
            die_at(rig, bug.crash, bug=name)
        if bug.needs_vanishing:
            dovecot.expunge(rig.user, [1])
        restless = go_on(rig, bug=name)
        found = judge(rig, gather(), known=restless)

    assert CAUGHT_BY[name] in {violation.partition(":")[0] for violation in found}, found


def test_every_bug_of_the_catalogue_has_its_invariant() -> None:
    """The catalogue and the table above name the same bugs."""
    assert set(CATALOGUE) == set(CAUGHT_BY)
