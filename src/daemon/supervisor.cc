#include "daemon/supervisor.h"

#include <malloc.h>
#include <unistd.h>

#include <condition_variable>
#include <cstdio>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "base/log.h"
#include "daemon/build.h"
#include "daemon/exit_codes.h"
#include "daemon/http_server.h"
#include "daemon/memory_shares.h"
#include "daemon/pages.h"
#include "daemon/service_link.h"
#include "daemon/signals.h"
#include "daemon/version.h"
#include "metrics/registry.h"

namespace tallymill {
namespace {

// After a signal everything is over within 10 seconds, whatever hangs.
constexpr auto stop_deadline = std::chrono::milliseconds(9500);

// Freed memory goes back to the system instead of staying in one arena per thread.
void tune_allocator() {
  mallopt(M_ARENA_MAX, 2);
  mallopt(M_MMAP_THRESHOLD, 256 * 1024);
  mallopt(M_TRIM_THRESHOLD, 1024 * 1024);
}

Result<std::vector<std::unique_ptr<BuiltPipeline>>> build_all(const Spec& spec,
                                                              MetricsRegistry& metrics,
                                                              Heart& heart, bool drain) {
  TRY_ASSIGN(const MemoryShares shares, divide_memory(spec));
  const std::string session = new_session();
  std::vector<std::unique_ptr<BuiltPipeline>> built;
  for (const PipelineSpec& pipeline : spec.pipelines) {
    TRY_ASSIGN(auto one, build_pipeline({spec, pipeline, shares, metrics, session, heart, drain, {}, {}}));
    metrics.config_info(pipeline.name, pipeline.fingerprint);
    built.push_back(std::move(one));
  }
  return built;
}

using Pipelines = std::vector<std::unique_ptr<BuiltPipeline>>;

Result<std::unique_ptr<HttpServer>> serve(const Spec& spec, MetricsRegistry& metrics,
                                          Pipelines& pipelines) {
  if (!spec.http.enabled) return std::unique_ptr<HttpServer>();
  PageSources sources{metrics, spec.instance, [&pipelines] {
                        std::vector<PipelineStatus> all;
                        for (const auto& one : pipelines) all.push_back(one->pipeline().status());
                        return all;
                      }};
  return start_http_server(spec.http.address, spec.http.port, make_pages(std::move(sources)));
}

// Its configuration counts otherwise than the stored rows were counted.
bool refused(const Pipeline& pipeline) {
  const auto failure = pipeline.failure();
  return pipeline.finished() && failure && failure->code() == "config_changed";
}

// Ends the process if stopping takes too long: a restart resumes from the checkpoint.
class StopDeadline {
 public:
  ~StopDeadline() {
    {
      const std::lock_guard lock(mutex_);
      over_ = true;
    }
    changed_.notify_all();
    if (thread_.joinable()) thread_.join();
  }
  void start() {
    thread_ = std::thread([this] {
      std::unique_lock lock(mutex_);
      if (changed_.wait_for(lock, stop_deadline, [this] { return over_; })) return;
      log_error("stopping took too long; ending now, a restart resumes from the checkpoint");
      flush_log();
      _exit(exit_code::failure);
    });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool over_ = false;
  std::thread thread_;
};

}  // namespace

int supervise(const Spec& spec, bool drain) {
  tune_allocator();
  // In the order in which they must outlive each other: a pipeline that ends waits for its last
  // statement, under the deadline and with its metrics.
  ServiceLink service(take_service_manager());
  const auto metrics = make_metrics_registry();
  StopDeadline deadline;
  Heart heart;
  Pipelines pipelines;
  std::mutex mutex;  // Guards the two that follow, and `pipelines` against the signals' thread.
  bool stopping = false;
  bool ready = false;
  const auto signals = watch_signals([&] {
    log_info("stopping: committing what is folded");
    deadline.start();
    service.stopping();
    const std::lock_guard lock(mutex);
    stopping = true;
    if (!ready) return;
    for (const auto& one : pipelines) one->pipeline().request_stop();
  });
  heart = make_heart(spec.postgres);  // Its thread, like all others, blocks the signals that are watched.
  metrics->build_info(version, commit);
  metrics->memory_limit(static_cast<std::size_t>(spec.memory_limit));
  auto built = build_all(spec, *metrics, heart, drain);
  if (!built.ok()) {
    log_error("not started", {{"error", built.error().message()}});
    return exit_code::failure;
  }
  pipelines = std::move(built).value();
  auto server = serve(spec, *metrics, pipelines);
  if (!server.ok()) {
    log_error("not started", {{"error", server.error().message()}});
    return exit_code::failure;
  }
  log_info("started", {{"version", version},
                       {"instance", spec.instance},
                       {"pipelines", static_cast<std::int64_t>(pipelines.size())},
                       {"http", server.value() ? spec.http.address + ":" + std::to_string(server.value()->port()) : "off"}});
  service.ready();
  {
    const std::lock_guard lock(mutex);
    ready = true;
    for (const auto& one : pipelines) {
      if (stopping) one->pipeline().request_stop();
    }
  }
  std::vector<std::thread> threads;
  for (const auto& one : pipelines) {
    threads.emplace_back([&pipeline = one->pipeline(), &pipelines, &service] {
      {
        WatchdogFeed::Member member(service.watchdog());
        pipeline.run([&member] { member.moved(); });
      }
      // With half of its pipelines it would look deployed; whoever deploys it shall see that it is not.
      if (!refused(pipeline)) return;
      for (const auto& other : pipelines) other->pipeline().request_stop();
    });
  }
  for (std::thread& thread : threads) thread.join();
  int code = exit_code::ok;
  std::string differences;
  for (const auto& one : pipelines) {
    const auto failure = one->pipeline().failure();
    if (failure && code == exit_code::ok) code = exit_code::failure;
    if (!refused(one->pipeline())) continue;
    code = exit_code::configuration;
    differences += "tallymill: " + failure->message() + "\n";
  }
  server.value().reset();
  {
    const std::lock_guard lock(mutex);
    ready = false;
  }
  pipelines.clear();
  log_info("stopped");
  if (!differences.empty()) {
    // For whoever started it by hand, below the log: a line of that holds no lines.
    flush_log();
    std::fputs(differences.c_str(), stderr);
  }
  return code;
}

}  // namespace tallymill
