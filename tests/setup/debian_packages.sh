#!/bin/sh
# Makes sure that Debian packages are there: debian_packages.sh NAME…
#
# As root with apt-get it installs what is missing. Otherwise it names each missing package and the command that
# brings it. Then it ends with 1 where CI=true, with 0 elsewhere: the tests that need the package skip, and say why.
set -eu

missing=""
for package in "$@"; do
    case "$package" in
        dovecot-imapd) probe=/usr/lib/dovecot/imap ;;
        dovecot-lmtpd) probe=/usr/lib/dovecot/lmtp ;;
        clamav-daemon) probe=/usr/sbin/clamd ;;
        postgresql) probe=$(ls -d /usr/lib/postgresql/*/bin/pg_ctl 2>/dev/null | tail -n 1) ;;
        *) probe=$(PATH="$PATH:/usr/sbin:/sbin" command -v "$package" || echo /nowhere) ;;
    esac
    [ -e "$probe" ] || [ -e "/usr/share/doc/$package" ] || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "Installing from Debian:$missing"
    export DEBIAN_FRONTEND=noninteractive
    # Unasked, the package would set up a mail server for the whole machine, and start it.
    if [ "${missing#*postfix}" != "$missing" ]; then
        echo "postfix postfix/main_mailer_type select No configuration" | debconf-set-selections
    fi
    # shellcheck disable=SC2086  # one word a package is meant
    { apt-get -qq update && apt-get -qq install --no-install-recommends --yes $missing; } </dev/null >/dev/null
    # The tests start private servers; a public one that came with a package must not stay behind.
    if [ -d /run/systemd/system ]; then
        case "$missing" in *dovecot*) systemctl disable --quiet --now dovecot.service dovecot.socket || true ;; esac
        case "$missing" in *postfix*) systemctl disable --quiet --now postfix.service || true ;; esac
        case "$missing" in *clamav*) systemctl disable --quiet --now clamav-daemon.service clamav-daemon.socket clamav-freshclam.service || true ;; esac
        case "$missing" in *postgresql*) systemctl disable --quiet --now postgresql.service || true ;; esac
    fi
    exit 0
fi

echo "Not installed:$missing. On Debian or Ubuntu: sudo apt-get install --no-install-recommends$missing" >&2
[ "${CI:-}" != true ]
