#include "sink/postgres/pipeline_work.h"

#include <utility>

#include "base/counted.h"
#include "config/fingerprint.h"
#include "config/spec_difference.h"

namespace tallymill::postgres {
namespace {

Error config_changed(const PipelineSpec& pipeline, const StoredPipeline& stored) {
  const std::string shown = stored.counted.empty()
                                ? "; put"
                                : ".\n" + difference(stored.counted, canonical_text(pipeline)) + "Put";
  return {Reaction::stop, "config_changed",
          "the configuration changes what is counted, but " +
              counted(stored.batches, "batch was", "batches were") + " counted with the former one" + shown +
              " the former one back, give the pipeline and its tables new names to count anew "
              "beside the old ones, or count anew in their place: tallymill reset"};
}

}  // namespace

Result<std::optional<StoredPipeline>> read_pipeline(const Session& session, Connection& connection,
                                                    const std::string& name, RowLock lock) {
  // Older versions have no column spec.
  TRY_ASSIGN(const QueryResult rows,
             connection.query("SELECT fingerprint, coalesce(to_jsonb(p) ->> 'spec', ''), "
                              "batch_sequence, lease_instance, lease_session FROM " +
                                  session.table("pipeline") + " p WHERE pipeline = $1" +
                                  (lock == RowLock::yes ? " FOR UPDATE" : ""),
                              Params().text(name), session.statement_timeout()));
  if (rows.rows() == 0) return std::optional<StoredPipeline>();
  return std::optional(StoredPipeline{name, rows.text(0, 0), rows.text(0, 1), rows.number(0, 2),
                                      rows.text(0, 4).empty() ? "" : rows.text(0, 3), rows.text(0, 4)});
}

Result<PipelineWork> find_pipeline_work(const PipelineSpec& pipeline,
                                        const std::optional<StoredPipeline>& stored) {
  if (!stored) return PipelineWork{PipelineWork::Kind::make, {}};
  if (stored->fingerprint == pipeline.fingerprint) return PipelineWork{PipelineWork::Kind::keep, {}};
  if (stored->batches == 0) return PipelineWork{PipelineWork::Kind::begin_anew, {}};
  auto growth = growth_of(stored->counted, canonical_text(pipeline));
  if (growth && !pipeline.shadow) return PipelineWork{PipelineWork::Kind::grow, *std::move(growth)};
  return config_changed(pipeline, *stored);
}

}  // namespace tallymill::postgres
