"""Mails made to be expensive: each hung a mail library for minutes, took gigabytes, or broke it."""

HEAD = b"From: a.b@client.example\r\nSubject: x\r\n"
HTML = HEAD + b"Content-Type: text/html\r\n\r\n"
WORD = b"=?utf-8?q?=C3=A9?= "


def nested(levels: int) -> bytes:
    """Multiparts in each other."""
    layers = (b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (i, i) for i in range(levels))
    return HEAD + b"".join(layers) + b"\r\nau fond"


BOMBS: dict[str, bytes] = {
    "273 KiB of encoded words in From": b"From: " + WORD * 14_000 + b"\r\n\r\nx",
    "410 KiB of encoded words in Subject": b"Subject: " + WORD * 21_000 + b"\r\n\r\nx",
    "words that never end": b"Subject: " + b"=?utf-8?q?" * 40_000 + b"\r\n\r\nx",
    "parentheses": b"From: " + b"(" * 3_000 + b"\r\n\r\nx",
    "angles": b"To: " + b"<" * 9_000 + b"\r\nCc: " + b"<,@a" * 4_000 + b"\r\n\r\nx",
    "quotes": b"From: " + b'"\\' * 1_000 + b"\r\n\r\nx",
    "ids": b"References: " + b"<a@b> " * 100_000 + b"\r\nMessage-ID: <[1\r\n\r\nx",
    "parameters": b"Content-Type: text/plain" + b"; a*0*=%ff" * 1_600 + b"\r\n\r\nx",
    "a million header lines": b"X: y\r\n" * 300_000 + b"\r\nx",
    "one endless header": b"X: " + b"a" * 5_000_000 + b"\r\n\r\nx",
    "line breaks only": b"\n" * 5_000_000,
    "nested 300": nested(300),
    "nested 10,000": nested(10_000),
    "messages in messages": HEAD + b"Content-Type: message/rfc822\r\n\r\n" * 1_200,
    "parts": HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\n\r\nx\r\n" * 50_000,
    "near boundaries": b"Content-Type: multipart/mixed; boundary=-\r\n\r\n" + b"---x\n" * 500_000,
    "open tags": HTML + b"<a " * 200_000,
    "open comments": HTML + b"<!--" * 200_000,
    "deep divisions": HTML + b"<div>" * 100_000,
    "deep tables": HTML + b"<table><tr><td>x" * 30_000,
    "deep quotations": HTML + b"<blockquote type=cite>x" * 20_000,
    "attributes": HTML + b"<a " + b'b="c" ' * 100_000 + b">",
    "ampersands": HTML + b"&" * 500_000,
    "attributions": HEAD + b"\r\n" + "Le 3 mars 2025 a écrit :\r\n\r\n".encode() * 20_000,
    "wide attributions": HEAD + b"\r\n" + (b"Le 3 mars 2025" + b" " * 380 + b"x\r\n") * 2_000,
    "header blocks": HEAD + b"\r\n" + b"De : x\r\n" * 60_000,
    "fields in turn": HEAD + b"\r\nx\r\n" + b"De : x\r\nDate : y\r\nCc : z\r\n" * 30_000,
    "quoted lines": HEAD + b"\r\n" + b"> a\r\nb\r\n" * 100_000,
    "punycode": HEAD + b"Content-Type: text/plain; charset=punycode\r\n\r\n" + b"a-" * 200_000,
}


def grow(name: str) -> bytes:
    """The mails that are large themselves; made when they are wanted, for they fill memory."""
    return _LARGE[name]()


def _attached(size: int) -> bytes:
    line = b"QUJD" * 19 + b"\r\n"
    head = HEAD + b"Content-Type: image/jpeg\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    return head + (line * (size // len(line) + 1))[: size - len(head)]


_LARGE = {
    "the largest mail that is read whole": lambda: _attached(41_000_000),
    "a mail of 100 MB": lambda: _attached(100_000_000),
    "a mail of 150 MB and one byte": lambda: _attached(150_000_001),
    "100,000 parts": lambda: (
        HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\n\r\nx\r\n" * 100_000 + b"--b--\r\n"
    ),
    "a header line of 50 MB": lambda: HEAD + b"X: " + b"a" * 50_000_000 + b"\r\n\r\nx",
    "400 KiB of encoded words in From": lambda: b"From: " + WORD * 20_500 + b"\r\n\r\nx",
    "1 MB of open tags": lambda: HTML + b"<a " * 350_000,
    "1 MB of divisions": lambda: HTML + b"<div>" * 210_000,
    "1 MB of comments": lambda: HTML + b"<!--" * 260_000,
    "300 attachments of words": lambda: (
        HEAD
        + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n"
        + (b"--b\r\nContent-Type: text/html\r\n\r\n" + b"<p>mot</p>" * 300 + b"\r\n") * 300
    ),
    "a file written into the text": lambda: HEAD + b"\r\nbegin 644 x\r\n" + b"#0V%T\r\n" * 500_000,
    "a calendar without end": lambda: HEAD + b"Content-Type: text/calendar\r\n\r\n" + b"BEGIN:VEVENT\r\n" * 300_000,
}
LARGE = tuple(_LARGE)
