#pragma once

#include <chrono>
#include <string>

namespace tallymill {

// What an instance does, as others are told: what it said of itself, or "silent" once it has not been
// heard of for ten seconds. One that was killed would else be shown as running for a minute.
[[nodiscard]] inline std::string told_state(const std::string& said, std::chrono::milliseconds seen_ago) {
  return seen_ago > std::chrono::seconds(10) ? "silent" : said;
}

}  // namespace tallymill
