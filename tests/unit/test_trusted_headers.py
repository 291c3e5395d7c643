"""What servers vouch for is read as plain values: tolerant of every server's habits, strict about names, bounded."""

import pickle
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.mail.reading.minimal import scan_minimal
from triage.mail.reading.parse import parse_message
from triage.mail.reading.trusted import read_results
from triage.model.trust import AuthenticationResults, ExchangeAuthAs, Hop, MethodResult, Trace

OURS = "mx.cag.example"
DMARC = MethodResult("dmarc", "pass", (("header.from", "cag.example"),))


def trace_of(head: str) -> Trace:
    return parse_message(f"{head}From: a.b@cag.example\r\n\r\nx".encode()).trace


@pytest.mark.parametrize(
    "value",
    [
        "mx.cag.example; dmarc=pass header.from=cag.example",
        "MX.CAG.Example; DMARC=Pass Header.From=CAG.example",
        "mx.cag.example 1; dmarc/1=pass header.from=cag.example;",
        "mx.cag.example;\r\n\tdmarc=pass\r\n header.from=cag.example",
        "mx.cag.example ; dmarc = pass header.from = cag.example",
        '"mx.cag.example"; dmarc=pass header.from="cag.example"',
        "(we (ourselves)) mx.cag.example (v; 1); dmarc=pass (p=none; sp=none) header.from=cag.example",
        'mx.cag.example; dmarc=pass (a stray " quotation mark; dkim=fail) header.from=cag.example',
        r"mx.cag.example; dmarc=pass (escaped \) ; dkim=fail) header.from=cag.example",
    ],
)
def test_every_spelling_of_the_grammar_is_the_same_result(value: str) -> None:
    """Folding, letter case, comments in comments, quotation marks, versions and blanks change nothing."""
    assert AuthenticationResults(OURS, (DMARC,)) == read_results(value)


def test_the_form_of_microsoft_has_no_name() -> None:
    """Exchange Online begins with the first method; nobody is named, and nothing is lost."""
    value = (
        "spf=pass (sender IP is 192.0.2.1)\r\n smtp.mailfrom=cag.example; dkim=pass (signature was verified)\r\n"
        " header.d=cag.example;dmarc=pass action=none\r\n header.from=cag.example;compauth=pass reason=100"
    )
    found = read_results(value)

    assert (None, True) == (found.authserv_id, found.complete)
    assert ["spf", "dkim", "dmarc", "compauth"] == [method.method for method in found.methods]
    assert ("cag.example",) == found.methods[2].values("header.from")


def test_base64_in_a_value_does_not_lead_astray() -> None:
    """Signatures are quoted by their first letters, which may end in equals signs."""
    found = read_results("mx.example; dkim=pass header.i=@x.example header.b=gq+L/K== header.d=x.example; dmarc=fail")

    assert ("x.example",) == found.methods[0].values("header.d")
    assert ("dmarc", "fail") == (found.methods[1].method, found.methods[1].result)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("mx.cag.example; none", AuthenticationResults(OURS)),
        ("mx.cag.example", AuthenticationResults(OURS)),
        ("", AuthenticationResults(None)),
        (";;;", AuthenticationResults(None)),
        ("mx.cag.example; dmarc=pass (never closed; dkim=pass", None),
        ('mx.cag.example; dmarc=pass "never closed; dkim=pass', None),
        ("mx.cag.example; dmarc=pass ) header.from=cag.example", None),
        (r"mx.cag.example; dmarc=pass \ header.from=cag.example", None),
    ],
)
def test_what_says_nothing_or_breaks_off_is_told_apart(value: str, expected: AuthenticationResults | None) -> None:
    """A header that does not follow the grammar to its end is not complete: it may hide something."""
    found = read_results(value)

    assert found == expected if expected else not found.complete


@pytest.mark.parametrize(
    "name",
    [
        "=?utf-8?q?mx.cag.example?=",
        '"mx\\.cag.example"',
        "mx.c\u0430g.example",  # a Cyrillic letter
        "mx.\u212aag.example",  # the sign for kelvin, whose lower case is a k
        "mx.cag.example.evil.example",
        "evil.mx.cag.example",
    ],
)
def test_no_decoding_makes_a_name_ours(name: str) -> None:
    """Whatever looks like our server's name, but is not spelt like it, stays another name."""
    (found,) = trace_of(f"Authentication-Results: {name}; dmarc=pass header.from=cag.example\r\n").fields

    assert isinstance(found, AuthenticationResults)
    assert found.authserv_id not in {OURS, "mx.kag.example"}


def test_the_order_of_the_mail_is_kept() -> None:
    """Topmost first: where a header stands is half of what it is worth."""
    head = (
        "Received: from a.cag.example (a.cag.example [192.0.2.1])\r\n by mx.cag.example; 2 Mar 2026 09:29:00 -0500\r\n"
        "authentication-results: mx.cag.example; dmarc=pass header.from=cag.example\r\n"
        "Received: from [192.0.2.7] (unknown [192.0.2.7]) by a.cag.example\r\n"
        "ARC-Authentication-Results: i=1; mx.cag.example; dmarc=pass\r\n"
        "X-MS-Exchange-Organization-AuthAs: Internal \r\n"
        "X-MS-Exchange-CrossTenant-AuthAs: Internal\r\n"
        "Received: by a.cag.example (Postfix, from userid 0)\r\n"
    )
    expected = (
        Hop(("a.cag.example", "a.cag.example")),
        AuthenticationResults(OURS, (DMARC,)),
        Hop(("[192.0.2.7]",)),
        ExchangeAuthAs("internal"),
        Hop(()),
    )

    assert Trace(expected) == trace_of(head)


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("from HOST.cag.example. (10.0.0.1) by b", ("host.cag.example",)),
        ("from host.cag.example (evil.example. [192.0.2.1]) by b", ("host.cag.example", "evil.example")),
        ("from host.cag.example ([192.0.2.1] helo=x) by b", ("host.cag.example",)),
        ("from host.cag.example (2603:10b6:208::12) by b with HTTPS", ("host.cag.example",)),
        ("(from host.cag.example) by b", ()),
        ("by b with HTTP; Mon, 2 Mar 2026", ()),
    ],
)
def test_a_hop_tells_what_the_sender_claims_and_what_the_receiver_found(line: str, names: tuple[str, ...]) -> None:
    """Both names count, for the first one is whatever the sending host likes to be called."""
    assert Trace((Hop(names),)) == trace_of(f"Received: {line}\r\n")


def test_too_many_headers_or_too_long_ones_are_cut_and_say_so() -> None:
    """Two hundred headers, a hundred methods, sixteen KiB each."""
    many = trace_of("Received: by b\r\n" * 201)
    methods = read_results("mx; " + "dkim=pass;" * 101)
    (long,) = trace_of("Authentication-Results: mx; dmarc=pass (" + "x" * 20_000 + ")\r\n").fields

    assert (200, False) == (len(many.fields), many.complete)
    assert (100, False) == (len(methods.methods), methods.complete)
    assert isinstance(long, AuthenticationResults)
    assert not long.complete


@given(st.text(alphabet='ab.=;()"\\ \t\r\n/@é', max_size=300))
def test_any_text_is_read(value: str) -> None:
    """No text raises, and reading gives words that stood there."""
    found = read_results(value)

    assert all(method.method and method.method in value.lower() for method in found.methods)


@pytest.mark.parametrize("piece", ["(", '"', "\\", "=", ";", "a=b ", "a ", "(()", '"a" ', "a=;"])
def test_reading_takes_time_in_proportion(piece: str) -> None:
    """Sixteen KiB of whatever is hardest take a second of the processor at most, whatever else the machine does."""
    value = piece * (16_000 // len(piece))
    started = process_time()
    read_results(value)

    assert process_time() - started < 1


def test_the_facts_pass_through_the_walls_of_the_sandbox() -> None:
    """They travel between processes, and a mail nobody could read has none."""
    message = parse_message(
        b"Authentication-Results: mx; dmarc=pass\r\nReceived: from a by b\r\nFrom: a@b.example\r\n\r\n"
    )

    assert message == pickle.loads(pickle.dumps(message))  # noqa: S301  our own value
    assert Trace() == scan_minimal(b"Authentication-Results: mx; dmarc=pass\r\n\r\n").trace
