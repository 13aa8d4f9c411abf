#include "sink/postgres/write_rows.h"

#include <vector>

#include "sink/postgres/encode.h"
#include "sink/postgres/target_table.h"

namespace tallymill::postgres {
namespace {

// A slice is one statement: large enough that the round trip does not count, small enough that its
// arrays stay within a few megabytes here and in libpq's buffer.
constexpr std::size_t slice_rows = 5000;
constexpr std::size_t slice_bytes = std::size_t{4} << 20;

// One array per column of the plan.
class Slice {
 public:
  explicit Slice(const TablePlan& plan) : key_count_(plan.key.empty() ? 1 : plan.key.size()) {
    for (const KeyColumn& key : plan.key) columns_.emplace_back(key.type);
    if (plan.key.empty()) columns_.emplace_back(SqlType::boolean);
    for (const PartColumn& part : plan.parts) columns_.emplace_back(part.type);
  }

  // Adds a row's keys and, where given, its parts.
  Result<void> add(std::span<const Value> keys, std::span<const Value> parts) {
    std::size_t column = 0;
    if (keys.empty()) TRY(columns_[column++].add(Value::of(true)));
    for (const Value& key : keys) TRY(columns_[column++].add(key));
    for (const Value& part : parts) TRY(columns_[column++].add(part));
    ++rows_;
    return {};
  }

  [[nodiscard]] bool empty() const { return rows_ == 0; }
  [[nodiscard]] bool full() const {
    std::size_t bytes = 0;
    for (const ArrayEncoder& column : columns_) bytes += column.bytes();
    return rows_ >= slice_rows || bytes >= slice_bytes;
  }

  [[nodiscard]] Params take_keys() { return take(key_count_); }
  [[nodiscard]] Params take_all() { return take(columns_.size()); }

 private:
  Params take(std::size_t count) {
    Params params;
    for (std::size_t i = 0; i < count; ++i) {
      const Oid type = columns_[i].array_oid();
      params.binary(type, columns_[i].take());
    }
    rows_ = 0;
    return params;
  }

  std::vector<ArrayEncoder> columns_;
  std::size_t key_count_;
  std::size_t rows_ = 0;
};

Value stored_value(const QueryResult& result, int row, int column, SqlType type,
                   std::vector<std::string>& texts) {
  if (result.null(row, column)) return Value::null();
  switch (type) {
    case SqlType::bigint: return Value::of(result.number(row, column));
    case SqlType::boolean: return Value::of(result.flag(row, column));
    case SqlType::timestamptz: return Value::of(Timestamp(result.number(row, column)));
    case SqlType::double_precision:
      return Value::of(std::strtod(result.text(row, column).c_str(), nullptr));
    case SqlType::numeric: {
      const auto number = Decimal::parse(result.text(row, column));
      return number ? Value::of(*number) : Value::null();
    }
    case SqlType::text:
    case SqlType::jsonb:
    case SqlType::bytea: break;
  }
  texts.push_back(result.text(row, column));
  return Value::of(std::string_view(texts.back()));
}

class Writer {
 public:
  Writer(const Session& session, Connection& connection, const TablePlan& plan, const Rows& rows)
      : session_(session),
        connection_(connection),
        plan_(plan),
        rows_(rows),
        upsert_(upsert_sql(plan)),
        slice_(plan) {}

  Result<std::int64_t> merge_in_sql() {
    for (std::size_t row = 0; row < rows_.size(); ++row) {
      rows_.read(row, cells_);
      TRY(slice_.add(keys(), std::span(cells_).subspan(plan_.key.size())));
      if (slice_.full()) TRY(flush());
    }
    TRY(flush());
    return written_;
  }

  // Lock, read, merge, write: a slice's keys first, then the merged rows by the same upsert.
  Result<std::int64_t> merge_in_cpp() {
    for (std::size_t first = 0; first < rows_.size();) {
      std::size_t end = first;
      for (; end < rows_.size() && !slice_.full(); ++end) {
        rows_.read(end, cells_);
        TRY(slice_.add(keys(), {}));
      }
      TRY(merge_slice(first, end));
      first = end;
    }
    return written_;
  }

 private:
  [[nodiscard]] std::span<const Value> keys() const {
    return std::span(cells_).first(plan_.key.size());
  }

  Result<void> flush() {
    if (slice_.empty()) return {};
    TRY_ASSIGN(const QueryResult done,
               connection_.query(upsert_, slice_.take_all(), session_.statement_timeout()));
    written_ += done.changed();
    return {};
  }

  Result<void> merge_slice(std::size_t first, std::size_t end) {
    const Params all_keys = slice_.take_keys();
    TRY(connection_.query(insert_missing_sql(plan_), all_keys, session_.statement_timeout()));
    TRY_ASSIGN(const QueryResult stored,
               connection_.query(lock_rows_sql(plan_), all_keys, session_.statement_timeout()));
    if (static_cast<std::size_t>(stored.rows()) != end - first) {
      return Error(Reaction::retry, "40001", "rows changed between inserting and locking them");
    }
    for (std::size_t row = first; row < end; ++row) {
      std::vector<std::string> texts;
      texts.reserve(plan_.parts.size());  // Values point into them.
      std::vector<Value> values;
      for (std::size_t part = 0; part < plan_.parts.size(); ++part) {
        values.push_back(stored_value(stored, static_cast<int>(row - first),
                                      static_cast<int>(part), plan_.parts[part].type, texts));
      }
      std::vector<Value> merged;
      TRY(rows_.merge_stored(row, values, merged));
      rows_.read(row, cells_);
      TRY(slice_.add(keys(), merged));
    }
    return flush();
  }

  const Session& session_;
  Connection& connection_;
  const TablePlan& plan_;
  const Rows& rows_;
  const std::string upsert_;
  Slice slice_;
  std::vector<Value> cells_;
  std::int64_t written_ = 0;
};

}  // namespace

Result<std::int64_t> write_rows(const Session& session, Connection& connection,
                                const TablePlan& plan, const Rows& rows) {
  Writer writer(session, connection, plan, rows);
  auto written = plan.merges_in_cpp() ? writer.merge_in_cpp() : writer.merge_in_sql();
  if (written.ok()) return written;
  return written.error().within("upserting " + std::to_string(rows.size()) + " rows of " +
                                plan.schema + "." + plan.table);
}

}  // namespace tallymill::postgres
