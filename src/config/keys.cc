#include "config/keys.h"

#include <algorithm>
#include <chrono>

#include "config/scalars.h"

namespace tallymill {

std::span<const Key> keys() {
  static const std::vector<Key> all = [] {
    std::vector<Key> rows;
    for (const auto part : {daemon_keys(), pipeline_keys(), aggregation_keys()}) {
      rows.insert(rows.end(), part.begin(), part.end());
    }
    return rows;
  }();
  return all;
}

const Key* find_key(std::string_view path) {
  for (const Key& key : keys()) {
    if (key.path == path) return &key;
  }
  return nullptr;
}

std::string_view leaf_of(std::string_view path) {
  const std::size_t point = path.rfind('.');
  return point == std::string_view::npos ? path : path.substr(point + 1);
}

std::vector<const Key*> keys_below(std::string_view path) {
  std::vector<const Key*> below;
  for (const Key& key : keys()) {
    const std::size_t point = key.path.rfind('.');
    const std::string_view parent =
        point == std::string_view::npos ? std::string_view{} : key.path.substr(0, point);
    if (parent == path && leaf_of(key.path) != "*") below.push_back(&key);
  }
  return below;
}

std::vector<std::string_view> split_words(std::string_view words) {
  std::vector<std::string_view> split;
  while (!words.empty()) {
    const std::size_t bar = words.find(" | ");
    split.push_back(words.substr(0, bar));
    words = bar == std::string_view::npos ? std::string_view{} : words.substr(bar + 3);
  }
  return split;
}

std::string kind_text(const Key& key) {
  switch (key.kind) {
    case KeyKind::section: return "section";
    case KeyKind::named: return "mapping by name";
    case KeyKind::text: return "text";
    case KeyKind::word: return "word";
    case KeyKind::boolean: return "true or false";
    case KeyKind::integer: return "whole number";
    case KeyKind::real: return "number";
    case KeyKind::size: return "size";
    case KeyKind::duration: return "duration";
    case KeyKind::start: return "start";
    case KeyKind::secret: return "secret";
    case KeyKind::identifier: return "name";
    case KeyKind::table: return "table name";
    case KeyKind::texts: return "list of text";
    case KeyKind::identifiers: return "list of names";
    case KeyKind::options: return "mapping of text";
    case KeyKind::expression: return "expression";
    case KeyKind::field_path: return "field";
    case KeyKind::type_name: return "type";
    case KeyKind::field_type: return "type or section";
    case KeyKind::group_by: return "list or mapping of expressions";
    case KeyKind::column: return "aggregate, formula or section";
  }
  return {};
}

std::string range_text(const Key& key) {
  const auto text = [&key](std::int64_t bound) {
    if (key.kind == KeyKind::duration) return duration_text(std::chrono::milliseconds(bound));
    if (key.kind == KeyKind::size) return size_text(bound);
    return std::to_string(bound);
  };
  if (key.highest == 0) return {};
  return text(key.lowest) + " to " + text(key.highest);
}

}  // namespace tallymill
