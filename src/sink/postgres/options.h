#pragma once

#include <functional>
#include <string>

#include "base/error.h"
#include "base/secret.h"
#include "config/spec.h"

namespace tallymill::postgres {

// Reads a secret at the moment it is needed. Must be callable from any thread.
using SecretResolver = std::function<Result<Secret>(const SecretSource&)>;

// Who writes: `session` is random, one per process start, and tells two processes of one name apart.
struct Identity {
  std::string instance;
  std::string session;
};

}  // namespace tallymill::postgres
