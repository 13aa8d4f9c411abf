#include "metrics/registry.h"

#include <prometheus/text_serializer.h>

#include <chrono>
#include <cstdio>
#include <map>
#include <mutex>
#include <unistd.h>

#include "base/log.h"
#include "metrics/prometheus/families.h"
#include "metrics/prometheus/prometheus_pipeline.h"

namespace tallymill {
namespace {

// From /proc: pages of the process that are in memory.
double resident_bytes() {
  std::FILE* statm = std::fopen("/proc/self/statm", "re");
  if (statm == nullptr) return 0;
  unsigned long size = 0;
  unsigned long resident = 0;
  const int fields = std::fscanf(statm, "%lu %lu", &size, &resident);
  std::fclose(statm);
  return fields == 2 ? static_cast<double>(resident) * static_cast<double>(sysconf(_SC_PAGESIZE)) : 0;
}

class PrometheusRegistry final : public MetricsRegistry {
 public:
  PrometheusRegistry() {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    families_.start_time.Add({}).Set(std::chrono::duration<double>(now).count());
  }
  PipelineMetrics& pipeline(const std::string& name) override {
    const std::lock_guard lock(mutex_);
    auto& made = pipelines_[name];
    made = make_prometheus_pipeline(families_, name);
    return *made;
  }
  void forget(const std::string& pipeline) override {
    const std::lock_guard lock(mutex_);
    pipelines_.erase(pipeline);
    families_.forget(pipeline);
  }
  void build_info(const std::string& version, const std::string& commit) override {
    families_.build_info.Add({{"version", version}, {"commit", commit}}).Set(1);
  }
  void config_info(const std::string& pipeline, const std::string& fingerprint) override {
    families_.config_info.Add({{"pipeline", pipeline}, {"fingerprint", fingerprint}}).Set(1);
  }
  void memory_limit(std::size_t bytes) override {
    families_.memory_limit.Add({}).Set(static_cast<double>(bytes));
  }
  void config_loaded(bool successful, WallTime now) override {
    families_.reload_successful.Add({}).Set(successful ? 1 : 0);
    if (!successful) return;
    families_.reload_success_time.Add({}).Set(static_cast<double>(now.time_since_epoch().count()) / 1e6);
  }
  std::string text() override {
    families_.resident_memory.Add({}).Set(resident_bytes());
    families_.log_lines_dropped.Add({}).Set(static_cast<double>(log_lines_dropped()));
    return prometheus::TextSerializer().Serialize(registry_.Collect());
  }

 private:
  prometheus::Registry registry_;
  MetricFamilies families_{registry_};
  std::mutex mutex_;
  std::map<std::string, std::unique_ptr<PipelineMetrics>> pipelines_;
};

}  // namespace

std::unique_ptr<MetricsRegistry> make_metrics_registry() {
  return std::make_unique<PrometheusRegistry>();
}

}  // namespace tallymill
