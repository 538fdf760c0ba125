"""What the environment says becomes settings, or one clear sentence."""

import stat
from pathlib import Path

import pytest

from madang.site.environment import database, keep_secrets, secret


def test_a_server_of_ones_own_is_named_by_its_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(
        "MADANG_DATABASE_URL", "postgresql://me:p%40ss@db.example:5433/city?sslmode=require"
    )
    found = database(Path("data"))
    assert (found["HOST"], found["PORT"], found["NAME"]) == ("db.example", 5433, "city")
    assert (found["USER"], found["PASSWORD"]) == ("me", "p@ss")
    assert found["OPTIONS"] == {"sslmode": "require", "connect_timeout": "5"}


def test_another_kind_of_database_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MADANG_DATABASE_URL", "mysql://db.example/city")
    with pytest.raises(ValueError, match="must start with postgresql://"):
        database(Path("data"))


def test_secrets_are_made_once_and_closed_to_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("MADANG_SECRET_KEY", "MADANG_PSEUDONYM_KEY", "MADANG_JOURNAL_KEY"):
        monkeypatch.delenv(name, raising=False)
    keep_secrets(tmp_path)
    first = secret("MADANG_PSEUDONYM_KEY", tmp_path)
    keep_secrets(tmp_path)
    assert secret("MADANG_PSEUDONYM_KEY", tmp_path) == first
    assert first != secret("MADANG_SECRET_KEY", tmp_path)
    assert len(first) >= 48
    for kept in (tmp_path / "secrets").iterdir():
        assert stat.S_IMODE(kept.stat().st_mode) == 0o600
