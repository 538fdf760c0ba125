"""Statements may have the large numbers of an export; the trigger that names the column steps aside."""

from django.db import migrations, models

DROP = "DROP TRIGGER projects_stay_as_opened ON ballots_ballotproject"
CREATE = """
CREATE TRIGGER projects_stay_as_opened
    AFTER INSERT OR DELETE OR UPDATE OF ballot_id, code, words, summary, cost, goal, statement
    ON ballots_ballotproject
    FOR EACH ROW EXECUTE FUNCTION ballots_keep_projects()
"""


class Migration(migrations.Migration):
    dependencies = [("ballots", "0004_address")]

    operations = [
        migrations.RunSQL(DROP, CREATE),
        migrations.AlterField(
            model_name="ballotproject",
            name="statement",
            field=models.PositiveBigIntegerField(null=True),
        ),
        migrations.RunSQL(CREATE, DROP),
    ]
