"""`madang demo`: the sample city, its people, and what the loop brought forth."""

import secrets
import sys
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from madang.decide.ballots.forms import COMMITMENT_BADGES, STATUS_BADGES
from madang.ground.identity.models import Person, Proof, Role
from madang.ground.identity.services import grant_role, record_residency
from madang.ground.jobs.queue import work_off
from madang.ground.journal.queries import standing
from madang.ground.journal.services import extend_journal
from madang.listen.hearings.forms import STATUS_LABELS
from madang.site.cli.refusal import Refusal
from madang.site.cli.words import _, shell_language
from madang.site.loop import ballot_summary, commitments, hearing_summary
from madang.site.sample_city import (
    SAMPLE,
    finish_ballot,
    finish_hearing,
    load_ballot,
    load_hearing,
    load_network,
    load_plan,
)

FIRST_HEARING, FIRST_BALLOT = "after-the-pandemic", "after-the-pandemic-budget"
PEOPLE = {"official@daon.example": Role.OFFICIAL, "resident@daon.example": None}


def load_sample(data: Path) -> None:
    """Bring the sample city to where its second round is open; what is done already stays."""
    if Path(settings.MADANG_CITY) != SAMPLE / "city.toml":
        raise Refusal(_("The demo shows the sample city; unset MADANG_CITY to see it."))
    if Person.objects.filter(email__in=PEOPLE).count() == len(PEOPLE):
        return  # they come last: all else is there
    _say(_("Loading the sample city"))
    load_network()
    load_plan()
    finish_hearing(load_hearing(SAMPLE / "hearing"))
    work_off()
    _say(_("Counting the first ballot"))
    finish_ballot(load_ballot(SAMPLE / "ballot"))
    work_off()
    load_hearing(SAMPLE / "next" / "hearing")
    load_ballot(SAMPLE / "next" / "ballot")
    _add_people(_password(data))
    extend_journal(at=timezone.now())


def print_loop() -> None:
    """Print what the first round brought: hearing, groups, consensus, winners, commitments."""
    language, simulated = shell_language(), _("simulated voters")
    hearing = hearing_summary(FIRST_HEARING, language)
    ballot = ballot_summary(FIRST_BALLOT, language)
    _line(0, _("Hearing"), f"{hearing['title']} ({STATUS_LABELS[hearing['status']]}, {simulated})")
    _line(1, _("Votes"), f"{hearing['votes']:,}")
    _line(1, _("Groups"), ", ".join(map(str, hearing["groups"])))
    _line(1, _("Consensus"), "")
    stances = {"agree": _("agreed"), "disagree": _("rejected")}
    for found in hearing["consensus"]:
        _item(f"[{stances[found['stance']]}] {found['text']}")
    status, _tone = STATUS_BADGES[ballot["status"]]
    _line(0, _("Ballot"), f"{ballot['title']} ({status}, {simulated})")
    _line(1, _("Winners"), f"{int(ballot['spent']):,} / {int(ballot['budget']):,} KRW")
    for code, name in ballot["winners"].items():
        _item(f"{code} {name}")
    proof = ballot["certificate"]["proportionality"]
    _line(1, _("Certificate"), f"{proof['axiom']} {_holds(proof['holds'])}")
    _item(f"input {ballot['certificate']['input_sha256']}")
    _item(f"rule  {ballot['certificate']['rule_sha256']}")
    rows = commitments(language)
    _line(0, _("Commitments"), str(len(rows)))
    for row in rows:
        status, _tone = COMMITMENT_BADGES[row["status"]]
        _item(f"[{status}] {row['title']} ← {row['because']}")
    now = standing()
    assert now is not None, "a loaded city has a journal"
    _line(0, _("Journal"), f"{now.head.size:,}")
    _item(f"root  {now.head.root.hex()}")


def _line(depth: int, name: str, value: str) -> None:
    print(f"{'  ' * depth}{name}: {value}".rstrip())


def _item(text: str) -> None:
    print(f"    - {text}")


def _holds(is_proportional: object) -> str:
    return _("holds") if is_proportional else _("broken")


def print_welcome(data: Path, url: str) -> None:
    """Say what to open and how to sign in."""
    print(_("Madang is ready. Open {url} (English: {url}/en/); Ctrl+C stops it.").format(url=url))
    print(_("To sign in: {people}").format(people=", ".join(PEOPLE)))
    print(_("Password of both: {password}").format(password=_password(data)))
    sys.stdout.flush()


def _password(data: Path) -> str:
    """The demo people's password: made once, kept in the data folder."""
    kept = data / "secrets" / "demo_password"
    if not kept.exists():
        kept.touch(mode=0o600)
        kept.write_text(f"daon-{secrets.token_hex(4)}", "ascii")
    return kept.read_text("ascii")


def _add_people(password: str) -> None:
    now = timezone.now()
    for email, role in PEOPLE.items():
        person = Person.objects.filter(email=email).first()
        person = person or Person.objects.create_user(email, password)
        record_residency(person_id=person.id, district="01", proof=Proof.DECLARED, at=now)
        if role is not None:
            grant_role(person_id=person.id, role=role, at=now)


def _say(step: str) -> None:
    print(f"{step} …", file=sys.stderr, flush=True)
