#include "config/json_text.h"

#include <algorithm>
#include <string_view>

#include "base/json_writer.h"

namespace tallymill {
namespace {

std::string_view take_digits(std::string_view& text) {
  const std::size_t end = std::min(text.find_first_not_of("0123456789"), text.size());
  const std::string_view digits = text.substr(0, end);
  text.remove_prefix(end);
  return digits;
}

bool take_one_of(std::string_view& text, std::string_view characters) {
  if (text.empty() || characters.find(text.front()) == std::string_view::npos) return false;
  text.remove_prefix(1);
  return true;
}

// RFC 8259: no plus, no leading zeros, digits on both sides of the point.
bool is_json_number(std::string_view text) {
  take_one_of(text, "-");
  const std::string_view whole = take_digits(text);
  if (whole.empty() || (whole.size() > 1 && whole.front() == '0')) return false;
  if (take_one_of(text, ".") && take_digits(text).empty()) return false;
  if (take_one_of(text, "eE")) {
    take_one_of(text, "+-");
    if (take_digits(text).empty()) return false;
  }
  return text.empty();
}

void write(const YamlNode& node, JsonWriter& json) {
  switch (node.kind) {
    case YamlNode::Kind::nothing:
    case YamlNode::Kind::broken: json.null(); return;
    case YamlNode::Kind::list:
      json.begin_array();
      for (const YamlNodePtr& item : node.items) write(*item, json);
      json.end_array();
      return;
    case YamlNode::Kind::map:
      json.begin_object();
      for (const YamlEntry& entry : node.entries) {
        json.key(entry.key);
        write(*entry.value, json);
      }
      json.end_object();
      return;
    case YamlNode::Kind::scalar: break;
  }
  if (node.plain && (node.text == "true" || node.text == "false")) {
    json.boolean(node.text == "true");
  } else if (node.plain && is_json_number(node.text)) {
    json.raw_number(node.text);
  } else {
    json.string(node.text);
  }
}

}  // namespace

std::string json_text(const YamlNode& node) {
  JsonWriter json;
  write(node, json);
  return json.text();
}

}  // namespace tallymill
