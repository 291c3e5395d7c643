"""The grammar of addresses that mail may be sent to (MUST 14): narrower than the standards, and bounded."""

import pytest

from triage.wording.addresses import is_sendable_address

LOCAL, LABEL = "a" * 64, "b" * 63


@pytest.mark.parametrize(
    "address",
    [
        "jeanne@client.example",
        "Jeanne.Tremblay+plainte@client.example",
        "o'hara@client.example",
        "x@xn--caf-dma.example",
        f"{LOCAL}@client.example",
        f"a@{LABEL}.example",
    ],
)
def test_an_ordinary_address_may_be_written_to(address: str) -> None:
    """Dot-atoms at a domain with a dot, up to the longest that SMTP knows."""
    assert is_sendable_address(address)


@pytest.mark.parametrize(
    "address",
    [
        *("", "jeanne", "@client.example", "jeanne@", "jeanne@localhost", "jeanne@client.example.", "jeanne@.example"),
        *(
            "a b@client.example",
            '"a b"@client.example',
            "a..b@client.example",
            ".a@client.example",
            "a.@client.example",
        ),
        *("a@[127.0.0.1]", "a@127.0.0.1", "a@-client.example", "a@client-.example", "a@client.exa_mple"),
        *("a@client.example\n", "a\r\nRCPT TO:<b@client.example>", "<a@client.example>", "a@b@client example"),
        *("élodie@client.example", "a@café.example", "a@client.example>", "a,b@client.example"),
        *(f"a{LOCAL}@client.example", f"a@b{LABEL}.example", f"{LOCAL}@{'.'.join([LABEL] * 3)}.example"),
    ],
)
def test_anything_else_may_not(address: str) -> None:
    """Quotes, literals, control characters, blanks, letters outside ASCII, and whatever is too long."""
    assert not is_sendable_address(address)
