#pragma once

// What the commands' descriptions are made of. Each add_ function describes one command, and has what
// is given to it written into `line`, which outlives the parse.

#include <optional>
#include <string>

#include <CLI/CLI.hpp>

#include "daemon/command_line.h"

namespace tallymill {

// A command that takes a configuration.
CLI::App* add_command(CLI::App& app, const char* name, const char* help, CommandLine& line,
                      CommandLine::Command command);
// A command about one pipeline of it.
CLI::App* add_pipeline_command(CLI::App& app, const char* name, const char* help, CommandLine& line,
                               CommandLine::Command command);

// Empty, or what is wrong.
[[nodiscard]] std::string read_time(const std::string& text, std::optional<Timestamp>& time);

void add_dead_letters(CLI::App& app, CommandLine& line);
void add_replay(CLI::App& app, CommandLine& line);
void add_examine(CLI::App& app, CommandLine& line);
void add_preview(CLI::App& app, CommandLine& line);
void add_test(CLI::App& app, CommandLine& line);

}  // namespace tallymill
