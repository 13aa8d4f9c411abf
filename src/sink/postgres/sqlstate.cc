#include "sink/postgres/sqlstate.h"

#include <algorithm>
#include <array>

#include "base/seeded_bug.h"

namespace tallymill::postgres {
namespace {

using Rule = SqlstateRule;

constexpr std::array rules{
    Rule{"08", SqlstateClass::connection},    Rule{"57P", SqlstateClass::connection},
    Rule{"25006", SqlstateClass::connection}, Rule{"25P03", SqlstateClass::connection},
    Rule{"40003", SqlstateClass::connection}, Rule{"40", SqlstateClass::retry},
    Rule{"55P03", SqlstateClass::retry},      Rule{"53", SqlstateClass::retry},
    Rule{"0A000", SqlstateClass::retry},      Rule{"26000", SqlstateClass::retry},
    Rule{"57014", SqlstateClass::timeout},    Rule{"22", SqlstateClass::data},
    Rule{"23", SqlstateClass::data},          Rule{"54000", SqlstateClass::data},
};

}  // namespace

std::span<const SqlstateRule> sqlstate_rules() { return rules; }

SqlstateClass classify(std::string_view sqlstate) {
  if (sqlstate.empty()) return SqlstateClass::connection;
  const auto rule = std::find_if(rules.begin(), rules.end(), [&](const Rule& one) {
    return sqlstate.starts_with(one.prefix);
  });
  if (rule != rules.end()) return rule->meaning;
  return seeded(Bug::unknown_errors_blame_data) ? SqlstateClass::data : SqlstateClass::stop;
}

Reaction reaction_of(std::string_view sqlstate) {
  return classify(sqlstate) == SqlstateClass::stop ? Reaction::stop : Reaction::retry;
}

}  // namespace tallymill::postgres
