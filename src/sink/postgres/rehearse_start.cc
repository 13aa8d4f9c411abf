#include "sink/postgres/rehearse_start.h"

#include <algorithm>
#include <utility>

#include "sink/postgres/lookup_columns.h"
#include "sink/postgres/ownership.h"

namespace tallymill::postgres {
namespace {

constexpr std::chrono::milliseconds longest_wait{5000};

}  // namespace

Result<void> rehearse_start(PostgresSpec postgres, const PipelineSpec& pipeline,
                            const Identity& identity, const SecretResolver& secrets) {
  for (auto* timeout : {&postgres.connect_timeout, &postgres.statement_timeout, &postgres.lock_timeout}) {
    *timeout = std::min(*timeout, longest_wait);
  }
  Session session(std::move(postgres), pipeline, identity, secrets);
  TRY_ASSIGN(Connection* connection, session.connection());
  TRY(rehearse_opening(session, *connection));
  TRY_ASSIGN(connection, session.connection());
  TRY(session.begin(*connection));
  const auto readable = check_lookup_tables(session, *connection, pipeline);
  session.rollback();
  return readable;
}

}  // namespace tallymill::postgres
