#include "daemon/status_json.h"

#include "base/json_writer.h"
#include "daemon/instance_json.h"

namespace tallymill {
namespace {

void write_batch(JsonWriter& json, const BatchReport& batch) {
  json.begin_object();
  json.key("sequence").number(batch.sequence);
  json.key("id").string(batch.id);
  json.key("committed_at").string(to_string(batch.committed_at));
  json.key("read").number(batch.read);
  json.key("used").number(batch.used);
  json.key("skipped").number(batch.skipped);
  json.key("rejected").number(batch.rejected);
  json.key("rows").number(batch.rows);
  json.key("fold_ms").number(batch.fold_ms);
  json.key("wait_ms").number(batch.wait_ms);
  json.end_object();
}

void write_checkpoint(JsonWriter& json, const CheckpointReport& checkpoint) {
  json.begin_object();
  json.key("topic").string(checkpoint.topic);
  json.key("partition").number(checkpoint.partition);
  json.key("next_offset").raw_number(checkpoint.next_offset);
  json.end_object();
}

void write_pipeline(JsonWriter& json, const PipelineReport& pipeline) {
  json.begin_object();
  json.key("name").string(pipeline.name);
  json.key("state").string(pipeline.state());
  json.key("wanted").string(pipeline.wanted);
  json.key("instance").string(pipeline.instance);
  json.key("last_batch").number(pipeline.last_batch);
  json.key("last_commit");
  pipeline.last_commit ? json.string(to_string(*pipeline.last_commit)) : json.null();
  json.key("since_last_commit_ms");
  pipeline.since_last_commit ? json.number(pipeline.since_last_commit->count()) : json.null();
  json.key("dead_letters").number(pipeline.dead_letters);
  json.key("gaps").number(pipeline.gaps);
  json.key("batches").begin_array();
  for (const BatchReport& batch : pipeline.batches) write_batch(json, batch);
  json.end_array();
  json.key("instances").begin_array();
  for (const InstanceReport& instance : pipeline.instances) write_instance(json, instance);
  json.end_array();
  json.key("partitions").begin_array();
  for (const CheckpointReport& checkpoint : pipeline.checkpoints) write_checkpoint(json, checkpoint);
  json.end_array();
  json.end_object();
}

}  // namespace

std::string report_json(const StatusReport& report) {
  JsonWriter json;
  json.begin_object();
  json.key("at").string(to_string(report.at));
  json.key("pipelines").begin_array();
  for (const PipelineReport& pipeline : report.pipelines) write_pipeline(json, pipeline);
  json.end_array();
  return json.end_object().text() + "\n";
}

std::string report_json(const Error& error, Timestamp at) {
  JsonWriter json;
  json.begin_object();
  json.key("at").string(to_string(at));
  json.key("error").string(error.message());
  return json.end_object().text() + "\n";
}

}  // namespace tallymill
