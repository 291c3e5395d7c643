"""The README is one screen, prints the promise word for word, and leads to the two commands and the documents."""

import re
from pathlib import Path

PROMISE = (
    "Once triage has moved a message out of the inbox, its raw bytes are in the database, until a destruction that a "
    "person approved, and it has a ticket or a recorded reason for having none: across SIGKILL at any point, power "
    "loss, network and database failures. Each outgoing mail is handed to the server, or shown to a person as "
    "undelivered; every attempt is on record. It can leave more than once only when we or the connection die between "
    "our final dot and our record of the server's answer, and then with the same bytes and the same Message-ID."
)
ONE_SCREEN = 60


def test_the_promise_is_printed_word_for_word(texts: dict[str, str]) -> None:
    """What the service owes stands in the README as a quotation, not a syllable less."""
    quoted = [line.removeprefix("> ") for line in texts["README.md"].splitlines() if line.startswith(">")]

    assert " ".join(quoted) == PROMISE


def test_it_is_one_screen_and_names_the_two_commands(texts: dict[str, str]) -> None:
    """A newcomer reads it at a glance and has something to type."""
    assert texts["README.md"].count("\n") <= ONE_SCREEN
    assert "make demo" in texts["README.md"]
    assert "make test" in texts["README.md"]


def test_it_leads_to_every_document(texts: dict[str, str]) -> None:
    """Nobody has to guess that a page exists: each one of docs/ is a link."""
    pages = {name for name in texts if re.fullmatch(r"docs/[^/]+\.md", name)}

    assert set() == pages - set(re.findall(r"\]\(([^)#]+)", texts["README.md"]))


def test_every_link_of_a_document_leads_somewhere(texts: dict[str, str], repository: Path) -> None:
    """A relative link in any document names a file or folder of the repository."""
    links = [
        (name, target)
        for name, text in texts.items()
        if name.endswith(".md")
        for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", text)
    ]

    assert [] == [(name, target) for name, target in links if not (repository / name).parent.joinpath(target).exists()]
