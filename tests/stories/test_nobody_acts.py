"""Nobody acts: one complaint, twenty business days, and who hears of it, when, and how often (R-62, MUST 29)."""

from collections.abc import AsyncIterator, Callable

import pytest
from sqlalchemy import Engine

from tests.matters import JEANNE
from tests.sweeping import Watch
from tests.told_days import FIRST_WEEKEND, FROM_THE_TENTH_DAY, TWENTY_DAYS
from tests.watched_worlds import OFFICE, local
from triage.rules.clocks.office_hours import is_open
from triage.store.database import Database


@pytest.fixture
async def watch(engine: Engine) -> AsyncIterator[Watch]:
    """A body with two agents, a supervisor and a director; a complaint of Friday 27 November 2026, ten o'clock."""
    database = Database(engine)
    made = Watch(database)
    await made.receive("2026-11-27T10:00")
    yield made
    made.database.close()


async def test_everybody_hears_of_it_in_order_and_each_thing_once(watch: Watch) -> None:
    """A sweep each half hour for twenty business days over Christmas: exactly these notices, and all have left."""
    await watch.pass_time("2026-12-31T08:00")
    await watch.desk.send()

    assert TWENTY_DAYS == watch.told()
    assert ["2027-01-05 09:00"] == watch.reviews()
    assert len(TWENTY_DAYS) + 1 == len(watch.sent())
    assert all(
        is_open(local(f"2026-{line[:5]}T{line[6:11]}"), office=OFFICE) or line[6:11] == "16:30" for line in watch.told()
    )


async def test_no_notice_says_what_anybody_wrote(watch: Watch) -> None:
    """Number, state and dates: no name, no address, no subject, no word of the complaint, in no header and no part."""
    await watch.pass_time("2026-12-23T12:00")
    await watch.desk.send()
    mails = [mail for mail in watch.sent() if mail["To"] != JEANNE]
    texts = [
        "\n".join(
            [*(f"{name}: {value}" for name, value in mail.items()), *(part.get_content() for part in mail.iter_parts())]
        )
        for mail in mails
    ]

    assert len(mails) > 30
    assert [] == [word for text in texts for word in ("jeanne", "Jeanne", "livraison", "Fiction") if word in text]
    assert {"auto-generated"} == {mail["Auto-Submitted"] for mail in mails}
    assert {"plaintes@organisme.example"} == {mail["X-Loop"] for mail in mails}
    assert {1} == {len({mail["In-Reply-To"] for mail in mails})}


async def test_after_an_outage_there_is_one_summary(watch: Watch) -> None:
    """Ten days without a tick: one mail to the supervisor says how the file stands, and life goes on from there."""
    await watch.pass_time("2026-11-27T17:00")
    watch.desk.now = local("2026-12-07T08:30")
    await watch.pass_time("2026-12-31T08:00")
    summary = "12-07 09:00 catch_up suzanne: Rattrapage\u00a0: 1\u00a0dossier à revoir"

    assert [*FIRST_WEEKEND, summary, *FROM_THE_TENTH_DAY] == watch.told()


async def test_an_outage_that_ends_at_night_is_told_in_the_morning(watch: Watch) -> None:
    """Nobody is woken: what was missed waits for the opening."""
    await watch.pass_time("2026-11-27T17:00")
    watch.desk.now = local("2026-12-05T23:00")
    await watch.pass_time("2026-12-07T12:00")

    assert [
        *FIRST_WEEKEND,
        "12-07 08:30 catch_up suzanne: Rattrapage\u00a0: 1\u00a0dossier à revoir",
    ] == watch.told()


async def test_restarts_and_double_ticks_change_nothing(
    watch: Watch, engine: Engine, new_engine: Callable[[str], Engine]
) -> None:
    """A new process every few days, and each tick twice: the same notices, each once."""
    for until in ("2026-11-27T15:00", "2026-11-30T08:30", "2026-12-11T09:00", "2026-12-18T11:00", "2026-12-31T08:00"):
        await watch.pass_time(until, twice=True)
        watch.database.close()
        watch.restart(Database(new_engine(engine.url.render_as_string(hide_password=False))))

    assert TWENTY_DAYS == watch.told()


async def test_a_clock_that_jumps_back_repeats_nothing(watch: Watch) -> None:
    """An hour twice, or a machine whose clock was wrong for a day: no step is told again."""
    await watch.pass_time("2026-12-11T09:30")
    told = watch.told()
    watch.desk.now = local("2026-11-27T11:00")
    await watch.pass_time("2026-12-11T09:30")

    assert told == watch.told()
