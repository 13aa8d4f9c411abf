// The reference of the daemon's own tables is of the tables that are there.

#include <string>

#include "integration/instance.h"
#include "sink/postgres/schema_tables.h"

#include "support/catch.h"

namespace tallymill::testing {

TEST_CASE("each table and column of the daemon's schema is in the reference, with its type and a sentence") {
  Database database;
  Instance instance(database);
  instance.start();
  std::string described;
  for (const postgres::SchemaTable& table : postgres::schema_tables()) {
    CAPTURE(table.name);
    CHECK(table.meaning.ends_with("."));
    described += table.name + (table.is_view ? " VIEW:" : " TABLE:");
    for (const postgres::SchemaColumn& column : table.columns) {
      CAPTURE(column.name);
      CHECK(column.meaning.ends_with("."));
      described += " " + column.name + (table.is_view ? "" : " " + column.type);
    }
    described += "\n";
  }
  std::string present;
  for (const auto& row : database.query(
           "SELECT format('%s %s: %s', c.relname, CASE c.relkind WHEN 'v' THEN 'VIEW' ELSE 'TABLE' END,"
           " string_agg(CASE c.relkind WHEN 'v' THEN a.attname::text ELSE"
           " a.attname || ' ' || replace(format_type(a.atttypid, a.atttypmod), 'timestamp with time zone',"
           " 'timestamptz') END, ' ' ORDER BY a.attnum)) FROM pg_class c"
           " JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped"
           " WHERE c.relnamespace = 'tallymill'::regnamespace AND c.relkind IN ('r', 'v')"
           " GROUP BY c.relname, c.relkind, c.oid ORDER BY c.oid")) {
    present += row.at(0) + "\n";
  }
  CHECK(described == present);
}

}  // namespace tallymill::testing
