#include <string>
#include <vector>

#include "daemon/reference/markdown.h"
#include "daemon/reference/pages.h"
#include "sink/postgres/schema_tables.h"
#include "sink/postgres/service_schema.h"

namespace tallymill::reference {

std::string tables_page() {
  Markdown page;
  page.heading(1, "Tables");
  page.paragraph("The daemon's own tables, version " + std::to_string(postgres::schema_version) +
                 ", in the schema that `postgres.schema` names, `tallymill` if none. The daemon makes them, or "
                 "`tallymill migrate` does. They are there to be read; write to them by commands only. What "
                 "columns the tables of aggregates have is under [aggregates](aggregates.md).");
  for (const postgres::SchemaTable& table : postgres::schema_tables()) {
    page.heading(2, code(table.name) + (table.is_view ? " (a view)" : ""));
    page.paragraph(table.meaning);
    std::vector<std::vector<std::string>> rows;
    rows.push_back({"Column", "Type", "Meaning"});
    if (table.is_view) rows.back().erase(rows.back().begin() + 1);
    for (const postgres::SchemaColumn& column : table.columns) {
      rows.push_back({code(column.name), column.type, column.meaning});
      if (table.is_view) rows.back().erase(rows.back().begin() + 1);
    }
    page.table(rows);
  }
  return page.text();
}

}  // namespace tallymill::reference
