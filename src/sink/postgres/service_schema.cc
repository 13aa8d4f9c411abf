#include "sink/postgres/service_schema.h"

#include "sink/postgres/identifiers.h"

namespace tallymill::postgres {
namespace {

// `$S` stands for the quoted schema, `$V` for its version. What later versions added stands behind
// the first one's tables, so that one text makes all and brings older ones up to date.
// Rows of pipeline and checkpoint are updated by every commit: the fill factor keeps those updates on
// their page. The comments before tables and behind columns are the reference of them (schema_tables).
constexpr std::string_view ddl = R"sql(
-- The version of these tables.
CREATE TABLE IF NOT EXISTS $S.schema_version (
  only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),  -- There is one row.
  version integer NOT NULL  -- Of the newest program that migrated.
);
INSERT INTO $S.schema_version (version) VALUES ($V)
  ON CONFLICT (only_row) DO UPDATE SET version = greatest(schema_version.version, EXCLUDED.version);

-- One row per pipeline. Every commit locks it first.
CREATE TABLE IF NOT EXISTS $S.pipeline (
  pipeline text COLLATE "C" PRIMARY KEY,  -- Its name in the configuration.
  fingerprint text NOT NULL,  -- Of the configuration that its rows were counted with.
  batch_sequence bigint NOT NULL DEFAULT 0,  -- Number of the last batch committed.
  partitions integer NOT NULL DEFAULT 0,  -- Checkpoints ever written. Fewer rows mean that some were deleted.
  wanted_state text NOT NULL DEFAULT 'running' CHECK (wanted_state IN ('running', 'paused')),  -- What pause and resume set.
  lease_instance text NOT NULL DEFAULT '',  -- Name of the instance that counts, empty if none does.
  lease_session text NOT NULL DEFAULT '',  -- Of its process. A restart has another.
  lease_counter bigint NOT NULL DEFAULT 0,  -- Grows with commits and renewals: so others see that it lives.
  heartbeat timestamptz NOT NULL DEFAULT now()  -- When it last grew.
) WITH (fillfactor = 50);

-- Which table an aggregation counts into. Ties tables to their owners.
CREATE TABLE IF NOT EXISTS $S.aggregation (
  pipeline text COLLATE "C" NOT NULL REFERENCES $S.pipeline ON UPDATE CASCADE,  -- Name of the pipeline.
  aggregation text COLLATE "C" NOT NULL,  -- Its name in the configuration.
  fingerprint text NOT NULL,  -- Of its own part of the configuration.
  table_schema text NOT NULL,  -- Where the table is.
  table_name text NOT NULL,  -- What it is called.
  table_oid oid NOT NULL UNIQUE,  -- The table's identity. One made anew has another.
  counts_since jsonb NOT NULL DEFAULT '[]',  -- Per partition the offset that it counts from.
  created_at timestamptz NOT NULL DEFAULT now(),  -- When the row was written.
  PRIMARY KEY (pipeline, aggregation)
);

-- How far a partition is counted: the only truth about progress.
CREATE TABLE IF NOT EXISTS $S.checkpoint (
  pipeline text COLLATE "C" NOT NULL REFERENCES $S.pipeline ON UPDATE CASCADE,  -- Name of the pipeline.
  topic text COLLATE "C" NOT NULL,  -- Name of the topic.
  partition bigint NOT NULL,  -- Number of the partition.
  topic_id text NOT NULL,  -- Kafka's id of the topic. One made anew has another.
  next_offset numeric(39,0) NOT NULL,  -- The next to read. All below it are counted.
  leader_epoch integer NOT NULL DEFAULT -1,  -- Of the last record counted, -1 if not known.
  anchor_offset numeric(39,0),  -- The last record counted: tells whether the log was rewritten.
  anchor_time timestamptz,  -- Its Kafka timestamp.
  anchor_hash bigint,  -- Of its bytes.
  PRIMARY KEY (pipeline, topic, partition)
) WITH (fillfactor = 50);

-- The ledger: one row per batch that did something, kept for ledger.retention.
CREATE TABLE IF NOT EXISTS $S.batch (
  pipeline text COLLATE "C" NOT NULL REFERENCES $S.pipeline ON UPDATE CASCADE,  -- Name of the pipeline.
  sequence bigint NOT NULL,  -- Counted up from 1.
  id text NOT NULL,  -- Random: tells two batches of one number apart.
  fingerprint text NOT NULL,  -- Of the configuration that counted it.
  instance text NOT NULL,  -- The one that committed it.
  committed_at timestamptz NOT NULL DEFAULT now(),  -- By the database's clock.
  ranges jsonb NOT NULL,  -- Per partition the offsets read, and the topic's id.
  records_read bigint NOT NULL,  -- The sum of the next three.
  records_used bigint NOT NULL,  -- Offered to the aggregations.
  records_skipped bigint NOT NULL,  -- Not meant to count, as tombstones.
  records_rejected bigint NOT NULL,  -- Could not be used: dead letters.
  aggregations jsonb NOT NULL,  -- Per aggregation how many were folded, filtered and late.
  rows_written bigint NOT NULL,  -- Rows inserted or updated in tables of aggregates.
  digest bytea NOT NULL,  -- Of all that the batch contributed, for verify.
  min_event_time timestamptz,  -- The oldest event time.
  max_event_time timestamptz,  -- The newest event time.
  min_record_time timestamptz,  -- The oldest Kafka timestamp.
  max_record_time timestamptz,  -- The newest.
  lookups jsonb NOT NULL DEFAULT '[]',  -- Versions of lookups that it used.
  fold_ms double precision NOT NULL,  -- From its first record to its cut.
  wait_ms double precision NOT NULL,  -- From the cut to the writer.
  PRIMARY KEY (pipeline, sequence),
  CHECK (records_read = records_used + records_skipped + records_rejected)
);

-- Records that could not be used, and the reason. Kept for dead_letters.retention.
CREATE TABLE IF NOT EXISTS $S.dead_letter (
  pipeline text COLLATE "C" NOT NULL REFERENCES $S.pipeline ON UPDATE CASCADE,  -- Name of the pipeline.
  topic_id text NOT NULL,  -- Kafka's id of the topic.
  topic text COLLATE "C" NOT NULL,  -- Name of the topic.
  partition bigint NOT NULL,  -- Number of the partition.
  "offset" numeric(39,0) NOT NULL,  -- Offset of the record.
  aggregation text COLLATE "C" NOT NULL DEFAULT '',  -- The one that missed the record, empty if all did.
  reason text NOT NULL,  -- Of the reasons under errors.
  message text NOT NULL,  -- What was wrong, without the contents.
  record_time timestamptz NOT NULL,  -- Its Kafka timestamp.
  key bytea,  -- Its bytes, up to dead_letters.max_bytes.
  value bytea,  -- The same.
  headers jsonb NOT NULL DEFAULT '[]',  -- The same, in order.
  truncated boolean NOT NULL,  -- Whether some bytes were not kept.
  batch_sequence bigint NOT NULL,  -- Of the batch that rejected it.
  created_at timestamptz NOT NULL DEFAULT now(),  -- When the row was written.
  PRIMARY KEY (pipeline, topic_id, partition, "offset", aggregation)
);
CREATE INDEX IF NOT EXISTS dead_letter_created_at ON $S.dead_letter (pipeline, created_at);

-- Ranges of records that the topic no longer held.
CREATE TABLE IF NOT EXISTS $S.gap (
  pipeline text COLLATE "C" NOT NULL REFERENCES $S.pipeline ON UPDATE CASCADE,  -- Name of the pipeline.
  topic_id text NOT NULL,  -- Kafka's id of the topic.
  topic text COLLATE "C" NOT NULL,  -- Name of the topic.
  partition bigint NOT NULL,  -- Number of the partition.
  from_offset numeric(39,0) NOT NULL,  -- The first that was not counted.
  to_offset numeric(39,0),  -- The first behind them, null if nobody knows.
  cause text NOT NULL,  -- Of the causes under errors.
  batch_sequence bigint NOT NULL,  -- Of the batch that went on behind them.
  created_at timestamptz NOT NULL DEFAULT now(),  -- When the row was written.
  PRIMARY KEY (pipeline, topic_id, partition, from_offset, cause)
);

-- Contents of lookups that rows of the ledger name.
CREATE TABLE IF NOT EXISTS $S.lookup_version (
  pipeline text COLLATE "C" NOT NULL REFERENCES $S.pipeline ON UPDATE CASCADE,  -- Name of the pipeline.
  lookup text NOT NULL,  -- Its name in the configuration.
  content_hash text NOT NULL,  -- Of its contents.
  contents bytea NOT NULL,  -- Compressed.
  created_at timestamptz NOT NULL DEFAULT now(),  -- When the row was written.
  last_used timestamptz NOT NULL DEFAULT now(),  -- By a batch.
  PRIMARY KEY (pipeline, lookup, content_hash)
);

-- Version 2.
ALTER TABLE $S.pipeline
  ADD COLUMN IF NOT EXISTS orders_given bigint NOT NULL DEFAULT 0,  -- Commands so far.
  ADD COLUMN IF NOT EXISTS accept_gap boolean NOT NULL DEFAULT false,  -- resume --accept-gap: holds for the next commit.
  ADD COLUMN IF NOT EXISTS accept_topic boolean NOT NULL DEFAULT false;  -- resume --accept-topic: holds for the next commit.
ALTER TABLE $S.batch
  ADD COLUMN IF NOT EXISTS digests jsonb NOT NULL DEFAULT '{}',  -- Per aggregation, and of rejects.
  ADD COLUMN IF NOT EXISTS refused jsonb NOT NULL DEFAULT '[]',  -- Records that Postgres refused.
  ADD COLUMN IF NOT EXISTS retried jsonb;  -- The dead letter that was retried, if it was one.

-- Version 3.
ALTER TABLE $S.pipeline
  ADD COLUMN IF NOT EXISTS spec text NOT NULL DEFAULT '',  -- What the fingerprint is of, as text.
  ADD COLUMN IF NOT EXISTS revisions text[] NOT NULL DEFAULT '{}';  -- Configurations and programs that counted.
-- The instances that live. They refer to no pipeline's row: so they wait for nobody who has locked it.
CREATE TABLE IF NOT EXISTS $S.instance (
  pipeline text COLLATE "C" NOT NULL,  -- Name of the pipeline.
  session text COLLATE "C" NOT NULL,  -- Of the process.
  instance text NOT NULL,  -- Its name.
  state text NOT NULL,  -- Of the pipeline there, as tallymill_pipeline_state has it.
  version text NOT NULL,  -- Of the program.
  revision text NOT NULL,  -- Of configuration and program.
  asks boolean NOT NULL,  -- Whether it wants to be given the pipeline.
  counter bigint NOT NULL,  -- Grows while it lives.
  started_at timestamptz NOT NULL DEFAULT now(),  -- When it began.
  seen timestamptz NOT NULL DEFAULT now(),  -- When it last grew.
  PRIMARY KEY (pipeline, session)
) WITH (fillfactor = 50);

-- Version 4.
ALTER TABLE $S.pipeline
  ADD COLUMN IF NOT EXISTS started boolean NOT NULL DEFAULT false;  -- Whether it has looked for its topics.

-- Per pipeline how far and how fresh it is, in the snapshot of whoever asks.
CREATE OR REPLACE VIEW $S.status AS
SELECT p.pipeline,  -- Name of the pipeline.
       p.wanted_state,  -- running or paused.
       p.lease_instance AS instance,  -- The instance that counts.
       p.batch_sequence AS last_batch,  -- Number of the last batch committed.
       b.committed_at AS last_commit,  -- When that was.
       now() - b.committed_at AS since_last_commit,  -- How long ago.
       now() - p.heartbeat AS since_heartbeat,  -- How long ago the instance was last heard of.
       b.max_event_time AS newest_event,  -- The newest event time of that batch.
       b.max_record_time AS newest_record,  -- The newest Kafka timestamp of that batch.
       b.records_read AS last_batch_records,  -- Records of that batch.
       b.records_rejected AS last_batch_rejected,  -- Of them, dead letters.
       (SELECT count(*) FROM $S.dead_letter d WHERE d.pipeline = p.pipeline) AS dead_letters,  -- Kept now.
       (SELECT count(*) FROM $S.gap g WHERE g.pipeline = p.pipeline) AS gaps,  -- All there ever were.
       now() - b.max_record_time AS newest_record_age  -- How old the newest record is.
FROM $S.pipeline p
LEFT JOIN LATERAL (SELECT * FROM $S.batch l WHERE l.pipeline = p.pipeline
                   ORDER BY l.sequence DESC LIMIT 1) b ON true;
)sql";

void replace_all(std::string& text, std::string_view from, std::string_view to) {
  for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
}

}  // namespace

std::string create_schema_ddl(std::string_view schema) {
  return "CREATE SCHEMA IF NOT EXISTS " + quoted(schema) + ";\n";
}

std::string service_tables_ddl(std::string_view schema) {
  std::string text(ddl.substr(1));
  replace_all(text, "$S", quoted(schema));
  replace_all(text, "$V", std::to_string(schema_version));
  return text;
}

}  // namespace tallymill::postgres
