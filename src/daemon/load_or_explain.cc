#include "daemon/load_or_explain.h"

#include <cstdio>
#include <utility>

#include "aggregate/catalog.h"
#include "daemon/memory_shares.h"
#include "daemon/offline_lookups.h"
#include "sink/postgres/connection_settings.h"

namespace tallymill {

Loaded load_and_check(const std::string& path, Reach reach) {
  Loaded loaded = load_config(path, aggregate_catalog(), process_environment(), reach, postgres::check_dsn);
  if (loaded.spec) {
    if (reach == Reach::everything) {
      for (Problem& problem : check_lookup_files(*loaded.spec)) {
        loaded.problems.push_back(std::move(problem));
      }
    }
    if (const auto shares = divide_memory(*loaded.spec); !shares.ok()) {
      loaded.problems.push_back({{path, 0, 0}, shares.error().message(), "", 0, Problem::Severity::error});
    }
  }
  if (has_errors(loaded.problems)) loaded.spec.reset();
  return loaded;
}

std::optional<Spec> load_or_explain(const std::string& path, Reach reach) {
  Loaded loaded = load_and_check(path, reach);
  const bool is_wrong = !loaded.spec.has_value();
  if (!loaded.problems.empty() && (is_wrong || reach == Reach::everything)) {
    std::fputs(render(loaded.problems).c_str(), stderr);
  }
  return std::move(loaded.spec);
}

}  // namespace tallymill
