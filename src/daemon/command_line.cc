#include "daemon/command_line.h"

#include <CLI/CLI.hpp>

#include "daemon/exit_codes.h"
#include "daemon/version.h"

namespace tallymill {
namespace {

constexpr const char* about =
    "tallymill keeps Postgres tables of aggregates exactly in step with Kafka topics.";

constexpr const char* footer =
    "Exit codes: 0 done, 1 a failure named in the log, 2 wrong command line, 78 wrong configuration.\n"
    "Secrets come from ${VAR}, {file: ...} or {command: ...} in the configuration, never from here.";

CLI::App* add_command(CLI::App& app, const char* name, const char* help, CommandLine& line,
                      CommandLine::Command command) {
  CLI::App* sub = app.add_subcommand(name, help);
  sub->add_option("config,-c,--config", line.config, "A configuration file, or a folder of *.yaml files")
      ->required()
      ->multi_option_policy(CLI::MultiOptionPolicy::Throw)
      ->check([](const std::string& path) {
        return path.empty() ? std::string("needs a file or a folder, not an empty name") : std::string();
      });
  sub->callback([&line, command] { line.command = command; });
  return sub;
}

bool printable(const char* word) {
  for (; *word != '\0'; ++word) {
    if (static_cast<unsigned char>(*word) < 0x20) return false;
  }
  return true;
}

}  // namespace

ParsedCommandLine parse_command_line(int count, const char* const* words) {
  CommandLine line;
  CLI::App app(about, "tallymill");
  app.footer(footer);
  app.set_version_flag("--version", std::string("tallymill ") + version + " (" + commit + ")");
  app.require_subcommand(1);

  CLI::App* run = add_command(app, "run", "Run the daemon", line, CommandLine::Command::run);
  run->add_flag("--drain", line.drain, "Process what is in the topics now, then exit");
  CLI::App* check = add_command(app, "check", "Check a configuration, offline; every problem with its place",
                                line, CommandLine::Command::check);
  check->add_flag("--connect", line.connect, "Also compare with the live topics and tables");
  CLI::App* migrate = add_command(app, "migrate", "Create the schema and the tables in Postgres", line,
                                  CommandLine::Command::migrate);
  migrate->add_flag("--sql", line.sql, "Print the statements instead, for a DBA to run");
  migrate->add_option("--role", line.role, "Grant this role what the daemon needs");
  add_command(app, "status", "Show pipelines, freshness and last batches, from Postgres", line,
              CommandLine::Command::status);
  CLI::App* health = app.add_subcommand("health", "Ask a running daemon's /healthz; for container engines");
  health->add_option("--address", line.address, "The daemon's http.address")->capture_default_str();
  health->add_option("--port", line.port, "The daemon's http.port")
      ->capture_default_str()
      ->envname("HTTP_PORT");
  health->callback([&line] { line.command = CommandLine::Command::health; });

  for (int i = 1; i < count; ++i) {
    if (!printable(words[i])) {
      return {std::nullopt, exit_code::usage, "tallymill: an argument holds control characters\n"};
    }
  }
  try {
    app.parse(count, words);
  } catch (const CLI::CallForHelp&) {
    CLI::App* chosen = &app;
    for (CLI::App* sub : app.get_subcommands()) chosen = sub;
    return {std::nullopt, exit_code::ok, chosen->help()};
  } catch (const CLI::CallForVersion& version_asked) {
    return {std::nullopt, exit_code::ok, std::string(version_asked.what()) + "\n"};
  } catch (const CLI::ParseError& error) {
    return {std::nullopt, exit_code::usage,
            std::string("tallymill: ") + error.what() + "; see tallymill --help\n"};
  }
  return {line, exit_code::ok, {}};
}

}  // namespace tallymill
