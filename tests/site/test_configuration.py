"""Everything that is wrong with the settings is said at once, before anything starts."""

import json
import sys
from pathlib import Path

import pytest

from madang.site.cli.main import main
from madang.site.configuration import CHECKS, known_names, problems

OURS = "MADANG_"  # kept apart from the names, which a test of the docs looks for
STRONG = ("zq7Vt-3mKp_x9Rw2LhYb8Nc4Jd6Fg5Ts1", "A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q7")


def wrong(**given: str) -> list[str]:
    """Return the settings that are said to be wrong, by the rest of their names."""
    found = problems({OURS + name: value for name, value in given.items()})
    for each in found:
        assert each.reason.format(**each.values)
    return [each.source.removeprefix(OURS) for each in found]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "mysql://db.example/city"),
        ("DATABASE_URL", "postgresql://db.example:port/city"),
        ("DATABASE_URL", "postgresql://db.example"),
        ("CITY", "/nowhere/city.toml"),
        ("HOSTS", "https://madang.city.example"),
        ("HOSTS", "madang.city.example,*"),
        ("HOSTS", "madang.city.example other.example"),
        ("ORIGINS", "madang.city.example"),
        ("ORIGINS", "https://madang.city.example/hearings/"),
        ("HTTPS", "ture"),
        ("DEBUG", "maybe"),
        ("LIVE_URL", "madang.city.example/live"),
        ("LIVE_URL", "https://madang.city.example/"),
        ("SECRET_KEY", "short"),
        ("PSEUDONYM_KEY", "a" * 64),
        ("JOURNAL_KEY", ""),
        ("MAIL_HOST", "smtp://mail.city.example"),
        ("MAIL_HOST", "mail.city.example:smtp"),
        ("MAIL_HOST", "mail.city.example:70000"),
        ("MAIL_HOST", ":25"),
        ("MAIL_FROM", "the city"),
        ("PROXIES", "one"),
        ("PROXIES", "-1"),
        ("PROXIES", ""),
        ("TIME_ZONE", "Asia/Soul"),
        ("TIME_ZONE", "서울"),
        ("LOG", "LOUD"),
        ("LOG_FORMAT", "xml"),
        ("METRICS_PORT", "0"),
        ("METRICS_PORT", "9100x"),
        ("DATA", __file__),
        ("PROXY", "1"),
        ("NOTHING_OF_THE_KIND", "1"),
    ],
)
def test_a_value_that_cannot_be_is_said(name: str, value: str) -> None:
    assert wrong(**{name: value}) == [name]


def test_what_a_city_sets_is_right(tmp_path: Path) -> None:
    assert (
        wrong(
            DATA=str(tmp_path / "not" / "yet"),
            DATABASE_URL="postgresql://madang:a%20long%20one@db.city.example/madang?sslmode=x",
            HOSTS="madang.city.example, [::1],.city.example",
            ORIGINS="https://madang.city.example",
            HTTPS="1",
            LIVE_URL="https://madang.city.example/live",
            SECRET_KEY=STRONG[0],
            PSEUDONYM_KEY=STRONG[1],
            MAIL_HOST="mail.city.example:2525",
            MAIL_FROM="마당 <madang@city.example>",
            PROXIES="2",
            TIME_ZONE="Asia/Seoul",
            LOG="INFO",
            LOG_FORMAT="json",
            METRICS_PORT="9100",
            DEBUG="",
            LANGUAGE="ko",
        )
        == []
    )
    assert wrong() == []


def test_settings_that_contradict_each_other_are_said() -> None:
    assert wrong(HTTPS="1", ORIGINS="http://madang.city.example") == ["ORIGINS"]
    assert wrong(HTTPS="1", LIVE_URL="http://madang.city.example/live") == ["LIVE_URL"]
    assert wrong(HTTPS="1", DEBUG="1") == ["DEBUG"]
    assert wrong(SECRET_KEY=STRONG[0], JOURNAL_KEY=STRONG[0]) == ["JOURNAL_KEY"]


def test_a_setting_that_is_mistyped_is_told_its_name() -> None:
    (found,) = problems({OURS + "MAILHOST": "mail.city.example"})
    assert found.values == {"other": OURS + "MAIL_HOST"}


def test_a_secret_is_never_repeated() -> None:
    said = [
        str(each)
        for each in problems(
            {
                OURS + "SECRET_KEY": "swordfish",
                OURS + "DATABASE_URL": "postgres:swordfish@db.city.example/city",
            }
        )
    ]
    assert len(said) == 2
    assert "swordfish" not in "".join(said)


def test_what_is_checked_is_what_is_documented() -> None:
    assert set(CHECKS) <= known_names()


def test_every_problem_is_said_at_once(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, value in (("PROXIES", "one"), ("HTTP", "1"), ("TIME_ZONE", "Mars"), ("LOG", "LOUD")):
        monkeypatch.setenv(OURS + name, value)
    for words in (["hearing", "list"], ["config", "check"], ["config", "check", "--json", "-"]):
        monkeypatch.setattr(sys, "argv", ["madang", *words])
        with pytest.raises(SystemExit) as left:
            main()
        said = capsys.readouterr()
        assert left.value.code == 2
        if words[-1] == "-":
            assert len(json.loads(said.out)) == 4
        else:
            assert (said.err or said.out).count("\n") == 4
