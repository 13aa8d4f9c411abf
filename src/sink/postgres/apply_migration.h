#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "base/error.h"
#include "config/spec.h"
#include "sink/postgres/options.h"

namespace tallymill::postgres {

struct Migration {
  std::string daemon_role;  // Gets its rights granted; empty: nobody does.
  bool rewrite = false;     // Tables with rows may be written anew under their lock.
  std::chrono::milliseconds patience{60000};    // With whoever holds a lock, for each step.
  std::chrono::milliseconds lock_timeout{500};  // Of one try: nobody waits behind it for longer.
  std::chrono::milliseconds pause{1000};        // Between two tries.
  std::function<void(const std::string&)> say;   // What is done, and stays: a line, at once.
  std::function<void(const std::string&)> wait;  // What it waits for: the same.
};

// Does what the next start would have to do to schema and tables (schema_work.h, table_work.h), and
// grants, also on tables of lookups. Each table is a transaction of its own, so that no lock is held while
// another one is waited for, and pipelines that have other tables start meanwhile; whatever it did before it
// failed stays, and the same call goes on from there. A pipeline's row, and what it counts, is left to the
// start.
//
// Connects as spec.postgres says. Returns why parts are left undone: what a start would stop at, too.
[[nodiscard]] Result<std::vector<Error>> apply_migration(const Spec& spec, const Migration& migration,
                                                         const SecretResolver& secrets);

}  // namespace tallymill::postgres
