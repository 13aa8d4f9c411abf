#pragma once

#include <algorithm>
#include <sstream>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

namespace tallymill {

// The help of a command. What goes with and without its name, as CONFIG does, is listed once, with all its
// names.
class HelpFormat : public CLI::Formatter {
 public:
  HelpFormat() { column_width(36); }

  std::string make_group(std::string group, bool is_positional,
                         std::vector<const CLI::Option*> options) const override {
    if (!is_positional) std::erase_if(options, [](const CLI::Option* one) { return one->get_positional(); });
    return options.empty() ? std::string() : CLI::Formatter::make_group(group, is_positional, options);
  }

  std::string make_option(const CLI::Option* option, bool is_positional) const override {
    std::stringstream text;
    CLI::detail::format_help(text, option->get_name(is_positional, true) + make_option_opts(option),
                             make_option_desc(option), column_width_);
    return text.str();
  }
};

}  // namespace tallymill
