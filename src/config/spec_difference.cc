#include "config/spec_difference.h"

#include <algorithm>
#include <vector>

namespace tallymill {
namespace {

// Each line by itself tells where it belongs; the order within an aggregation counts for nothing here.
std::vector<std::string> statements(std::string_view text) {
  constexpr std::string_view head = "aggregation ";
  std::vector<std::string> all;
  std::string aggregation;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.substr(0, head.size()) == head) {
      aggregation = std::string(line.substr(line.rfind(' ') + 1)) + ": ";
    }
    all.push_back(aggregation + std::string(line));
  }
  return all;
}

void list_missing(std::string_view mark, const std::vector<std::string>& lines,
                  const std::vector<std::string>& among, std::string& text) {
  for (const std::string& line : lines) {
    if (std::find(among.begin(), among.end(), line) != among.end()) continue;
    text.append("  ").append(mark).append(" ").append(line).append("\n");
  }
}

}  // namespace

std::string difference(std::string_view counted, std::string_view configured) {
  const auto before = statements(counted);
  const auto now = statements(configured);
  std::string text = "- as it was counted, + as it is configured:\n";
  const std::size_t title = text.size();
  list_missing("-", before, now, text);
  list_missing("+", now, before, text);
  if (text.size() == title) text += "  the same statements in another order\n";
  return text;
}

}  // namespace tallymill
