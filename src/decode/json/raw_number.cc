#include "decode/json/raw_number.h"

#include <simdjson.h>

namespace tallymill {
namespace {

namespace ondemand = simdjson::ondemand;

// Keys are compared unescaped, as the tree's were.
bool enter(ondemand::value& at, const std::string& key) {
  ondemand::object object;
  if (at.get_object().get(object) != simdjson::SUCCESS) return false;
  for (auto member : object) {
    std::string_view name;
    if (member.unescaped_key().get(name) != simdjson::SUCCESS) return false;
    if (name != key) continue;
    return member.value().get(at) == simdjson::SUCCESS;
  }
  return false;
}

}  // namespace

std::string raw_number(const char* padded, std::size_t size, std::size_t capacity,
                       const std::vector<std::string>& path) {
  thread_local ondemand::parser parser;
  ondemand::document document;
  if (parser.iterate(padded, size, capacity).get(document) != simdjson::SUCCESS) return {};
  ondemand::value at;
  if (document.get_value().get(at) != simdjson::SUCCESS) return {};
  for (const std::string& key : path) {
    if (!enter(at, key)) return {};
  }
  return std::string(number_in(at.raw_json_token()));
}

}  // namespace tallymill
