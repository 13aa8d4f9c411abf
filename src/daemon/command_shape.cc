#include "daemon/command_shape.h"

#include <algorithm>
#include <string_view>

#include "daemon/command_line_parts.h"
#include "daemon/reference/topics.h"

namespace tallymill {
namespace {

bool is_file(const CLI::Option& option) { return option.get_type_name() == file_type; }

void add_option(const CLI::Option& option, CommandShape& shape) {
  OptionShape named;
  for (const std::string& name : option.get_lnames()) named.names.push_back("--" + name);
  for (const std::string& name : option.get_snames()) named.names.push_back("-" + name);
  named.word = option.get_name(true);
  named.help = option.get_description();
  named.default_text = option.get_default_str();
  named.required = option.get_required();
  named.takes_value = option.get_items_expected_max() > 0;
  named.takes_file = is_file(option);
  named.many = option.get_items_expected_max() > 1;
  if (!named.names.empty()) shape.options.push_back(named);
  if (!option.get_positional()) return;
  const bool many = named.many;
  shape.arguments.push_back(std::move(named));
  shape.words = many ? any_number : shape.words + 1;
  if (is_file(option)) shape.files = many ? any_number : shape.files + 1;
}

void add_shapes(const CLI::App& app, const std::string& path, std::vector<CommandShape>& shapes) {
  CommandShape shape;
  shape.path = path;
  shape.name = app.get_name();
  shape.help = app.get_description();
  // A command without one of its own has that of the program.
  if (app.get_parent() == nullptr || app.get_footer() != app.get_parent()->get_footer()) {
    shape.footer = app.get_footer();
  }
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
    if (shape.name == "completions") shape.choices.assign(shells.begin(), shells.end());
    if (shape.name != "docs") continue;
    for (const reference::Topic& topic : reference::topics()) shape.choices.emplace_back(topic.name);
  }
  return shapes;
}

}  // namespace tallymill
