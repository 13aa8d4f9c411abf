#pragma once

#include "base/error.h"
#include "base/secret.h"
#include "config/spec.h"

namespace tallymill {

// Reads a secret where it is kept, now: so that a rotated one is found at the next connect. A
// trailing newline is not part of it. Blocks, for a command at most 10 seconds. Thread-safe.
// Fails with Reaction::retry: the file may be about to be replaced.
[[nodiscard]] Result<Secret> resolve_secret(const SecretSource& source);

}  // namespace tallymill
