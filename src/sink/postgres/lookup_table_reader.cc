#include "sink/postgres/lookup_table_reader.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "expression/utf8.h"
#include "sink/postgres/lookup_columns.h"
#include "sink/postgres/session.h"
#include "sink/postgres/sqlstate.h"

namespace tallymill::postgres {
namespace {

// What a value costs beside its text, in the table and in its index.
constexpr std::size_t bytes_per_value = 8;

class Reading {
 public:
  Reading(const LookupSpec& lookup, std::size_t max_bytes)
      : lookup_(lookup),
        relation_(qualified(lookup.table->schema, lookup.table->table)),
        max_bytes_(max_bytes),
        columns_(lookup_columns(lookup)),
        key_(static_cast<std::size_t>(
            std::find(columns_.begin(), columns_.end(), lookup.key) - columns_.begin())),
        builder_(columns_) {}

  // A row that is too large by itself comes without its values, and says so in the last column.
  [[nodiscard]] std::string sql() const {
    std::string values;
    std::string texts;
    std::string sizes;
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      const std::string name = "c" + std::to_string(i);
      values += "CASE WHEN w.fits THEN r." + name + " END, ";
      texts += (i == 0 ? "" : ", ") + quoted(columns_[i]) + "::text AS " + name;
      sizes += (i == 0 ? "" : " + ") + ("coalesce(octet_length(r." + name + "), 0)::bigint");
    }
    return "SELECT " + values + "w.fits FROM (SELECT " + texts + " FROM " + relation_ + ") r, LATERAL (SELECT " +
           sizes + " <= " + std::to_string(max_bytes_) + ") w(fits)";
  }

  Result<void> take(const QueryResult& row) {
    const int width = static_cast<int>(columns_.size());
    if (!row.flag(0, width)) return too_large();
    if (row.null(0, static_cast<int>(key_))) {
      return wrong_key("a row has no " + lookup_.key + ": SELECT * FROM " + relation_ + " WHERE " +
                       quoted(lookup_.key) + " IS NULL");
    }
    for (int i = 0; i < width; ++i) {
      if (row.null(0, i)) {
        builder_.add_null();
        continue;
      }
      const std::string_view text = row.view(0, i);
      // A database whose encoding is SQL_ASCII holds any bytes.
      if (!expression::is_valid_utf8(text)) {
        return Error(Reaction::stop, "lookup_malformed",
                     "a value of column " + columns_[static_cast<std::size_t>(i)] + " is not UTF-8");
      }
      builder_.add(text);
    }
    values_ += columns_.size();
    if (builder_.text_bytes() + values_ * bytes_per_value > max_bytes_) return too_large();
    return {};
  }

  Result<std::shared_ptr<const LookupTable>> finish() {
    auto table = builder_.finish(lookup_.key);
    if (table.ok() || table.error().code() != "lookup_key") return table;
    const std::string key = quoted(lookup_.key);
    return wrong_key("two rows have the same " + lookup_.key + ": SELECT " + key + ", count(*) FROM " +
                     relation_ + " GROUP BY " + key + " HAVING count(*) > 1");
  }

 private:
  [[nodiscard]] Error too_large() const {
    return {Reaction::stop, "lookup_too_large",
            "key and columns are more than memory_limit leaves for lookups (" + std::to_string(max_bytes_) +
                " bytes, 8 of them for each value beside its text)"};
  }

  static Error wrong_key(const std::string& what) { return {Reaction::stop, "lookup_key", what}; }

  const LookupSpec& lookup_;
  const std::string relation_;
  const std::size_t max_bytes_;
  const std::vector<std::string> columns_;
  const std::size_t key_;
  LookupTable::Builder builder_;
  std::size_t values_ = 0;
};

}  // namespace

Result<std::shared_ptr<const LookupTable>> read_lookup_table(const PostgresSpec& postgres,
                                                             const LookupSpec& lookup, std::size_t max_bytes,
                                                             const SecretResolver& secrets,
                                                             const Interrupt* interrupt) {
  Transactions session(postgres, secrets, interrupt);
  TRY_ASSIGN(Connection* const connection, session.connection());
  TRY(session.begin(*connection));
  // Policies that hide rows make an error instead of misses.
  TRY(connection->script("SET TRANSACTION READ ONLY; SET LOCAL row_security = off", session.statement_timeout()));
  TRY(check_lookup_table(session, *connection, lookup));
  Reading reading(lookup, max_bytes);
  const std::string context = "table " + lookup.table->str();
  // One statement, so one snapshot.
  const auto read = connection->stream(reading.sql(), session.statement_timeout(),
                                       [&reading](const QueryResult& row) { return reading.take(row); });
  if (!read.ok() && classify(read.error().code()) == SqlstateClass::data) {
    // Postgres's own words show values.
    return Error(Reaction::stop, read.error().code(),
                 context + ": Postgres cannot make its rows (" + read.error().code() + "); SELECT them to see why");
  }
  if (!read.ok()) return read.error().within(context);
  session.rollback();
  auto table = reading.finish();
  if (!table.ok()) return table.error().within(context);
  return table;
}

}  // namespace tallymill::postgres
