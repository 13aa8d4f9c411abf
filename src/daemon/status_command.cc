#include "daemon/status_command.h"

#include <chrono>
#include <cstdio>
#include <string>
#include <thread>

#include "base/clock.h"
#include "base/log.h"
#include "daemon/command_failure.h"
#include "daemon/exit_codes.h"
#include "daemon/screen.h"
#include "daemon/secrets.h"
#include "daemon/signals.h"
#include "daemon/status_json.h"
#include "daemon/status_text.h"
#include "daemon/terminal.h"
#include "sink/postgres/status_reader.h"

namespace tallymill {
namespace {

constexpr auto period = std::chrono::seconds(2);
constexpr std::size_t widest_cell = 40;

Timestamp now() { return timestamp_of(system_clock().wall_now()); }

std::string text_of(const StatusReport& report) {
  return status_text(report, wants_colour(stdout), is_terminal(stdout) ? widest_cell : 0);
}

// What Postgres knows, and what of the configuration it does not know yet.
class Looking {
 public:
  explicit Looking(const Spec& spec) : spec_(spec), reader_(spec.postgres, resolve_secret) {}

  Result<StatusReport> look() {
    TRY_ASSIGN(StatusReport report, reader_.look());
    for (const PipelineSpec& pipeline : spec_.pipelines) report.expect(pipeline.name);
    return report;
  }

 private:
  const Spec& spec_;
  postgres::StatusReader reader_;
};

int look_once(const Spec& spec, Looking& looking, bool json) {
  const auto report = looking.look();
  if (!report.ok()) return command_failed(spec, report.error());
  std::fputs((json ? report_json(*report) : text_of(*report)).c_str(), stdout);
  return exit_code::ok;
}

// With when it was so; a look that failed says why, and until when things were seen.
class Block {
 public:
  std::string of(const Result<StatusReport>& report) {
    if (report.ok()) {
      last_ = "at " + to_string(report->at) + "\n\n" + text_of(*report);
      return last_;
    }
    std::string text = inked("Postgres cannot be asked: " + report.error().message(), Ink::red,
                             wants_colour(stdout)) +
                       "\ntrying again; it is " + to_string(now()) + "\n";
    // On a screen the rest would be lost; in a file it stands above.
    if (can_redraw(stdout) && !last_.empty()) text += "\nlast seen " + last_;
    return text;
  }

 private:
  std::string last_;
};

int watch(Looking& looking, bool json) {
  end_on_interrupt();
  Screen screen(stdout);
  Block block;
  for (bool first = true;; first = false) {
    if (!first) std::this_thread::sleep_for(period);
    const auto report = looking.look();
    const InterruptsHeld held;
    if (json) {
      std::fputs((report.ok() ? report_json(*report) : report_json(report.error(), now())).c_str(), stdout);
    } else if (can_redraw(stdout)) {
      screen.draw(block.of(report));
    } else {
      std::fputs(((first ? "" : "\n") + block.of(report)).c_str(), stdout);
    }
    // Whoever read it has gone.
    if (std::fflush(stdout) != 0) return exit_code::failure;
  }
}

}  // namespace

int status_command(const Spec& spec, const CommandLine& line) {
  Looking looking(spec);
  return line.watch ? watch(looking, line.json) : look_once(spec, looking, line.json);
}

}  // namespace tallymill
