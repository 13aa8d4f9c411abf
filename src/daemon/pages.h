#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "daemon/http_server.h"
#include "daemon/reload_desk.h"
#include "metrics/registry.h"
#include "pipeline/status.h"

namespace tallymill {

// What the HTTP endpoints show.
struct PageSources {
  MetricsRegistry& metrics;
  std::string instance;
  std::function<std::vector<PipelineStatus>()> pipelines;  // Thread-safe, as are the next.
  // What the pipeline of that name did lately; nothing if there is none.
  std::function<std::optional<HistoryView>(const std::string&)> history;
  std::function<ReloadReport()> reload;
};

// /, the status page; /metrics, /healthz, /readyz, /api/status, /api/pipelines/NAME, /api/reload.
[[nodiscard]] HttpHandler make_pages(PageSources sources);

// The body of /api/status.
[[nodiscard]] std::string status_json(const std::string& instance, const ReloadReport& reload,
                                      const std::vector<PipelineStatus>& pipelines);

}  // namespace tallymill
