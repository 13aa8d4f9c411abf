#pragma once

#include <string>
#include <string_view>

namespace tallymill::postgres {

// The version of the daemon's own tables, kept in its table schema_version.
inline constexpr int schema_version = 1;

// DDL of the daemon's own schema; running it again changes nothing.
[[nodiscard]] std::string service_schema_ddl(std::string_view schema);

}  // namespace tallymill::postgres
