#include "daemon/reload_command.h"

#include <signal.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <thread>
#include <utility>

#include "aggregate/catalog.h"
#include "base/clock.h"
#include "config/load.h"
#include "daemon/exit_codes.h"
#include "daemon/http_client.h"
#include "daemon/reload_page.h"

namespace tallymill {
namespace {

constexpr auto one_answer = std::chrono::seconds(3);
constexpr auto between_looks = std::chrono::milliseconds(100);
// A changed pipeline has 8 seconds for its last batch, what it sent to Postgres its own time-outs, and one
// that begins 10 seconds.
constexpr auto longest_reload = std::chrono::minutes(2);

Error failed(std::string why) { return {Reaction::reject, std::move(why)}; }

Result<ReloadPage> look(const HttpSpec& http) {
  TRY_ASSIGN(const HttpAnswer answer, http_get(http.address, http.port, "/api/reload", one_answer));
  if (auto page = read_reload_page(answer.body)) return *std::move(page);
  return failed("what answers on port " + std::to_string(http.port) +
                " is no tallymill that can reload: " + answer.status_line);
}

// The file may say already what the daemon does not know yet.
Result<ReloadPage> find(const HttpSpec& http) {
  auto page = look(http);
  if (page.ok()) return page;
  return failed(page.error().message() +
                "; if the daemon was started with another http.address or http.port, say --address and --port");
}

Result<void> identify(const ProcessIdentity& daemon, std::int64_t told) {
  const std::string named = "the daemon that answers is process " + std::to_string(daemon.pid);
  // Whoever tells its number knows it; where it can be seen, it is looked at all the same.
  if (told != 0 && told != daemon.pid) return failed(named + ", not " + std::to_string(told));
  if (daemon.space != this_process().space) {
    return failed(named + " of another container or machine; run tallymill reload there");
  }
  const auto found = process_of(daemon.pid);
  if (found ? *found == daemon : told != 0) return {};
  return failed(named + ", which is not to be found here; if it is known to be there, say --pid");
}

Result<void> send_signal(std::int64_t pid) {
  if (::kill(static_cast<pid_t>(pid), SIGHUP) == 0) return {};
  return failed("asking process " + std::to_string(pid) + " to reload: " + std::strerror(errno) +
                (errno == EPERM ? "; run tallymill reload as its user or as root" : ""));
}

Result<ReloadPage> wait_for_answer(const HttpSpec& http, const ReloadPage& before) {
  const SteadyTime until = system_clock().steady_now() + longest_reload;
  while (system_clock().steady_now() < until) {
    TRY_ASSIGN(ReloadPage now, look(http));
    if (now.process != before.process) return failed("the daemon ended before it had reloaded");
    if (now.answered > before.requested) return now;
    std::this_thread::sleep_for(between_looks);
  }
  return failed("the reload is still under way; /readyz says what its pipelines wait for, and /api/status "
                "what becomes of it");
}

Result<ReloadPage> reload(const HttpSpec& http, std::int64_t told) {
  if (!http.enabled) {
    return failed("http.enabled is false, so the daemon cannot be found, nor say what comes of it; send it "
                  "SIGHUP and look into its log");
  }
  TRY_ASSIGN(const ReloadPage before, find(http));
  TRY(identify(before.process, told));
  TRY(send_signal(before.process.pid));
  return wait_for_answer(http, before);
}

}  // namespace

int reload_command(const CommandLine& line) {
  HttpSpec http;
  http.address = line.address;
  http.port = line.port;
  if (!line.config.empty()) {
    // Its lookups are left to the daemon, which has the memory for them.
    const Loaded loaded = load_config(line.config, aggregate_catalog(), process_environment());
    if (!loaded.spec) {
      std::fputs(render(loaded.problems).c_str(), stderr);
      return exit_code::failure;
    }
    http = loaded.spec->http;
  }
  const auto answer = reload(http, line.pid);
  if (!answer.ok()) {
    std::fprintf(stderr, "tallymill: %s\n", answer.error().message().c_str());
    return exit_code::failure;
  }
  const bool applied = answer->result == to_string(ReloadResult::applied);
  std::fprintf(applied ? stdout : stderr, "%s%s\n", answer->message.c_str(), answer->result.c_str());
  return applied ? exit_code::ok : exit_code::failure;
}

}  // namespace tallymill
