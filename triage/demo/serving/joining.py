"""How to join: words for Thunderbird or any other mail program, and a complete file for mutt, one an account."""

from pathlib import Path

from triage.demo.configuration import MAILBOX
from triage.demo.servers import LOOPBACK, Servers
from triage.demo.serving.residents import RESIDENTS, Resident

MUTT_PREFIX = "muttrc-"
SENT_FOLDER = "Sent"


def describe_joining(servers: Servers, out: Path) -> str:
    """What a person types into their mail program to be one of the residents."""
    width = max(len(each.name) for each in RESIDENTS)
    accounts = "\n".join(
        f"    {each.login:10}  {each.password:10}  {each.name:{width}}  <{each.address}>, who {each.part}"
        for each in RESIDENTS
    )
    return f"""
Join with a mail program; nothing leaves this machine, whatever you send.

  Accounts (user name, password, name and address)
{accounts}

  Thunderbird: « Existing email », then « Configure manually »
    Incoming  IMAP  server {LOOPBACK}  port {servers.imap_port}  security: none  authentication: normal password
    Outgoing  SMTP  server {LOOPBACK}  port {servers.smtp_port}  security: none  authentication: normal password
    The user name is the short one above, for both; take the warning about a line without encryption as read.

  mutt
{_mutt_lines(out)}

  Write to {MAILBOX} as the requester, wait a second, and answer what comes back.
  As the agent, answer the working mail: #prendre or #aide alone on the first line, or #répondre with a text below it.
  A letter to the requester leaves after a minute here, not after five or fifteen; until then #annuler takes it back.
  A mail in the agent's name that was sent without logging in has to be confirmed before anything leaves.
"""


def write_mutt_files(servers: Servers, out: Path) -> None:
    """One file an account, for `mutt -F`; readable by their owner alone, though their passwords are of fiction."""
    for each in RESIDENTS:
        file = out / f"{MUTT_PREFIX}{each.login}"
        file.touch(mode=0o600)
        file.write_text(_mutt_file(each, servers), encoding="utf-8")


def _mutt_lines(out: Path) -> str:
    return "\n".join(f"    mutt -F {out / (MUTT_PREFIX + each.login)}" for each in RESIDENTS)


def _mutt_file(resident: Resident, servers: Servers) -> str:
    return f"""# mutt as {resident.name}, on the servers of `triage demo --serve`.
set imap_user = "{resident.login}"
set imap_pass = "{resident.password}"
set folder = "imap://{LOOPBACK}:{servers.imap_port}/"
set spoolfile = "+INBOX"
set record = "+{SENT_FOLDER}"
set smtp_url = "smtp://{resident.login}@{LOOPBACK}:{servers.smtp_port}/"
set smtp_pass = "{resident.password}"
set smtp_authenticators = "plain"
set ssl_starttls = no
set ssl_force_tls = no
set realname = "{resident.name}"
set from = "{resident.address}"
set use_from = yes
set use_envelope_from = yes
set charset = "utf-8"
set send_charset = "us-ascii:utf-8"
set mail_check = 5
set timeout = 5
set imap_idle = yes
set copy = yes
set confirmappend = no
set header_cache = ""
set postponed = "+{SENT_FOLDER}"
alternative_order text/plain text/html
mailboxes "+INBOX"
"""
