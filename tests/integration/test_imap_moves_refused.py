"""A folder that takes no mail: the server says so, and what comes in is read all the same."""

from collections.abc import AsyncIterator, Callable

import pytest

from tests.servers.scripted_imap import ScriptedImap
from triage.model.errors import MailboxUnavailable, MoveRefused
from triage.transport.imap import ImapMailbox

Enter = Callable[[ScriptedImap], ImapMailbox]


@pytest.fixture
async def enter() -> AsyncIterator[Enter]:
    """Makes mailboxes and closes them."""
    made: list[ImapMailbox] = []

    def make(server: ScriptedImap) -> ImapMailbox:
        made.append(ImapMailbox(server.access()))
        return made[-1]

    yield make
    for mailbox in made:
        await mailbox.close()


WITHOUT_MOVE = {"CAPABILITY": b"* CAPABILITY IMAP4rev1 AUTH=PLAIN UIDPLUS\r\n{tag} OK done\r\n"}


@pytest.mark.parametrize("code", ["OVERQUOTA", "NOPERM", "CANNOT", "LIMIT"])
@pytest.mark.parametrize("old", [False, True])
async def test_a_folder_that_takes_no_mail_leaves_the_connection_standing(
    enter: Enter,
    code: str,
    old: bool,  # noqa: FBT001  a server without MOVE
) -> None:
    """A quota will not mend itself by connecting again, and mail still comes in."""
    refusal = b"{tag} NO [%b] no\r\n" % code.encode()
    there = {"UID SEARCH": b"* SEARCH 4\r\n{tag} OK done\r\n", ("UID COPY" if old else "UID MOVE"): refusal}
    with ScriptedImap({**(WITHOUT_MOVE if old else {}), **there}) as server:
        mailbox = enter(server)
        await mailbox.open()

        with pytest.raises(MoveRefused) as told:
            await mailbox.move([4])
        assert code == told.value.code
        assert (4,) == await mailbox.list_uids(1, 9)
        assert 1 == len([heard for heard in server.heard if heard.startswith("SELECT")])


@pytest.mark.parametrize("code", ["TRYCREATE", "NONEXISTENT"])
async def test_a_folder_that_is_gone_is_made_anew_by_coming_back(enter: Enter, code: str) -> None:
    """The mailbox is entered once more, and that makes it."""
    gone = {
        "UID SEARCH": b"* SEARCH 4\r\n{tag} OK done\r\n",
        "UID MOVE": b"{tag} NO [%b] no folder\r\n" % code.encode(),
    }
    with ScriptedImap(gone) as server:
        mailbox = enter(server)
        await mailbox.open()

        with pytest.raises(MailboxUnavailable, match="gone"):
            await mailbox.move([4])
