#pragma once

// What the commands' descriptions are made of. Each add_ function describes one command, and has what
// is given to it written into `line`, which outlives the parse.

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include <CLI/CLI.hpp>

#include "daemon/command_line.h"

namespace tallymill {

// The type that options and words have whose value is a file or a folder.
inline constexpr const char* file_type = "FILE";

// No topic and no ledger holds more.
inline constexpr std::int64_t most_records = std::int64_t{1} << 40;

// Shells that there are completions for.
inline constexpr std::array<std::string_view, 3> shells = {"bash", "zsh", "fish"};

// A command that takes a configuration.
CLI::App* add_command(CLI::App& app, const char* name, const char* help, CommandLine& line,
                      CommandLine::Command command);
// A command about one pipeline of it.
CLI::App* add_pipeline_command(CLI::App& app, const char* name, const char* help, CommandLine& line,
                               CommandLine::Command command);

// Where the daemon's HTTP server is.
void add_http_options(CLI::App& command, CommandLine& line);

// A check that refuses the empty name: "needs a file, not an empty name".
[[nodiscard]] std::function<std::string(const std::string&)> not_empty(const char* what);
// A check that refuses what is no whole number from 1 to `most`, in words of its own: the library's name
// limits of 300 digits.
[[nodiscard]] std::function<std::string(const std::string&)> count_up_to(std::int64_t most);
// Empty, or what is wrong.
[[nodiscard]] std::string read_time(const std::string& text, std::optional<Timestamp>& time);

// --last and --input: records of the topics, or of a file instead. Returns the first.
CLI::Option* add_records(CLI::App& command, CommandLine& line, const std::string& last, const std::string& input);

void add_plan(CLI::App& app, CommandLine& line);
void add_migrate(CLI::App& app, CommandLine& line);
void add_dead_letters(CLI::App& app, CommandLine& line);
void add_replay(CLI::App& app, CommandLine& line);
void add_examine(CLI::App& app, CommandLine& line);
void add_init(CLI::App& app, CommandLine& line);
void add_preview(CLI::App& app, CommandLine& line);
void add_test(CLI::App& app, CommandLine& line);
void add_reload(CLI::App& app, CommandLine& line);
void add_completions(CLI::App& app, CommandLine& line);
void add_docs(CLI::App& app, CommandLine& line);

}  // namespace tallymill
