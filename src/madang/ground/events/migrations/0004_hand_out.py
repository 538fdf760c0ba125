"""Queue deliveries by a function, for a block may not put work into the queue of another."""

from django.db import migrations

HAND_OUT = """
CREATE FUNCTION events_hand_out(event bigint, handlers text[]) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path FROM CURRENT AS $$
    SELECT procrastinate_defer_jobs_v1(array_agg(ROW(
        CASE WHEN split_part(handler, '.', 2) = 'ground' OR split_part(handler, '.', 4) = 'rights'
        THEN 'ground' ELSE split_part(handler, '.', 3) END,
        'madang.ground.events.outbox.deliver', 0, NULL, NULL,
        jsonb_build_object('event_id', event, 'handler', handler), NULL
    )::procrastinate_job_to_defer_v1)) FROM unnest(handlers) AS handler
$$;
REVOKE EXECUTE ON FUNCTION events_hand_out FROM PUBLIC;
UPDATE procrastinate_jobs SET queue_name = 'ground' WHERE queue_name = 'default';
"""


class Migration(migrations.Migration):
    dependencies = [
        ("events", "0003_record"),
        ("procrastinate", "0041_post_retry_failed_job"),
    ]

    operations = [migrations.RunSQL(HAND_OUT, "DROP FUNCTION events_hand_out")]
