#include "daemon/completions.h"

namespace tallymill {
namespace {

std::string quoted(const std::string& text) {
  std::string safe = "'";
  for (const char c : text) {
    if (c == '\'' || c == '\\') safe += '\\';
    safe += c;
  }
  return safe + "'";
}

std::string line(const CommandShape& shape) {
  return "complete -c tallymill -n '__tallymill_at \"" + shape.path + "\"'";
}

}  // namespace

std::string fish_completions(const std::vector<CommandShape>& shapes) {
  std::string commands;
  std::string lines;
  for (const CommandShape& shape : shapes) {
    if (!shape.path.empty()) commands += " " + shape.path;
    const std::string at = line(shape);
    for (const CommandShape& below : shapes) {
      if (below.path.empty() || below.path.substr(0, below.path.rfind('/')) != shape.path) continue;
      lines += at + " -f -a " + below.name + " -d " + quoted(below.help) + "\n";
    }
    for (const OptionShape& option : shape.options) {
      std::string names;
      for (const std::string& name : option.names) {
        names += name.starts_with("--") ? " -l " + name.substr(2) : " -s " + name.substr(1);
      }
      // A value that is no file is nothing that could be proposed.
      const char* value = option.takes_file ? " -r -F" : option.takes_value ? " -x" : "";
      lines += at + names + value + " -d " + quoted(option.help) + "\n";
    }
    for (const std::string& choice : shape.choices) lines += at + " -f -a " + choice + "\n";
    if (shape.commands.empty() && shape.choices.empty() && shape.files == 0) lines += at + " -f\n";
  }
  return "# Completions of tallymill for fish; written by: tallymill completions fish\n"
         "function __tallymill_at\n"
         "  set -l path ''\n"
         "  for word in (commandline -opc)[2..-1]\n"
         "    if contains -- $path/$word" + commands + "\n"
         "      set path $path/$word\n"
         "    end\n"
         "  end\n"
         "  test \"$path\" = \"$argv[1]\"\n"
         "end\n" + lines;
}

}  // namespace tallymill
