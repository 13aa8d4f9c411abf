#include "sink/postgres/postgres_dead_letters.h"

#include <utility>

#include "sink/postgres/retry_letter.h"
#include "sink/postgres/session.h"
#include "sink/postgres/timestamps.h"

namespace tallymill {
namespace {

using postgres::Connection;
using postgres::Params;
using postgres::QueryResult;
using postgres::Session;

// Parameters $1 to $6: the pipeline and a LetterSelection.
constexpr const char* chosen =
    " WHERE pipeline = $1 AND topic = coalesce($2, topic) AND partition = coalesce($3::bigint, "
    "partition) AND \"offset\" = coalesce($4::numeric, \"offset\") AND reason = coalesce($5, reason) "
    "AND aggregation = coalesce($6, aggregation)";

// Parameters $1 to $5: the pipeline and a letter's place.
constexpr const char* at_place =
    " WHERE pipeline = $1 AND topic_id = $2 AND partition = $3::bigint AND \"offset\" = $4::numeric "
    "AND aggregation = $5";

StoredLetter read_place(const QueryResult& rows, int i) {
  StoredLetter stored;
  DeadLetter& letter = stored.letter;
  letter.topic_id = rows.text(i, 0);
  letter.where = {rows.text(i, 1), Partition(rows.number(i, 2))};
  letter.offset = Offset(parse_int128(rows.text(i, 3)).value_or(0));
  letter.aggregation = rows.text(i, 4);
  letter.reason = rows.text(i, 5);
  letter.message = rows.text(i, 6);
  letter.timestamp = Timestamp(rows.number(i, 7));
  letter.truncated = rows.flag(i, 8);
  stored.batch_sequence = rows.number(i, 9);
  stored.created_at = rows.text(i, 10);
  return stored;
}

std::string place_columns() {
  return "topic_id, topic, partition, \"offset\", aggregation, reason, message, " +
         postgres::microseconds_sql("record_time") +
         ", truncated, batch_sequence, to_char(created_at AT TIME ZONE 'UTC', "
         "'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')";
}

std::optional<std::string> number_text(const std::optional<std::int64_t>& number) {
  return number ? std::optional(std::to_string(*number)) : std::nullopt;
}

std::optional<std::string> bytes_of(const QueryResult& rows, int row, int column) {
  return rows.null(row, column) ? std::nullopt : std::optional(rows.bytes(row, column));
}

class PostgresDeadLetters final : public DeadLetterStore {
 public:
  PostgresDeadLetters(PostgresSpec postgres, const PipelineSpec& pipeline, std::string instance,
                      postgres::SecretResolver secrets)
      : session_(std::move(postgres), pipeline, {std::move(instance), ""}, std::move(secrets)) {}

  Result<std::vector<StoredLetter>> find(const LetterSelection& which, const DeadLetter* after,
                                         std::int64_t limit) override {
    Params params = selection(which);
    params.number(limit);
    std::string behind;
    if (after != nullptr) {
      behind = " AND (topic_id, partition, \"offset\", aggregation) > ($8, $9::bigint, $10::numeric, $11)";
      params.text(after->topic_id)
          .number(after->where.partition.value())
          .text(after->offset.str())
          .text(after->aggregation);
    }
    TRY_ASSIGN(const QueryResult rows,
               query("SELECT " + place_columns() + " FROM " + table() + chosen + behind +
                         " ORDER BY topic_id, partition, \"offset\", aggregation LIMIT $7::bigint",
                     params));
    std::vector<StoredLetter> letters;
    for (int i = 0; i < rows.rows(); ++i) letters.push_back(read_place(rows, i));
    return letters;
  }

  Result<std::optional<StoredLetter>> read(const DeadLetter& place) override {
    TRY_ASSIGN(const QueryResult rows, query("SELECT " + place_columns() + ", key, value FROM " +
                                                 table() + at_place,
                                             of(place)));
    if (rows.rows() == 0) return std::optional<StoredLetter>();
    StoredLetter stored = read_place(rows, 0);
    stored.letter.key = bytes_of(rows, 0, 11);
    stored.letter.value = bytes_of(rows, 0, 12);
    TRY_ASSIGN(const QueryResult headers,
               query("SELECT coalesce(convert_to(h.one->>'name', 'UTF8'), decode(h.one->>'name_hex', "
                     "'hex')), coalesce(convert_to(h.one->>'value', 'UTF8'), "
                     "decode(h.one->>'value_hex', 'hex')) FROM " + table() +
                         ", jsonb_array_elements(headers) WITH ORDINALITY AS h(one, number)" +
                         at_place + " ORDER BY h.number",
                     of(place)));
    for (int i = 0; i < headers.rows(); ++i) {
      stored.letter.headers.emplace_back(headers.bytes(i, 0), bytes_of(headers, i, 1));
    }
    return std::optional(std::move(stored));
  }

  Result<RetryResult> retry(const StoredLetter& letter, Batch batch) override {
    return postgres::retry_letter(session_, letter, std::move(batch));
  }

  Result<std::int64_t> drop(const LetterSelection& which) override {
    TRY_ASSIGN(const QueryResult gone, query("DELETE FROM " + table() + chosen, selection(which)));
    return gone.changed();
  }

 private:
  [[nodiscard]] Params selection(const LetterSelection& which) const {
    return Params()
        .text(session_.pipeline().name)
        .optional_text(which.topic)
        .optional_text(number_text(which.partition))
        .optional_text(number_text(which.offset))
        .optional_text(which.reason)
        .optional_text(which.aggregation);
  }
  [[nodiscard]] Params of(const DeadLetter& place) const {
    return Params()
        .text(session_.pipeline().name)
        .text(place.topic_id)
        .number(place.where.partition.value())
        .text(place.offset.str())
        .text(place.aggregation);
  }
  [[nodiscard]] std::string table() const { return session_.table("dead_letter"); }

  Result<QueryResult> query(const std::string& sql, const Params& params) {
    TRY_ASSIGN(Connection* const connection, session_.connection());
    auto rows = connection->query(sql, params, session_.statement_timeout());
    if (rows.ok()) return rows;
    return rows.error().within("dead letters of pipeline " + session_.pipeline().name);
  }

  Session session_;
};

}  // namespace

std::unique_ptr<DeadLetterStore> make_postgres_dead_letters(PostgresSpec postgres,
                                                            const PipelineSpec& pipeline,
                                                            std::string instance,
                                                            postgres::SecretResolver secrets) {
  return std::make_unique<PostgresDeadLetters>(std::move(postgres), pipeline, std::move(instance),
                                               std::move(secrets));
}

}  // namespace tallymill
