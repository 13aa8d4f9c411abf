#include "daemon/command_shape.h"

#include <algorithm>
#include <string_view>

#include "daemon/command_line_parts.h"

namespace tallymill {
namespace {

bool is_file(const CLI::Option& option) { return option.get_type_name() == file_type; }

void add_option(const CLI::Option& option, CommandShape& shape) {
  OptionShape named;
  for (const std::string& name : option.get_lnames()) named.names.push_back("--" + name);
  for (const std::string& name : option.get_snames()) named.names.push_back("-" + name);
  named.help = option.get_description();
  named.takes_value = option.get_items_expected_max() > 0;
  named.takes_file = is_file(option);
  if (!named.names.empty()) shape.options.push_back(std::move(named));
  if (!option.get_positional()) return;
  const bool many = option.get_items_expected_max() > 1;
  shape.words = many ? any_number : shape.words + 1;
  if (is_file(option)) shape.files = many ? any_number : shape.files + 1;
}

void add_shapes(const CLI::App& app, const std::string& path, std::vector<CommandShape>& shapes) {
  CommandShape shape;
  shape.path = path;
  shape.name = app.get_name();
  shape.help = app.get_description();
  for (const CLI::Option* option : app.get_options()) add_option(*option, shape);
  const auto below = app.get_subcommands([](const CLI::App* /*app*/) { return true; });
  for (const CLI::App* command : below) shape.commands.push_back(command->get_name());
  shapes.push_back(std::move(shape));
  for (const CLI::App* command : below) add_shapes(*command, path + "/" + command->get_name(), shapes);
}

}  // namespace

std::vector<CommandShape> command_shapes(const CLI::App& app) {
  std::vector<CommandShape> shapes;
  add_shapes(app, "", shapes);
  for (CommandShape& shape : shapes) {
    if (shape.name != "completions") continue;
    for (const std::string_view shell : shells) shape.choices.emplace_back(shell);
  }
  return shapes;
}

}  // namespace tallymill
