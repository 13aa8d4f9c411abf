#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/secret.h"
#include "config/problem.h"
#include "config/spec.h"
#include "model/aggregate_signature.h"

namespace tallymill {

struct Loaded {
  std::optional<Spec> spec;       // Nothing if any problem is an error.
  std::vector<Problem> problems;  // Errors and warnings, sorted by place.
};

// Looks up an environment variable; passed in so that tests have their own.
using Environment = std::function<std::optional<std::string>(const std::string&)>;
[[nodiscard]] Environment process_environment();

// What a command reaches for. What only the others need may be missing, or name variables that are not
// set; it is not read.
enum class Reach : std::uint8_t {
  everything,
  kafka,    // Neither Postgres nor HTTP.
  nothing,  // Nor Kafka.
};

// Whether a connection string can be understood; passed in because only its client knows. No message
// repeats what it was given.
using DsnCheck = std::function<Result<void>(const Secret&)>;

// Reads a file, or a folder of *.yaml files as one configuration. Reads no lookup, opens no
// connection. Never blocks on what is not a regular file; never throws. A DSN that is written out is
// checked where there is a check.
[[nodiscard]] Loaded load_config(const std::string& path, AggregateCatalog aggregates,
                                 const Environment& environment,
                                 Reach reach = Reach::everything, const DsnCheck& check_dsn = {});

// The same for the text of one file that is called `name`.
[[nodiscard]] Loaded load_config_text(const std::string& name, std::string text,
                                      AggregateCatalog aggregates, const Environment& environment,
                                      Reach reach = Reach::everything,
                                      const DsnCheck& check_dsn = {});

}  // namespace tallymill
