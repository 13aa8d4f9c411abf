#include "sink/postgres/schema_work.h"

#include "base/seeded_bug.h"
#include "sink/postgres/privileges.h"
#include "sink/postgres/schema_standing.h"
#include "sink/postgres/service_schema.h"

namespace tallymill::postgres {
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
