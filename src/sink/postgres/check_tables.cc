#include "sink/postgres/check_tables.h"

#include "sink/postgres/connection.h"
#include "sink/postgres/identifiers.h"
#include "sink/postgres/target_table.h"

namespace tallymill::postgres {
namespace {

constexpr Duration patience = std::chrono::seconds(10);

Result<void> check_one(const TablePlan& plan, Connection& connection) {
  TRY_ASSIGN(const QueryResult found,
             connection.query("SELECT to_regclass($1) IS NOT NULL",
                              Params().text(qualified(plan.schema, plan.table)), patience));
  if (!found.flag(0, 0)) return {};
  return compare_table(connection, plan, patience);
}

}  // namespace

Result<void> check_tables(const Spec& spec, const SecretResolver& secrets) {
  TRY_ASSIGN(const auto connection, Connection::open(spec.postgres, secrets));
  for (const PipelineSpec& pipeline : spec.pipelines) {
    for (const AggregationSpec& aggregation : pipeline.aggregations) {
      if (auto same = check_one(aggregation.plan, *connection); !same.ok()) {
        return same.error().within("pipeline " + pipeline.name);
      }
    }
  }
  return {};
}

}  // namespace tallymill::postgres
