#include "sink/postgres/schema_tables.h"

#include <algorithm>
#include <sstream>
#include <string_view>

#include "base/check.h"
#include "sink/postgres/service_schema.h"

namespace tallymill::postgres {
namespace {

bool take(std::string_view& text, std::string_view start) {
  if (!text.starts_with(start)) return false;
  text.remove_prefix(start.size());
  return true;
}

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (!text.empty() && std::string_view(" ,;").find(text.back()) != std::string_view::npos) {
    text.remove_suffix(1);
  }
  return text;
}

// "numeric(39,0)" of "numeric(39,0) NOT NULL".
std::string type_in(std::string_view definition) {
  std::size_t end = definition.size();
  for (const std::string_view behind : {" COLLATE ", " PRIMARY ", " NOT ", " DEFAULT ", " REFERENCES "}) {
    end = std::min(end, definition.find(behind));
  }
  return std::string(definition.substr(0, end));
}

// "next_offset numeric(39,0) NOT NULL" in a table, "b.committed_at AS last_commit" in a view.
SchemaColumn column_of(std::string_view definition, bool in_view) {
  SchemaColumn column;
  if (in_view) {
    const std::size_t renamed = definition.rfind(" AS ");
    column.name = definition.substr(renamed != std::string_view::npos ? renamed + 4 : definition.find('.') + 1);
    return column;
  }
  take(definition, "ADD COLUMN IF NOT EXISTS ");
  const std::size_t space = definition.find(' ');
  column.name = definition.substr(0, space);
  std::erase(column.name, '"');
  column.type = type_in(definition.substr(space + 1));
  return column;
}

}  // namespace

std::vector<SchemaTable> schema_tables() {
  constexpr std::string_view schema = "tallymill";
  const std::string prefix = "\"" + std::string(schema) + "\".";
  std::vector<SchemaTable> tables;
  SchemaTable* table = nullptr;
  std::string comment;
  std::istringstream lines(service_tables_ddl(schema));
  for (std::string line; std::getline(lines, line);) {
    std::string_view rest = line;
    if (take(rest, "-- ")) {
      comment = rest;
    } else if (take(rest, "CREATE TABLE IF NOT EXISTS " + prefix)) {
      table = &tables.emplace_back(SchemaTable{std::string(rest.substr(0, rest.find(' '))), comment, false, {}});
    } else if (take(rest, "CREATE OR REPLACE VIEW " + prefix)) {
      table = &tables.emplace_back(SchemaTable{std::string(rest.substr(0, rest.find(' '))), comment, true, {}});
    } else if (take(rest, "ALTER TABLE " + prefix)) {
      const auto found = std::find_if(tables.begin(), tables.end(),
                                      [&](const SchemaTable& one) { return one.name == rest; });
      CHECK(found != tables.end(), "the DDL makes a table before it changes it");
      table = &*found;
    } else if (const std::size_t mark = rest.find("  -- "); table != nullptr && mark != std::string_view::npos) {
      std::string_view definition = trimmed(rest.substr(0, mark));
      take(definition, "SELECT ");
      table->columns.push_back(column_of(definition, table->is_view));
      table->columns.back().meaning = rest.substr(mark + 5);
    }
  }
  return tables;
}

}  // namespace tallymill::postgres
