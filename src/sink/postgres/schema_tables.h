#pragma once

// The daemon's own tables as its DDL describes them, for the reference pages.

#include <string>
#include <vector>

namespace tallymill::postgres {

struct SchemaColumn {
  std::string name;
  std::string type;  // Empty in a view.
  std::string meaning;
};

struct SchemaTable {
  std::string name;
  std::string meaning;
  bool is_view = false;
  std::vector<SchemaColumn> columns;
};

// In the order of the DDL; columns that a later version added stand last.
[[nodiscard]] std::vector<SchemaTable> schema_tables();

}  // namespace tallymill::postgres
