#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "base/error.h"

namespace tallymill::postgres {

// What an SQLSTATE means for the transaction that met it. An empty one is a connection that ended
// without a word from the server.
enum class SqlstateClass : std::uint8_t {
  connection,  // Connect anew, then the same again: 08, 57P0x, 25006, 25P03, none.
  retry,       // The same transaction again: 40001, 40P01, 55P03, 53xxx, 0A000, 26000.
  data,        // The batch holds something that cannot be stored: 22, 23, 54000.
  timeout,     // 57014: the batch may be too large.
  stop,        // A person must act: 42, 28, 3D000, 3F000, and whatever is not known.
};

struct SqlstateRule {
  std::string_view prefix;
  SqlstateClass meaning;
};

// The first prefix that fits decides; what none fits is SqlstateClass::stop.
[[nodiscard]] std::span<const SqlstateRule> sqlstate_rules();

[[nodiscard]] SqlstateClass classify(std::string_view sqlstate);
[[nodiscard]] Reaction reaction_of(std::string_view sqlstate);

}  // namespace tallymill::postgres
