"""Sender proof by trust profile: what passes, what fails, and all that proves nothing (MUST 30)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.mail.reading.minimal import scan_minimal
from triage.mail.reading.parse import parse_message
from triage.model.message import ParsedMessage
from triage.model.trust import Proof, TrustPolicy, TrustProfile
from triage.rules.agents.proof import claims_failure, has_rival_results, is_aligned, judge_proof

AUTHRES = TrustPolicy(TrustProfile.AUTHRES, authserv_id="mx.cag.example")
M365 = TrustPolicy(
    TrustProfile.M365,
    own_hosts=frozenset({"edge.cag.example", ".prod.outlook.com"}),
    own_domains=frozenset({"cag.example"}),
)
AGENT = "agent@cag.example"
OURS = "Authentication-Results: mx.cag.example; "
MICROSOFT = "Authentication-Results: spf=pass smtp.mailfrom=cag.example; "
INSIDE = "Received: from A.prod.outlook.com (2603:10b6::1) by B.prod.outlook.com with HTTPS\r\n"
OUTSIDE = "Received: from mail.evil.example (192.0.2.1) by A.prod.outlook.com\r\n"
INTERNAL = "X-MS-Exchange-Organization-AuthAs: Internal\r\n"


def mail(*lines: str, sender: str = AGENT) -> ParsedMessage:
    head = "".join(line if line.endswith("\n") else f"{line}\r\n" for line in lines)
    return parse_message(f"{head}From: {sender}\r\nTo: plaintes@cag.example\r\n\r\nx".encode())


@pytest.mark.parametrize(
    ("results", "proof"),
    [
        ("dmarc=pass header.from=cag.example", Proof.PASS),
        ("dmarc=pass (p=reject dis=none) header.from=CAG.example", Proof.PASS),
        ("dmarc=pass", Proof.PASS),
        ("dmarc=pass header.from=agent@cag.example", Proof.PASS),
        ("dkim=pass header.d=cag.example", Proof.PASS),
        ("dkim=pass header.i=@cag.example", Proof.PASS),
        ("dkim=pass header.d=mail.cag.example", Proof.PASS),
        ("dkim=fail header.d=cag.example; dkim=pass header.d=cag.example", Proof.PASS),
        ("dmarc=none header.from=cag.example; dkim=pass header.d=cag.example", Proof.PASS),
        ("dmarc=fail header.from=cag.example", Proof.FAIL),
        ("DMARC=Fail", Proof.FAIL),
        ("dmarc=fail header.from=cag.example; dkim=pass header.d=cag.example", Proof.FAIL),
        ("dmarc=pass header.from=cag.example; dmarc=fail header.from=cag.example", Proof.FAIL),
        ("dmarc=pass header.from=evil.example", Proof.NONE),
        ("dmarc=pass header.from=evil.example; dkim=pass header.d=cag.example", Proof.NONE),
        ("dmarc=pass header.from=cag.example; dmarc=none header.from=cag.example", Proof.NONE),
        ("dmarc=pass header.from=cag.example header.from=evil.example", Proof.NONE),
        ("dmarc=bestguesspass header.from=cag.example", Proof.NONE),
        ("dmarc=none", Proof.NONE),
        ("dmarc=temperror", Proof.NONE),
        ("dmarc=permerror", Proof.NONE),
        ("none", Proof.NONE),
        ("spf=pass smtp.mailfrom=agent@cag.example", Proof.NONE),
        ("spf=fail smtp.mailfrom=agent@cag.example", Proof.NONE),
        ("spf=pass smtp.mailfrom=cag.example; dkim=pass header.d=evil.example", Proof.NONE),
        ("dkim=pass header.d=evilcag.example", Proof.NONE),
        ("dkim=pass header.d=cag.example.evil.example", Proof.NONE),
        ("dkim=pass header.d=evil.example header.i=@cag.example", Proof.NONE),
        ("dkim=pass header.d=example", Proof.NONE),
        ("dkim=pass", Proof.NONE),
        ("dkim=fail header.d=cag.example", Proof.NONE),
        ("arc=pass header.d=cag.example; auth=pass smtp.auth=agent", Proof.NONE),
        ('spf=pass smtp.mailfrom="x; dmarc=pass header.from=cag.example"', Proof.NONE),
        ("spf=pass (x; dmarc=pass header.from=cag.example)", Proof.NONE),
        ("dmarc=pass header.from=cag.example (never closed", Proof.NONE),
        ("dmarc=fail (never closed", Proof.FAIL),
    ],
)
def test_what_the_named_server_says_is_believed(results: str, proof: Proof) -> None:
    """DMARC passes, or an aligned signature; DMARC's failure stays one; SPF alone and all else prove nothing."""
    message = mail(OURS + results)

    assert proof == judge_proof(message, AUTHRES)
    assert (proof is Proof.FAIL) == claims_failure(message)


@pytest.mark.parametrize(
    "line",
    [
        "Authentication-Results: mx.evil.example; dmarc=pass header.from=cag.example",
        "Authentication-Results: mx.evil.example; dmarc=fail",
        "Authentication-Results: dmarc=pass header.from=cag.example",
        "Authentication-Results: dmarc=fail header.from=cag.example",
        "Authentication-Results: mx.cag.example.evil.example; dmarc=pass header.from=cag.example",
        "Authentication-Results: =?us-ascii?q?mx.cag.example?=; dmarc=pass header.from=cag.example",
        'Authentication-Results: "mx\\.cag.example"; dmarc=pass header.from=cag.example',
        "Authentication-Results: evil.example; x=mx.cag.example; dmarc=pass header.from=cag.example",
        "Authentication-Results : evil.example\r\n ; dmarc=pass header.from=cag.example",
        "ARC-Authentication-Results: i=1; mx.cag.example; dmarc=pass header.from=cag.example",
        "X-Authentication-Results: mx.cag.example; dmarc=pass header.from=cag.example",
        "Authentication-Results-Original: mx.cag.example; dmarc=pass header.from=cag.example",
        "Received-SPF: pass (mx.cag.example)",
        "Subject: x\r\n\r\nAuthentication-Results: mx.cag.example; dmarc=pass header.from=cag.example",
        INTERNAL,
    ],
)
def test_nobody_elses_word_counts(line: str) -> None:
    """Neither for nor against the sender: another server, no name, look-alikes, encoded words, other headers."""
    message = parse_message(f"From: {AGENT}\r\n{line}\r\n\r\nx".encode())

    assert Proof.NONE == judge_proof(message, AUTHRES)


@pytest.mark.parametrize(
    "line",
    [
        "AUTHENTICATION-RESULTS: MX.Cag.Example; dmarc=pass header.from=cag.example",
        "Authentication-Results:\r\n\tmx.cag.example;\r\n\tdmarc=pass\r\n\theader.from=cag.example",
        'Authentication-Results: (us) "mx.cag.example" 1; dmarc/1 = pass header.from = cag.example',
    ],
)
def test_our_servers_own_spelling_is_recognised(line: str) -> None:
    """Folded, in capitals, quoted, commented: still our server's name."""
    assert Proof.PASS == judge_proof(mail(line), AUTHRES)


def test_the_topmost_of_ours_counts_and_others_above_do_not_matter() -> None:
    """Headers of servers inside, above ours, are passed over."""
    above = "Authentication-Results: imap.cag.example; dmarc=fail"

    assert Proof.PASS == judge_proof(mail(above, f"{OURS}dmarc=pass header.from=cag.example"), AUTHRES)


@pytest.mark.parametrize(
    ("topmost", "below", "proof"),
    [
        ("dmarc=pass header.from=cag.example", "dmarc=pass header.from=cag.example", Proof.NONE),
        ("dmarc=pass header.from=cag.example", "dmarc=fail", Proof.NONE),
        ("dmarc=none", "dmarc=pass header.from=cag.example", Proof.NONE),
        ("dmarc=fail", "dmarc=pass header.from=cag.example", Proof.FAIL),
    ],
)
def test_a_rival_with_our_name_takes_the_proof_away_and_alerts(topmost: str, below: str, proof: Proof) -> None:
    """The border server does not remove forged headers, so a pass proves nothing; a failure is not washed away."""
    message = mail(OURS + topmost, "Subject: x", f"authentication-results: Mx.cag.Example; {below}")

    assert proof == judge_proof(message, AUTHRES)
    assert has_rival_results(message, AUTHRES)
    assert not has_rival_results(message, M365)
    assert not has_rival_results(mail(OURS + topmost), AUTHRES)


@pytest.mark.parametrize(
    "sender",
    [
        f"{AGENT}, chef@cag.example",
        f"{AGENT}\r\nFrom: {AGENT}",
        f"{AGENT} <faux@evil.example>",
        f"<{AGENT}>faux@evil.example",
        "Agent",
        "",
        "undisclosed-recipients:;",
    ],
)
def test_only_a_single_sender_can_be_proved(sender: str) -> None:
    """Two From headers, two mailboxes, an address hidden in a name: nobody could say whom the proof is about."""
    passed = f"{OURS}dmarc=pass header.from=cag.example"

    assert Proof.NONE == judge_proof(mail(passed, sender=sender), AUTHRES)
    assert Proof.NONE == judge_proof(mail(INSIDE, INTERNAL, sender=sender), M365)
    assert Proof.FAIL == judge_proof(mail(f"{OURS}dmarc=fail", sender=sender), AUTHRES)


@pytest.mark.parametrize(
    ("lines", "proof"),
    [
        ((INSIDE, INTERNAL), Proof.PASS),
        ((INTERNAL, INSIDE), Proof.PASS),
        ((INSIDE, MICROSOFT + "dmarc=pass action=none header.from=cag.example", OUTSIDE), Proof.PASS),
        ((MICROSOFT + "dmarc=pass header.from=cag.example", OUTSIDE), Proof.PASS),
        ((INSIDE, MICROSOFT + "dmarc=fail action=oreject header.from=cag.example", OUTSIDE), Proof.FAIL),
        ((INSIDE, INTERNAL, MICROSOFT + "dmarc=fail header.from=cag.example", OUTSIDE), Proof.FAIL),
        ((INSIDE, INTERNAL, "X-MS-Exchange-Organization-AuthAs: Anonymous"), Proof.NONE),
        ((INSIDE, "X-MS-Exchange-Organization-AuthAs: Anonymous"), Proof.NONE),
        ((INSIDE, "X-MS-Exchange-CrossTenant-AuthAs: Internal"), Proof.NONE),
        ((INSIDE, MICROSOFT + "dmarc=none header.from=cag.example", OUTSIDE), Proof.NONE),
        ((INSIDE, MICROSOFT + "dmarc=bestguesspass header.from=cag.example", OUTSIDE), Proof.NONE),
        ((INSIDE, MICROSOFT + "dmarc=pass header.from=evil.example", OUTSIDE), Proof.NONE),
        ((INSIDE, MICROSOFT + "dmarc=pass", OUTSIDE), Proof.NONE),
        ((INSIDE, MICROSOFT + "dkim=pass header.d=cag.example", OUTSIDE), Proof.NONE),
        ((INSIDE, OUTSIDE, INTERNAL), Proof.NONE),
        ((OUTSIDE, INSIDE, INTERNAL), Proof.NONE),
        ((INSIDE, OUTSIDE, MICROSOFT + "dmarc=pass header.from=cag.example"), Proof.NONE),
        ((INSIDE, OUTSIDE, MICROSOFT + "dmarc=fail header.from=cag.example"), Proof.NONE),
        (
            (INSIDE, MICROSOFT + "dmarc=none", MICROSOFT + "dmarc=pass header.from=cag.example", OUTSIDE),
            Proof.NONE,
        ),
        ((INTERNAL,), Proof.NONE),
        ((MICROSOFT + "dmarc=pass header.from=cag.example",), Proof.NONE),
        (("Received: by A.prod.outlook.com with MAPI", INTERNAL), Proof.NONE),
        (("Received: from evilprod.outlook.com by B.prod.outlook.com", INTERNAL), Proof.NONE),
        (("Received: from A.prod.outlook.com (mail.evil.example [192.0.2.1]) by B", INTERNAL), Proof.NONE),
        (("Received: from edge.cag.example.evil.example by B", INTERNAL), Proof.NONE),
        (("Received: from Edge.CAG.example by B", "X-ms-exchange-organization-authas:\r\n INTERNAL"), Proof.PASS),
    ],
)
def test_exchange_is_believed_in_the_trusted_zone_only(lines: tuple[str, ...], proof: Proof) -> None:
    """Down to the first host that is not ours; what stands below was written by whoever sent the mail."""
    assert proof == judge_proof(mail(*lines), M365)


def test_exchange_vouches_for_our_domains_only() -> None:
    """A login of a colleague says nothing of a From header with a stranger's domain."""
    assert Proof.NONE == judge_proof(mail(INSIDE, INTERNAL, sender="jeanne@client.example"), M365)
    assert Proof.NONE == judge_proof(mail(INSIDE, INTERNAL, sender="agent@sous.cag.example"), M365)
    assert Proof.PASS == judge_proof(mail(INSIDE, INTERNAL, sender="Agent <Agent@CAG.example>"), M365)


@pytest.mark.parametrize("policy", [TrustPolicy(), TrustPolicy(TrustProfile.AUTHRES), TrustPolicy(TrustProfile.M365)])
def test_without_a_profile_or_its_names_nothing_is_proved(policy: TrustPolicy) -> None:
    """A body that has not said whom it trusts trusts nobody."""
    message = mail(
        INSIDE, INTERNAL, f"{OURS}dmarc=pass header.from=cag.example", "Authentication-Results: ; dmarc=fail"
    )

    assert Proof.NONE == judge_proof(message, policy)


@pytest.mark.parametrize("result", ["pass", "fail"])
def test_a_flood_of_headers_hides_no_failure_and_buys_no_pass(result: str) -> None:
    """Where headers were cut, a rival may have stood among them."""
    message = mail(f"{OURS}dmarc={result} header.from=cag.example", *["Received: from x by y"] * 300)

    assert {"pass": Proof.NONE, "fail": Proof.FAIL}[result] == judge_proof(message, AUTHRES)


def test_a_mail_that_nobody_could_read_proves_nothing() -> None:
    """The tiny scanner knows no such headers."""
    raw = f"{OURS}dmarc=pass header.from=cag.example\r\nFrom: {AGENT}\r\n\r\n".encode()

    assert Proof.NONE == judge_proof(scan_minimal(raw), AUTHRES)


@pytest.mark.parametrize(
    ("signer", "domain", "aligned"),
    [
        ("cag.example", "cag.example", True),
        ("mail.cag.example", "cag.example", True),
        ("cag.example", "mail.cag.example", True),
        ("a.cag.example", "b.cag.example", False),
        ("xcag.example", "cag.example", False),
        ("example", "cag.example", False),
        ("ca", "cag.ca", False),
        ("qc.ca", "cag.qc.ca", False),
        ("evil.qc.ca", "qc.ca", False),
        ("evil.co.uk", "co.uk", False),
        ("qc.ca", "qc.ca", True),
        ("mail.ville.ca", "ville.ca", True),
        ("gouv.qc.ca", "cag.gouv.qc.ca", True),
        ("evil.gouv.qc.ca", "cag.gouv.qc.ca", False),
        ("", "", False),
        ("", "cag.example", False),
        (".cag.example", "cag.example", False),
    ],
)
def test_alignment_is_relaxed_but_never_through_a_registry(signer: str, domain: str, *, aligned: bool) -> None:
    """One below the other, never two brothers, and never by a name under which strangers live."""
    assert aligned == is_aligned(signer, domain)
    assert aligned == is_aligned(domain, signer)


HEADS = st.lists(
    st.sampled_from(
        [
            *(INSIDE, OUTSIDE, INTERNAL, f"{OURS}dmarc=pass header.from=cag.example\r\n", f"{OURS}dmarc=fail\r\n"),
            *(f"{MICROSOFT}dmarc=pass header.from=cag.example\r\n", f"{MICROSOFT}dmarc=fail\r\n", "Subject: x\r\n"),
        ]
    ),
    max_size=8,
)


@given(above=HEADS, below=HEADS)
def test_what_a_sender_writes_below_never_gains_a_proof(above: list[str], below: list[str]) -> None:
    """Whatever stands under what our servers wrote cannot turn no proof, or a failure, into a pass."""
    named = mail(OURS + "dmarc=none", *above)
    forged = mail(OURS + "dmarc=none", *above, *below)
    zone = mail(*above, OUTSIDE)

    assert Proof.PASS not in {judge_proof(named, AUTHRES), judge_proof(forged, AUTHRES)}
    assert judge_proof(zone, M365) == judge_proof(mail(*above, OUTSIDE, *below), M365)
