#include <algorithm>
#include <cctype>
#include <sstream>
#include <string>
#include <vector>

#include "daemon/command_shape.h"
#include "daemon/reference/markdown.h"
#include "daemon/reference/pages.h"

namespace tallymill::reference {
namespace {

std::string upper(std::string word) {
  std::transform(word.begin(), word.end(), word.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return word;
}

// "tallymill dead-letters list"
std::string full_name(const CommandShape& shape) {
  std::string name = "tallymill" + shape.path;
  std::replace(name.begin(), name.end(), '/', ' ');
  return name;
}

std::string usage(const CommandShape& shape) {
  std::string line = full_name(shape) + " [OPTIONS]";
  for (const OptionShape& argument : shape.arguments) {
    const std::string word = upper(argument.word) + (argument.many ? "..." : "");
    line += argument.required ? " " + word : " [" + word + "]";
  }
  return line + "\n";
}

void add_option(const OptionShape& option, Markdown& page) {
  std::string names;
  if (!option.word.empty()) names = code(upper(option.word));
  for (const std::string& name : option.names) {
    const char* value = option.takes_file ? " FILE" : option.takes_value ? " VALUE" : "";
    names += (names.empty() ? "" : ", ") + code(name + value);
  }
  std::string text = names + ": " + option.help + ".";
  if (option.required) text += " Required.";
  if (!option.default_text.empty()) text += " Default: " + code(option.default_text) + ".";
  page.item(text);
}

void add_command(const CommandShape& shape, Markdown& page) {
  page.heading(2, code(full_name(shape))).paragraph(shape.help + ".");
  page.block("", usage(shape));
  for (const OptionShape& argument : shape.arguments) add_option(argument, page);
  for (const OptionShape& option : shape.options) {
    const bool is_help = option.names.front() == "--help";
    if (option.word.empty() && !is_help) add_option(option, page);
  }
  std::istringstream footer(shape.footer);
  for (std::string line; std::getline(footer, line);) page.paragraph(line);
}

}  // namespace

std::string commands_page() {
  Markdown page;
  page.heading(1, "Commands");
  page.paragraph("What the command line takes. `tallymill COMMAND --help` says the same about one command; "
                 "[Operating it](../operations.md) says when to use which. A command with a configuration takes a "
                 "file, or a folder of `*.yaml` files.");
  for (const CommandShape& shape : program_shapes()) {
    if (!shape.path.empty() && shape.commands.empty()) add_command(shape, page);
  }
  return page.text();
}

}  // namespace tallymill::reference
