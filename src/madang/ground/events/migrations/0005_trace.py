"""Delivery takes along the trace that it belongs to; a role hands out its own events alone."""

from django.db import migrations

HAND_OUT = """
CREATE OR REPLACE FUNCTION events_hand_out(event bigint, handlers text[]) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path FROM CURRENT AS $$
    SELECT procrastinate_defer_jobs_v1(array_agg(ROW(
        CASE WHEN split_part(handler, '.', 2) = 'ground' OR split_part(handler, '.', 4) = 'rights'
        THEN 'ground' ELSE split_part(handler, '.', 3) END,
        'madang.ground.events.outbox.deliver', 0, NULL, NULL,
        jsonb_strip_nulls(jsonb_build_object(
            'event_id', event, 'handler', handler,
            'traceparent', nullif(current_setting('madang.traceparent', true), '')
        )), NULL
    )::procrastinate_job_to_defer_v1)) FROM unnest(handlers) AS handler
    WHERE pg_has_role(session_user, current_user, 'MEMBER') OR EXISTS (
        SELECT FROM events_outboxevent JOIN events_recorder USING (wire)
        WHERE events_outboxevent.id = event AND role = session_user
    )
$$;
DO $$ BEGIN
    EXECUTE format(
        'ALTER FUNCTION events_hand_out(bigint, text[])'
        ' SET search_path = pg_catalog, %I, pg_temp', current_schema
    );
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("events", "0004_hand_out")]

    operations = [migrations.RunSQL(HAND_OUT, migrations.RunSQL.noop)]
