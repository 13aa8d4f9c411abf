#include "config/tables.h"

namespace tallymill {

void Tables::write(const TablePlan& plan, Spot spot, Loading& loading) {
  const std::string name = TableName{plan.schema, plan.table}.str();
  const auto [found, added] = written_.emplace(name, spot);
  if (added) return;
  const Place other = found->second.place();
  loading.problems.error(spot, "the table " + name + " is written already by the aggregation in " +
                                   other.file + ", line " + std::to_string(other.line) +
                                   "; a table has one writer");
}

void Tables::check_readers(const std::string& own, Loading& loading) const {
  for (const auto& [table, node] : read_) {
    if (table.schema != own && !written_.contains(table.str())) continue;
    loading.problems.warning(node->spot,
                             node->path + ": Tallymill itself writes " + table.str() +
                                 ", so that every `refresh` may find another version, and " + own +
                                 ".lookup_version keeps each whole as long as the ledger names it; raise "
                                 "`refresh`, or read a view of what seldom changes");
  }
}

}  // namespace tallymill
