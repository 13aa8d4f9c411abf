#include "daemon/command_line.h"

#include <algorithm>
#include <charconv>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <CLI/CLI.hpp>

#include "daemon/command_line_parts.h"
#include "daemon/completions.h"
#include "daemon/exit_codes.h"
#include "daemon/help_format.h"
#include "daemon/version.h"
#include "expression/nearest.h"
#include "model/timestamp.h"

namespace tallymill {
namespace {

constexpr const char* about =
    "tallymill keeps Postgres tables of aggregates exactly in step with Kafka topics.";

constexpr const char* footer =
    ";\na command with others says so in its own help.\n"
    "Secrets come from ${VAR}, {file: ...} or {command: ...} in the configuration, never from here.";

// "12..40", "12..", "..40" or "12".
std::string read_span(const std::string& text, LedgerSelection& batches) {
  const auto read = [](std::string_view digits, std::optional<std::int64_t>& number) {
    if (digits.empty()) return true;
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    number = value;
    return error == std::errc() && end == digits.data() + digits.size() && value >= 0;
  };
  const std::size_t dots = text.find("..");
  const std::string_view all = text;
  const bool one = dots == std::string::npos;
  const bool good = one ? read(all, batches.first) && read(all, batches.last)
                        : read(all.substr(0, dots), batches.first) &&
                              read(all.substr(dots + 2), batches.last);
  if (good && text != ".." && !text.empty()) return {};
  return "needs the numbers of batches, as 12..40, not " + text;
}

void add_verify(CLI::App& app, CommandLine& line) {
  CLI::App* verify = add_pipeline_command(
      app, "verify", "Read batches of the ledger again from Kafka and compare their digests", line,
      CommandLine::Command::verify);
  verify->footer("All batches of the ledger, unless some are chosen. Changes nothing.\n" +
                 exit_code::line("verify") + ".");
  auto* span = verify->add_option_function<std::string>(
      "--batches",
      [&line](const std::string& text) {
        if (auto wrong = read_span(text, line.batches); !wrong.empty()) {
          throw CLI::ValidationError("--batches", wrong);
        }
      },
      "Batches A to B, as A..B; an open end means all that follow");
  auto* last = verify->add_option("--last", line.batches.newest, "The last N batches")
                   ->check(count_up_to(most_records));
  auto* since = verify->add_option_function<std::string>(
      "--since",
      [&line](const std::string& text) {
        if (auto wrong = read_time(text, line.batches.since); !wrong.empty()) {
          throw CLI::ValidationError("--since", wrong);
        }
      },
      "Batches committed at or after a time, as 2026-01-31T12:00:00Z");
  span->excludes(last)->excludes(since);
  last->excludes(since);
}

std::string read_start(const std::string& text, std::optional<StartAt>& start) {
  StartAt at;
  std::optional<Timestamp> time;
  if (text == "latest") {
    at.kind = StartAt::Kind::latest;
  } else if (text != "earliest") {
    if (!read_time(text, time).empty()) {
      return "needs earliest, latest or a time as 2026-01-31T12:00:00Z, not " + text;
    }
    at.kind = StartAt::Kind::timestamp;
    at.timestamp = *time;
  }
  start = at;
  return {};
}

void add_orders(CLI::App& app, CommandLine& line) {
  using Command = CommandLine::Command;
  const auto add = [&](const char* name, const char* help, Command command) {
    CLI::App* sub = add_pipeline_command(app, name, help, line, command);
    sub->add_flag("--dry-run", line.dry_run, "Say what would be done, and do nothing");
    return sub;
  };
  add("pause", "Have the daemon commit what is open and then leave the pipeline alone", Command::pause);
  CLI::App* resume = add("resume", "Let a paused or stopped pipeline go on", Command::resume);
  resume->add_flag("--accept-gap", line.accept_gap,
                   "Go on behind records that the topic no longer holds, and record the gap");
  resume->add_flag("--accept-topic", line.accept_topic,
                   "Go on with a topic that was made anew, from its start, and record the gap");
  CLI::App* reset = add("reset", "Count anew, from another start or under a changed configuration",
                        Command::reset);
  reset->footer("Forgets checkpoints, ledger, dead letters and gaps of the pipeline, in one transaction "
                "that the daemon follows. Never adds onto a table that holds rows.");
  reset->add_option_function<std::string>(
      "--start",
      [&line](const std::string& text) {
        if (auto wrong = read_start(text, line.start); !wrong.empty()) {
          throw CLI::ValidationError("--start", wrong);
        }
      },
      "earliest, latest or a time; the configuration's source.start if not given");
  reset->add_flag("--truncate", line.truncate, "Empty the pipeline's tables first");
  CLI::App* drop = add("drop", "Forget a pipeline that no instance runs any more", Command::drop);
  drop->add_flag("--tables", line.tables, "Drop its tables of aggregates, too");
}

bool printable(const char* word) {
  for (; *word != '\0'; ++word) {
    if (static_cast<unsigned char>(*word) < 0x20) return false;
  }
  return true;
}

// What is wrong may repeat an argument of any length.
std::string shortened(const std::string& words) {
  return words.size() > 500 ? words.substr(0, 500) + "..." : words;
}

// The command that was named, as far as it is known: of several words the last.
const CLI::App* command_given(const CLI::App& app) {
  const CLI::App* chosen = &app;
  while (!chosen->get_subcommands().empty()) chosen = chosen->get_subcommands().back();
  return chosen;
}

std::string full_name(const CLI::App& command) {
  const CLI::App* above = command.get_parent();
  return (above == nullptr ? "" : full_name(*above) + " ") + command.get_name();
}

// Of a command that others stand below: what is wrong with the word in the place of one; else empty.
std::string unknown_command(const CLI::App& group) {
  std::vector<std::string> names;
  for (const CLI::App* each : group.get_subcommands({})) names.push_back(each->get_name());
  const std::vector<std::string> left = group.remaining();
  if (names.empty() || left.empty() || left.front().starts_with('-')) return {};
  const std::vector<std::string_view> candidates(names.begin(), names.end());
  return "there is no command " + left.front() + expression::hint(left.front(), candidates, "the commands are");
}

// Describes every command; what is given to one is written into `line`, which outlives the parse.
void describe(CLI::App& app, CommandLine& line) {
  app.formatter(std::make_shared<HelpFormat>());
  app.footer(exit_code::line("") + footer);
  app.set_version_flag("--version", std::string("tallymill ") + version + " (" + commit + ")");
  app.require_subcommand(1);

  CLI::App* run = add_command(app, "run", "Run the daemon", line, CommandLine::Command::run);
  run->add_flag("--drain", line.drain, "Process what is in the topics now, then exit");
  run->add_flag("--unsafe-failpoints", line.unsafe_failpoints,
                "For tests: die, wait or fail where TALLYMILL_FAILPOINTS says");
  CLI::App* check = add_command(app, "check", "Check a configuration, offline; every problem with its place",
                                line, CommandLine::Command::check);
  check->add_flag("--connect", line.connect, "Also compare with the live topics and tables");
  add_plan(app, line);
  add_migrate(app, line);
  CLI::App* status = add_command(app, "status", "Show pipelines, freshness and last batches, from Postgres",
                                 line, CommandLine::Command::status);
  status->add_flag("--watch", line.watch, "Look again every two seconds, until Ctrl-C");
  status->add_flag("--json", line.json, "One line of JSON each time, for scripts");
  add_verify(app, line);
  add_orders(app, line);
  add_dead_letters(app, line);
  add_replay(app, line);
  add_examine(app, line);
  add_init(app, line);
  add_preview(app, line);
  add_test(app, line);
  add_docs(app, line);
  add_reload(app, line);
  add_completions(app, line);
  CLI::App* health = app.add_subcommand("health", "Ask a running daemon's /healthz; for container engines");
  add_http_options(*health, line);
  health->callback([&line] { line.command = CommandLine::Command::health; });
}

}  // namespace

std::vector<CommandShape> program_shapes() {
  CommandLine line;
  CLI::App app(about, "tallymill");
  describe(app, line);
  return command_shapes(app);
}

ParsedCommandLine parse_command_line(int count, const char* const* words) {
  CommandLine line;
  CLI::App app(about, "tallymill");
  describe(app, line);
  for (int i = 1; i < count; ++i) {
    if (!printable(words[i])) {
      return {std::nullopt, exit_code::usage, "tallymill: an argument holds control characters\n"};
    }
  }
  try {
    app.parse(count, words);
  } catch (const CLI::CallForHelp&) {
    const CLI::App* chosen = command_given(app);
    const bool is_group = chosen != &app && !chosen->get_subcommands({}).empty();
    // Asked of the program, so that the usage names all of the command.
    return {std::nullopt, exit_code::ok,
            app.help("", is_group ? CLI::AppFormatMode::All : CLI::AppFormatMode::Normal)};
  } catch (const CLI::CallForVersion& version_asked) {
    return {std::nullopt, exit_code::ok, std::string(version_asked.what()) + "\n"};
  } catch (const CLI::ParseError& error) {
    const CLI::App* chosen = command_given(app);
    const std::string unknown = unknown_command(*chosen);
    const std::string wrong = unknown.empty() ? shortened(error.what()) + "; see " + full_name(*chosen) + " --help"
                                              : shortened(unknown);
    return {std::nullopt, exit_code::usage, "tallymill: " + wrong + "\n"};
  }
  if (line.command == CommandLine::Command::completions) {
    return {std::nullopt, exit_code::ok, completions(line.shell, command_shapes(app))};
  }
  return {line, exit_code::ok, {}};
}

}  // namespace tallymill
