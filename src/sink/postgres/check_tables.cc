#include "sink/postgres/check_tables.h"

#include "sink/postgres/start_plan.h"

namespace tallymill::postgres {

Result<std::vector<Error>> check_tables(const Spec& spec, const SecretResolver& secrets) {
  TRY_ASSIGN(const StartPlan plan, plan_start(spec, secrets));
  std::vector<Error> refusals;
  // Without the schema's own tables nothing more was asked.
  const bool unreadable = plan.pipelines.size() < spec.pipelines.size();
  if (unreadable && plan.schema_refusal) refusals.push_back(*plan.schema_refusal);
  for (const PlannedPipeline& pipeline : plan.pipelines) {
    const std::string context = "pipeline " + pipeline.name;
    if (pipeline.refusal) refusals.push_back(pipeline.refusal->within(context));
    for (const PlannedTable& table : pipeline.tables) {
      const bool stays = table.refusal && table.work.sql.empty();
      if (stays) refusals.push_back(table.refusal->within(context));
    }
  }
  return refusals;
}

}  // namespace tallymill::postgres
