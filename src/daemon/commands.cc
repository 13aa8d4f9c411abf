#include "daemon/commands.h"

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <utility>

#include "base/counted.h"
#include "base/failpoint.h"
#include "base/log.h"
#include "daemon/choose_pipeline.h"
#include "daemon/dead_letters_command.h"
#include "daemon/docs_command.h"
#include "daemon/examine_command.h"
#include "daemon/exit_codes.h"
#include "daemon/health.h"
#include "daemon/init/init_command.h"
#include "daemon/live_check.h"
#include "daemon/load_or_explain.h"
#include "daemon/orders_command.h"
#include "daemon/plan_command.h"
#include "daemon/preview_command.h"
#include "daemon/reload_command.h"
#include "daemon/replay_command.h"
#include "daemon/secrets.h"
#include "daemon/status_command.h"
#include "daemon/supervisor.h"
#include "daemon/test_command.h"
#include "daemon/verify_command.h"

namespace tallymill {
namespace {

int fail(const Error& error) {
  std::fprintf(stderr, "tallymill: %s\n", error.message().c_str());
  return exit_code::failure;
}

int check(const Spec& spec, const CommandLine& line) {
  if (line.connect) {
    const std::vector<Error> problems = check_live(spec);
    for (const Error& problem : problems) fail(problem);
    if (!problems.empty()) return exit_code::failure;
  }
  std::printf("%s: fine, %s\n", line.config.c_str(), counted(spec.pipelines.size(), "pipeline").c_str());
  return exit_code::ok;
}

int about_pipeline(const Spec& spec, const CommandLine& line) {
  const auto chosen = choose_pipeline(spec, line.pipeline);
  if (!chosen.ok()) {
    std::fprintf(stderr, "tallymill: %s\n", chosen.error().message().c_str());
    return exit_code::usage;
  }
  const PipelineSpec* pipeline = *chosen;
  switch (line.command) {
    case CommandLine::Command::verify: return verify_command(spec, *pipeline, line.batches);
    case CommandLine::Command::examine: return examine_command(spec, *pipeline, line);
    case CommandLine::Command::replay: return replay_command(spec, *pipeline, line);
    case CommandLine::Command::pause:
    case CommandLine::Command::resume:
    case CommandLine::Command::reset:
    case CommandLine::Command::drop: return orders_command(spec, *pipeline, line);
    default: return dead_letters_command(spec, *pipeline, line);
  }
}

int health(const CommandLine& line) {
  // Below what container engines wait by default, so that they see the reason and not a time-out.
  constexpr auto patience = std::chrono::seconds(3);
  if (auto answered = ask_health(line.address, line.port, patience); !answered.ok()) {
    return fail(answered.error());
  }
  std::puts("healthy");
  return exit_code::ok;
}

// Armed only on demand, so that a variable left behind in an environment harms nobody silently.
Result<void> arm(const CommandLine& line) {
  const char* text = std::getenv("TALLYMILL_FAILPOINTS");
  if (text == nullptr || *text == '\0') return {};
  if (line.unsafe_failpoints) return arm_failpoints(text);
  return Error(Reaction::stop, "failpoints",
               "TALLYMILL_FAILPOINTS is set, which makes the daemon die or fail on purpose; unset it, or "
               "add --unsafe-failpoints");
}

}  // namespace

int run_command(const CommandLine& line) {
  if (line.command == CommandLine::Command::health) return health(line);
  if (line.command == CommandLine::Command::reload) return reload_command(line);
  if (line.command == CommandLine::Command::run) {
    if (auto armed = arm(line); !armed.ok()) {
      std::fprintf(stderr, "tallymill: %s\n", armed.error().message().c_str());
      return exit_code::usage;
    }
  }
  if (line.command == CommandLine::Command::init) return init_command(line);
  if (line.command == CommandLine::Command::docs) return docs_command(line);
  if (line.command == CommandLine::Command::schema) return schema_command();
  if (line.command == CommandLine::Command::preview) return preview_command(line);
  if (line.command == CommandLine::Command::test) return test_command(line);
  const std::optional<Spec> spec = load_or_explain(line.config);
  if (!spec) return exit_code::configuration;
  switch (line.command) {
    case CommandLine::Command::run:
      configure_log(spec->log.level, spec->log.format);
      failpoint("start.config_read");
      return supervise(line.config, *spec, line.drain);
    case CommandLine::Command::check: return check(*spec, line);
    case CommandLine::Command::plan: return plan_command(*spec, line);
    case CommandLine::Command::migrate: return migrate_command(*spec, line);
    case CommandLine::Command::status: return status_command(*spec, line);
    case CommandLine::Command::health: break;
    default: return about_pipeline(*spec, line);
  }
  return exit_code::usage;
}

}  // namespace tallymill
