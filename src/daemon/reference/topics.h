#pragma once

// The reference as its reader meets it: pages by topic, and what they say about one name.

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tallymill::reference {

struct Topic {
  std::string_view name;   // Of the page, and of its file without .md.
  std::string_view about;  // One sentence.
  std::string (*page)();
};

[[nodiscard]] std::span<const Topic> topics();
// Returns null if there is none.
[[nodiscard]] const Topic* find_topic(std::string_view name);

// Of everything that entries_about() finds, as it stands on the pages; a name on several comes more than once.
[[nodiscard]] std::vector<std::string> entry_names();

// What all pages say about a key, function, metric, table, column, code ...: each item with the page and
// the heading that it stands under. Empty if there is none of that name.
[[nodiscard]] std::string entries_about(std::string_view name);

}  // namespace tallymill::reference
