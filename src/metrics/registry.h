#pragma once

// All metrics of the process, in Prometheus's text format. Labels are bounded: pipeline, topic,
// partition, and words from closed lists; never a value from data.
//
// Thread-safe. metric_table.h lists every name.

#include <memory>
#include <string>

#include "metrics/pipeline_metrics.h"

namespace tallymill {

class MetricsRegistry {
 public:
  virtual ~MetricsRegistry() = default;

  // The metrics of one pipeline; live as long as the registry, or until they are forgotten. REQUIRES:
  // called once per name.
  [[nodiscard]] virtual PipelineMetrics& pipeline(const std::string& name) = 0;
  // The pipeline is gone: nothing of it is shown any more, and the name is free. Forgets nothing if there
  // is none. REQUIRES: nobody uses its metrics.
  virtual void forget(const std::string& pipeline) = 0;

  virtual void build_info(const std::string& version, const std::string& commit) = 0;
  virtual void config_info(const std::string& pipeline, const std::string& fingerprint) = 0;
  virtual void memory_limit(std::size_t bytes) = 0;
  // The configuration was loaded, at the start too, or was not put into force as it was to be.
  virtual void config_loaded(bool successful, WallTime now) = 0;

  // The exposition, ready to be served.
  [[nodiscard]] virtual std::string text() = 0;
};

[[nodiscard]] std::unique_ptr<MetricsRegistry> make_metrics_registry();

}  // namespace tallymill
