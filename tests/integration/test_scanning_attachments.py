"""Attachments wait for the scanner's word; tickets and acknowledgements never do."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine

from tests.fakes_scanner import FakeScanner
from tests.looking import look
from tests.matters import NOW, make_stationery
from tests.photos import attached, with_photo, words
from tests.staff_worlds import LUC, MARIE, PASSES, SOPHIE, STAFF, Sent, StaffDeskWorld
from triage.model.judgement import ScanResult, ScanVerdict
from triage.store.database import Database
from triage.workflows.scanning import LONGEST_WAIT, Scanning, sweep_scans

INFECTED = ScanResult(ScanVerdict.INFECTED, "Specimen.Of.Fiction")
TOO_LARGE = ScanResult(ScanVerdict.TOO_LARGE)
TAKE = "#prendre"
FOUND = (
    "L’antivirus a trouvé un danger dans 1 courriel (Specimen.Of.Fiction). Ce qui y est joint n’est remis à personne."
)


@dataclass(slots=True)
class Bench:
    """The desk of the staff, and the sweep that asks the scanner."""

    world: StaffDeskWorld
    scanner: FakeScanner = field(default_factory=FakeScanner)
    alarms: list[str] = field(default_factory=list)
    rung: list[bool] = field(default_factory=list)
    tools: Scanning = field(init=False)

    def __post_init__(self) -> None:
        stationery = replace(make_stationery(), plus_addressing=True, scans=True)
        self.tools = Scanning(
            self.world.database,
            self.scanner,
            STAFF,
            stationery,
            on_enqueued=lambda: self.rung.append(True),
            alarm=lambda kind, count=1: self.alarms.extend([kind] * count),
        )

    async def sweep(self, *answers: ScanResult | None, at: datetime = NOW) -> int:
        """One sweep, with these answers of the scanner."""
        self.scanner.script.extend(answers)
        return await sweep_scans(self.tools, now=at)

    def news(self) -> list[Sent]:
        """What was said of attachments after the verdict."""
        return self.world.sent(kind="attachments")

    def states(self) -> list[str]:
        """Where the mails with attachments stand."""
        return [str(state) for (state,) in look(self.world.engine, "SELECT state FROM scan ORDER BY mail_id")]


@pytest.fixture
def bench(engine: Engine, database: Database) -> Bench:
    """Three people, and a scanner that does as it is told."""
    return Bench(StaffDeskWorld(engine, database, scans=True))


async def test_who_took_the_ticket_gets_the_attachments_when_nothing_was_found(bench: Bench) -> None:
    """Before, their mail says that they will come; the acknowledgement did not wait, and the verdict is an event."""
    raw = with_photo()
    await bench.world.desk.arrive(raw)
    await bench.world.say(MARIE, TAKE, to=bench.world.working(MARIE))
    [before] = bench.world.sent(kind="handover")

    assert 1 == len(bench.world.sent(kind="acknowledgement"))
    assert ([], ["wanted"]) == (list(attached(before)), bench.states())
    assert "L’antivirus n’a pas encore examiné 1 courriel." in words(before)
    assert "Elles se trouvent dans le courriel d’origine" not in words(before)

    assert 1 == await bench.sweep()
    [mail] = bench.news()

    assert [raw] == bench.scanner.asked
    assert (MARIE.address, "[ODF 2026-000001] Pièces jointes de votre dossier") == (mail.recipient, mail.subject)
    assert [("2026-000001-1.eml", raw)] == list(attached(mail))
    assert (["clean"], [True], 1) == (bench.states(), bench.rung, bench.world.events().count("scanned"))
    assert (0, 1) == (await bench.sweep(), len(bench.news()))


async def test_what_was_found_is_told_by_name_and_never_handed_on(bench: Bench) -> None:
    """Not to whoever has the ticket, and not to whoever has it next."""
    await bench.world.desk.arrive(with_photo())
    await bench.world.say(MARIE, TAKE, to=bench.world.working(MARIE))
    await bench.sweep(INFECTED)
    await bench.world.say(SOPHIE, "#assigner Luc 2026-000001", Authentication_Results=PASSES)
    await bench.world.say(SOPHIE, "Oui", to=bench.world.receipt(SOPHIE), Authentication_Results=PASSES)
    told = [*bench.news(), bench.world.sent(kind="handover")[-1]]

    assert [MARIE.address, LUC.address] == [each.recipient for each in told]
    assert [True, True] == [FOUND in words(each) for each in told]
    assert [] == [each for each in bench.world.sent() if list(attached(each))]
    assert '"signature":"Specimen.Of.Fiction"' in bench.world.payloads("scanned")
    assert 1 == len(bench.world.sent(kind="acknowledgement"))


async def test_what_the_scanner_cannot_look_at_is_not_handed_on(bench: Bench) -> None:
    """Too large is no « clean »."""
    await bench.world.desk.arrive(with_photo())
    await bench.world.say(MARIE, TAKE, to=bench.world.working(MARIE))
    await bench.sweep(TOO_LARGE)

    assert ["too_large"] == bench.states()
    assert "L’antivirus n’a pas pu examiner 1 courriel" in words(bench.news()[0])
    assert [] == list(attached(bench.news()[0]))


async def test_nobody_is_told_before_somebody_has_the_ticket(bench: Bench) -> None:
    """Whoever takes it after the verdict gets the attachments at once; what comes later waits anew."""
    raw = with_photo()
    await bench.world.desk.arrive(raw)
    await bench.sweep()

    assert ([], []) == (bench.news(), bench.rung)

    await bench.world.say(MARIE, TAKE, to=bench.world.working(MARIE))
    first = bench.world.sent(kind="acknowledgement")[0].headers["Message-ID"]
    later = with_photo("Une autre.", number=2).replace(
        b"MIME-Version", f"In-Reply-To: {first}\r\nMIME-Version".encode()
    )
    await bench.world.desk.arrive(later)
    await bench.sweep()

    assert [("2026-000001-1.eml", raw)] == list(attached(bench.world.sent(kind="handover")[0]))
    assert [] == list(attached(bench.world.sent(kind="follow_up", recipient=MARIE.address)[0]))
    assert [[("2026-000001-1.eml", later)]] == [list(attached(each)) for each in bench.news()]


async def test_a_silent_scanner_holds_back_and_loses_nothing(bench: Bench) -> None:
    """Asked again after 1, 2, 4 and at last 15 minutes; told once, until it has answered."""
    await bench.world.desk.arrive(with_photo())
    await bench.world.say(MARIE, TAKE, to=bench.world.working(MARIE))
    at, gaps = NOW, []
    for _ in range(6):
        await bench.sweep(None, at=at)
        await bench.sweep(None, at=at)  # at once nobody is asked
        bench.scanner.script.clear()
        [(due,)] = look(bench.world.engine, "SELECT next_attempt_at FROM scan")
        due = datetime.fromisoformat(due) if isinstance(due, str) else due
        gaps.append((due.replace(tzinfo=NOW.tzinfo) - at) if due.tzinfo is None else due - at)
        at += gaps[-1]

    assert [timedelta(minutes=each) for each in (1, 2, 4, 8)] == gaps[:4]
    assert [LONGEST_WAIT, LONGEST_WAIT] == gaps[4:]
    assert (["scanner_silent"], 6, []) == (bench.alarms, len(bench.scanner.asked), bench.news())

    assert 1 == await bench.sweep(at=at)
    assert 1 == len(list(attached(bench.news()[0])))


async def test_a_mail_that_silences_the_scanner_does_not_keep_back_the_others(bench: Bench) -> None:
    """The sweep ends at it, and the next one begins with the others."""
    for number in (1, 2, 3):
        await bench.world.desk.arrive(with_photo(number=number))
    settled = await bench.sweep(None)

    assert (0, ["wanted", "wanted", "wanted"]) == (settled, bench.states())
    assert 2 == await bench.sweep()
    assert ["wanted", "clean", "clean"] == bench.states()


async def test_without_a_scanner_nothing_waits_any_more(bench: Bench) -> None:
    """Whoever takes the scanner out of the configuration gets what waited for it; what was found stays."""
    for number in (1, 2):
        await bench.world.desk.arrive(with_photo(number=number))
        await bench.world.say(MARIE, TAKE, to=bench.world.working(MARIE))
    await bench.sweep(INFECTED, None)
    without = replace(bench.tools, scanner=None, stationery=replace(bench.tools.stationery, scans=False))
    await sweep_scans(without, now=NOW + LONGEST_WAIT)

    assert (["infected"], 2) == (bench.states(), len(bench.news()))
    assert [[], ["2026-000002-1.eml"]] == [[name for name, _ in attached(each)] for each in bench.news()]


async def test_what_came_before_there_was_a_scanner_is_asked_about_when_it_is_wanted(
    engine: Engine, database: Database
) -> None:
    """By whoever takes the ticket; a mail without attachments is nobody's question."""
    before = StaffDeskWorld(engine, database)
    await before.desk.arrive(with_photo())
    bench = Bench(StaffDeskWorld(engine, database, scans=True))
    bench.world.desk.uid = before.desk.uid
    await bench.world.complain()

    assert [] == bench.states()

    await bench.world.say(
        MARIE, "#prendre 2026-000001", to=bench.world.sent(kind="working_mail", recipient=MARIE.address)[0]
    )

    assert (["wanted"], []) == (bench.states(), list(attached(bench.world.sent(kind="handover")[0])))
