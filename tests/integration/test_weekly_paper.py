"""The paper of an observed mailbox: due on Monday at eight, written once, for weeks in which somebody watched."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.intake_worlds import Desk
from tests.matters import JEANNE, ZONE, make_policy, write_mail
from tests.operator_worlds import Operator
from triage.cli import app
from triage.daemon.papers import PaperDesk, paper_desk, write_due_paper
from triage.model.codes import DeliveryMode
from triage.model.delivery import DeliveryModes
from triage.settings.loading import load_configuration
from triage.store.database import Database
from triage.transport.imap import ImapAccess

MONDAY_AT_EIGHT = datetime(2026, 3, 9, 12, 0, tzinfo=UTC)
NOWHERE = ImapAccess("127.0.0.1", 9, "none", None, "nobody", "x", "INBOX", "Traités")


async def observe(database: Database) -> None:
    """A Monday of March on which two people and a machine wrote."""
    desk = Desk(database, policy=replace(make_policy(), observing=True))
    desk.stationery = replace(desk.stationery, modes=DeliveryModes(DeliveryMode.OBSERVE))
    await desk.arrive(write_mail())
    await desk.arrive(write_mail("Autre.", sender=None, message_id="2@client.example"))
    await desk.arrive(write_mail(message_id="3@client.example", Auto_Submitted="auto-replied"))


@pytest.fixture
def papers(tmp_path: Path) -> PaperDesk:
    """A desk whose folder is not made yet."""
    return PaperDesk(observing=True, zone=ZONE, folder=tmp_path / "papers")


async def test_the_paper_is_written_once_on_monday_at_eight(database: Database, papers: PaperDesk) -> None:
    """Not a second before; then once, however often it is asked; and again the week after."""
    await observe(database)
    early = await write_due_paper(papers, database, now=MONDAY_AT_EIGHT - timedelta(seconds=1))
    due = await write_due_paper(papers, database, now=MONDAY_AT_EIGHT)
    again = await write_due_paper(papers, database, now=MONDAY_AT_EIGHT + timedelta(days=2))
    after = await write_due_paper(papers, database, now=MONDAY_AT_EIGHT + timedelta(days=7))

    assert (None, "observation-2026-W10.html", None) == (early, due.name if due else None, again)
    assert ["observation-2026-W10.html", "observation-2026-W11.html"] == sorted(
        each.name for each in papers.folder.iterdir()
    )
    assert after is not None


async def test_a_monday_that_was_missed_is_made_up(database: Database, papers: PaperDesk) -> None:
    """The machine was off until Thursday."""
    await observe(database)

    assert await write_due_paper(papers, database, now=MONDAY_AT_EIGHT + timedelta(days=3)) is not None


async def test_the_paper_says_what_would_have_been_done_and_of_nobody(database: Database, papers: PaperDesk) -> None:
    """Three mails, two tickets, one letter at once and one that nobody could get; no address anywhere."""
    await observe(database)
    file = await write_due_paper(papers, database, now=MONDAY_AT_EIGHT)
    assert file is not None
    text = file.read_text(encoding="utf-8")

    assert "Messages lus\u00a0: 3." in text
    assert "Accusés de réception envoyés sur-le-champ\u00a0: 1, soit 50,0\u00a0% des dossiers." in text
    assert "aucune adresse à laquelle répondre" in text
    assert "réponse automatique" in text
    assert "23\u00a0mars 2026" in text
    assert [] == [secret for secret in (JEANNE, "Jeanne", "Livraison", "livraison") if secret in text]


@pytest.mark.parametrize("now", [MONDAY_AT_EIGHT - timedelta(days=7), MONDAY_AT_EIGHT - timedelta(days=5)])
async def test_nothing_is_told_of_a_week_in_which_nobody_watched(
    database: Database, papers: PaperDesk, now: datetime
) -> None:
    """The first week has its paper when it is over, the week before it has none; a new database has none at all."""
    assert await write_due_paper(papers, database, now=now) is None

    await observe(database)

    assert await write_due_paper(papers, database, now=now) is None


async def test_no_paper_is_written_once_letters_leave(database: Database, papers: PaperDesk) -> None:
    """Only who observes wonders what would have been done."""
    await observe(database)

    assert await write_due_paper(replace(papers, observing=False), database, now=MONDAY_AT_EIGHT) is None
    assert not papers.folder.exists()


async def test_a_folder_that_cannot_be_written_to_stops_nothing(database: Database, tmp_path: Path) -> None:
    """It is said in the log, and tried again at the next tick."""
    await observe(database)
    (tmp_path / "papers").write_text("a file stands in the way")
    papers = PaperDesk(observing=True, zone=ZONE, folder=tmp_path / "papers")

    assert await write_due_paper(papers, database, now=MONDAY_AT_EIGHT) is None


async def test_the_same_paper_can_be_asked_for(database: Database, database_url: str, tmp_path: Path) -> None:
    """By the week of any of its days, in three forms; an unknown kind is wrong usage."""
    await observe(database)
    operator = Operator(tmp_path / "triage")
    operator.configure(imap=NOWHERE, smtp_port=9, database=database_url)

    def ask(*arguments: str) -> tuple[int, str]:
        done = CliRunner().invoke(app, ["report", *arguments], env={"TRIAGE_CONFIG": str(operator.folder)})
        return done.exit_code, done.stdout

    assert (0, True) == ((told := ask("observation", "--week", "2026-03-05"))[0], "Messages lus\u00a0: 3." in told[1])
    assert '"received": 3' in ask("observation", "--week", "2026-03-02", "--format", "json")[1]
    assert "<table>" in ask("observation", "--week", "2026-03-08", "--format", "html")[1]
    assert '"received": 0' in ask("observation", "--week", "2026-03-09", "--format", "json")[1]
    assert 2 == ask("nonsense")[0]


@pytest.mark.parametrize(
    ("database", "papers", "folder"),
    [
        ("sqlite:///triage.db", None, "papers"),
        ("sqlite:///data/triage.db", None, "data/papers"),
        ("postgresql+psycopg://x@y.example/z", None, "papers"),
        ("sqlite:///triage.db", "pilote", "pilote"),
    ],
)
def test_papers_lie_beside_the_database_unless_told_otherwise(
    tmp_path: Path, database: str, papers: str | None, folder: str
) -> None:
    """A relative folder lies in the folder of the configuration."""
    operator = Operator(tmp_path.resolve() / "triage")
    operator.configure(imap=NOWHERE, smtp_port=9, database=database)
    file = operator.folder / "triage.toml"
    file.write_text(file.read_text() + (f'[delivery]\npapers = "{papers}"\n' if papers else ""))

    assert operator.folder / folder == paper_desk(load_configuration(operator.folder)).folder
