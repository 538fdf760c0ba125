"""Commands about blocks: what they say, what they refuse, what they write."""

import json
import shutil
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from whole_city import City, city_of_its_own

pytestmark = pytest.mark.whole


@pytest.fixture(scope="module")
def city() -> Iterator[City]:
    with city_of_its_own() as city:
        yield city


def test_the_radius_is_the_same_for_people_and_for_programs(city: City) -> None:
    told = json.loads(city.run("blocks", "radius", "plan", "--json", "-").stdout)
    said = city.run("blocks", "radius", "plan").stdout
    assert told["role"] == "madang_plan"
    assert {"table": "plan_commitment", "columns": [], "rows": ""} in told["writes"]
    assert {"table": "hearings_public_statement", "columns": [], "rows": ""} in told["reads"]
    assert not any(each["table"].startswith("identity") for each in told["reads"])
    assert {"event": "plan.plan-made.v1", "heard_by": ["ballots"]} in told["sends"]
    for each in (*told["reads"], *told["writes"]):
        assert f"  {each['table']}" in said


def test_an_unknown_block_is_named_with_those_that_there_are(city: City) -> None:
    for words in (["radius", "dreams"], ["pause", "dreams", "--en", "why"], ["resume", "dreams"]):
        said = city.run("blocks", *words, expect=2).stderr
        assert said.startswith("There is no block dreams; there are ")
        assert "hearings" in said
        assert said.count("\n") == 1
    assert "There is no block dreams" in city.run("serve", "--block", "dreams", expect=2).stderr


def test_a_block_is_switched_off_with_a_reason_and_on_again(city: City) -> None:
    assert "Say with --ko or --en why" in city.run("blocks", "pause", "plan", expect=2).stderr
    city.run("blocks", "pause", "plan", "--en", "A look into it.", "--ko", "살펴봅니다.")
    (plan,) = [
        each
        for each in json.loads(city.run("blocks", "list", "--json", "-").stdout)
        if each["name"] == "plan"
    ]
    assert plan["reason"] == {"en": "A look into it.", "ko": "살펴봅니다."}
    assert "switched off: A look into it." in city.run("blocks", "list").stdout
    assert "another reason" in city.run("blocks", "pause", "plan", "--en", "No.", expect=3).stderr
    city.run("blocks", "resume", "plan")
    assert "is not switched off" in city.run("blocks", "resume", "plan", expect=3).stderr
    assert city.run("blocks", "list").stdout.count(" on\n") >= 3


def test_walls_between_services_want_a_server_with_passwords(city: City, tmp_path: Path) -> None:
    said = city.run("deploy", str(tmp_path / "etc"), expect=2).stderr
    assert "MADANG_DATABASE_URL" in said
    assert not (tmp_path / "etc").exists()


def test_a_deployment_hands_each_service_its_own_secrets_alone(city: City, tmp_path: Path) -> None:
    folder = tmp_path / "etc"
    words = ("deploy", str(folder), "--listen", "127.0.0.1:8080")
    named = city.run(*words, "--dry-run").stdout.splitlines()
    assert not folder.exists()
    city.run(*words)
    assert {str(path) for path in folder.iterdir()} == {name for name in named if "/" in name}
    secrets = Path(city.env["MADANG_DATA"]) / "secrets"
    walls, journal = ((secrets / f"madang_{key}_key").read_text() for key in ("walls", "journal"))
    users = (folder / "sysusers.conf").read_text()
    assert "m madang-hearings madang-keys\n" in users
    assert "m madang-live madang-keys\n" not in users
    passwords = set()
    for path in folder.glob("*.env"):
        text = path.read_text()
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert walls not in text
        assert journal not in text
        (address,) = [line for line in text.splitlines() if line.startswith("MADANG_DATABASE_URL")]
        passwords.add(address)
    assert len(passwords) == len(list(folder.glob("*.env")))


def test_the_written_services_are_ones_that_systemd_takes(city: City, tmp_path: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is not there")
    city.run("deploy", str(tmp_path), "--listen", "127.0.0.1:8080")
    services = [str(path) for path in tmp_path.glob("*.service")]
    assert len(services) > 4
    done = subprocess.run(
        ["systemd-analyze", "verify", *services], capture_output=True, text=True, check=False
    )
    ours = [line for line in done.stderr.splitlines() if str(tmp_path) in line]
    assert [line for line in ours if "not executable" not in line] == []


def test_the_written_proxy_is_one_that_nginx_takes(city: City, tmp_path: Path) -> None:
    if shutil.which("nginx") is None:
        pytest.skip("nginx is not there (Debian: apt install nginx-light)")
    city.run("deploy", str(tmp_path), "--listen", "127.0.0.1:8080")
    whole = tmp_path / "main.conf"
    whole.write_text(f"pid {tmp_path}/pid; events {{}} http {{ include {tmp_path}/nginx.conf; }}")
    subprocess.run(
        ["nginx", "-t", "-c", str(whole), "-e", str(tmp_path / "errors")],
        check=True,
        capture_output=True,
    )
