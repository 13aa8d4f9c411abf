#include "sink/postgres/ledger_row.h"

#include "base/json_writer.h"

namespace tallymill::postgres {
namespace {

double milliseconds(Duration duration) {
  return std::chrono::duration<double, std::milli>(duration).count();
}

void write_ranges(JsonWriter& json, const Batch& batch) {
  json.begin_array();
  for (const BatchRange& range : batch.ranges) {
    json.begin_object();
    json.key("topic").string(range.where.topic);
    json.key("topic_id").string(range.topic_id);
    json.key("partition").number(range.where.partition.value());
    json.key("from").raw_number(range.from.str());
    json.key("to").raw_number(range.to.str());
    json.key("leader_epoch").number(std::int64_t{range.leader_epoch.value()});
    json.end_object();
  }
  json.end_array();
}

// A record that is offered again has no range of its own: the batch that rejected it has it.
std::string ranges_json(const Batch& batch) {
  if (batch.retries) return "[]";
  JsonWriter json;
  write_ranges(json, batch);
  return json.text();
}

std::optional<std::string> retried_json(const Batch& batch) {
  if (!batch.retries) return std::nullopt;
  JsonWriter json;
  json.begin_object();
  json.key("aggregation").string(*batch.retries);
  json.key("ranges");
  write_ranges(json, batch);
  return json.end_object().text();
}

std::string aggregations_json(const Session& session, const Batch& batch) {
  JsonWriter json;
  json.begin_object();
  for (std::size_t i = 0; i < batch.counts.aggregations.size(); ++i) {
    const AggregationCounts& counts = batch.counts.aggregations[i];
    json.key(session.pipeline().aggregations[i].name).begin_object();
    json.key("folded").number(counts.folded);
    json.key("filtered").number(counts.filtered);
    json.key("late").number(counts.late);
    json.key("rows").number(static_cast<std::int64_t>(batch.rows[i]->size()));
    json.end_object();
  }
  return json.end_object().text();
}

std::string lookups_json(const Batch& batch) {
  JsonWriter json;
  json.begin_array();
  for (const LookupUse& use : batch.lookups) {
    json.begin_object();
    json.key("lookup").string(use.name);
    json.key("content_hash").string(to_hex(use.content_hash));
    json.end_object();
  }
  return json.end_array().text();
}

// What verify needs to say which part of a batch differs.
std::string digests_json(const Session& session, const Batch& batch) {
  JsonWriter json;
  json.begin_object();
  json.key("tables").begin_object();
  for (std::size_t i = 0; i < batch.table_digests.size(); ++i) {
    json.key(session.pipeline().aggregations[i].name).string(to_hex(batch.table_digests[i]));
  }
  json.end_object();
  json.key("rejects").string(to_hex(batch.rejects_digest));
  return json.end_object().text();
}

std::string refused_json(const Batch& batch) {
  JsonWriter json;
  json.begin_array();
  for (const auto& [where, offset] : batch.refused) {
    json.begin_object();
    json.key("topic").string(where.topic);
    json.key("partition").number(where.partition.value());
    json.key("offset").raw_number(offset.str());
    json.end_object();
  }
  return json.end_array().text();
}

std::optional<std::string> time_text(const std::optional<Timestamp>& time) {
  if (!time) return std::nullopt;
  return to_string(*time);
}

}  // namespace

Result<void> insert_ledger_row(const Session& session, Statements& statements, const Batch& batch) {
  if (!batch.did_something()) return {};
  const std::string_view digest(reinterpret_cast<const char*>(batch.digest.data()),
                                batch.digest.size());
  Params params;
  params.text(session.pipeline().name)
      .number(batch.sequence)
      .text(batch.id)
      .text(batch.fingerprint)
      .text(session.identity().instance)
      .text(ranges_json(batch))
      .number(batch.counts.read)
      .number(batch.counts.used)
      .number(batch.counts.skipped)
      .number(batch.counts.rejected)
      .text(aggregations_json(session, batch))
      .number(batch.row_count())
      .binary(oid::bytea, std::string(digest))
      .optional_text(time_text(batch.min_event_time))
      .optional_text(time_text(batch.max_event_time))
      .optional_text(time_text(batch.min_record_time))
      .optional_text(time_text(batch.max_record_time))
      .text(lookups_json(batch))
      .text(std::to_string(milliseconds(batch.timings.fold)))
      .text(std::to_string(milliseconds(batch.timings.wait)))
      .text(digests_json(session, batch))
      .text(refused_json(batch))
      .optional_text(retried_json(batch));
  return statements.send(
      "INSERT INTO " + session.table("batch") +
          " (pipeline, sequence, id, fingerprint, instance, ranges, records_read, records_used, "
          "records_skipped, records_rejected, aggregations, rows_written, digest, min_event_time, "
          "max_event_time, min_record_time, max_record_time, lookups, fold_ms, wait_ms, digests, "
          "refused, retried) VALUES ($1, $2::bigint, $3, $4, $5, $6::jsonb, $7::bigint, $8::bigint, $9::bigint, $10::bigint, "
          "$11::jsonb, $12::bigint, $13, $14::timestamptz, $15::timestamptz, $16::timestamptz, "
          "$17::timestamptz, $18::jsonb, $19::float8, $20::float8, "
          "$21::jsonb, $22::jsonb, $23::jsonb)",
      params);
}

}  // namespace tallymill::postgres
