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
  // Of configuration and program: instances of different ones hand a pipeline over to each other.
  std::string revision{};
  std::string version{};  // Of the program.
};

}  // namespace tallymill::postgres
