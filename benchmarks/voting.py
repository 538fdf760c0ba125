"""Voting over HTTP: requests a second and p95 of the vote endpoint beside a bare Django view.

    python benchmarks/voting.py [--seconds 8] [--clients 8]

One granian server as `madang serve` runs it, one PostgreSQL from the wheel, clients and server on
the same machine. Rounds take turns, so that a slow minute hits both. Every answered vote is then
looked for in the database.
"""

import argparse
import http.client
import os
import secrets
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import django

HOST, PORT, STATEMENTS, VOTERS = "127.0.0.1", 8745, 60, 400

acknowledged: dict[tuple[int, int], int] = {}  # (voter, statement) → the vote last answered


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seconds", type=float, default=8.0)
    options.add_argument("--clients", type=int, default=8)
    given = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="madang-bench-") as folder:
        os.environ |= {"MADANG_DATA": folder, "DJANGO_SETTINGS_MODULE": "bare_site"}
        from madang.site.environment import keep_secrets
        from madang.site.postgres import running_database

        keep_secrets(Path(folder))
        with running_database(Path(folder)):
            django.setup()
            cookies = prepare()
            server = serve()
            try:
                measure(cookies, given.seconds, given.clients)
            finally:
                server.terminate()
                server.wait()


def prepare() -> list[str]:
    """Make an open hearing and signed-in residents; return one cookie header for each."""
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.core.management import call_command
    from django.utils import timezone

    from madang.ground.identity.models import Person, Proof
    from madang.ground.identity.services import record_residency
    from madang.ground.identity.sign_ins import SessionStore
    from madang.listen.hearings import services

    call_command("migrate", verbosity=0)
    now = timezone.now()
    words = {"ko": "재는 공청회"}
    services.create_hearing(slug="bench", title=words, introduction={}, question={}, at=now)
    for n in range(STATEMENTS):
        services.add_statement(slug="bench", words={"ko": f"의견 {n}번입니다."}, at=now)
    services.open_hearing(slug="bench", at=now)
    cookies = []
    for n in range(VOTERS):
        person = Person.objects.create_user(f"v{n}@bench.example")
        record_residency(person_id=person.id, district="01", proof=Proof.DECLARED, at=now)
        session = SessionStore()
        session[SESSION_KEY] = str(person.pk)
        session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
        session[HASH_SESSION_KEY] = person.get_session_auth_hash()
        session.save()
        cookies.append(f"sessionid={session.session_key}; csrftoken={'a' * 32}")
    return cookies


def serve() -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--log-level", "warning"]
    command += ["--host", HOST, "--port", str(PORT), "--workers", "1", "--blocking-threads", "4"]
    server = subprocess.Popen(
        [*command, "madang.site.wsgi:application"],
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parent)},
    )
    for _ in range(100):
        try:
            link = http.client.HTTPConnection(HOST, PORT)
            link.request("GET", "/bare")
            if link.getresponse().status == 200:
                return server
        except OSError:
            pass
        time.sleep(0.1)
    raise SystemExit("the server did not come up")


def measure(cookies: list[str], seconds: float, clients: int) -> None:
    rounds: dict[str, list[list[float]]] = {"bare": [], "vote": []}
    answered = 0
    for _ in range(3):
        for name in rounds:
            times = hammer(name, cookies, seconds, clients)
            rounds[name].append(times)
            answered += len(times) if name == "vote" else 0
    rates = {n: statistics.median(len(t) / seconds for t in r) for n, r in rounds.items()}
    p95s = {
        n: statistics.median(statistics.quantiles(t, n=20)[-1] * 1000 for t in r)
        for n, r in rounds.items()
    }
    for name in rounds:
        print(f"{name:5} {rates[name]:8.0f} requests/s   p95 {p95s[name]:7.1f} ms")
    rate, slower = rates["vote"] / rates["bare"], p95s["vote"] / p95s["bare"]
    print(f"ratio {rate:8.2f} of the rate       p95 × {slower:.1f}")
    print(
        f"votes answered {answered}; of {len(acknowledged)} that should count {missing()} missing"
    )


def hammer(name: str, cookies: list[str], seconds: float, clients: int) -> list[float]:
    """Let the clients ask until the time is up; return how long each answer took, in seconds."""
    times: list[float] = []
    end = time.perf_counter() + seconds

    def ask(client: int) -> None:
        link = http.client.HTTPConnection(HOST, PORT)
        own = list(enumerate(cookies))[client::clients]
        while (start := time.perf_counter()) < end:
            if name == "bare":
                link.request("GET", "/bare")
            else:
                (voter, cookie), statement = secrets.choice(own), secrets.randbelow(STATEMENTS)
                value = (acknowledged.get((voter, statement), 0) + 2) % 3 - 1  # another one
                body = f"statement={statement}&vote={value}"
                headers = {
                    "Cookie": cookie,
                    "X-CSRFToken": "a" * 32,
                    "Content-Type": "application/x-www-form-urlencoded",
                }
                link.request("POST", "/hearings/bench/votes", body, headers)
            answer = link.getresponse()
            answer.read()
            if answer.status not in (200, 302):
                raise SystemExit(f"{name}: {answer.status}")
            if name == "vote":
                acknowledged[voter, statement] = value
            times.append(time.perf_counter() - start)

    threads = [threading.Thread(target=ask, args=[n]) for n in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return times


def missing() -> int:
    """How many acknowledged votes are not the ones that count in the database."""
    from madang.ground.identity.models import Person
    from madang.listen.hearings.models import Vote
    from madang.listen.hearings.services import voice_of

    people = {
        n: voice_of(person_id=Person.objects.get(email=f"v{n}@bench.example").id, hearing="bench")
        for n in range(VOTERS)
    }
    counting = {
        (voice, number): value
        for voice, number, value in Vote.objects.filter(is_newest=True).values_list(
            "participant__pseudonym", "statement__number", "value"
        )
    }
    return sum(counting.get((people[v], s)) != value for (v, s), value in acknowledged.items())


if __name__ == "__main__":
    main()
