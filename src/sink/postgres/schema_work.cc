#include "sink/postgres/schema_work.h"

#include "base/seeded_bug.h"
#include "sink/postgres/privileges.h"
#include "sink/postgres/service_schema.h"

namespace tallymill::postgres {
namespace {

Result<bool> has_table_of_versions(const Session& session, Connection& connection) {
  TRY_ASSIGN(const QueryResult found,
             connection.query("SELECT EXISTS (SELECT 1 FROM pg_class c JOIN pg_namespace s ON s.oid = "
                              "c.relnamespace WHERE s.nspname = $1 AND c.relname = 'schema_version')",
                              Params().text(session.postgres().schema),
                              session.statement_timeout()));
  return found.flag(0, 0);
}

Result<std::int64_t> version_of(const Session& session, Connection& connection) {
  TRY_ASSIGN(const QueryResult rows,
             connection.query("SELECT version FROM " + session.table("schema_version"), Params(),
                              session.statement_timeout()));
  return rows.rows() == 1 ? rows.number(0, 0) : 0;
}

Error other_version(const Session& session, std::int64_t version) {
  const std::string is = "schema " + session.postgres().schema + " has version " +
                         std::to_string(version) + ", and this tallymill works with version " +
                         std::to_string(schema_version);
  return {Reaction::stop, "schema_version",
          version > schema_version
              ? is + "; run the newer tallymill that made it"
              : is + "; have `tallymill migrate` run by a role that may alter its tables"};
}

}  // namespace

Result<SchemaWork> find_schema_work(const Session& session, Connection& connection) {
  const std::string& schema = session.postgres().schema;
  TRY_ASSIGN(const bool schema_is_there, find_schema(session, connection, schema));
  TRY_ASSIGN(const bool tables_are_there, has_table_of_versions(session, connection));
  if (!tables_are_there) {
    return SchemaWork{SchemaWork::Kind::make, 0,
                      (schema_is_there ? "" : create_schema_ddl(schema)) + service_tables_ddl(schema)};
  }
  TRY(check_service_tables(session, connection));
  TRY_ASSIGN(const std::int64_t version, version_of(session, connection));
  const bool newer = version > schema_version;
  if (newer && !seeded(Bug::newer_schema_accepted)) return other_version(session, version);
  if (newer || version == schema_version) return SchemaWork{SchemaWork::Kind::keep, version, {}};
  return SchemaWork{SchemaWork::Kind::update, version, service_tables_ddl(schema)};
}

Result<void> may_do(const Session& session, Connection& connection, const SchemaWork& work) {
  const std::string& schema = session.postgres().schema;
  if (work.kind == SchemaWork::Kind::keep) return {};
  if (session.postgres().ddl == DdlPolicy::check) {
    if (work.kind == SchemaWork::Kind::update) return other_version(session, work.version);
    return Error(Reaction::stop, "schema_missing",
                 "schema " + schema +
                     " is missing and postgres.ddl is check; have `tallymill migrate` or the "
                     "output of `tallymill migrate --sql` run by a role that may create it");
  }
  TRY_ASSIGN(const bool schema_is_there, find_schema(session, connection, schema));
  if (!schema_is_there) return check_may_create_schema(session, connection, schema);
  TRY(check_may_create_table(session, connection, schema));
  if (work.kind == SchemaWork::Kind::make) return {};
  return check_may_alter(session, connection, session.table("pipeline"));
}

Result<void> do_work(const Session& session, Connection& connection, const SchemaWork& work) {
  if (work.kind == SchemaWork::Kind::keep) return {};
  TRY(connection.script(work.sql, session.statement_timeout()));
  return check_service_tables(session, connection);
}

}  // namespace tallymill::postgres
