#pragma once

// From postgres.dsn to what libpq is given: keywords and values, never a string that its messages
// could repeat.

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/secret.h"

namespace tallymill::postgres {

using Keywords = std::map<std::string, std::string>;

// The attempts at a connection, in the order of the DSN's hosts; each names one host, because libpq
// itself waits for a silent host until the caller's deadline and would never come to the next one.
// `password`, where given, stands in for the DSN's own. What the rules need is filled in where
// nothing else was asked for.
// Fails with Reaction::stop and code "dsn", in words of our own, if the DSN is not understood.
[[nodiscard]] Result<std::vector<Keywords>> connection_attempts(
    const Secret& dsn, const std::optional<Secret>& password);

// Whether a DSN is understood, as connection_attempts() would find. Connects to nothing.
[[nodiscard]] Result<void> check_dsn(const Secret& dsn);

}  // namespace tallymill::postgres
