#pragma once

// The command line as a table, read off its own description, for whatever is generated from it.

#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace tallymill {

struct OptionShape {
  std::vector<std::string> names;  // "--drain", "-c"; empty for what is only a word.
  std::string word;                // "config": it may also be given as a word of this name; empty if not.
  std::string help;
  std::string default_text;        // Empty: none.
  bool required = false;
  bool many = false;               // Of a word: any number.
  bool takes_value = false;
  bool takes_file = false;
};

struct CommandShape {
  std::string path;  // "/dead-letters/list"; empty for the program itself.
  std::string name;
  std::string help;
  std::string footer;  // Sentences, by line.
  std::vector<std::string> commands;  // Those below it, by name.
  std::vector<OptionShape> options;   // Those with names.
  std::vector<OptionShape> arguments; // Those that may be words, in their order.
  // Words without an option: how many there may be, and how many of them, the first ones, are files.
  std::size_t words = 0;
  std::size_t files = 0;
  std::vector<std::string> choices;   // All that the first word may be; empty if it may be anything.
};

inline constexpr std::size_t any_number = 1000;  // Of words, as good as no limit.

// The program first, then its commands, each before those below it.
[[nodiscard]] std::vector<CommandShape> command_shapes(const CLI::App& app);
// Those of tallymill itself.
[[nodiscard]] std::vector<CommandShape> program_shapes();

}  // namespace tallymill
