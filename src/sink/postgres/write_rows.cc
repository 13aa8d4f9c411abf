#include "sink/postgres/write_rows.h"

#include <algorithm>
#include <span>
#include <utility>
#include <vector>

#include "base/counted.h"
#include "model/value_text.h"
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

  [[nodiscard]] std::size_t rows() const { return rows_; }
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

std::string shown_key(std::span<const Value> keys) {
  std::string text;
  for (const Value& key : keys) text += (text.empty() ? "" : ", ") + text_of(key);
  return "(" + text + ")";
}

// Fewer than were sent: a trigger let rows fall. What is left cannot be told apart.
Result<void> check_all_taken(std::int64_t taken, std::size_t sent) {
  if (taken == static_cast<std::int64_t>(sent)) return {};
  return Error(Reaction::stop, "rows_missing",
               "the table did not take all rows; it must have no trigger or rule that leaves rows out");
}

class Writer {
 public:
  Writer(Statements& statements, const TablePlan& plan, const Rows& rows)
      : statements_(statements), plan_(plan), rows_(rows), upsert_(upsert_sql(plan)), slice_(plan) {}

  // While the server merges a slice, the next one is encoded.
  Result<void> merge_in_sql() {
    return for_each_slice([this] { return send_upsert(); });
  }

  // Lock, read, merge, write: a slice's keys first, then the merged rows by the same upsert.
  Result<void> merge_in_cpp() {
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
    return {};
  }

  Result<std::optional<std::string>> find_overflow() {
    std::optional<std::string> found;
    const std::string sql = find_overflow_sql(plan_);
    TRY(for_each_slice([&]() -> Result<void> {
      const Params all = slice_.take_all();
      if (found) return {};
      TRY_ASSIGN(const QueryResult rows, statements_.query(sql, all));
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

  // Fills the slice with the batch's own rows, again and again, and has each taken by `work`.
  template <class Work>
  Result<void> for_each_slice(const Work& work) {
    for (std::size_t row = 0; row < rows_.size(); ++row) {
      rows_.read(row, cells_);
      TRY(slice_.add(keys(), std::span(cells_).subspan(plan_.key.size())));
      if (slice_.full() || row + 1 == rows_.size()) TRY(work());
    }
    return {};
  }

  Result<void> send_upsert() {
    // Answered when this writer may be gone.
    const auto check = [rows = slice_.rows(), &connection = statements_.connection()](
                           const QueryResult& done) -> Result<void> {
      TRY(check_all_taken(done.changed(), rows));
      return connection.pass("tx.upsert_mid");
    };
    return statements_.send(upsert_, slice_.take_all(), check);
  }

  Result<void> merge_slice(std::size_t first, std::size_t end) {
    TRY_ASSIGN(const QueryResult stored, statements_.query(claim_rows_sql(plan_), slice_.take_keys()));
    TRY(check_all_taken(stored.rows(), end - first));
    std::vector<std::string> texts;
    texts.reserve(plan_.parts.size());  // Values point into them.
    for (std::size_t row = first; row < end; ++row) {
      rows_.read(row, cells_);
      texts.clear();
      TRY(merge_row(row, stored, static_cast<int>(row - first), texts));
      largest_row_ = std::max(largest_row_, text_bytes(stored_) + text_bytes(merged_));
    }
    return send_upsert();
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

  Statements& statements_;
  const TablePlan& plan_;
  const Rows& rows_;
  const std::string upsert_;
  Slice slice_;
  std::vector<Value> cells_;   // Of the row at hand: keys, then the batch's own parts.
  std::vector<Value> stored_;
  std::vector<Value> merged_;
  std::size_t largest_row_ = 1;  // Texts of a stored row and of what it is merged into.
};

}  // namespace

Result<void> write_rows(const Session& session, Statements& statements, const Batch& batch) {
  for (std::size_t i = 0; i < batch.rows.size(); ++i) {
    const TablePlan& plan = session.pipeline().aggregations[i].plan;
    const Rows& rows = *batch.rows[i];
    statements.enter({Place::Step::rows, i,
                      "upserting " + counted(rows.size(), "row") + " of " + plan.schema + "." + plan.table});
    Writer writer(statements, plan, rows);
    TRY(plan.merges_in_cpp() ? writer.merge_in_cpp() : writer.merge_in_sql());
  }
  return {};
}

Result<std::optional<std::string>> find_overflow(Statements& statements, const TablePlan& plan,
                                                 const Rows& rows) {
  return Writer(statements, plan, rows).find_overflow();
}

}  // namespace tallymill::postgres
