#include "daemon/completions.h"

namespace tallymill {
namespace {

// Text in single quotes, in a specification of _arguments: brackets and colons mean something there.
std::string escaped(const std::string& text) {
  std::string safe;
  for (const char c : text) {
    if (c == '[' || c == ']' || c == ':' || c == '\\') safe += '\\';
    safe += c == '\'' ? "'\\''" : std::string(1, c);
  }
  return safe;
}

std::string function_of(std::string path) {
  for (char& c : path) {
    if (c == '/') c = '_';
  }
  return "_tallymill" + path;
}

std::string option_line(const OptionShape& option) {
  std::string lines;
  const char* value = option.takes_file ? ":file:_files" : option.takes_value ? ":value: " : "";
  for (const std::string& name : option.names) {
    lines += " \\\n    '" + name + "[" + escaped(option.help) + "]" + value + "'";
  }
  return lines;
}

std::string words_line(const CommandShape& shape) {
  std::string choices;
  for (const std::string& choice : shape.choices) choices += (choices.empty() ? "" : " ") + choice;
  if (!choices.empty()) return " \\\n    '1:word:(" + choices + ")'";
  if (shape.words == any_number) return " \\\n    '*:file:_files'";
  std::string lines;
  for (std::size_t i = 1; i <= shape.words; ++i) {
    lines += " \\\n    '" + std::to_string(i) + (i <= shape.files ? ":file:_files'" : ":word: '");
  }
  return lines;
}

}  // namespace

std::string zsh_completions(const std::vector<CommandShape>& shapes) {
  std::string script = "#compdef tallymill\n"
                       "# Completions of tallymill for zsh; written by: tallymill completions zsh\n";
  for (const CommandShape& shape : shapes) {
    std::string arguments;
    for (const OptionShape& option : shape.options) arguments += option_line(option);
    script += function_of(shape.path) + "() {\n";
    if (shape.commands.empty()) {
      script += "  _arguments" + arguments + words_line(shape) + "\n}\n";
      continue;
    }
    script += "  local curcontext=$curcontext state line\n  local -a commands\n  commands=(\n";
    for (const CommandShape& below : shapes) {
      if (below.path.empty() || below.path.substr(0, below.path.rfind('/')) != shape.path) continue;
      script += "    '" + below.name + ":" + escaped(below.help) + "'\n";
    }
    script += "  )\n  _arguments -C" + arguments +
              " \\\n    '1: :->command' '*:: :->rest'\n"
              "  case $state in\n"
              "    command) _describe command commands ;;\n"
              "    rest) (( $+functions[" + function_of(shape.path) + "_$words[1]] )) && " +
              function_of(shape.path) + "_$words[1] ;;\n  esac\n}\n";
  }
  // The file may be sourced, or lie in $fpath: then its first call is a completion already.
  return script + "if [[ $funcstack[1] == _tallymill ]]; then\n  _tallymill \"$@\"\nelse\n"
                  "  compdef _tallymill tallymill\nfi\n";
}

std::string completions(std::string_view shell, const std::vector<CommandShape>& shapes) {
  if (shell == "zsh") return zsh_completions(shapes);
  return shell == "fish" ? fish_completions(shapes) : bash_completions(shapes);
}

}  // namespace tallymill
