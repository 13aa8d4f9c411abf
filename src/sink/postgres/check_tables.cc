#include "sink/postgres/check_tables.h"

#include "sink/postgres/start_plan.h"

namespace tallymill::postgres {

Result<void> check_tables(const Spec& spec, const SecretResolver& secrets) {
  TRY_ASSIGN(const StartPlan plan, plan_start(spec, secrets));
  for (const PlannedPipeline& pipeline : plan.pipelines) {
    const std::string context = "pipeline " + pipeline.name;
    if (pipeline.refusal) return pipeline.refusal->within(context);
    if (pipeline.lookups_refusal) return pipeline.lookups_refusal->within(context);
    for (const PlannedTable& table : pipeline.tables) {
      if (table.refusal && table.work.sql.empty()) return table.refusal->within(context);
    }
  }
  return {};
}

}  // namespace tallymill::postgres
