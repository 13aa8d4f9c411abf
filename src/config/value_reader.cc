#include "config/value_reader.h"

#include <algorithm>
#include <cstdio>
#include <utility>

#include "config/expand.h"
#include "expression/utf8.h"

namespace tallymill {
namespace {

constexpr std::size_t max_shown = 60;  // Bytes of a text in a message.

}  // namespace

std::string shown_text(std::string_view text) {
  if (text.empty()) return "\"\"";
  if (text.size() <= max_shown) return std::string(text);
  return std::string(expression::prefix(text, max_shown)) + "...";
}

std::string shown_key(std::string_view key) {
  const auto odd = std::find_if(key.begin(), key.end(), [](char c) { return (c & 0x80) != 0; });
  if (odd == key.end()) return shown_text(key);
  char code[16];
  std::snprintf(code, sizeof code, "U+%04X",
                static_cast<unsigned>(expression::first_code_point({odd, key.end()})));
  return shown_text(key) + ", with the character " + code + " in it";
}

void report(const YamlNode& node, std::string_view problem, Loading& loading) {
  const std::string prefix = node.path.empty() ? "" : node.path + ": ";
  loading.problems.error(node.spot, prefix + std::string(problem));
}

void report_value(const YamlNode& node, const Scalar& scalar, std::string_view problem,
                  Loading& loading) {
  report(node, scalar.shown + " " + std::string(problem), loading);
}

std::optional<Scalar> read_scalar(const YamlNode& node, std::string_view what, Loading& loading) {
  switch (node.kind) {
    case YamlNode::Kind::nothing:
      report(node, "there is no value; leave the key out, or write one", loading);
      return std::nullopt;
    case YamlNode::Kind::list:
    case YamlNode::Kind::map:
      report(node,
             "a " + std::string(what) + " is expected here, not a " +
                 (node.kind == YamlNode::Kind::list ? "list" : "mapping"),
             loading);
      return std::nullopt;
    case YamlNode::Kind::broken: return std::nullopt;
    case YamlNode::Kind::scalar: break;
  }
  Parsed<Expanded> expanded = expand(node.text, loading.environment);
  Scalar scalar;
  scalar.shown = shown_text(node.text);
  if (!expanded.value) {
    // Only the predicate: the text around a variable may be a secret.
    report(node, "the value " + expanded.problem, loading);
    return std::nullopt;
  }
  if (!expression::is_valid_utf8(expanded.value->text)) {
    report(node, "the value of " + scalar.shown + " is not valid UTF-8", loading);
    return std::nullopt;
  }
  scalar.in_place = !expanded.value->changed;
  scalar.plain = node.plain || expanded.value->whole;
  if (!scalar.in_place) scalar.shown = "the value of " + scalar.shown;
  scalar.text = std::move(expanded.value->text);
  return scalar;
}

std::string list_hint(const YamlNode& node) {
  const bool is_one = node.kind == YamlNode::Kind::scalar &&
                      node.text.find_first_of("[]{}#\n") == std::string::npos;
  return is_one ? "; write [" + shown_text(node.text) + "]" : ", as in [a, b]";
}

}  // namespace tallymill
