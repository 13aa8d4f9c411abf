#include "config/reference.h"

#include <string_view>
#include <vector>

#include "config/keys.h"
#include "expression/functions.h"
#include "expression/names.h"

namespace tallymill {
namespace {

// Text inside a table's cell.
std::string cell(std::string_view text) {
  std::string result;
  for (char c : text) {
    if (c == '|') result += '\\';
    result += c;
  }
  return result;
}

std::string code(std::string_view text) { return "`" + cell(text) + "`"; }

// "pipelines.<name>.source": what stands for * is a name that the user gives.
std::string shown_path(std::string_view path) {
  std::string result;
  for (char c : path) result += c == '*' ? std::string("<name>") : std::string(1, c);
  return result;
}

std::string type_cell(const Key& key) {
  std::string text;
  for (std::string_view word : split_words(key.words)) text += (text.empty() ? "" : ", ") + code(word);
  if (text.empty()) text = kind_text(key);
  const std::string range = range_text(key);
  return range.empty() ? text : text + ", " + range;
}

std::string default_cell(const Key& key) {
  if (key.required) return "required";
  if (!key.default_text.empty()) return code(key.default_text);
  return cell(key.default_meaning);
}

bool holds_keys(const Key& key) { return !keys_below(key.path).empty(); }

void write_section(std::string_view path, std::string_view title, std::string_view documentation,
                   std::string& out) {
  out += "### " + std::string(title) + "\n\n";
  if (!documentation.empty()) out += std::string(documentation) + "\n\n";
  out += "| Key | Type | Default | Meaning |\n|---|---|---|---|\n";
  for (const Key* key : keys_below(path)) {
    const std::string name(leaf_of(key->path));
    out += "| " + code(name) + " | ";
    if (key->later) {
      out += "| | " + cell(key->documentation) + " *Comes in a later version.* |\n";
    } else {
      out += type_cell(*key) + " | " + default_cell(*key) + " | " + cell(key->documentation) + " |\n";
    }
  }
  out += "\n";
}

}  // namespace

std::string key_reference() {
  std::string out;
  write_section("", "At the top", "", out);
  for (const Key& key : keys()) {
    if (key.later || !holds_keys(key)) continue;
    write_section(key.path, "`" + shown_path(key.path) + "`", key.documentation, out);
  }
  return out;
}

std::string function_reference() {
  std::string out = "| Function | Takes | Gives | Meaning |\n|---|---|---|---|\n";
  for (const expression::Function& function : expression::functions()) {
    const std::string result =
        function.result == Type::missing ? "as its arguments" : std::string(to_string(function.result));
    const std::string accepts = function.accepts.holds(Type::boolean) ? "any type" : function.accepts.str();
    out += "| " + code(function.example) + " | " + accepts + " | " + result + " | " +
           cell(function.documentation) + " |\n";
  }
  return out;
}

std::string metadata_reference() {
  std::string out = "| Name | Type | Meaning |\n|---|---|---|\n";
  for (const expression::Metadata& each : expression::metadata) {
    out += "| " + code(each.name) + " | " + std::string(to_string(each.type)) + " | " +
           cell(each.documentation) + " |\n";
  }
  return out;
}

std::string aggregate_reference(AggregateCatalog aggregates) {
  std::string out = "| Aggregate | Meaning | Kept in |\n|---|---|---|\n";
  for (const AggregateSignature& each : aggregates) {
    const bool has_condition = each.argument == AggregateArgument::condition ||
                               each.argument == AggregateArgument::nothing_or_condition;
    const auto shape = each.shape("x", has_condition ? Type::boolean : Type::decimal, std::nullopt);
    std::string parts;
    for (const PartColumn& part : shape ? shape->parts : std::vector<PartColumn>{}) {
      parts += (parts.empty() ? "" : ", ") + code(part.name);
    }
    out += "| " + code(each.example) + " | " + cell(each.documentation) + " | " + parts + " |\n";
  }
  return out;
}

}  // namespace tallymill
