#include "daemon/pages.h"

#include <string_view>
#include <utility>

#include "base/json_writer.h"
#include "base/seconds.h"
#include "daemon/history_json.h"
#include "daemon/instance_json.h"
#include "daemon/page.h"
#include "daemon/process_identity.h"
#include "daemon/reload_page.h"
#include "daemon/version.h"
#include "expression/nearest.h"
#include "model/timestamp.h"

namespace tallymill {
namespace {

constexpr std::string_view history_prefix = "/api/pipelines/";

// Ready means able to do its part: counting, standing by for the instance that does, or waiting for
// whoever paused it.
bool ready(const PipelineStatus& pipeline) {
  const bool has_a_part =
      pipeline.state == PipelineState::running || pipeline.state == PipelineState::standby;
  return has_a_part ? pipeline.trouble.empty() : pipeline.state == PipelineState::paused;
}

HttpResponse readiness(const std::vector<PipelineStatus>& pipelines) {
  HttpResponse response;
  for (const PipelineStatus& pipeline : pipelines) {
    if (!ready(pipeline)) response.status = 503;
    response.body += pipeline.name + ": " + std::string(to_string(pipeline.state));
    if (pipeline.state == PipelineState::standby && ready(pipeline)) response.body += ", ready";
    if (!pipeline.detail.empty()) response.body += " (" + pipeline.detail + ")";
    if (!pipeline.trouble.empty()) response.body += " (" + pipeline.trouble + ")";
    response.body += "\n";
  }
  return response;
}

void write_partition(JsonWriter& json, const PartitionStatus& partition) {
  json.begin_object();
  json.key("topic").string(partition.where.topic);
  json.key("partition").number(partition.where.partition.value());
  json.key("next_offset").raw_number(partition.committed.str());
  json.key("end_offset");
  if (partition.end) {
    json.raw_number(partition.end->str());
  } else {
    json.null();
  }
  json.key("lag");
  if (const auto lag = partition.lag()) {
    json.number(*lag);
  } else {
    json.null();
  }
  json.end_object();
}

InstanceReport report_of(const Peer& peer) {
  return {peer.instance, peer.state, peer.version, peer.holds_lease, peer.seen_ago, peer.same_revision};
}

void write_lookup(JsonWriter& json, const LookupStatus& lookup) {
  json.begin_object();
  json.key("name").string(lookup.name);
  json.key("age_seconds").number(in_seconds(lookup.age));
  json.key("failure").string(lookup.failure);
  json.end_object();
}

void write_time(JsonWriter& json, const std::optional<WallTime>& time) {
  if (time) {
    json.string(to_string(timestamp_of(*time)));
  } else {
    json.null();
  }
}

void write_reload(JsonWriter& json, const ReloadReport& reload) {
  json.begin_object();
  json.key("result").string(to_string(reload.result));
  json.key("at");
  write_time(json, reload.at);
  json.key("under_way").boolean(reload.requested != reload.answered);
  json.key("message").string(reload.message);
  json.end_object();
}

void write_pipeline(JsonWriter& json, const PipelineStatus& pipeline) {
  json.begin_object();
  json.key("name").string(pipeline.name);
  json.key("state").string(to_string(pipeline.state));
  json.key("detail").string(pipeline.detail);
  json.key("trouble").string(pipeline.trouble);
  json.key("last_batch").number(pipeline.last_sequence);
  json.key("last_batch_id").string(pipeline.last_id);
  json.key("last_commit");
  write_time(json, pipeline.last_commit);
  json.key("checkpoint_age_seconds");
  pipeline.checkpoint_age ? json.number(*pipeline.checkpoint_age) : json.null();
  write_summary(json, pipeline.recent);
  json.key("partitions").begin_array();
  for (const PartitionStatus& partition : pipeline.partitions) write_partition(json, partition);
  json.end_array();
  json.key("lookups").begin_array();
  for (const LookupStatus& lookup : pipeline.lookups) write_lookup(json, lookup);
  json.end_array();
  json.key("instances").begin_array();
  for (const Peer& instance : pipeline.instances) write_instance(json, report_of(instance));
  json.end_array();
  json.end_object();
}

HttpResponse no_pipeline(const std::string& name, const std::vector<PipelineStatus>& pipelines) {
  std::vector<std::string_view> names;
  for (const PipelineStatus& pipeline : pipelines) names.push_back(pipeline.name);
  JsonWriter json;
  json.begin_object();
  json.key("error").string("there is no pipeline " + name + expression::hint(name, names, "the pipelines are"));
  json.end_object();
  return {404, "application/json", json.text() + "\n"};
}

}  // namespace

std::string status_json(const std::string& instance, const ReloadReport& reload,
                        const std::vector<PipelineStatus>& pipelines) {
  JsonWriter json;
  json.begin_object();
  json.key("version").string(version);
  json.key("instance").string(instance);
  json.key("reload");
  write_reload(json, reload);
  json.key("pipelines").begin_array();
  for (const PipelineStatus& pipeline : pipelines) write_pipeline(json, pipeline);
  json.end_array();
  json.end_object();
  return json.text() + "\n";
}

HttpHandler make_pages(PageSources sources) {
  return [sources = std::move(sources)](const std::string& path) -> HttpResponse {
    if (path == "/metrics") {
      return {200, "text/plain; version=0.0.4; charset=utf-8", sources.metrics.text()};
    }
    if (path == "/") return status_page();
    if (path == "/healthz") return {200, "text/plain; charset=utf-8", "alive\n"};
    if (path == "/readyz") return readiness(sources.pipelines());
    if (path == "/api/status") {
      return {200, "application/json", status_json(sources.instance, sources.reload(), sources.pipelines())};
    }
    if (path == "/api/reload") {
      return {200, "text/plain; charset=utf-8", reload_page(this_process(), sources.reload())};
    }
    if (path.rfind(history_prefix, 0) == 0) {
      const std::string name = path.substr(history_prefix.size());
      if (const auto history = sources.history(name)) {
        return {200, "application/json", history_json(name, *history)};
      }
      return no_pipeline(name, sources.pipelines());
    }
    return {404, "text/plain; charset=utf-8",
            "not here; there are /, /metrics, /healthz, /readyz, /api/status, /api/pipelines/NAME and /api/reload\n"};
  };
}

}  // namespace tallymill
