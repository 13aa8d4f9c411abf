#pragma once

#include <string>
#include <string_view>

namespace tallymill::postgres {

// The version of the daemon's own tables, kept in its table schema_version.
inline constexpr int schema_version = 4;

// Running these again changes nothing, but even then needs the right to create schemas or tables.
[[nodiscard]] std::string create_schema_ddl(std::string_view schema);
// DDL of the daemon's own tables: makes them, or brings those of an older version up to date.
[[nodiscard]] std::string service_tables_ddl(std::string_view schema);

}  // namespace tallymill::postgres
