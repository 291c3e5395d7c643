"""The folder that the demo leaves: complete, safe to open, and never at the cost of somebody's files."""

from dataclasses import replace
from datetime import UTC, datetime
from email.message import EmailMessage
from html.parser import HTMLParser
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from triage.demo.account import Account, Check, Happening, MailboxCount, SentMail, TakenIn, TicketLine
from triage.demo.gallery import FolderTaken, prepare_folder, write_gallery
from triage.demo.people import Correspondent, Letter

ZONE = ZoneInfo("America/Toronto")
NOW = datetime(2026, 11, 21, 18, 4, tzinfo=UTC)
EVIL = '"></iframe><script>alert(1)</script><img src="http://remote.example/x.png" onerror="alert(2)">'


class Elements(HTMLParser):
    """Every element of a page with its attributes, as a browser would see them."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def read_elements(path: Path) -> list[tuple[str, dict[str, str | None]]]:
    elements = Elements()
    elements.feed(path.read_text(encoding="utf-8"))
    return elements.found


def make_account() -> Account:
    mail = EmailMessage()
    mail["Subject"] = f"[CAP 2026-000001] {EVIL}"
    mail["In-Reply-To"] = "<1@people.example>"
    mail["X-Odd"] = EVIL
    mail.set_content(EVIL)
    mail.add_alternative(f"<p>{EVIL}</p>", subtype="html")
    sender = Correspondent(name=EVIL, address="someone@people.example", organisation=EVIL, language="fr")
    letter = Letter(sender=sender, message_id="<1@people.example>", subject=EVIL, words=EVIL, raw=b"")
    return Account(
        happenings=(Happening("complaint", NOW, letter, TakenIn("new_matter", "person", "2026-000001")),),
        sent=(SentMail(NOW, "box@body.example", "someone@people.example", mail.as_bytes()),),
        tickets=(TicketLine("2026-000001", "new", NOW, NOW, ()),),
        mailbox=MailboxCount(inbox=0, processed=1),
    )


def write(folder: Path) -> Path:
    return write_gallery(folder, make_account(), (Check("All is well.", held=True), Check("No.", held=False)), ZONE)


def test_every_mail_is_there_as_bytes_and_as_a_page(tmp_path: Path) -> None:
    """The `.eml` holds the very bytes that left; the index leads to each file that it names."""
    account = make_account()
    index = write_gallery(tmp_path, account, (), ZONE)
    links = [attributes["href"] for tag, attributes in read_elements(index) if tag == "a"]

    assert account.sent[0].raw == (tmp_path / "01-2026-000001.eml").read_bytes()
    assert ["01-2026-000001.eml", "01-2026-000001.html", "index.html"] == sorted(
        path.name for path in tmp_path.iterdir()
    )
    assert {"01-2026-000001.html", "01-2026-000001.eml", "daemon.log"} == set(links)


@pytest.mark.parametrize("name", ["index.html", "01-2026-000001.html"])
def test_no_mail_can_act_in_a_page(tmp_path: Path, name: str) -> None:
    """Subject, names, headers and text are text: no script, no picture, no handler, whatever the mail holds."""
    write(tmp_path)
    elements = read_elements(tmp_path / name)

    assert not [tag for tag, _ in elements if tag in {"script", "img", "object", "embed", "link", "form"}]
    assert not [attributes for _, attributes in elements if any(key.startswith("on") for key in attributes)]


@pytest.mark.parametrize("name", ["index.html", "01-2026-000001.html"])
def test_a_page_fetches_nothing(tmp_path: Path, name: str) -> None:
    """No attribute names anything remote, and a policy forbids what a frame might try."""
    write(tmp_path)
    elements = read_elements(tmp_path / name)
    policies = [attributes["content"] for _, attributes in elements if "http-equiv" in attributes]
    places = [value for _, attributes in elements for key, value in attributes.items() if key in {"src", "href"}]

    assert ["default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"] == policies
    assert not [place for place in places if place and ":" in place]


def test_the_html_part_stands_in_a_sandbox(tmp_path: Path) -> None:
    """The frame may do nothing at all, and has a title for whoever cannot see it."""
    write(tmp_path)
    (frame,) = [attributes for tag, attributes in read_elements(tmp_path / "01-2026-000001.html") if tag == "iframe"]

    assert "" == frame["sandbox"]
    assert frame["title"]
    assert f"<p>{EVIL}</p>\n" == frame["srcdoc"]


def test_pages_say_their_language_and_their_title(tmp_path: Path) -> None:
    """What a screen reader needs first."""
    write(tmp_path)
    elements = read_elements(tmp_path / "index.html")

    assert ("html", {"lang": "en"}) in elements
    assert "title" in [tag for tag, _ in elements]
    assert 1 == [tag for tag, _ in elements].count("h1")


def test_a_second_run_replaces_the_first(tmp_path: Path) -> None:
    """Only what the demo wrote is removed."""
    write(tmp_path)
    (tmp_path / "daemon.log").write_text("{}", encoding="utf-8")
    prepare_folder(tmp_path)

    assert [] == list(tmp_path.iterdir())


def test_a_folder_with_other_files_is_left_alone(tmp_path: Path) -> None:
    """The demo refuses, and removes nothing."""
    write(tmp_path)
    (tmp_path / "thesis.odt").write_text("years of work", encoding="utf-8")
    before = sorted(tmp_path.iterdir())

    with pytest.raises(FolderTaken, match="--out"):
        prepare_folder(tmp_path)
    assert before == sorted(tmp_path.iterdir())


def test_a_file_in_the_place_of_the_folder_is_left_alone(tmp_path: Path) -> None:
    """A name that is taken by a file is refused."""
    (tmp_path / "demo-mail").write_text("mine", encoding="utf-8")

    with pytest.raises(FolderTaken, match="not a folder"):
        prepare_folder(tmp_path / "demo-mail")


def test_a_folder_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    """A path through a file is said in plain words, not as a traceback."""
    (tmp_path / "file").write_text("mine", encoding="utf-8")

    with pytest.raises(FolderTaken, match="cannot be used"):
        prepare_folder(tmp_path / "file" / "demo-mail")


def test_a_run_without_mail_has_an_index_too(tmp_path: Path) -> None:
    """Where nothing left, the index says so."""
    index = write_gallery(tmp_path, replace(make_account(), sent=()), (), ZONE)

    assert "None." in index.read_text(encoding="utf-8")
