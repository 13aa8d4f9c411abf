#include "daemon/supervisor.h"

#include <malloc.h>

#include <cstdio>
#include <memory>
#include <utility>
#include <vector>

#include "base/log.h"
#include "base/wakeup.h"
#include "config/spec_changes.h"
#include "daemon/build.h"
#include "daemon/exit_codes.h"
#include "daemon/fleet.h"
#include "daemon/http_server.h"
#include "daemon/load_or_explain.h"
#include "daemon/memory_shares.h"
#include "daemon/pages.h"
#include "daemon/reload_desk.h"
#include "daemon/reloader.h"
#include "daemon/service_link.h"
#include "daemon/signals.h"
#include "daemon/stop_deadline.h"
#include "daemon/version.h"
#include "metrics/registry.h"

namespace tallymill {
namespace {

// Freed memory goes back to the system instead of staying in one arena per thread.
void tune_allocator() {
  mallopt(M_ARENA_MAX, 2);
  mallopt(M_MMAP_THRESHOLD, 256 * 1024);
  mallopt(M_TRIM_THRESHOLD, 1024 * 1024);
}

class Supervisor {
 public:
  Supervisor(std::string path, Spec spec, bool drain)
      : path_(std::move(path)),
        spec_(std::make_shared<const Spec>(std::move(spec))),
        drain_(drain),
        service_(take_service_manager()),
        metrics_(make_metrics_registry()),
        fleet_(service_.watchdog(), [this] { wakeup_.notify(); }),
        signals_(watch_signals({[this] { stop(); }, [this] { ask_to_reload(); }})) {}

  int run() {
    metrics_->build_info(version, commit);
    if (auto started = start(); !started.ok()) {
      log_error("not started", {{"error", started.error().message()}});
      return exit_code::failure;
    }
    Reloader reloader(reload_parts(), spec_);
    while (fleet_.running()) {
      if (const auto requests = desk_.due(); requests && !fleet_.stopping()) {
        reload(reloader, *requests);
      } else {
        wakeup_.wait_for(std::chrono::hours(1));
      }
    }
    server_.reset();
    return result();
  }

 private:
  void stop() {
    log_info("stopping: committing what is folded");
    deadline_.start();
    service_.stopping();
    fleet_.request_stop();
    wakeup_.notify();
  }
  void ask_to_reload() {
    desk_.request();
    wakeup_.notify();
  }

  // All of it can be seen before anything runs.
  Result<void> start() {
    TRY_ASSIGN(const MemoryShares shares, divide_memory(*spec_));
    const std::string session = new_session();
    for (const PipelineSpec& pipeline : spec_->pipelines) {
      TRY_ASSIGN(auto one, build_pipeline({*spec_, pipeline, shares, *metrics_, session,
                                              heart_for(spec_->postgres), drain_, {}, {}}));
      fleet_.add(pipeline.name, spec_, std::move(one), shares);
    }
    adopt(*spec_);
    metrics_->config_loaded(true, system_clock().wall_now());
    TRY(serve());
    log_info("started", {{"version", version},
                         {"instance", spec_->instance},
                         {"pipelines", static_cast<std::int64_t>(spec_->pipelines.size())},
                         {"http", server_ ? spec_->http.address + ":" + std::to_string(server_->port()) : "off"}});
    service_.ready();
    fleet_.begin();
    return {};
  }

  Result<void> serve() {
    if (!spec_->http.enabled) return {};
    PageSources sources{*metrics_, spec_->instance, [this] { return fleet_.statuses(); },
                        [this](const std::string& pipeline) { return fleet_.history(pipeline); },
                        [this] { return desk_.report(); }};
    TRY_ASSIGN(server_, start_http_server(spec_->http.address, spec_->http.port,
                                          make_pages(std::move(sources))));
    return {};
  }

  // Those that go on keep theirs, also where another database was prepared for and then rejected.
  std::shared_ptr<Heart> heart_for(const PostgresSpec& postgres) {
    if (!heart_ || !same_postgres(heart_postgres_, postgres)) {
      heart_ = make_heart(postgres);
      heart_postgres_ = postgres;
    }
    return heart_;
  }

  void adopt(const Spec& spec) {
    configure_log(spec.log.level, spec.log.format);
    metrics_->memory_limit(static_cast<std::size_t>(spec.memory_limit));
    for (const PipelineSpec& pipeline : spec.pipelines) {
      metrics_->config_info(pipeline.name, pipeline.fingerprint);
    }
  }

  ReloadParts reload_parts() {
    return {fleet_, [this] { return load_and_check(path_); }, rehearse_start,
            [this](const Spec& spec, const PipelineSpec& pipeline, const MemoryShares& shares) {
              // A session of its own: to Postgres, and to the other instances, it is another process.
              return prepare_pipeline({spec, pipeline, shares, *metrics_, new_session(),
                                       heart_for(spec.postgres), false, {}, {}, false});
            },
            [this](const std::string& pipeline) { metrics_->forget(pipeline); },
            [this](const Spec& spec) { adopt(spec); }};
  }

  void reload(Reloader& reloader, std::int64_t requests) {
    log_info("reloading the configuration", {{"path", path_}});
    service_.reloading();
    ReloadOutcome outcome{ReloadResult::rejected, "a drain reads its configuration once\n"};
    if (!drain_) outcome = reloader.reload();
    tell(outcome);
    const WallTime now = system_clock().wall_now();
    metrics_->config_loaded(outcome.result == ReloadResult::applied, now);
    desk_.answer(requests, outcome.result, std::move(outcome.message), now);
    if (!fleet_.stopping()) service_.ready();
  }

  static void tell(const ReloadOutcome& outcome) {
    const std::string message = outcome.message.substr(0, outcome.message.find_last_not_of('\n') + 1);
    switch (outcome.result) {
      case ReloadResult::applied: return log_info("configuration reloaded", {{"changes", message}});
      case ReloadResult::incomplete:
        return log_error("configuration reloaded, but not every pipeline started", {{"error", message}});
      default: return log_error("configuration not reloaded", {{"error", message}});
    }
  }

  int result() {
    int code = exit_code::ok;
    std::string differences;
    for (const Error& failure : fleet_.failures()) {
      if (code == exit_code::ok) code = exit_code::failure;
      if (!is_refusal(failure)) continue;
      code = exit_code::configuration;
      differences += "tallymill: " + failure.message() + "\n";
    }
    log_info("stopped");
    if (!differences.empty()) {
      // For whoever started it by hand, below the log: a line of that holds no lines.
      flush_log();
      std::fputs(differences.c_str(), stderr);
    }
    return code;
  }

  const std::string path_;
  const std::shared_ptr<const Spec> spec_;  // Of the start.
  const bool drain_;
  // In the order in which they must outlive each other: a pipeline that ends waits for its last
  // statement, under the deadline and with its metrics; signals may come until all is over.
  ServiceLink service_;
  const std::unique_ptr<MetricsRegistry> metrics_;
  StopDeadline deadline_;
  Wakeup wakeup_;
  ReloadDesk desk_;
  std::shared_ptr<Heart> heart_;  // Of those that begin next, and its database.
  PostgresSpec heart_postgres_;
  std::unique_ptr<HttpServer> server_;
  Fleet fleet_;
  std::unique_ptr<SignalWatcher> signals_;
};

}  // namespace

int supervise(const std::string& path, Spec spec, bool drain) {
  tune_allocator();
  return Supervisor(path, std::move(spec), drain).run();
}

}  // namespace tallymill
