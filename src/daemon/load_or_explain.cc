#include "daemon/load_or_explain.h"

#include <cstdio>
#include <utility>

#include "aggregate/catalog.h"
#include "daemon/build.h"
#include "daemon/memory_shares.h"

namespace tallymill {

std::optional<Spec> load_or_explain(const std::string& path, Reach reach) {
  Loaded loaded = load_config(path, aggregate_catalog(), process_environment(), reach);
  if (loaded.spec) {
    if (reach == Reach::everything) {
      for (Problem& problem : check_lookups(*loaded.spec)) {
        loaded.problems.push_back(std::move(problem));
      }
    }
    if (const auto shares = divide_memory(*loaded.spec); !shares.ok()) {
      loaded.problems.push_back({{path, 0, 0}, shares.error().message(), "", 0, Problem::Severity::error});
    }
  }
  const bool is_wrong = has_errors(loaded.problems);
  if (!loaded.problems.empty() && (is_wrong || reach == Reach::everything)) {
    std::fputs(render(loaded.problems).c_str(), stderr);
  }
  if (is_wrong) return std::nullopt;
  return std::move(loaded.spec);
}

}  // namespace tallymill
