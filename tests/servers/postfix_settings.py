"""The configuration of a private Postfix: two ways in on loopback, one way on to a Dovecot, and no way out.

As a body's border server it stamps Authentication-Results (RFC 8601) and removes headers of others that bear its name.
It computes nothing: who logged in passes, and for the world a table says by the sender's domain what DMARC comes to.
"""

from dataclasses import dataclass
from pathlib import Path
from string import Template

from tests.servers.certificates import Certificate

AUTHSERV_ID = "mx.cag.example"
OWN_DOMAIN = "cag.example"
WORLD = {
    "client.example": "pass",
    "sans-politique.example": "none",
    "usurpe.example": "fail",
    OWN_DOMAIN: "fail",  # nobody outside speaks for us
}
"""What DMARC comes to for a sender from the world; another domain gets no header at all."""
OTHER_DOMAINS = ("silence.example",)

_MAIN = Template("""\
compatibility_level = 3.6
queue_directory = $folder/queue
data_directory = $folder/data
maillog_file = $folder/mail.log
maillog_file_prefixes = $folder
mail_owner = postfix
setgid_group = postdrop
myhostname = $authserv_id
mydomain = $own_domain
myorigin = $own_domain
mydestination =
mynetworks = 192.0.2.0/32
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
smtpd_peername_lookup = no
alias_maps =
local_recipient_maps =
local_transport = error:nobody lives here
default_transport = $elsewhere
relay_transport = error:nothing leaves this machine
virtual_mailbox_domains = $domains
virtual_mailbox_maps = static:everybody
virtual_transport = lmtp:inet:127.0.0.1:$lmtp_port
recipient_delimiter = +
header_checks = regexp:$folder/header_checks
smtpd_relay_restrictions = reject_unauth_destination
smtpd_tls_cert_file = $certificate
smtpd_tls_key_file = $key
smtpd_tls_mandatory_protocols = >=TLSv1.2
smtpd_sasl_type = dovecot
smtpd_sasl_path = inet:127.0.0.1:$auth_port
smtpd_sasl_security_options = noanonymous
smtpd_sender_login_maps = regexp:$folder/owners
message_size_limit = 52428800
queue_run_delay = 1s
minimal_backoff_time = 1s
""")

_MASTER = Template("""\
127.0.0.1:$submission_port inet n - n - - smtpd
  -o smtpd_tls_security_level=encrypt
  -o smtpd_sasl_auth_enable=yes
  -o smtpd_client_restrictions=permit_sasl_authenticated,reject
  -o smtpd_relay_restrictions=permit_sasl_authenticated,reject
  -o smtpd_sender_restrictions=reject_sender_login_mismatch,check_sender_access,regexp:$folder/stamps_inside
127.0.0.1:$world_port inet n - n - - smtpd
  -o smtpd_sender_restrictions=check_sender_access,regexp:$folder/stamps_world
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
proxymap unix - - n - - proxymap
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
lmtp unix - - n - - lmtp
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
tlsmgr unix - - n 1000? 1 tlsmgr
postlog unix-dgram n - n - 1 postlogd
""")

# A header that an access table puts in front passes header_checks as well, so it comes under a name that nobody can
# guess and gets its own only here; whatever bears our server's name already is somebody else's work.
_HEADER_CHECKS = Template("""\
/^Authentication-Results:.*$pattern/ IGNORE
/^$secret: (.*)/ REPLACE Authentication-Results: $authserv_id; $${1}
""")


@dataclass(frozen=True, slots=True)
class Ways:
    """The ports: from people who log in, from the world, on to LMTP, and to the server that knows passwords."""

    submission: int
    world: int
    lmtp: int
    auth: int


def write_configuration(*, folder: Path, ways: Ways, certificate: Certificate, secret: str, everybody: bool) -> None:
    """Write every file that `postfix -c folder` reads; `secret` names the header that no sender can write.

    `everybody`: mail for any domain goes to LMTP as well.
    """
    domains = [OWN_DOMAIN, *(domain for domain in WORLD if domain != OWN_DOMAIN), *OTHER_DOMAINS]
    main = _MAIN.substitute(
        folder=folder,
        authserv_id=AUTHSERV_ID,
        own_domain=OWN_DOMAIN,
        domains=", ".join(domains),
        lmtp_port=ways.lmtp,
        elsewhere=f"lmtp:inet:127.0.0.1:{ways.lmtp}" if everybody else "error:nothing leaves this machine",
        auth_port=ways.auth,
        certificate=certificate.cert_file,
        key=certificate.key_file,
    )
    master = _MASTER.substitute(folder=folder, submission_port=ways.submission, world_port=ways.world)
    checks = _HEADER_CHECKS.substitute(
        authserv_id=AUTHSERV_ID, pattern=AUTHSERV_ID.replace(".", "[.]"), secret=f"X-Stamp-{secret}"
    )
    files = {
        "main.cf": main,
        "master.cf": master,
        "header_checks": checks,
        "owners": f"/^([^@+]+)(\\+[^@]*)?@{_pattern(OWN_DOMAIN)}$/ ${{1}}\n",
        "stamps_inside": f"/@(.+)$/ PREPEND X-Stamp-{secret}: dmarc=pass header.from=${{1}}\n",
        "stamps_world": "".join(
            f"/@{_pattern(domain)}$/ PREPEND X-Stamp-{secret}: dmarc={result} header.from={domain}\n"
            for domain, result in WORLD.items()
        ),
    }
    for name, text in files.items():
        (folder / name).write_text(text, encoding="ascii")


def _pattern(domain: str) -> str:
    return domain.replace(".", "[.]")
