"""A change of the tables does not stop the version that serves: expand, migrate, contract.

squawk reads the SQL of every migration that is newer than the baseline; what it cannot know of the
code that still runs is asked of the operations themselves.
"""

import json
import re
import shutil
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection, migrations, models
from django.db.migrations.loader import MigrationLoader
from django.db.models import NOT_PROVIDED

# Migrations up to these numbers were there before the rule was.
BASELINE = {
    "ballots": 8,
    "events": 4,
    "hearings": 7,
    "identity": 4,
    "journal": 1,
    "plan": 5,
    "walls": 1,
}
EXCLUDED = {
    "prefer-text-field": "Django's CharField; that its length changes is another rule",
    "prefer-bigint-over-int": "counts that a city of ten million cannot exceed are plain integers",
    "prefer-bigint-over-smallint": "numbers that are held to a hundred by a constraint",
    "prefer-identity": "how Django makes its keys is Django's",
    "require-lock-timeout": "madang.site.upgrade sets one around all migrations",
    "require-statement-timeout": "a change that needs long is seen by `madang upgrade --rehearse`",
}
SQUAWK = shutil.which("squawk", path=str(Path(sys.executable).parent))
needs_squawk = pytest.mark.skipif(SQUAWK is None, reason="squawk is not installed: `make setup`")


def complaints(sql: str) -> list[str]:
    """Return the names of the rules that this SQL breaks."""
    assert SQUAWK is not None
    inside = re.sub(r"^(BEGIN|COMMIT);$", "", sql, flags=re.MULTILINE)
    command = [SQUAWK, "--reporter", "json", "--pg-version", "15.0", "--assume-in-transaction"]
    excluded = [word for rule in EXCLUDED for word in ("--exclude", rule)]
    done = subprocess.run(
        [*command, *excluded], input=inside, capture_output=True, text=True, check=False
    )
    assert done.returncode in (0, 1), done.stderr
    return sorted({found["rule_name"] for found in json.loads(done.stdout)})


def breaks_the_version_that_serves(migration: type[migrations.Migration]) -> list[str]:
    """Return what code of before could not do any more.

    `contracts` names the release since which no code uses what is taken away.
    """
    if getattr(migration, "contracts", ""):
        return []
    made = {
        each.name_lower for each in migration.operations if isinstance(each, migrations.CreateModel)
    }
    return [
        each.describe()
        for each in migration.operations
        if _is_breaking(each) and getattr(each, "model_name_lower", "") not in made
    ]


def _is_breaking(operation: object) -> bool:
    if isinstance(operation, migrations.AddField):
        return not _may_be_left_out(operation.field)
    if isinstance(operation, migrations.AlterField):
        return not _may_be_left_out(operation.field) and operation.field.has_default()
    taken_away = (
        *(migrations.RemoveField, migrations.RenameField),
        *(migrations.DeleteModel, migrations.RenameModel, migrations.AlterModelTable),
    )
    return isinstance(operation, taken_away)


def _may_be_left_out(field: models.Field) -> bool:
    """Whether an INSERT that does not know the column succeeds."""
    is_beside = isinstance(field, models.ManyToManyField)
    return is_beside or field.null or field.db_default is not NOT_PROVIDED


def newer() -> list[migrations.Migration]:
    """Return our migrations that are newer than the baseline."""
    ours = {each.label for each in apps.get_app_configs() if each.name.startswith("madang.")}
    found = MigrationLoader(connection).disk_migrations
    return [
        migration
        for (app, name), migration in sorted(found.items())
        if app in ours and int(name[:4]) > BASELINE.get(app, 0)
    ]


@needs_squawk
@pytest.mark.django_db
def test_newer_migrations_do_not_stop_a_city_that_serves() -> None:
    wrong = {}
    for migration in newer():
        sql = StringIO()
        call_command("sqlmigrate", migration.app_label, migration.name, stdout=sql)
        if found := complaints(sql.getvalue()):
            wrong[str(migration)] = found
    assert wrong == {}


@pytest.mark.django_db
def test_newer_migrations_leave_the_version_before_them_able_to_write() -> None:
    found = {str(each): breaks_the_version_that_serves(type(each)) for each in newer()}
    assert {name: broken for name, broken in found.items() if broken} == {}


@pytest.mark.django_db
def test_the_baseline_names_migrations_that_are_there() -> None:
    found = MigrationLoader(connection).disk_migrations
    for app, number in BASELINE.items():
        assert any(name.startswith(f"{number:04}_") for label, name in found if label == app)


@needs_squawk
@pytest.mark.parametrize(
    ("sql", "rule"),
    [
        ("ALTER TABLE t ADD COLUMN c integer NOT NULL;", "adding-required-field"),
        ("ALTER TABLE t ALTER COLUMN c TYPE bigint;", "changing-column-type"),
        ("ALTER TABLE t DROP COLUMN c;", "ban-drop-column"),
        ("DROP TABLE t;", "ban-drop-table"),
        ("ALTER TABLE t RENAME COLUMN c TO d;", "renaming-column"),
        ("CREATE INDEX i ON t (c);", "require-concurrent-index-creation"),
        ("ALTER TABLE t ADD CONSTRAINT c CHECK (a > 0);", "constraint-missing-not-valid"),
        (
            "ALTER TABLE t ADD COLUMN c text DEFAULT 'x' NOT NULL;"
            "ALTER TABLE t ALTER COLUMN c DROP DEFAULT;",
            "ban-drop-default",
        ),
    ],
)
def test_what_would_stop_it_is_found(sql: str, rule: str) -> None:
    assert rule in complaints(f"BEGIN;\n{sql}\nCOMMIT;")


@needs_squawk
@pytest.mark.parametrize(
    "sql",
    [
        "CREATE TABLE t (id bigint PRIMARY KEY, c varchar(9) NOT NULL);\nCREATE INDEX i ON t (c);",
        "ALTER TABLE t ADD COLUMN c bigint NULL;",
        "ALTER TABLE t ADD COLUMN c text DEFAULT '' NOT NULL;",
    ],
)
def test_what_does_not_stop_it_is_let_through(sql: str) -> None:
    assert complaints(f"BEGIN;\n{sql}\nCOMMIT;") == []


FLAG = models.BooleanField(default=False)


@pytest.mark.parametrize(
    ("operation", "is_safe"),
    [
        (migrations.AddField("vote", "flag", FLAG), False),
        (migrations.AddField("vote", "flag", models.BooleanField(null=True)), True),
        (migrations.AddField("vote", "flag", models.BooleanField(db_default=False)), True),
        (migrations.RemoveField("vote", "value"), False),
        (migrations.RenameField("vote", "value", "answer"), False),
        (migrations.DeleteModel("Vote"), False),
        (migrations.RenameModel("Vote", "Voice"), False),
        (migrations.CreateModel("Voice", [("id", models.BigAutoField(primary_key=True))]), True),
    ],
)
def test_what_the_version_before_could_not_bear_is_found(
    operation: migrations.operations.base.Operation, *, is_safe: bool
) -> None:
    made = type("Migration", (migrations.Migration,), {"operations": [operation]})
    assert (breaks_the_version_that_serves(made) == []) is is_safe
    assert breaks_the_version_that_serves(type("Migration", (made,), {"contracts": "0.2"})) == []
