#pragma once

#include <string>

#include "base/error.h"

namespace tallymill {

// The section `kafka` of a configuration as YAML for another one: brokers and options, as they stand
// there, with ${...} not replaced and paths of secrets made absolute. No secret that is written out is
// in it: a comment stands in its place. Fails with Reaction::stop if there is no such section to read.
[[nodiscard]] Result<std::string> copy_kafka_section(const std::string& path);

}  // namespace tallymill
