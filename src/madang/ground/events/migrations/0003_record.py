"""Record events by a function, which knows which role may tell of what."""

from django.db import migrations, models

# The one way into the outbox. It runs with the rights of the owner of the tables, so that a role of
# one block needs no right on the outbox itself, and may tell of that block's acts alone.
RECORD = """
CREATE FUNCTION events_record(wire text, payload jsonb, is_sealed boolean, salt bytea)
RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
    recorded bigint;
BEGIN
    IF NOT pg_has_role(session_user, current_user, 'MEMBER')
        AND NOT EXISTS (
            SELECT FROM events_recorder
            WHERE role = session_user AND events_recorder.wire = events_record.wire
        )
    THEN
        RAISE insufficient_privilege USING MESSAGE = format('%s may not record %s', session_user, wire);
    END IF;
    INSERT INTO events_outboxevent (wire, payload, is_sealed, salt)
    VALUES (events_record.wire, events_record.payload, events_record.is_sealed, events_record.salt)
    RETURNING id INTO recorded;
    RETURN recorded;
END $$;
REVOKE EXECUTE ON FUNCTION events_record(text, jsonb, boolean, bytea) FROM PUBLIC;
DO $$ BEGIN
    EXECUTE format(
        'ALTER FUNCTION events_record(text, jsonb, boolean, bytea)'
        ' SET search_path = pg_catalog, %I, pg_temp', current_schema
    );
END $$;
"""
FORGET = "DROP FUNCTION events_record(text, jsonb, boolean, bytea)"


class Migration(migrations.Migration):

    dependencies = [
        ('events', '0002_journal'),
    ]

    operations = [
        migrations.CreateModel(
            name='Recorder',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.CharField(max_length=63)),
                ('wire', models.CharField(max_length=100)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('role', 'wire'), name='a_recorder_is_named_once')],
            },
        ),
        migrations.RunSQL(RECORD, FORGET),
    ]
