#include "sink/postgres/status_reader.h"

#include <cstdlib>
#include <string>
#include <utility>

#include "sink/postgres/connection.h"
#include "sink/postgres/identifiers.h"
#include "sink/postgres/postgres_presence.h"
#include "sink/postgres/timestamps.h"

namespace tallymill::postgres {
namespace {

constexpr Duration patience = std::chrono::seconds(10);
constexpr const char* batches_shown = "3";

PipelineReport& report_of(StatusReport& report, const std::string& name) {
  for (PipelineReport& pipeline : report.pipelines) {
    if (pipeline.name == name) return pipeline;
  }
  // An instance that has not got as far as the pipeline's row.
  report.pipelines.emplace_back();
  report.pipelines.back().name = name;
  report.pipelines.back().wanted = "running";
  return report.pipelines.back();
}

class Reading {
 public:
  Reading(Connection& connection, const std::string& schema)
      : connection_(connection), schema_(schema) {}

  Result<StatusReport> all() {
    // One snapshot for all that is read.
    TRY(connection_.query("BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY", Params(), patience));
    TRY_ASSIGN(const bool is_there, begin());
    if (is_there) {
      TRY(pipelines());
      TRY(batches());
      TRY(instances());
      TRY(checkpoints());
    }
    TRY(connection_.query("COMMIT", Params(), patience));
    return std::move(report_);
  }

 private:
  [[nodiscard]] std::string table(const char* name) const { return qualified(schema_, name); }
  Result<QueryResult> ask(const std::string& sql) {
    return connection_.query(sql, Params(), patience);
  }

  // Returns whether the schema is there: before the first start it is not.
  Result<bool> begin() {
    TRY_ASSIGN(const QueryResult at,
               connection_.query("SELECT " + microseconds_sql("now()") + ", to_regclass($1) IS NOT NULL",
                                 Params().text(table("pipeline")), patience));
    report_.at = Timestamp(at.number(0, 0));
    return at.flag(0, 1);
  }

  Result<void> pipelines() {
    TRY_ASSIGN(const QueryResult rows,
               ask("SELECT pipeline, wanted_state, instance, last_batch, " +
                   microseconds_sql("last_commit") + ", (extract(epoch FROM since_last_commit) * "
                   "1000)::bigint, dead_letters, gaps FROM " + table("status") + " ORDER BY pipeline"));
    for (int i = 0; i < rows.rows(); ++i) {
      PipelineReport& pipeline = report_.pipelines.emplace_back();
      pipeline.name = rows.text(i, 0);
      pipeline.wanted = rows.text(i, 1);
      pipeline.instance = rows.text(i, 2);
      pipeline.last_batch = rows.number(i, 3);
      if (!rows.null(i, 4)) {
        pipeline.last_commit = Timestamp(rows.number(i, 4));
        pipeline.since_last_commit = std::chrono::milliseconds(rows.number(i, 5));
      }
      pipeline.dead_letters = rows.number(i, 6);
      pipeline.gaps = rows.number(i, 7);
    }
    return {};
  }

  Result<void> batches() {
    TRY_ASSIGN(const QueryResult rows,
               ask("SELECT p.pipeline, b.sequence, b.id, " + microseconds_sql("b.committed_at") +
                   ", b.records_read, b.records_used, b.records_skipped, b.records_rejected, "
                   "b.rows_written, b.fold_ms, b.wait_ms FROM " + table("pipeline") +
                   " p, LATERAL (SELECT * FROM " + table("batch") + " l WHERE l.pipeline = "
                   "p.pipeline ORDER BY l.sequence DESC LIMIT " + batches_shown +
                   ") b ORDER BY p.pipeline, b.sequence DESC"));
    const auto real = [&rows](int row, int column) {
      return std::strtod(rows.text(row, column).c_str(), nullptr);
    };
    for (int i = 0; i < rows.rows(); ++i) {
      report_of(report_, rows.text(i, 0))
          .batches.push_back({rows.number(i, 1), rows.text(i, 2), Timestamp(rows.number(i, 3)),
                              rows.number(i, 4), rows.number(i, 5), rows.number(i, 6),
                              rows.number(i, 7), rows.number(i, 8), real(i, 9), real(i, 10)});
    }
    return {};
  }

  Result<void> instances() {
    TRY_ASSIGN(const QueryResult rows,
               ask("SELECT i.pipeline, i.instance, i.state, i.version, coalesce(i.session = "
                   "p.lease_session, false), (extract(epoch FROM now() - i.seen) * 1000)::bigint, "
                   "h.revision = i.revision FROM " + table("instance") + " i LEFT JOIN " +
                   table("pipeline") + " p USING (pipeline) LEFT JOIN " + table("instance") +
                   " h ON h.pipeline = i.pipeline AND h.session = p.lease_session WHERE i.seen > "
                   "now() - " + remembered + " ORDER BY 1, 5 DESC, i.started_at"));
    for (int i = 0; i < rows.rows(); ++i) {
      InstanceReport instance;
      instance.instance = rows.text(i, 1);
      instance.state = rows.text(i, 2);
      instance.version = rows.text(i, 3);
      instance.holds_lease = rows.flag(i, 4);
      instance.seen_ago = std::chrono::milliseconds(rows.number(i, 5));
      if (!rows.null(i, 6)) instance.same_revision = rows.flag(i, 6);
      report_of(report_, rows.text(i, 0)).instances.push_back(std::move(instance));
    }
    return {};
  }

  Result<void> checkpoints() {
    TRY_ASSIGN(const QueryResult rows,
               ask("SELECT pipeline, topic, partition, next_offset FROM " + table("checkpoint") +
                   " ORDER BY pipeline, topic, partition"));
    for (int i = 0; i < rows.rows(); ++i) {
      report_of(report_, rows.text(i, 0))
          .checkpoints.push_back({rows.text(i, 1), rows.number(i, 2), rows.text(i, 3)});
    }
    return {};
  }

  Connection& connection_;
  const std::string& schema_;
  StatusReport report_;
};

}  // namespace

StatusReader::StatusReader(const PostgresSpec& spec, SecretResolver secrets)
    : spec_(spec), secrets_(std::move(secrets)) {}

StatusReader::~StatusReader() = default;

Result<StatusReport> StatusReader::look() {
  auto report = read();
  if (!report.ok()) connection_.reset();
  return report;
}

Result<StatusReport> StatusReader::read() {
  if (!connection_ || !connection_->still_there()) {
    TRY_ASSIGN(connection_, Connection::open(spec_, secrets_));
  }
  return Reading(*connection_, spec_.schema).all();
}

}  // namespace tallymill::postgres
