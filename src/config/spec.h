#pragma once

// The configuration, typed and complete: every default filled in, every expression parsed, typed
// and bound. Made by config/load.h only; read-only afterwards, shared between threads.

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/log.h"
#include "base/secret.h"
#include "config/problem.h"
#include "config/topic_pattern.h"
#include "expression/ast.h"
#include "expression/program.h"
#include "model/aggregate_signature.h"
#include "model/field.h"
#include "model/table_plan.h"
#include "model/timestamp.h"

namespace tallymill {

// A secret's origin; read again at each connect, so that it can be rotated.
struct SecretSource {
  struct Literal { Secret value; };                     // From `${VAR}` or written out.
  struct File { std::string path; };                    // {file: /run/secrets/pg}
  struct Command { std::vector<std::string> argv; };    // {command: [pass, show, pg]}
  std::variant<Literal, File, Command> from;
};

enum class OnError : std::uint8_t { dead_letter, skip, stop };
enum class OnDataLoss : std::uint8_t { stop, record_gap };
enum class Late : std::uint8_t { accept, drop, dead_letter };
enum class Isolation : std::uint8_t { read_committed, read_uncommitted };
enum class DeadLetterPayload : std::uint8_t { full, none };
enum class DdlPolicy : std::uint8_t { apply, check };

struct StartAt {
  enum class Kind : std::uint8_t { earliest, latest, timestamp, ago };
  Kind kind = Kind::earliest;
  Timestamp timestamp{};          // Kind::timestamp
  std::chrono::seconds ago{};     // Kind::ago
};

struct KafkaSpec {
  std::string brokers;
  std::map<std::string, SecretSource> options;  // Passed to librdkafka as they are.
  std::chrono::milliseconds metadata_refresh{30000};  // New partitions are found within this.
  std::chrono::milliseconds watchdog{60000};  // No progress for so long while behind: an error.
};

struct PostgresSpec {
  SecretSource dsn;
  std::optional<SecretSource> password;
  std::string schema = "tallymill";
  DdlPolicy ddl = DdlPolicy::apply;
  std::vector<std::string> readers;  // Roles that get SELECT on the tables.
  std::chrono::milliseconds connect_timeout{5000};
  std::chrono::milliseconds statement_timeout{30000};
  std::chrono::milliseconds lock_timeout{5000};
  std::chrono::milliseconds commit_timeout{10000};
};

struct HttpSpec {
  std::string address = "127.0.0.1";
  std::uint16_t port = 9108;
  bool enabled = true;
  bool dead_letter_samples = false;  // Payload on the status page.
};

struct LogSpec {
  LogLevel level = LogLevel::info;
  LogFormat format = LogFormat::text;
};

struct DeadLetterSpec {
  std::int64_t max_bytes = 1 << 20;
  DeadLetterPayload payload = DeadLetterPayload::full;
  std::chrono::seconds retention{30 * 24 * 3600};
};

struct SourceSpec {
  std::vector<std::string> topics;           // By name.
  std::vector<TopicPattern> topic_patterns;  // Besides, those there are and those that come.
  StartAt start;
  Isolation isolation = Isolation::read_committed;
  std::string group_id;  // For lag tools only.

  // Whether it reads a topic of that name, if there is one.
  [[nodiscard]] bool reads(std::string_view topic) const;
  // What a record is said to be of that comes from no topic: from a file, or a test case that names
  // none. A pattern, where there are only patterns.
  [[nodiscard]] const std::string& first_topic() const;
};

// When an event happened: a field, or the record's own Kafka timestamp if there is none.
struct EventTimeSpec {
  std::optional<FieldIndex> field;
};

// A table in Postgres, or what reads like one.
struct TableName {
  std::string schema;
  std::string table;

  [[nodiscard]] std::string str() const { return schema + "." + table; }
  bool operator==(const TableName&) const = default;
};

struct LookupSpec {
  enum class Format : std::uint8_t { csv, ndjson };
  std::string name;
  std::string file;  // Relative to the configuration file's folder, made absolute.
  Format format = Format::csv;
  // Where it comes from unless there is a file: that stands in for it where a command is told so.
  std::optional<TableName> table;
  std::chrono::milliseconds refresh{60000};  // Between two reads of the table.
  std::string key;
  expression::OnMiss on_miss = expression::OnMiss::dead_letter;
  std::vector<std::string> columns;  // Those that expressions ask for.
  Place place;

  [[nodiscard]] bool reads_table() const { return table && file.empty(); }
};

struct DeriveSpec {
  std::string name;
  expression::NodePtr tree;
};

struct GroupKeySpec {
  std::string name;
  expression::NodePtr tree;
  Type type = Type::string;
  bool nullable = false;
};

struct ColumnSpec {
  std::string name;
  // Null: the column is a formula over others, found in the plan's generated columns.
  const AggregateSignature* aggregate = nullptr;
  expression::NodePtr argument;  // Null for count().
  Type argument_type = Type::missing;
  AggregateShape shape;
};

struct AggregationSpec {
  std::string name;
  expression::NodePtr where;  // Null: every record.
  std::optional<std::chrono::milliseconds> window;  // Tumbling; nothing: no window.
  std::vector<GroupKeySpec> group_by;
  std::vector<ColumnSpec> columns;  // Aggregates only, in the order of their parts in the plan.
  Late late = Late::accept;
  std::chrono::milliseconds late_after{};  // Older than the record's Kafka timestamp by this: late.
  TablePlan plan;
  std::string fingerprint;  // Hexadecimal; only of what changes counted values.
  Place place;
};

struct PipelineSpec {
  std::string name;
  std::optional<std::string> renamed_from;
  SourceSpec source;
  std::vector<Field> fields;
  EventTimeSpec event_time;
  std::chrono::milliseconds interval{5000};
  std::int64_t max_events = 0;  // 0: no limit.
  std::vector<LookupSpec> lookups;
  std::vector<DeriveSpec> derives;
  std::vector<AggregationSpec> aggregations;
  std::optional<std::chrono::milliseconds> max_future;
  OnError on_error = OnError::dead_letter;
  OnDataLoss on_data_loss = OnDataLoss::stop;
  double max_dead_letter_ratio = 1.0;  // Over the last 10,000 records.
  DeadLetterSpec dead_letters;
  std::chrono::seconds ledger_retention{7 * 24 * 3600};
  std::string fingerprint;  // Hexadecimal, of what changes counted values in any aggregation.
  bool shadow = false;      // Of a replay, never of a configuration: what it has counted does not grow.
  Place place;
};

struct Spec {
  std::string instance;  // Name of this process among several; the host's name by default.
  std::chrono::milliseconds takeover{3000};  // A standby counts within this of a death.
  KafkaSpec kafka;
  PostgresSpec postgres;
  HttpSpec http;
  LogSpec log;
  std::int64_t memory_limit = std::int64_t{512} << 20;  // Bytes, for the whole process.
  int workers = 0;  // Fold threads per pipeline; 0: one per core, at most one per partition.
  std::vector<PipelineSpec> pipelines;
};

}  // namespace tallymill
