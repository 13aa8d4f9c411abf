#include "config/fields.h"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>

#include "config/expression_text.h"
#include "config/scalars.h"
#include "expression/names.h"
#include "expression/nearest.h"

namespace tallymill {
namespace {

struct TypeName {
  std::string_view name;
  Type type;
};

constexpr std::array<TypeName, 6> type_names = {{{"string", Type::string},
                                                 {"int", Type::int64},
                                                 {"decimal", Type::decimal},
                                                 {"double", Type::float64},
                                                 {"bool", Type::boolean},
                                                 {"timestamp", Type::timestamp}}};
// What others call them.
constexpr std::array<std::pair<std::string_view, std::string_view>, 14> other_names = {
    {{"integer", "int"},
     {"bigint", "int"},
     {"int64", "int"},
     {"long", "int"},
     {"float", "double"},
     {"real", "double"},
     {"float64", "double"},
     {"number", "int, decimal or double"},
     {"numeric", "decimal"},
     {"boolean", "bool"},
     {"text", "string"},
     {"varchar", "string"},
     {"datetime", "timestamp"},
     {"timestamptz", "timestamp"}}};

std::string unknown_type_message(std::string_view name) {
  std::string message = "is no type; the types are string, int, decimal, double, bool and timestamp, "
                        "each with a ? if the field may be null or missing";
  std::string_view meant = expression::nearest(name, field_type_names()).value_or("");
  for (const auto& [other, ours] : other_names) {
    if (other == name) meant = ours;
  }
  if (!meant.empty()) message += "; did you mean " + std::string(meant) + "?";
  return message;
}

// Sets type and optional from "decimal?".
bool apply_type(std::string_view text, Field& field, std::string& problem) {
  std::string_view name = text;
  if (!name.empty() && name.back() == '?') {
    field.optional = true;
    name.remove_suffix(1);
  }
  for (const TypeName& each : type_names) {
    if (each.name != name) continue;
    field.type = each.type;
    return true;
  }
  problem = unknown_type_message(name);
  return false;
}

// Why the text cannot stand in for a value of the field's type; empty if it can.
std::string default_problem(const Field& field, const std::string& text) {
  bool fits = true;
  switch (field.type) {
    case Type::boolean: fits = parse_boolean(text).value.has_value(); break;
    case Type::int64: fits = parse_integer(text).value.has_value(); break;
    case Type::decimal: fits = Decimal::parse(text).has_value(); break;
    case Type::float64: fits = parse_real(text).value.has_value(); break;
    case Type::timestamp:
      if (field.unit) {
        const auto number = parse_integer(text).value;
        fits = number && timestamp_from(*number, *field.unit);
      } else {
        fits = parse_timestamp(text).has_value();
      }
      break;
    default: break;
  }
  return fits ? "" : "is no " + std::string(to_string(field.type));
}

// The long form, {type: ..., default: ..., unit: ..., optional: ...}.
bool read_long_form(const YamlNodePtr& node, Field& field, Loading& loading) {
  const Section section(loading, node, "pipelines.*.source.fields.*", *node);
  const auto type = section.text("type");
  if (!type) return false;
  std::string problem;
  if (!apply_type(*type, field, problem)) {
    report(*section.find("type"), *type + " " + problem, loading);
    return false;
  }
  if (section.boolean("optional").value_or(false)) field.optional = true;
  field.unit = section.word<TimeUnit>("unit");
  if (field.unit && field.type != Type::timestamp) {
    report(*section.find("unit"), "only a timestamp has a unit", loading);
  }
  const YamlNodePtr default_node = section.find("default");
  if (default_node == nullptr) return true;
  const auto text = read_scalar(*default_node, "text", loading);
  if (!text) return true;
  field.default_text = text->text;
  problem = default_problem(field, text->text);
  if (!problem.empty()) report_value(*default_node, *text, problem, loading);
  return true;
}

// Why the text is no field's path.
std::string path_problem(const std::string& text) {
  if (text.empty() || text.find_first_of(".[]`\"'") != std::string::npos) {
    return shown_text(text) + " is no name of a field; write name, outer.inner or outer[\"inner name\"]";
  }
  const std::string in_backticks = "in backticks it is a field: '`" + shown_text(text) + "`'";
  if (expression::find_metadata(text) != nullptr) return text + " is part of every record; " + in_backticks;
  if (expression::is_reserved_word(text)) return text + " is a word of the language; " + in_backticks;
  return shown_text(text) + " is no name; " + in_backticks;
}

bool is_inside(const std::vector<std::string>& inner, const std::vector<std::string>& outer) {
  return inner.size() > outer.size() && std::equal(outer.begin(), outer.end(), inner.begin());
}

// Reports a field that is there already, or holds another one.
bool clashes(const DeclaredField& added, const std::vector<DeclaredField>& fields, Loading& loading) {
  for (const DeclaredField& other : fields) {
    if (other.field.path == added.field.path) {
      loading.problems.error(added.spot, "the field " + added.field.str() + " is listed already, in line " +
                                             std::to_string(other.spot.place().line));
      return true;
    }
    if (is_inside(other.field.path, added.field.path) || is_inside(added.field.path, other.field.path)) {
      loading.problems.error(added.spot, added.field.str() + " and " + other.field.str() +
                                             " cannot both be fields: one is a part of the other");
      return true;
    }
  }
  return false;
}

}  // namespace

std::vector<std::string_view> field_type_names() {
  std::vector<std::string_view> names;
  for (const TypeName& each : type_names) names.push_back(each.name);
  return names;
}

std::vector<DeclaredField> read_fields(const Section& source, Loading& loading) {
  std::vector<DeclaredField> fields;
  for (const YamlEntry& entry : source.named("fields")) {
    DeclaredField declared{{}, entry.key_spot};
    Field& field = declared.field;
    field.declared = true;
    field.path = parse_field_path(entry.key);
    if (field.path.empty()) {
      loading.problems.error(entry.key_spot, path_problem(entry.key));
      continue;
    }
    bool valid = true;
    if (entry.value->kind == YamlNode::Kind::map) {
      valid = read_long_form(entry.value, field, loading);
    } else {
      const auto type = read_scalar(*entry.value, "type", loading);
      std::string problem;
      valid = type && apply_type(type->text, field, problem);
      if (!problem.empty()) report_value(*entry.value, *type, problem, loading);
    }
    // A field whose type is wrong still is one, so that its uses are no further problems.
    if (!valid) field.type = Type::string;
    if (!clashes(declared, fields, loading)) fields.push_back(std::move(declared));
  }
  return fields;
}

std::optional<FieldIndex> read_event_time(const Section& event_time,
                                          std::vector<DeclaredField>& fields, Loading& loading) {
  if (!event_time.given()) return std::nullopt;
  const std::optional<std::string> text = event_time.text("field");
  const std::optional<TimeUnit> unit = event_time.word<TimeUnit>("unit");
  if (!text) return std::nullopt;
  const YamlNode& node = *event_time.find("field");
  DeclaredField added{{}, node.spot};
  added.field.path = parse_field_path(*text);
  added.field.type = Type::timestamp;
  added.field.declared = true;
  added.field.unit = unit;
  if (added.field.path.empty()) {
    report(node, *text == "_timestamp"
                     ? "the record's own timestamp is used without event_time; leave it out"
                     : path_problem(*text),
           loading);
    return std::nullopt;
  }
  for (std::size_t i = 0; i < fields.size(); ++i) {
    Field& field = fields[i].field;
    if (field.path != added.field.path) continue;
    if (field.type != Type::timestamp) {
      report(node, "source.fields lists " + field.str() + " as " + std::string(to_string(field.type)) +
                       "; an event time is a timestamp, so list it as such or leave it out there",
             loading);
    } else if (unit && field.unit && *unit != *field.unit) {
      report(*event_time.find("unit"), "source.fields lists another unit for " + field.str(), loading);
    }
    if (unit && !field.unit && field.default_text) {
      report(*event_time.find("unit"), "source.fields lists " + field.str() +
                                           " with a default; write the unit there, beside it", loading);
    }
    if (!field.unit) field.unit = unit;
    return i;
  }
  if (clashes(added, fields, loading)) return std::nullopt;
  fields.push_back(std::move(added));
  return fields.size() - 1;
}

}  // namespace tallymill
