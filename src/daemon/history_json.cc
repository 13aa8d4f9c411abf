#include "daemon/history_json.h"

#include <optional>
#include <string_view>

#include "daemon/advice.h"
#include "model/timestamp.h"

namespace tallymill {
namespace {

double milliseconds(Duration duration) {
  return std::chrono::duration<double, std::milli>(duration).count();
}

void write_time(JsonWriter& json, std::string_view key, WallTime time) {
  json.key(key).string(to_string(timestamp_of(time)));
}

void write_optional(JsonWriter& json, std::string_view key, std::optional<double> number) {
  json.key(key);
  number ? json.number(*number) : json.null();
}

void write_optional(JsonWriter& json, std::string_view key, const std::optional<std::string>& text) {
  json.key(key);
  text ? json.string(*text) : json.null();
}

void write_latency(JsonWriter& json, const LatencyView& latency) {
  json.key("latency_seconds").begin_object();
  json.key("records").number(latency.records);
  write_optional(json, "p50", latency.p50);
  write_optional(json, "p95", latency.p95);
  write_optional(json, "p99", latency.p99);
  json.end_object();
}

void write_place(JsonWriter& json, const TopicPartition& where) {
  json.key("topic").string(where.topic);
  json.key("partition").number(where.partition.value());
}

void write_batch(JsonWriter& json, const CommittedBatch& batch) {
  json.begin_object();
  json.key("sequence").number(batch.sequence);
  json.key("id").string(batch.id);
  write_time(json, "committed_at", batch.committed_at);
  json.key("read").number(batch.read);
  json.key("used").number(batch.used);
  json.key("skipped").number(batch.skipped);
  json.key("rejected").number(batch.rejected);
  json.key("rows").number(batch.rows);
  json.key("fold_ms").number(milliseconds(batch.fold));
  json.key("wait_ms").number(milliseconds(batch.wait));
  json.key("upsert_ms").number(milliseconds(batch.upsert));
  json.key("commit_ms").number(milliseconds(batch.commit));
  json.key("partitions").number(static_cast<std::int64_t>(batch.partitions));
  json.key("ranges").begin_array();
  for (const OffsetRange& range : batch.ranges) {
    json.begin_object();
    write_place(json, range.where);
    json.key("from").raw_number(range.from.str());
    json.key("to").raw_number(range.to.str());
    json.end_object();
  }
  json.end_array();
  json.end_object();
}

void write_minute(JsonWriter& json, const MinuteView& minute) {
  json.begin_object();
  json.key("ago").number(minute.ago);
  json.key("records").number(minute.records);
  json.key("rejected").number(minute.rejected);
  json.key("rows").number(minute.rows);
  write_latency(json, minute.latency);
  json.end_object();
}

void write_letters(JsonWriter& json, const LettersView& letters) {
  json.begin_object();
  json.key("reason").string(letters.reason);
  json.key("count").number(letters.count);
  write_time(json, "last", letters.last);
  json.key("samples").begin_array();
  for (const LetterSample& sample : letters.samples) {
    json.begin_object();
    write_place(json, sample.where);
    json.key("offset").raw_number(sample.offset.str());
    json.key("aggregation").string(sample.aggregation);
    json.key("message").string(sample.message);
    write_optional(json, "key", sample.key);
    write_optional(json, "value", sample.value);
    json.end_object();
  }
  json.end_array();
  json.end_object();
}

std::string_view word(Trouble::Kind kind) {
  switch (kind) {
    case Trouble::Kind::waiting: return "waiting";
    case Trouble::Kind::dropped: return "dropped";
    case Trouble::Kind::stopped: break;
  }
  return "stopped";
}

void write_trouble(JsonWriter& json, const Trouble& trouble) {
  json.begin_object();
  json.key("kind").string(word(trouble.kind));
  json.key("code").string(trouble.code);
  json.key("message").string(trouble.message);
  json.key("what_to_do").string(what_to_do(trouble));
  json.key("times").number(trouble.times);
  write_time(json, "first", trouble.first);
  write_time(json, "last", trouble.last);
  json.end_object();
}

}  // namespace

void write_summary(JsonWriter& json, const HistorySummary& summary) {
  json.key("records_per_second").number(summary.records_per_second);
  json.key("rows_per_second").number(summary.rows_per_second);
  write_latency(json, summary.latency);
  json.key("dead_letters").number(summary.dead_letters);
}

std::string history_json(const std::string& pipeline, const HistoryView& history) {
  JsonWriter json;
  json.begin_object();
  json.key("name").string(pipeline);
  write_summary(json, history.summary);
  json.key("batches").begin_array();
  for (const CommittedBatch& batch : history.batches) write_batch(json, batch);
  json.end_array();
  json.key("minutes").begin_array();
  for (const MinuteView& minute : history.minutes) write_minute(json, minute);
  json.end_array();
  json.key("letters").begin_array();
  for (const LettersView& letters : history.letters) write_letters(json, letters);
  json.end_array();
  json.key("errors").begin_array();
  for (const Trouble& trouble : history.troubles) write_trouble(json, trouble);
  json.end_array();
  json.end_object();
  return json.text() + "\n";
}

}  // namespace tallymill
