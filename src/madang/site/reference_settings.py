"""Every environment variable that means something, and the page of the reference about them."""

import re
from collections.abc import Iterator

from madang.site.reference_api import table

SETTINGS = """
MADANG_DATA · `.madang` in the folder you call from
  Folder of all that this city keeps on the machine: the database, the secrets, collected static
  files, and mail where no mail server is named. Closed to other users.
MADANG_DATABASE_URL · the city's own PostgreSQL in the data folder
  Address of a PostgreSQL server (15 or newer), as `postgresql://user:password@host:5432/name`.
  What follows a `?` goes to the driver: `?sslmode=verify-full`.
MADANG_CITY · the sample city
  Path of the city card, a TOML file: name, districts, offices, population.
MADANG_HOSTS · `127.0.0.1,localhost,[::1]`
  Host names under which the site answers, with commas between them.
MADANG_ORIGINS · none
  Origins from which forms are taken although they differ from the host that the site sees, as
  `https://madang.city.example`, with commas between them. A proxy that passes the host on needs
  none.
MADANG_HTTPS · off
  `1` where a proxy in front speaks https: cookies travel by https only, browsers are told to stay
  with https for a year, and the proxy's header `X-Forwarded-Proto` is believed. The proxy must set
  that header itself and let none through that came from outside.
MADANG_LIVE_URL · `http://HOST:PORT+1/live`, by `madang serve`
  Address at which browsers reach live updates; it ends in `/live`.
MADANG_SECRET_KEY · made once, kept in `secrets/` of the data folder
  Key that signs sessions and forms. A new one signs everybody out.
MADANG_PSEUDONYM_KEY · made once, kept in `secrets/` of the data folder
  Key from which the pseudonyms' keys are made, under which people vote. Keep a copy away from the
  database. Never change it: under a new key everybody would be a stranger, and could vote once
  more; `madang privacy rotate-pseudonyms` makes pseudonyms anew. A process that runs one block
  alone is given that block's key instead, as in `MADANG_PSEUDONYM_KEY_HEARINGS`, and can then make
  no other block's pseudonyms; `madang privacy key-for` prints it.
MADANG_JOURNAL_KEY · made once, kept in `secrets/` of the data folder
  Key that signs the journal. Keep a copy: a journal signed by another key is another journal, and
  whoever noted the public key down will not believe it.
MADANG_WALLS_KEY · made once, kept in `secrets/` of the data folder
  Key of the passwords with which [blocks behind walls](../how-to/raise-the-walls.md) sign in to the
  database. A new one gives all of them new passwords.
MADANG_BLOCK · none: all blocks are in one process
  Behind whose wall a process stands; `madang serve --block` and `madang deploy` set it.
MADANG_KEYS · `keys` in the data folder
  Folder of the key store: the keys of fields that become unreadable when they are due, in every
  backup too. Not where the database or its backups lie, and on a disk that is encrypted. Every
  process of the city must see the same folder.
MADANG_JOURNAL_NAME · the first of MADANG_HOSTS that names a single host, with `/journal`
  What the journal calls itself, in each head that it signs, as `madang.city.example/journal`. Once
  it has an entry, its name stays.
MADANG_WITNESSES · none
  Who countersigns the journal: for each witness its public key, a space and its address, as
  `ngo.example+1a2b3c4d+BAQ… https://witness.ngo.example`, with commas between them. Each new head
  is sent to them before it is published.
MADANG_BACKUP_DIR · none: no backups
  Folder of the [backups](../how-to/back-up-and-restore.md), best on another disk or machine. Each
  finished piece of the database's log goes there, and a base backup every night. The city's
  database must be started anew once after this was set.
MADANG_BACKUP_KEYS · none; needed with `MADANG_BACKUP_DIR`
  Public keys of age (`age1…`), with commas between them: each of their secret identities opens
  the backups. `madang backup key` makes one. The secret identity never belongs on this machine.
MADANG_BACKUP_LAG · `60`
  Seconds after which a piece of the log goes into the backup folder though it is not full: what a
  loss of the machine costs at most.
MADANG_MAIL_HOST · none: mail is written into `mail/` of the data folder
  Mail server as `host` or `host:port` (25 where no port is named). It must take our mail without a
  password. Where it is named, people who sign up confirm their address by a code.
MADANG_MAIL_FROM · `madang@localhost`
  Sender of the mail.
MADANG_PROXIES · `0`
  How many proxies of yours stand in front; visitors' addresses, by which sign-ins are limited, are
  then taken from `X-Forwarded-For`.
MADANG_TIME_ZONE · `Asia/Seoul`
  Time zone in which pages show times.
MADANG_LOG · `WARNING`
  How much is written to standard error: `DEBUG`, `INFO`, `WARNING` or `ERROR`. `INFO` has a line
  for every request. No line names a person.
MADANG_LOG_FORMAT · `text`
  `json` writes each line of the log as one JSON object.
MADANG_METRICS_PORT · none: nothing is measured
  Port of this machine (127.0.0.1 alone) at which Prometheus finds `/metrics`.
OTEL_EXPORTER_OTLP_ENDPOINT · none: nothing is traced
  Address that takes OpenTelemetry traces by OTLP over HTTP, as `http://127.0.0.1:4318`. Other
  `OTEL_` variables hold as OpenTelemetry describes them.
MADANG_DEBUG · off
  `1` shows the details of faults in the browser. Never where others can look.
MADANG_LANGUAGE · what the shell speaks (`LC_ALL`, `LC_MESSAGES`, `LANG`)
  Language of the commands: `ko` or `en`. The language of a page goes by its address.
MADANG_TEST_DATA · `shared/data` beside the checkout
  Folder of real data for tests and benchmarks; what needs it is skipped where it is missing. The
  site never reads it.
"""


def setting_names() -> list[str]:
    """Return the names of all environment variables that mean something."""
    return [name for name, _, _ in _told()]


def _told() -> list[tuple[str, str, str]]:
    return re.findall(r"^(\w+) · (.+)\n((?:  .+\n)+)", SETTINGS, re.MULTILINE)


def settings_page() -> Iterator[str]:
    """The lines of the page about settings."""
    yield "Everything that differs between cities comes from the environment. A switch is on for"
    yield "`1`, `true`, `yes` or `on`. How they work together is told in"
    yield from ("[Run a city](../how-to/run-a-city.md).", "")
    rows = [(f"`{name}`", without, " ".join(does.split())) for name, without, does in _told()]
    yield from table(("variable", "where it is not set", "what it does"), rows)
