#include "sink/postgres/write_rows.h"

#include <algorithm>
#include <span>
#include <utility>
#include <vector>

#include "sink/postgres/encode.h"
#include "sink/postgres/target_table.h"

namespace tallymill::postgres {
namespace {

// A slice is one statement: large enough that the round trip does not count, small enough that its
// arrays stay within a few megabytes here and in libpq's buffer.
constexpr std::size_t slice_rows = 5000;
constexpr std::size_t slice_bytes = std::size_t{4} << 20;
// Where stored rows are read back: as many rows as hold this much, judged by the largest so far.
constexpr std::size_t claim_bytes = std::size_t{2} << 20;
constexpr std::size_t first_claim_rows = 200;
constexpr std::size_t fewest_claim_rows = 8;

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

// A stored part as a Value; strings point into `texts`. Nothing if it has no Value of its kind: a
// numeric of more digits than any that this process writes.
std::optional<Value> stored_value(const QueryResult& result, int row, int column, SqlType type,
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
      return number ? std::optional(Value::of(*number)) : std::nullopt;
    }
    case SqlType::bytea:
      texts.push_back(result.bytes(row, column));
      return Value::bytes(texts.back());
    case SqlType::text:
    case SqlType::jsonb: break;
  }
  texts.push_back(result.text(row, column));
  return Value::of(std::string_view(texts.back()));
}

std::size_t text_bytes(const std::vector<Value>& values) {
  std::size_t bytes = 0;
  for (const Value& value : values) {
    if (value.type() == Type::string) bytes += value.string().size();
  }
  return bytes;
}

std::string shown(const Value& value) {
  switch (value.type()) {
    case Type::boolean: return value.boolean() ? "true" : "false";
    case Type::int64: return std::to_string(value.int64());
    case Type::decimal: return value.decimal().str();
    case Type::timestamp: return to_string(value.timestamp());
    case Type::string: return std::string(value.string());
    default: return "null";
  }
}

std::string shown_key(std::span<const Value> keys) {
  std::string text;
  for (const Value& key : keys) text += (text.empty() ? "" : ", ") + shown(key);
  return "(" + text + ")";
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

  // While the server merges a slice, the next one is encoded.
  Result<std::int64_t> merge_in_sql() {
    const auto encoded = for_each_slice([this](const Params& all) -> Result<void> {
      TRY(end_upsert());
      return begin_upsert(all);
    });
    // Before anything else is asked of the connection, the answer under way is taken.
    TRY(end_upsert());
    TRY(encoded);
    return written_;
  }

  // Lock, read, merge, write: a slice's keys first, then the merged rows by the same upsert.
  Result<std::int64_t> merge_in_cpp() {
    std::size_t most_rows = first_claim_rows;
    for (std::size_t first = 0; first < rows_.size();) {
      std::size_t end = first;
      for (; end < rows_.size() && end - first < most_rows && !slice_.full(); ++end) {
        rows_.read(end, cells_);
        TRY(slice_.add(keys(), {}));
      }
      TRY(merge_slice(first, end));
      first = end;
      most_rows = std::clamp(claim_bytes / std::max<std::size_t>(largest_row_, 1), fewest_claim_rows,
                             slice_rows);
    }
    return written_;
  }

  Result<std::optional<std::string>> find_overflow() {
    std::optional<std::string> found;
    const std::string sql = find_overflow_sql(plan_);
    TRY(for_each_slice([&](const Params& all) -> Result<void> {
      if (found) return {};
      TRY_ASSIGN(const QueryResult rows, connection_.query(sql, all, session_.statement_timeout()));
      if (rows.rows() > 0) {
        found = "column " + rows.text(0, 1) + " of the row with key (" + rows.text(0, 0) + ")";
      }
      return {};
    }));
    return found;
  }

 private:
  [[nodiscard]] std::span<const Value> keys() const {
    return std::span(cells_).first(plan_.key.size());
  }

  // Hands the batch's own rows to `work`, a slice at a time.
  template <class Work>
  Result<void> for_each_slice(const Work& work) {
    for (std::size_t row = 0; row < rows_.size(); ++row) {
      rows_.read(row, cells_);
      TRY(slice_.add(keys(), std::span(cells_).subspan(plan_.key.size())));
      if (slice_.full() || row + 1 == rows_.size()) TRY(work(slice_.take_all()));
    }
    return {};
  }

  Result<void> begin_upsert(const Params& all) {
    TRY(connection_.send(upsert_, all, session_.statement_timeout()));
    under_way_ = true;
    return {};
  }

  // Does nothing where none is under way.
  Result<void> end_upsert() {
    if (!std::exchange(under_way_, false)) return {};
    TRY_ASSIGN(const QueryResult done, connection_.receive());
    written_ += done.changed();
    return connection_.pass("tx.upsert_mid");
  }

  Result<void> merge_slice(std::size_t first, std::size_t end) {
    TRY_ASSIGN(const QueryResult stored,
               connection_.query(claim_rows_sql(plan_), slice_.take_keys(),
                                 session_.statement_timeout()));
    // Fewer: a trigger let rows fall. What is left cannot be told apart.
    if (static_cast<std::size_t>(stored.rows()) != end - first) {
      return Error(Reaction::stop, "rows_missing",
                   "the table did not take all rows; it must have no trigger or rule that leaves "
                   "rows out");
    }
    std::vector<std::string> texts;
    texts.reserve(plan_.parts.size());  // Values point into them.
    for (std::size_t row = first; row < end; ++row) {
      rows_.read(row, cells_);
      texts.clear();
      TRY(merge_row(row, stored, static_cast<int>(row - first), texts));
      largest_row_ = std::max(largest_row_, text_bytes(stored_) + text_bytes(merged_));
    }
    TRY(begin_upsert(slice_.take_all()));
    return end_upsert();
  }

  Result<void> merge_row(std::size_t row, const QueryResult& result, int at,
                         std::vector<std::string>& texts) {
    stored_.clear();
    for (std::size_t i = 0; i < plan_.parts.size(); ++i) {
      const PartColumn& part = plan_.parts[i];
      const auto value = stored_value(result, at, static_cast<int>(i), part.type, texts);
      if (!value && part.merge == Merge::joint) {
        return refused("column " + part.name + " holds a value that is not of its making");
      }
      stored_.push_back(value.value_or(Value::null()));
    }
    if (auto merged = rows_.merge_stored(row, stored_, merged_); !merged.ok()) {
      return refused(merged.error().message());
    }
    return slice_.add(keys(), merged_);
  }

  [[nodiscard]] Error refused(const std::string& why) const {
    return {Reaction::stop, refused_merge_code,
            "merging into the row with key " + shown_key(keys()) + ": " + why};
  }

  const Session& session_;
  Connection& connection_;
  const TablePlan& plan_;
  const Rows& rows_;
  const std::string upsert_;
  Slice slice_;
  std::vector<Value> cells_;   // Of the row at hand: keys, then the batch's own parts.
  std::vector<Value> stored_;
  std::vector<Value> merged_;
  std::size_t largest_row_ = 1;  // Texts of a stored row and of what it is merged into.
  bool under_way_ = false;  // An upsert was sent whose answer is not read.
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

Result<std::optional<std::string>> find_overflow(const Session& session, Connection& connection,
                                                 const TablePlan& plan, const Rows& rows) {
  return Writer(session, connection, plan, rows).find_overflow();
}

}  // namespace tallymill::postgres
