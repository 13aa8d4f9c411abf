#include "sink/postgres/explain_missing.h"

#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

#include "sink/postgres/schema_standing.h"
#include "sink/postgres/service_schema.h"

namespace tallymill::postgres {
namespace {

// Nothing: the tables are of this program's version.
Result<std::optional<Error>> find_mismatch(Transactions& session) {
  TRY_ASSIGN(Connection* const connection, session.connection());
  TRY(session.begin(*connection));
  TRY_ASSIGN(const bool there, has_table_of_versions(session, *connection));
  if (!there) {
    return std::optional(Error(Reaction::stop, "schema_missing",
                               "the tables of schema " + session.postgres().schema +
                                   " are not there; the daemon makes them when it first runs, or `tallymill migrate`"));
  }
  TRY_ASSIGN(const std::int64_t version, version_of(session, *connection));
  if (version == schema_version) return std::optional<Error>();
  return std::optional(other_version(session, version));
}

}  // namespace

Error explain_missing(const PostgresSpec& postgres, const SecretResolver& secrets, Error error) {
  constexpr std::string_view undefined_table = "42P01";
  constexpr std::string_view undefined_column = "42703";
  if (error.code() != undefined_table && error.code() != undefined_column) return error;
  Transactions session(postgres, secrets);
  auto mismatch = find_mismatch(session);
  if (mismatch.ok() && *mismatch) return **std::move(mismatch);
  return error;
}

}  // namespace tallymill::postgres
