#pragma once

#include <string_view>

#include "base/error.h"
#include "config/spec.h"

namespace tallymill {

// Says on stderr why a command that asks Postgres failed, behind `before`, and what to run where the
// daemon's own tables are of another version. Returns the exit code.
int command_failed(const Spec& spec, const Error& error, std::string_view before = {});

}  // namespace tallymill
