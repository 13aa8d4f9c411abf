#include "sink/postgres/service_schema.h"

#include "sink/postgres/identifiers.h"

namespace tallymill::postgres {
namespace {

// `$S` stands for the quoted schema, `$V` for its version. What later versions added stands behind
// the first one's tables, so that one text makes all and brings older ones up to date.
// Rows of pipeline and checkpoint are updated by every commit: the fill factor keeps those updates on
// their page.
constexpr std::string_view ddl = R"sql(
CREATE TABLE IF NOT EXISTS $S.schema_version (
  only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  version integer NOT NULL
);
INSERT INTO $S.schema_version (version) VALUES ($V)
  ON CONFLICT (only_row) DO UPDATE SET version = greatest(schema_version.version, EXCLUDED.version);

CREATE TABLE IF NOT EXISTS $S.pipeline (
  pipeline text COLLATE "C" PRIMARY KEY,
  fingerprint text NOT NULL,
  batch_sequence bigint NOT NULL DEFAULT 0,
  partitions integer NOT NULL DEFAULT 0,
  wanted_state text NOT NULL DEFAULT 'running' CHECK (wanted_state IN ('running', 'paused')),
  lease_instance text NOT NULL DEFAULT '',
  lease_session text NOT NULL DEFAULT '',
  lease_counter bigint NOT NULL DEFAULT 0,
  heartbeat timestamptz NOT NULL DEFAULT now()
) WITH (fillfactor = 50);

CREATE TABLE IF NOT EXISTS $S.aggregation (
  pipeline text COLLATE "C" NOT NULL REFERENCES $S.pipeline ON UPDATE CASCADE,
  aggregation text COLLATE "C" NOT NULL,
  fingerprint text NOT NULL,
  table_schema text NOT NULL,
  table_name text NOT NULL,
  table_oid oid NOT NULL UNIQUE,
  counts_since jsonb NOT NULL DEFAULT '[]',
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (pipeline, aggregation)
);

CREATE TABLE IF NOT EXISTS $S.checkpoint (
  pipeline text COLLATE "C" NOT NULL REFERENCES $S.pipeline ON UPDATE CASCADE,
  topic text COLLATE "C" NOT NULL,
  partition bigint NOT NULL,
  topic_id text NOT NULL,
  next_offset numeric(39,0) NOT NULL,
  leader_epoch integer NOT NULL DEFAULT -1,
  anchor_offset numeric(39,0),
  anchor_time timestamptz,
  anchor_hash bigint,
  PRIMARY KEY (pipeline, topic, partition)
) WITH (fillfactor = 50);

CREATE TABLE IF NOT EXISTS $S.batch (
  pipeline text COLLATE "C" NOT NULL REFERENCES $S.pipeline ON UPDATE CASCADE,
  sequence bigint NOT NULL,
  id text NOT NULL,
  fingerprint text NOT NULL,
  instance text NOT NULL,
  committed_at timestamptz NOT NULL DEFAULT now(),
  ranges jsonb NOT NULL,
  records_read bigint NOT NULL,
  records_used bigint NOT NULL,
  records_skipped bigint NOT NULL,
  records_rejected bigint NOT NULL,
  aggregations jsonb NOT NULL,
  rows_written bigint NOT NULL,
  digest bytea NOT NULL,
  min_event_time timestamptz,
  max_event_time timestamptz,
  min_record_time timestamptz,
  max_record_time timestamptz,
  lookups jsonb NOT NULL DEFAULT '[]',
  fold_ms double precision NOT NULL,
  wait_ms double precision NOT NULL,
  PRIMARY KEY (pipeline, sequence),
  CHECK (records_read = records_used + records_skipped + records_rejected)
);

CREATE TABLE IF NOT EXISTS $S.dead_letter (
  pipeline text COLLATE "C" NOT NULL REFERENCES $S.pipeline ON UPDATE CASCADE,
  topic_id text NOT NULL,
  topic text COLLATE "C" NOT NULL,
  partition bigint NOT NULL,
  "offset" numeric(39,0) NOT NULL,
  aggregation text COLLATE "C" NOT NULL DEFAULT '',
  reason text NOT NULL,
  message text NOT NULL,
  record_time timestamptz NOT NULL,
  key bytea,
  value bytea,
  headers jsonb NOT NULL DEFAULT '[]',
  truncated boolean NOT NULL,
  batch_sequence bigint NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (pipeline, topic_id, partition, "offset", aggregation)
);
CREATE INDEX IF NOT EXISTS dead_letter_created_at ON $S.dead_letter (pipeline, created_at);

CREATE TABLE IF NOT EXISTS $S.gap (
  pipeline text COLLATE "C" NOT NULL REFERENCES $S.pipeline ON UPDATE CASCADE,
  topic_id text NOT NULL,
  topic text COLLATE "C" NOT NULL,
  partition bigint NOT NULL,
  from_offset numeric(39,0) NOT NULL,
  to_offset numeric(39,0),
  cause text NOT NULL,
  batch_sequence bigint NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (pipeline, topic_id, partition, from_offset, cause)
);

CREATE TABLE IF NOT EXISTS $S.lookup_version (
  pipeline text COLLATE "C" NOT NULL REFERENCES $S.pipeline ON UPDATE CASCADE,
  lookup text NOT NULL,
  content_hash text NOT NULL,
  contents bytea NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  last_used timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (pipeline, lookup, content_hash)
);

-- Version 2.
ALTER TABLE $S.pipeline
  ADD COLUMN IF NOT EXISTS orders_given bigint NOT NULL DEFAULT 0,
  ADD COLUMN IF NOT EXISTS accept_gap boolean NOT NULL DEFAULT false,
  ADD COLUMN IF NOT EXISTS accept_topic boolean NOT NULL DEFAULT false;
ALTER TABLE $S.batch
  ADD COLUMN IF NOT EXISTS digests jsonb NOT NULL DEFAULT '{}',
  ADD COLUMN IF NOT EXISTS refused jsonb NOT NULL DEFAULT '[]',
  ADD COLUMN IF NOT EXISTS retried jsonb;

-- Version 3. An instance refers to no pipeline's row: it waits for nobody who has locked that.
ALTER TABLE $S.pipeline
  ADD COLUMN IF NOT EXISTS spec text NOT NULL DEFAULT '',
  ADD COLUMN IF NOT EXISTS revisions text[] NOT NULL DEFAULT '{}';
CREATE TABLE IF NOT EXISTS $S.instance (
  pipeline text COLLATE "C" NOT NULL,
  session text COLLATE "C" NOT NULL,
  instance text NOT NULL,
  state text NOT NULL,
  version text NOT NULL,
  revision text NOT NULL,
  asks boolean NOT NULL,
  counter bigint NOT NULL,
  started_at timestamptz NOT NULL DEFAULT now(),
  seen timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (pipeline, session)
) WITH (fillfactor = 50);

CREATE OR REPLACE VIEW $S.status AS
SELECT p.pipeline, p.wanted_state, p.lease_instance AS instance,
       p.batch_sequence AS last_batch, b.committed_at AS last_commit,
       now() - b.committed_at AS since_last_commit, now() - p.heartbeat AS since_heartbeat,
       b.max_event_time AS newest_event, b.max_record_time AS newest_record,
       b.records_read AS last_batch_records, b.records_rejected AS last_batch_rejected,
       (SELECT count(*) FROM $S.dead_letter d WHERE d.pipeline = p.pipeline) AS dead_letters,
       (SELECT count(*) FROM $S.gap g WHERE g.pipeline = p.pipeline) AS gaps,
       now() - b.max_record_time AS newest_record_age
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
