#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tallymill::kafka {

// librdkafka's names of the errors that stop a pipeline: refusals and misconfigurations.
[[nodiscard]] std::vector<std::string> refusal_names();

// What librdkafka says of the error of this name; nothing if it has none.
struct ErrorMeaning {
  std::string words;
  bool stops = false;  // It is one of the refusals.
};
[[nodiscard]] std::optional<ErrorMeaning> meaning_of(std::string_view name);

}  // namespace tallymill::kafka
