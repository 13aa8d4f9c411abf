#include "sink/postgres/schema_standing.h"

#include <string>

#include "sink/postgres/service_schema.h"

namespace tallymill::postgres {

Result<bool> has_table_of_versions(const Transactions& session, Connection& connection) {
  TRY_ASSIGN(const QueryResult found,
             connection.query("SELECT EXISTS (SELECT 1 FROM pg_class c JOIN pg_namespace s ON s.oid = "
                              "c.relnamespace WHERE s.nspname = $1 AND c.relname = 'schema_version')",
                              Params().text(session.postgres().schema),
                              session.statement_timeout()));
  return found.flag(0, 0);
}

Result<std::int64_t> version_of(const Transactions& session, Connection& connection) {
  TRY_ASSIGN(const QueryResult rows,
             connection.query("SELECT version FROM " + session.table("schema_version"), Params(),
                              session.statement_timeout()));
  return rows.rows() == 1 ? rows.number(0, 0) : 0;
}

Error other_version(const Transactions& session, std::int64_t version) {
  const std::string is = "schema " + session.postgres().schema + " has version " +
                         std::to_string(version) + ", and this tallymill works with version " +
                         std::to_string(schema_version);
  return {Reaction::stop, "schema_version",
          version > schema_version
              ? is + "; run the newer tallymill that made it"
              : is + "; have `tallymill migrate` run by a role that may alter its tables"};
}

}  // namespace tallymill::postgres
