#include "sink/postgres/records.h"

#include <zstd.h>

#include "base/digest.h"
#include "base/json_writer.h"
#include "expression/utf8.h"
#include "sink/postgres/encode.h"

namespace tallymill::postgres {
namespace {

// Text that jsonb holds as it is: UTF-8 without NUL.
bool is_text(std::string_view bytes) {
  return bytes.find('\0') == std::string_view::npos && expression::is_valid_utf8(bytes);
}

// Names and values may be any bytes, and none may be lost: those that are no text are hexadecimal,
// under name_hex and value_hex.
void add_bytes(JsonWriter& json, const std::string& name, std::string_view bytes) {
  if (is_text(bytes)) {
    json.key(name).string(bytes);
  } else {
    json.key(name + "_hex").string(to_hex(bytes));
  }
}

std::string headers_json(const DeadLetter& letter) {
  JsonWriter json;
  json.begin_array();
  for (const auto& [name, value] : letter.headers) {
    json.begin_object();
    add_bytes(json, "name", name);
    if (value) {
      add_bytes(json, "value", *value);
    } else {
      json.key("value").null();
    }
    json.end_object();
  }
  return json.end_array().text();
}

// A message that text cannot hold would refuse the batch each time that it is tried.
std::string storable_text(const std::string& text) {
  return is_text(text) ? text : to_hex(text);
}

std::string compressed(const std::string& text) {
  std::string bytes(ZSTD_compressBound(text.size()), '\0');
  const std::size_t size =
      ZSTD_compress(bytes.data(), bytes.size(), text.data(), text.size(), ZSTD_CLEVEL_DEFAULT);
  CHECK(ZSTD_isError(size) == 0, "the bound is large enough for any text");
  bytes.resize(size);
  return bytes;
}

constexpr const char* found_sql = " WHERE pipeline = $1 AND lookup = $2 AND content_hash = $3";

}  // namespace

Result<void> insert_dead_letters(const Session& session, Statements& statements,
                                 const Batch& batch) {
  constexpr std::size_t slice_bytes = std::size_t{4} << 20;
  ArrayEncoder topic_id(SqlType::text), topic(SqlType::text), partition(SqlType::bigint),
      offset(SqlType::numeric), aggregation(SqlType::text), reason(SqlType::text),
      message(SqlType::text), time(SqlType::timestamptz), key(SqlType::bytea),
      value(SqlType::bytea), headers(SqlType::text), truncated(SqlType::boolean);
  const std::string sql =
      "INSERT INTO " + session.table("dead_letter") +
      " (pipeline, topic_id, topic, partition, \"offset\", aggregation, reason, message, "
      "record_time, key, value, headers, truncated, batch_sequence) SELECT $13, x.topic_id, "
      "x.topic, x.partition, x.o, x.aggregation, x.reason, x.message, x.t, x.key, x.value, "
      "x.headers::jsonb, x.truncated, $14::bigint FROM unnest($1::text[], $2::text[], "
      "$3::bigint[], $4::numeric[], $5::text[], $6::text[], $7::text[], $8::timestamptz[], "
      "$9::bytea[], $10::bytea[], $11::text[], $12::boolean[]) AS x(topic_id, topic, partition, o, "
      "aggregation, reason, message, t, key, value, headers, truncated) "
      // After an accepted truncation an offset may hold another record than before.
      "ON CONFLICT (pipeline, topic_id, partition, \"offset\", aggregation) DO UPDATE SET reason = "
      "EXCLUDED.reason, message = EXCLUDED.message, record_time = EXCLUDED.record_time, key = "
      "EXCLUDED.key, value = EXCLUDED.value, headers = EXCLUDED.headers, truncated = "
      "EXCLUDED.truncated, batch_sequence = EXCLUDED.batch_sequence, created_at = now()";
  const auto add_bytes = [](ArrayEncoder& column, const std::optional<std::string>& bytes) {
    if (bytes) {
      column.add_text(*bytes);
    } else {
      column.add_null();
    }
  };
  const auto flush = [&]() -> Result<void> {
    Params params;
    for (ArrayEncoder* column : {&topic_id, &topic, &partition, &offset, &aggregation, &reason,
                                 &message, &time, &key, &value, &headers, &truncated}) {
      const Oid type = column->array_oid();
      params.binary(type, column->take());
    }
    params.text(session.pipeline().name).number(batch.sequence);
    return statements.send(sql, params, [&connection = statements.connection()](const QueryResult&) {
      return connection.pass("tx.dlq_mid");
    });
  };
  for (std::size_t i = 0; i < batch.dead_letters.size(); ++i) {
    const DeadLetter& letter = batch.dead_letters[i];
    topic_id.add_text(letter.topic_id);
    topic.add_text(letter.where.topic);
    TRY(partition.add(Value::of(letter.where.partition.value())));
    TRY(offset.add(Value::of(Decimal(letter.offset.value(), 0))));
    aggregation.add_text(letter.aggregation);
    reason.add_text(letter.reason);
    message.add_text(storable_text(letter.message));
    TRY(time.add(Value::of(letter.timestamp)));
    add_bytes(key, letter.key);
    add_bytes(value, letter.value);
    headers.add_text(headers_json(letter));
    TRY(truncated.add(Value::of(letter.truncated)));
    const bool last = i + 1 == batch.dead_letters.size();
    if (last || value.bytes() + key.bytes() + headers.bytes() >= slice_bytes || (i + 1) % 5000 == 0) {
      TRY(flush());
    }
  }
  return {};
}

Result<void> insert_gaps(const Session& session, Statements& statements, const Batch& batch) {
  for (const Gap& gap : batch.gaps) {
    std::optional<std::string> to;
    if (gap.to) to = gap.to->str();
    TRY(statements.send("INSERT INTO " + session.table("gap") +
                            " (pipeline, topic_id, topic, partition, from_offset, to_offset, "
                            "cause, batch_sequence) VALUES ($1, $2, $3, $4::bigint, $5::numeric, "
                            "$6::numeric, $7, $8::bigint) ON CONFLICT DO NOTHING",
                        Params()
                            .text(session.pipeline().name)
                            .text(gap.topic_id)
                            .text(gap.where.topic)
                            .number(gap.where.partition.value())
                            .text(gap.from.str())
                            .optional_text(to)
                            .text(gap.cause)
                            .number(batch.sequence)));
  }
  return {};
}

Params LookupVersions::identity(const LookupUse& use) const {
  Params params;
  params.text(session_.pipeline().name).text(use.name).text(to_hex(use.content_hash));
  return params;
}

Result<void> LookupVersions::ask(Statements& statements) {
  if (!batch_.did_something()) return {};
  stored_.assign(batch_.lookups.size(), Stored::no);
  const std::string sql = "SELECT last_used < now() - interval '1 hour' FROM " +
                          session_.table("lookup_version") + found_sql;
  for (std::size_t i = 0; i < batch_.lookups.size(); ++i) {
    TRY(statements.send(sql, identity(batch_.lookups[i]), [this, i](const QueryResult& there) -> Result<void> {
      if (there.rows() > 0) stored_[i] = there.flag(0, 0) ? Stored::long_unused : Stored::yes;
      return {};
    }));
  }
  return {};
}

Result<void> LookupVersions::write(Statements& statements) const {
  if (!batch_.did_something()) return {};
  const std::string table = session_.table("lookup_version");
  for (std::size_t i = 0; i < batch_.lookups.size(); ++i) {
    const LookupUse& use = batch_.lookups[i];
    if (stored_[i] == Stored::long_unused) {
      TRY(statements.send("UPDATE " + table + " SET last_used = now()" + found_sql, identity(use)));
    }
    if (stored_[i] != Stored::no) continue;
    Params params = identity(use);
    params.binary(oid::bytea, compressed(use.table->canonical_text()));
    TRY(statements.send("INSERT INTO " + table +
                            " (pipeline, lookup, content_hash, contents) VALUES ($1, $2, $3, $4) "
                            "ON CONFLICT DO NOTHING",
                        params));
  }
  return {};
}

}  // namespace tallymill::postgres
