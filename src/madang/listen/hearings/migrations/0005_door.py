"""The door becomes views: a block with a role of its own reads these, and no table of ours."""

from django.db import migrations, models


VIEWS = """
CREATE VIEW hearings_public_hearing AS
SELECT id, slug, title, status, origin, opened_at, (
    SELECT count(*) FROM hearings_statement
    WHERE hearing_id = hearings_hearing.id AND moderation = 'waiting'
) AS waiting
FROM hearings_hearing WHERE status <> 'draft';
CREATE VIEW hearings_public_statement AS
SELECT hearings_statement.id, slug AS hearing, number, words
FROM hearings_statement JOIN hearings_hearing ON hearings_hearing.id = hearing_id
WHERE status <> 'draft' AND moderation = 'shown';
"""
UNDO = """
DROP VIEW hearings_public_hearing;
DROP VIEW hearings_public_statement;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('hearings', '0004_receipt'),
    ]

    operations = [
        migrations.CreateModel(
            name='PublicHearing',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('slug', models.CharField(max_length=80)),
                ('title', models.JSONField()),
                ('status', models.CharField(max_length=20)),
                ('origin', models.CharField(max_length=20)),
                ('opened_at', models.DateTimeField()),
                ('waiting', models.PositiveIntegerField()),
            ],
            options={
                'db_table': 'hearings_public_hearing',
                'managed': False,
            },
        ),
        migrations.CreateModel(
            name='PublicStatement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('hearing', models.CharField(max_length=80)),
                ('number', models.PositiveBigIntegerField()),
                ('words', models.JSONField()),
            ],
            options={
                'db_table': 'hearings_public_statement',
                'managed': False,
            },
        ),
        migrations.RunSQL(VIEWS, UNDO),
    ]
