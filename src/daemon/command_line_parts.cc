#include "daemon/command_line_parts.h"

#include <algorithm>
#include <charconv>
#include <limits>
#include <system_error>

#include "daemon/exit_codes.h"
#include "model/timestamp.h"

namespace tallymill {

CLI::App* add_command(CLI::App& app, const char* name, const char* help, CommandLine& line,
                      CommandLine::Command command) {
  CLI::App* sub = app.add_subcommand(name, help);
  sub->add_option("config,-c,--config", line.config, "A configuration file, or a folder of *.yaml files")
      ->required()
      ->type_name(file_type)
      ->multi_option_policy(CLI::MultiOptionPolicy::Throw)
      ->check(not_empty("a file or a folder"));
  sub->callback([&line, command] { line.command = command; });
  return sub;
}

std::function<std::string(const std::string&)> not_empty(const char* what) {
  return [what](const std::string& name) {
    return name.empty() ? "needs " + std::string(what) + ", not an empty name" : std::string();
  };
}

std::function<std::string(const std::string&)> count_up_to(std::int64_t most) {
  return [most](const std::string& text) {
    std::int64_t count = 0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), count);
    const bool good = failure == std::errc() && end == text.data() + text.size() && count >= 1 && count <= most;
    return good ? std::string() : "needs a whole number from 1 to " + std::to_string(most) + ", not " + text;
  };
}

std::string read_time(const std::string& text, std::optional<Timestamp>& time) {
  time = parse_timestamp(text);
  return time ? std::string() : "needs a time as 2026-01-31T12:00:00Z, not " + text;
}

// A command about one pipeline of the configuration.
CLI::App* add_pipeline_command(CLI::App& app, const char* name, const char* help, CommandLine& line,
                               CommandLine::Command command) {
  CLI::App* sub = add_command(app, name, help, line, command);
  sub->add_option("pipeline", line.pipeline, "A pipeline of the configuration")->required();
  return sub;
}

CLI::Option* add_records(CLI::App& command, CommandLine& line, const std::string& last, const std::string& input) {
  CLI::Option* option = command.add_option("--last", line.last, last)
                            ->check(count_up_to(most_records))
                            ->capture_default_str();
  command.add_option("--input", line.input, input + ", one JSON document per line; - for the standard input")
      ->type_name(file_type)
      ->excludes(option)
      ->check(not_empty("a file"));
  return option;
}

void add_docs(CLI::App& app, CommandLine& line) {
  CLI::App* docs = app.add_subcommand("docs", "Print the reference: every key, function, metric, table, error");
  docs->footer("Without a topic: the list of them. What is no topic is looked up on all pages, as the code of an "
               "error or the name of a key.");
  auto* topic = docs->add_option("topic", line.page, "A topic, or a name to look up")
                    ->check([](const std::string& name) {
                      return name.size() > 200 ? "needs a topic or a name" : std::string();
                    });
  docs->add_option("--write", line.folder, "Write all pages and the schema into this folder")
      ->type_name(file_type)
      ->excludes(topic)
      ->check(not_empty("a folder"));
  docs->callback([&line] { line.command = CommandLine::Command::docs; });
  CLI::App* schema = app.add_subcommand("schema", "Print the JSON Schema of configurations, for editors");
  schema->callback([&line] { line.command = CommandLine::Command::schema; });
}

void add_http_options(CLI::App& command, CommandLine& line) {
  command.add_option("--address", line.address, "The daemon's http.address")->capture_default_str();
  command.add_option("--port", line.port, "The daemon's http.port")
      ->capture_default_str()
      ->envname("HTTP_PORT");
}

void add_reload(CLI::App& app, CommandLine& line) {
  CLI::App* reload = app.add_subcommand("reload", "Have a running daemon read its configuration again");
  reload->footer("With a configuration, that is checked first, and its section http says where the daemon is.\n" +
                 exit_code::line("reload") + ".");
  reload->add_option("config,-c,--config", line.config, "The daemon's configuration")
      ->type_name(file_type)
      ->multi_option_policy(CLI::MultiOptionPolicy::Throw)
      ->check(not_empty("a file or a folder"));
  add_http_options(*reload, line);
  reload->add_option("--pid", line.pid, "The daemon's process, where it cannot be looked up")
      ->check(count_up_to(std::numeric_limits<int>::max()));
  reload->callback([&line] { line.command = CommandLine::Command::reload; });
}

void add_completions(CLI::App& app, CommandLine& line) {
  CLI::App* completions = app.add_subcommand("completions", "Print a script that completes this command line");
  completions->footer("bash: source <(tallymill completions bash)\n"
                      "zsh:  source <(tallymill completions zsh)\n"
                      "fish: tallymill completions fish | source");
  completions->add_option("shell", line.shell, "bash, zsh or fish")
      ->required()
      ->check([](const std::string& shell) {
        return std::find(shells.begin(), shells.end(), shell) == shells.end()
                   ? "there are completions for bash, zsh and fish, not for " + shell
                   : std::string();
      });
  completions->callback([&line] { line.command = CommandLine::Command::completions; });
}

}  // namespace tallymill
