#include "config/table_name.h"

#include "config/identifier.h"

namespace tallymill {

std::optional<TableName> read_table_name(const Section& section, std::string_view key,
                                         Loading& loading) {
  const YamlNodePtr node = section.find(key);
  const std::optional<Scalar> text = node ? read_scalar(*node, "table name", loading) : std::nullopt;
  if (!text) return std::nullopt;
  TableName name{"public", text->text};
  if (const std::size_t point = text->text.find('.'); point != std::string::npos) {
    name = {text->text.substr(0, point), text->text.substr(point + 1)};
  }
  if (name.table.find('.') != std::string::npos) {
    report_value(*node, *text, "has more than two parts; write table or schema.table", loading);
    return std::nullopt;
  }
  for (const std::string& part : {name.schema, name.table}) {
    const std::string problem = identifier_problem(part);
    if (problem.empty()) continue;
    report_value(*node, *text, problem, loading);
    return std::nullopt;
  }
  return name;
}

}  // namespace tallymill
