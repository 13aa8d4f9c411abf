#include "sink/postgres/postgres_rehearsal.h"

#include <utility>

#include "sink/postgres/session.h"
#include "sink/postgres/sqlstate.h"
#include "sink/postgres/write_rows.h"

namespace tallymill {
namespace {

using postgres::Connection;
using postgres::Params;
using postgres::Session;

class PostgresRehearsal final : public Rehearsal {
 public:
  PostgresRehearsal(PostgresSpec postgres, const PipelineSpec& pipeline,
                    postgres::SecretResolver secrets)
      : session_(std::move(postgres), pipeline, {}, std::move(secrets)) {}

  Result<std::optional<Error>> refusal(const Batch& batch) override {
    TRY_ASSIGN(Connection* const connection, session_.connection());
    const auto written = write(*connection, batch);
    session_.rollback();
    if (written.ok()) return std::optional<Error>();
    const Error& error = written.error();
    const bool of_data = error.code().size() == 5 &&
                         postgres::classify(error.code()) == postgres::SqlstateClass::data;
    if (of_data || error.code() == postgres::refused_merge_code) return std::optional(error);
    return error.within("trying rows of pipeline " + session_.pipeline().name);
  }

 private:
  Result<void> write(Connection& connection, const Batch& batch) {
    TRY(session_.begin(connection));
    TRY(connection.query("SELECT 1 FROM " + session_.table("pipeline") +
                             " WHERE pipeline = $1 FOR UPDATE",
                         Params().text(session_.pipeline().name), session_.statement_timeout()));
    postgres::Statements statements(connection, session_.statement_timeout());
    TRY(statements.finish(postgres::write_rows(session_, statements, batch)));
    // What a commit would judge last.
    TRY(connection.script("SET CONSTRAINTS ALL IMMEDIATE", session_.statement_timeout()));
    return {};
  }

  Session session_;
};

}  // namespace

std::unique_ptr<Rehearsal> make_postgres_rehearsal(PostgresSpec postgres,
                                                   const PipelineSpec& pipeline,
                                                   postgres::SecretResolver secrets) {
  return std::make_unique<PostgresRehearsal>(std::move(postgres), pipeline, std::move(secrets));
}

}  // namespace tallymill
