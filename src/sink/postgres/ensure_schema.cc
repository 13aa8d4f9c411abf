#include "sink/postgres/ensure_schema.h"

#include "sink/postgres/privileges.h"
#include "sink/postgres/service_schema.h"

namespace tallymill::postgres {
namespace {

Result<void> create_service_tables(const Session& session, Connection& connection,
                                   bool schema_is_there) {
  const std::string& schema = session.postgres().schema;
  if (session.postgres().ddl == DdlPolicy::check) {
    return Error(Reaction::stop, "schema_missing",
                 "schema " + schema +
                     " is missing and postgres.ddl is check; have `tallymill migrate` or the "
                     "output of `tallymill migrate --sql` run by a role that may create it");
  }
  if (schema_is_there) {
    TRY(check_may_create_table(session, connection, schema));
  } else {
    TRY(check_may_create_schema(session, connection, schema));
  }
  TRY(connection.script((schema_is_there ? "" : create_schema_ddl(schema)) +
                            service_tables_ddl(schema),
                        session.statement_timeout()));
  return {};
}

Result<std::int64_t> schema_version_of(const Session& session, Connection& connection) {
  TRY_ASSIGN(const QueryResult rows,
             connection.query("SELECT version FROM " + session.table("schema_version"), Params(),
                              session.statement_timeout()));
  return rows.rows() == 1 ? rows.number(0, 0) : 0;
}

}  // namespace

Result<void> ensure_schema(const Session& session, Connection& connection) {
  TRY_ASSIGN(const bool schema_is_there,
             find_schema(session, connection, session.postgres().schema));
  TRY_ASSIGN(const QueryResult found,
             connection.query("SELECT EXISTS (SELECT 1 FROM pg_class c JOIN pg_namespace s ON s.oid = "
                              "c.relnamespace WHERE s.nspname = $1 AND c.relname = 'schema_version')",
                              Params().text(session.postgres().schema),
                              session.statement_timeout()));
  if (!found.flag(0, 0)) TRY(create_service_tables(session, connection, schema_is_there));
  TRY(check_service_tables(session, connection));
  TRY_ASSIGN(std::int64_t version, schema_version_of(session, connection));
  if (version < schema_version && session.postgres().ddl == DdlPolicy::apply) {
    TRY(create_service_tables(session, connection, true));
    TRY_ASSIGN(version, schema_version_of(session, connection));
  }
  if (version == schema_version) return {};
  const std::string is = "schema " + session.postgres().schema + " has version " +
                         std::to_string(version) + ", and this tallymill works with version " +
                         std::to_string(schema_version);
  return Error(Reaction::stop, "schema_version",
               version > schema_version
                   ? is + "; run the newer tallymill that made it"
                   : is + "; have `tallymill migrate` run by a role that may alter its tables");
}

}  // namespace tallymill::postgres
