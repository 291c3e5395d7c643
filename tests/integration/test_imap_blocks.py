"""Which mails share one FETCH."""

import pytest

from triage.model.mailbox import Announced
from triage.transport.imap.fetching import plan_blocks

MIB = 1024 * 1024


@pytest.mark.parametrize(
    ("sizes", "expected"),
    [
        ([], []),
        ([10] * 401, [200, 200, 1]),
        ([MIB] * 9, [4, 4, 1]),
        ([30 * MIB, 10, 10], [1, 2]),
        ([10, 30 * MIB, 10], [1, 1, 1]),
        ([4 * MIB, 1], [1, 1]),
    ],
    ids=["none", "by count", "by size", "a large one first", "a large one between", "exactly full"],
)
def test_a_block_has_at_most_200_mails_and_4_mib_unless_it_is_one_mail(sizes: list[int], expected: list[int]) -> None:
    """The order stays; a mail over the measure has a block to itself."""
    mails = [Announced(uid=number, size=size, internal_date=None) for number, size in enumerate(sizes, start=1)]

    blocks = plan_blocks(mails)

    assert expected == [len(block) for block in blocks]
    assert mails == [mail for block in blocks for mail in block]
