#include "expression/functions.h"

#include <array>
#include <optional>
#include <vector>

#include "expression/nearest.h"

namespace tallymill::expression {
namespace {

constexpr TypeSet text{Type::string};
constexpr TypeSet anything{Type::boolean, Type::int64,  Type::decimal,
                           Type::float64, Type::string, Type::timestamp};
constexpr std::uint8_t many = Function::any_number;

constexpr std::array<Function, 14> table = {{
    {FunctionId::has, "has", CallForm::global, 1, 1, anything, Type::boolean,
     "Whether a field, a header or a lookup's column is there; a null is there.",
     "has(email)", "true"},
    {FunctionId::coalesce, "coalesce", CallForm::global, 2, many, anything, Type::missing,
     "The first argument that is neither null nor missing; the last one if all are.",
     "coalesce(country, \"unknown\")", "unknown"},
    {FunctionId::size, "size", CallForm::either, 1, 1, text, Type::int64,
     "The number of characters (Unicode code points) of a string.", "size(user_agent)", "10"},
    {FunctionId::starts_with, "startsWith", CallForm::member, 2, 2, text, Type::boolean,
     "Whether a string begins with another.", "path.startsWith(\"/api/\")", "true"},
    {FunctionId::ends_with, "endsWith", CallForm::member, 2, 2, text, Type::boolean,
     "Whether a string ends with another.", "host.endsWith(\".example.com\")", "true"},
    {FunctionId::contains, "contains", CallForm::member, 2, 2, text, Type::boolean,
     "Whether a string holds another.", "message.contains(\"timeout\")", "true"},
    {FunctionId::matches, "matches", CallForm::either, 2, 2, text, Type::boolean,
     "Whether an RE2 regular expression, a literal, matches some part of a string.",
     "path.matches(r\"^/v[0-9]+/\")", "false"},
    // ASCII only: what lower() gives must not change with a version of Unicode, or a batch read
    // again could fall into other groups.
    {FunctionId::lower, "lower", CallForm::either, 1, 1, text, Type::string,
     "The string with A to Z made a to z; all other characters stay as they are.",
     "lower(city)", "kÖln"},
    {FunctionId::upper, "upper", CallForm::either, 1, 1, text, Type::string,
     "The string with a to z made A to Z; all other characters stay as they are.",
     "upper(currency)", "EUR"},
    {FunctionId::to_int, "int", CallForm::global, 1, 1,
     TypeSet{Type::int64, Type::decimal, Type::float64, Type::string, Type::timestamp}, Type::int64,
     "A 64-bit integer: of a number, cut toward zero; of a string, its digits; of a timestamp, "
     "whole seconds since 1970.",
     "int(status_text) >= 500", "true"},
    {FunctionId::to_double, "double", CallForm::global, 1, 1,
     TypeSet{Type::int64, Type::decimal, Type::float64, Type::string}, Type::float64,
     "A double of a number or of a string that spells one.", "double(latency_ms) / 1000.0", "0.25"},
    {FunctionId::to_decimal, "decimal", CallForm::global, 1, 1,
     TypeSet{Type::int64, Type::decimal, Type::float64, Type::string}, Type::decimal,
     "An exact decimal of a number or of a string that spells one; a double gives its shortest "
     "spelling.",
     "decimal(price_text) * quantity", "6.75"},
    {FunctionId::to_string, "string", CallForm::global, 1, 1, anything, Type::string,
     "The value as text; decimals without trailing zeros, timestamps as RFC 3339 in UTC.",
     "string(cost)", "0.75"},
    {FunctionId::to_timestamp, "timestamp", CallForm::global, 1, 1,
     TypeSet{Type::string, Type::timestamp}, Type::timestamp,
     "A timestamp of a string as RFC 3339 has it; a number is declared as one under fields, with "
     "its unit.",
     "created_at >= timestamp(\"2026-01-01T00:00:00Z\")", "true"},
}};

constexpr std::string_view aggregates[] = {
    "count", "sum",      "min",      "max",   "avg",      "stddev",      "ratio",          "first",
    "last",  "max_by",   "min_by",   "top_k", "distinct", "quantile",    "count_by",
    "decayed_sum",       "decayed_count_by"};

constexpr std::string_view later[] = {
    "all",      "exists",   "exists_one", "map",      "filter",    "type",     "dyn",
    "uint",     "bool",     "bytes",      "duration", "indexOf",   "replace",  "split",
    "substring", "trim",    "join",       "format",   "charAt",    "abs",      "round",
    "floor",    "ceil",     "getFullYear", "getMonth", "getDate",  "getDayOfMonth",
    "getDayOfWeek", "getDayOfYear", "getHours", "getMinutes", "getSeconds", "getMilliseconds"};

// What other languages call it, and what it is called here.
struct Alias {
  std::string_view other;
  std::string_view name;
};
constexpr Alias aliases[] = {
    {"length", "size"},      {"len", "size"},          {"char_length", "size"},
    {"lowerAscii", "lower"}, {"toLowerCase", "lower"}, {"upperAscii", "upper"},
    {"toUpperCase", "upper"}, {"str", "string"},       {"to_string", "string"},
    {"float", "double"},     {"number", "decimal"},    {"numeric", "decimal"},
    {"ifnull", "coalesce"},  {"nvl", "coalesce"},      {"regexp_matches", "matches"},
    {"exist", "has"},        {"defined", "has"},       {"starts_with", "startsWith"},
    {"ends_with", "endsWith"}, {"to_timestamp", "timestamp"}, {"integer", "int"}};

template <class Names>
bool holds(const Names& names, std::string_view name) {
  for (std::string_view entry : names)
    if (entry == name) return true;
  return false;
}

}  // namespace

std::string TypeSet::str() const {
  std::vector<Type> types;
  for (Type type : {Type::boolean, Type::int64, Type::decimal, Type::float64, Type::string,
                    Type::timestamp})
    if (holds(type)) types.push_back(type);
  std::string out;
  for (std::size_t i = 0; i < types.size(); ++i) {
    if (i > 0) out += i + 1 == types.size() ? " or " : ", ";
    out += to_string(types[i]);
  }
  return out;
}

std::span<const Function> functions() { return table; }

const Function* find_function(std::string_view name) {
  for (const Function& function : table)
    if (function.name == name) return &function;
  return nullptr;
}

std::string unknown_function_message(std::string_view name) {
  std::string quoted = std::string(name) + "()";
  if (holds(aggregates, name))
    return quoted + " is an aggregate; it can only stand alone, as the value of a column";
  if (holds(later, name)) return quoted + " comes in a later version";
  if (name == "pow") return "there is no pow(); multiply instead";

  std::vector<std::string_view> names{"lookup"};
  for (const Function& function : table) names.push_back(function.name);
  std::optional<std::string_view> meant;
  for (const Alias& alias : aliases)
    if (alias.other == name) meant = alias.name;
  if (!meant) meant = nearest(name, names);
  std::string message = "there is no function " + quoted;
  if (meant) message += ", did you mean " + std::string(*meant) + "()?";
  message += meant ? " There are" : "; there are";
  for (std::size_t i = 0; i < names.size(); ++i)
    message += (i == 0 ? " " : ", ") + std::string(names[i]);
  return message;
}

}  // namespace tallymill::expression
