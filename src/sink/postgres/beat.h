#pragma once

// One exchange with the table `instance`: what pipelines say, and what they find.

#include <map>
#include <string>
#include <vector>

#include "sink/postgres/session.h"
#include "sink/presence.h"

namespace tallymill::postgres {

// What one pipeline says.
struct Beat {
  std::string pipeline;
  std::string fingerprint;
  Identity identity;
  Heartbeat heartbeat;
};

// In one transaction. Returns what each pipeline found, by its name.
// REQUIRES: the beats are of different pipelines, and there is one.
[[nodiscard]] Result<std::map<std::string, Surroundings>> exchange(Transactions& transactions,
                                                                   const std::vector<Beat>& beats);

// Takes whoever beat off the pipeline's list.
[[nodiscard]] Result<void> leave(Transactions& transactions, const Beat& last);

}  // namespace tallymill::postgres
