"""A second ledger that the daemon does not know of: triggers in the test's database write down which
offsets each commit claims, and an exclusion constraint refuses to commit any offset twice."""

from .databases import Database

# `moved` has where checkpoints went, `counted` what ledger rows say that batches hold. The event
# trigger attaches both to the daemon's tables as soon as they are there.
SQL = """
CREATE EXTENSION btree_gist WITH SCHEMA public;
CREATE SCHEMA audit;
CREATE TABLE audit.moved (
  pipeline text, topic_id text, partition bigint, offsets int8range, session text, at timestamptz DEFAULT now(),
  EXCLUDE USING gist (pipeline WITH =, topic_id WITH =, partition WITH =, offsets WITH &&)
);
CREATE TABLE audit.counted (LIKE audit.moved INCLUDING DEFAULTS);
ALTER TABLE audit.counted ADD
  EXCLUDE USING gist (pipeline WITH =, topic_id WITH =, partition WITH =, offsets WITH &&);

CREATE FUNCTION audit.move() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN
  IF NEW.topic_id = OLD.topic_id AND NEW.next_offset <> OLD.next_offset THEN
    INSERT INTO audit.moved SELECT NEW.pipeline, NEW.topic_id, NEW.partition,
      int8range(OLD.next_offset::bigint, NEW.next_offset::bigint), p.lease_session
    FROM tallymill.pipeline p WHERE p.pipeline = NEW.pipeline;
  END IF;
  RETURN NULL;
END $$;

CREATE FUNCTION audit.count() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN
  INSERT INTO audit.counted SELECT NEW.pipeline, r->>'topic_id', (r->>'partition')::bigint,
    int8range((r->>'from')::bigint, (r->>'to')::bigint), NEW.instance
  FROM jsonb_array_elements(NEW.ranges) r WHERE r->>'from' <> r->>'to';
  RETURN NULL;
END $$;

CREATE FUNCTION audit.attach() RETURNS event_trigger LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN
  IF to_regclass('tallymill.batch') IS NULL OR to_regclass('tallymill.checkpoint') IS NULL THEN
    RETURN;
  END IF;
  IF NOT EXISTS (SELECT FROM pg_trigger WHERE tgname = 'audit_move') THEN
    CREATE TRIGGER audit_move AFTER UPDATE ON tallymill.checkpoint
      FOR EACH ROW EXECUTE FUNCTION audit.move();
  END IF;
  IF NOT EXISTS (SELECT FROM pg_trigger WHERE tgname = 'audit_count') THEN
    CREATE TRIGGER audit_count AFTER INSERT ON tallymill.batch
      FOR EACH ROW EXECUTE FUNCTION audit.count();
  END IF;
END $$;
CREATE EVENT TRIGGER audit_attach ON ddl_command_end WHEN TAG IN ('CREATE TABLE')
  EXECUTE FUNCTION audit.attach();
"""

# Neighbours that do not touch.
GAPS = """
SELECT pipeline, topic_id, partition, upper(before) AS from_offset, lower(offsets) AS to_offset FROM (
  SELECT *, lag(offsets) OVER (PARTITION BY pipeline, topic_id, partition ORDER BY offsets) AS before
  FROM audit.moved) neighbours
WHERE before IS NOT NULL AND upper(before) <> lower(offsets)
EXCEPT
SELECT pipeline, topic_id, partition, from_offset::bigint, to_offset::bigint FROM tallymill.gap
"""


class Audit:
    def __init__(self, database: Database):
        """Call it while the database is empty."""
        self.database = database
        database.query(SQL)

    def check(self, least: int = 1):
        """The constraint has held since each commit; what is left is that nothing was left out. `least`
        guards against an audit that saw nothing."""
        moves = self.database.value("SELECT count(*) FROM audit.moved")
        assert moves >= least, f"the audit saw {moves} commits"
        gaps = self.database.query(GAPS)
        assert not gaps, f"offsets that no commit covers: {gaps}"
        unmoved = self.database.query(
            "SELECT * FROM audit.counted c WHERE NOT EXISTS (SELECT FROM audit.moved m WHERE "
            "(m.pipeline, m.topic_id, m.partition) = (c.pipeline, c.topic_id, c.partition) "
            "AND m.offsets = c.offsets)")
        assert not unmoved, f"batches that moved no checkpoint: {unmoved}"
