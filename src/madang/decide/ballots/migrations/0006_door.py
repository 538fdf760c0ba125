"""The door becomes a view: a block with a role of its own reads this, and no table of ours."""

from django.db import migrations, models


VIEWS = """
CREATE VIEW ballots_public_ballot AS
SELECT id, slug, title, status, hearing, currency, budget, eligibility, opened_at,
       CASE WHEN simulated THEN 'simulated' WHEN source <> '' THEN 'imported' ELSE '' END AS origin
FROM ballots_ballot WHERE status <> 'draft';
"""
UNDO = """
DROP VIEW ballots_public_ballot;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('ballots', '0005_large_numbers'),
    ]

    operations = [
        migrations.CreateModel(
            name='PublicBallot',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('slug', models.CharField(max_length=80)),
                ('title', models.JSONField()),
                ('status', models.CharField(max_length=20)),
                ('hearing', models.CharField(max_length=80)),
                ('currency', models.CharField(max_length=3)),
                ('budget', models.DecimalField(decimal_places=6, max_digits=24)),
                ('eligibility', models.CharField(max_length=20)),
                ('origin', models.CharField(max_length=20)),
                ('opened_at', models.DateTimeField()),
            ],
            options={
                'db_table': 'ballots_public_ballot',
                'managed': False,
            },
        ),
        migrations.RunSQL(VIEWS, UNDO),
    ]
