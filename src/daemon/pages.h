#pragma once

#include <functional>
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
  std::function<std::vector<PipelineStatus>()> pipelines;  // Thread-safe, this and the next.
  std::function<ReloadReport()> reload;
};

// /metrics, /healthz, /readyz, /api/status, /api/reload.
[[nodiscard]] HttpHandler make_pages(PageSources sources);

// The body of /api/status.
[[nodiscard]] std::string status_json(const std::string& instance, const ReloadReport& reload,
                                      const std::vector<PipelineStatus>& pipelines);

}  // namespace tallymill
