"""Access tokens for the mail servers (OAuth 2.0, RFC 6749): who gives them, and one source that keeps one alive.

`source` renews in time and never twice at once; `grants` says what is asked of the token server; `https` asks it;
`answers` says what the answer means; `command` asks a program instead; `assertion` signs with a certificate;
`rotation` keeps a refresh token that the server exchanged. See docs/decisions/0013-tokens-by-our-own-hand.md.
"""

from triage.transport.oauth.access import Certificate, ClientSecret, Command, Grant, RefreshToken, TokenServer
from triage.transport.oauth.grants import issuer
from triage.transport.oauth.source import TokenSource

__all__ = [
    "Certificate",
    "ClientSecret",
    "Command",
    "Grant",
    "RefreshToken",
    "TokenServer",
    "TokenSource",
    "issuer",
]
