#include "decode/json/ndjson.h"

#include <simdjson.h>

#include <algorithm>
#include <optional>
#include <utility>

namespace tallymill {
namespace {

namespace dom = simdjson::dom;

std::optional<std::string> text_of(dom::element element) {
  switch (element.type()) {
    case dom::element_type::NULL_VALUE: return "";
    case dom::element_type::BOOL: return element.get_bool().value_unsafe() ? "true" : "false";
    case dom::element_type::STRING: return std::string(element.get_string().value_unsafe());
    case dom::element_type::INT64: return std::to_string(element.get_int64().value_unsafe());
    case dom::element_type::UINT64: return std::to_string(element.get_uint64().value_unsafe());
    default: return std::nullopt;
  }
}

// Returns why the object cannot be a row, if it cannot.
std::string add_row(dom::object object, TableText& table) {
  if (table.columns.empty()) {
    for (const auto [key, element] : object) table.columns.emplace_back(key);
  }
  std::vector<std::string> row(table.columns.size());
  std::vector<bool> filled(table.columns.size());
  std::vector<bool> nulls(table.columns.size());
  for (const auto [key, element] : object) {
    const auto column = std::find(table.columns.begin(), table.columns.end(), key);
    if (column == table.columns.end()) return "column " + std::string(key) + " is not in the first line";
    const auto at = static_cast<std::size_t>(column - table.columns.begin());
    if (filled[at]) return "column " + std::string(key) + " stands twice";
    auto text = text_of(element);
    if (!text) return "column " + std::string(key) + " is not a string, an integer, true, false or null";
    row[at] = *std::move(text);
    filled[at] = true;
    nulls[at] = element.is_null();
  }
  const auto gap = std::find(filled.begin(), filled.end(), false);
  if (gap != filled.end()) {
    return "column " + table.columns[static_cast<std::size_t>(gap - filled.begin())] + " is missing";
  }
  table.rows.push_back(std::move(row));
  table.nulls.insert(table.nulls.end(), nulls.begin(), nulls.end());
  return {};
}

}  // namespace

Result<TableText> parse_ndjson(std::string_view text) {
  TableText table;
  dom::parser parser;
  constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";
  if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
  for (std::size_t line = 1; !text.empty(); ++line) {
    const std::size_t size = std::min(text.find('\n'), text.size());
    const std::string_view one = text.substr(0, size);
    text.remove_prefix(std::min(size + 1, text.size()));
    if (one.find_first_not_of(" \t\r") == std::string_view::npos) continue;
    dom::object object;
    const auto error = parser.parse(one.data(), one.size(), true).get(object);
    std::string why = error ? simdjson::error_message(error) : add_row(object, table);
    if (why.empty()) {
      table.lines.push_back(line);
      continue;
    }
    return Error(Reaction::stop, "lookup_malformed", "line " + std::to_string(line) + ": " + why);
  }
  return table;
}

}  // namespace tallymill
