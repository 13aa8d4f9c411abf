#include "daemon/reference/topics.h"

#include <algorithm>
#include <array>
#include <sstream>

#include "daemon/reference/pages.h"

namespace tallymill::reference {
namespace {

constexpr std::array all{
    Topic{"configuration", "Every key of the configuration.", configuration_page},
    Topic{"functions", "Functions and operators of expressions.", functions_page},
    Topic{"aggregates", "What columns are made of, and how they are stored.", aggregates_page},
    Topic{"metrics", "Every metric, with its unit and labels.", metrics_page},
    Topic{"tables", "The daemon's own tables in Postgres.", tables_page},
    Topic{"errors", "Every code of an error, a dead letter, a commit, and what to do.", errors_page},
    Topic{"exit-codes", "What commands end with.", exit_codes_page},
    Topic{"commands", "Every command and option.", commands_page},
};

// What stands in backticks at the beginning of an item, a row of a table, or a heading; else empty.
std::string_view name_begun(std::string_view line) {
  const std::size_t mark = line.find_first_not_of(' ');
  if (mark == std::string_view::npos) return {};
  line.remove_prefix(mark);
  for (const std::string_view start : {"- `", "| `", "## `tallymill ", "## `"}) {
    if (!line.starts_with(start)) continue;
    line.remove_prefix(start.size());
    const std::size_t end = line.find('`');
    return end == std::string_view::npos ? std::string_view() : line.substr(0, end);
  }
  return {};
}

// Whether `line` still belongs to what `first` began.
bool goes_on(std::string_view line, std::string_view first) {
  if (first.starts_with("## ")) return !line.starts_with("## ");
  if (first.find('|') == 0 || line.empty()) return false;
  return line.find_first_not_of(' ') > first.find_first_not_of(' ');
}

std::string entries_of(const Topic& topic, std::string_view name) {
  std::istringstream lines(topic.page());
  std::string heading;
  std::string first;
  std::string found;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("#")) heading = line.substr(line.find(' ') + 1);
    if (first.empty() || !goes_on(line, first)) {
      first = !name.empty() && name_begun(line) == name ? line : "";
      if (!first.empty()) {
        found += "\n" + std::string(topic.name) + ", " + heading + ":\n\n";
      }
    }
    if (!first.empty()) found += line + "\n";
  }
  return found;
}

}  // namespace

std::span<const Topic> topics() { return all; }

const Topic* find_topic(std::string_view name) {
  const auto found = std::find_if(all.begin(), all.end(), [&](const Topic& one) { return one.name == name; });
  return found == all.end() ? nullptr : &*found;
}

std::vector<std::string> entry_names() {
  std::vector<std::string> names;
  for (const Topic& topic : all) {
    std::istringstream lines(topic.page());
    for (std::string line; std::getline(lines, line);) {
      if (const auto name = name_begun(line); !name.empty()) names.emplace_back(name);
    }
  }
  return names;
}

std::string entries_about(std::string_view name) {
  std::string found;
  for (const Topic& topic : all) found += entries_of(topic, name);
  return found.empty() ? foreign_code(name) : found.substr(1);
}

}  // namespace tallymill::reference
