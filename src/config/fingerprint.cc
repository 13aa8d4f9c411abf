#include "config/fingerprint.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>
#include <vector>

#include "base/digest.h"
#include "base/seeded_bug.h"
#include "expression/ast.h"

namespace tallymill {
namespace {

constexpr std::string_view version = "v1";

// The words of the canonical text are fixed for ever, whatever the configuration calls things.
constexpr std::array<std::string_view, 8> sql_names = {
    "boolean", "bigint", "numeric", "double", "text", "timestamptz", "jsonb", "bytea"};
constexpr std::array<std::string_view, 4> unit_names = {"s", "ms", "us", "ns"};
constexpr std::array<std::string_view, 4> on_miss_names = {"keep", "drop", "dead_letter", "stop"};
constexpr std::array<std::string_view, 3> on_error_names = {"dead_letter", "skip", "stop"};
constexpr std::array<std::string_view, 3> late_names = {"accept", "drop", "dead_letter"};

template <class E, std::size_t count>
std::string_view name_of(const std::array<std::string_view, count>& names, E value) {
  return names.at(static_cast<std::size_t>(value));
}

std::string_view type_name(Type type) {
  switch (type) {
    case Type::boolean: return "bool";
    case Type::int64: return "int";
    case Type::decimal: return "decimal";
    case Type::float64: return "double";
    case Type::timestamp: return "timestamp";
    case Type::string: return "string";
    default: return "none";
  }
}

// One line per statement. Text is quoted, so that no text can pretend to be a line.
class CanonicalWriter {
 public:
  CanonicalWriter& word(std::string_view text) {
    if (!at_line_start_) text_ += ' ';
    text_ += text;
    at_line_start_ = false;
    return *this;
  }
  CanonicalWriter& quoted(std::string_view text) {
    word("\"");
    for (char c : text) {
      if (c == '\n') {
        text_ += "\\n";
        continue;
      }
      if (c == '"' || c == '\\') text_ += '\\';
      text_ += c;
    }
    text_ += '"';
    return *this;
  }
  void end_line() {
    text_ += '\n';
    at_line_start_ = true;
  }
  [[nodiscard]] std::string take() { return std::move(text_); }

 private:
  std::string text_;
  bool at_line_start_ = true;
};

void write_formula(const Formula& formula, CanonicalWriter& out) {
  constexpr std::array<std::string_view, 7> names = {"part", "number", "add",   "subtract",
                                                     "multiply", "divide", "negate"};
  out.word(name_of(names, formula.kind));
  if (formula.operands.empty()) {
    out.word(formula.text);
    return;
  }
  out.word("(");
  for (const Formula& operand : formula.operands) write_formula(operand, out);
  out.word(")");
}

void write_field(const Field& field, CanonicalWriter& out) {
  out.word("field").quoted(field.str()).word(type_name(field.type));
  if (field.declared) out.word("declared");
  if (field.optional) out.word("optional");
  if (field.unit) out.word("unit").word(name_of(unit_names, *field.unit));
  if (field.default_text) out.word("default").quoted(*field.default_text);
  out.end_line();
}

std::string hexadecimal(const std::string& text) { return to_hex(digest_of(text)); }

}  // namespace

std::string canonical_text(const AggregationSpec& aggregation) {
  CanonicalWriter out;
  out.word("aggregation").word(version).word(aggregation.name).end_line();
  out.word("table").word(aggregation.plan.schema).word(aggregation.plan.table).end_line();
  if (aggregation.where) {
    out.word("where").quoted(expression::canonical_text(*aggregation.where)).end_line();
  }
  if (aggregation.window) {
    out.word("window").word(std::to_string(aggregation.window->count())).end_line();
  }
  for (const GroupKeySpec& key : aggregation.group_by) {
    out.word("key").word(key.name).word(type_name(key.type));
    if (key.nullable) out.word("nullable");
    out.quoted(expression::canonical_text(*key.tree)).end_line();
  }
  for (const ColumnSpec& column : aggregation.columns) {
    out.word("column").word(column.name).word(column.aggregate->name);
    for (const PartColumn& part : column.shape.parts) out.word(name_of(sql_names, part.type));
    if (column.argument) {
      out.word(type_name(column.argument_type)).quoted(expression::canonical_text(*column.argument));
    }
    out.end_line();
  }
  for (const GeneratedColumn& column : aggregation.plan.generated) {
    out.word("formula").word(column.name).word(name_of(sql_names, column.type));
    write_formula(column.formula, out);
    out.end_line();
  }
  if (aggregation.late != Late::accept) {
    out.word("late").word(name_of(late_names, aggregation.late));
    out.word(std::to_string(aggregation.late_after.count())).end_line();
  }
  return out.take();
}

std::string canonical_text(const PipelineSpec& pipeline) {
  CanonicalWriter out;
  out.word("pipeline").word(version).end_line();
  std::vector<std::string> topics = pipeline.source.topics;
  for (const TopicPattern& pattern : pipeline.source.topic_patterns) topics.push_back(pattern.text());
  std::sort(topics.begin(), topics.end());
  for (const std::string& topic : topics) out.word("topic").quoted(topic).end_line();
  if (pipeline.source.isolation != Isolation::read_committed) {
    out.word("isolation").word("read_uncommitted").end_line();
  }
  std::vector<Field> fields = pipeline.fields;
  std::sort(fields.begin(), fields.end(),
            [](const Field& a, const Field& b) { return a.path < b.path; });
  for (const Field& field : fields) write_field(field, out);
  if (pipeline.event_time.field) {
    out.word("event_time").quoted(pipeline.fields[*pipeline.event_time.field].str()).end_line();
  }
  if (pipeline.max_future) {
    out.word("max_future").word(std::to_string(pipeline.max_future->count())).end_line();
  }
  // Where a lookup's contents come from, a file or a table, is not part of what is counted: the ledger
  // names the contents themselves, and they may change while the pipeline runs.
  std::vector<LookupSpec> lookups = pipeline.lookups;
  std::sort(lookups.begin(), lookups.end(),
            [](const LookupSpec& a, const LookupSpec& b) { return a.name < b.name; });
  for (const LookupSpec& lookup : lookups) {
    out.word("lookup").word(lookup.name).quoted(lookup.key);
    out.word(name_of(on_miss_names, lookup.on_miss)).end_line();
  }
  std::vector<DeriveSpec> derives = pipeline.derives;
  std::sort(derives.begin(), derives.end(),
            [](const DeriveSpec& a, const DeriveSpec& b) { return a.name < b.name; });
  for (const DeriveSpec& derive : derives) {
    out.word("derive").word(derive.name).quoted(expression::canonical_text(*derive.tree)).end_line();
  }
  if (pipeline.on_error != OnError::dead_letter) {
    out.word("on_error").word(name_of(on_error_names, pipeline.on_error)).end_line();
  }
  std::vector<std::string> aggregations;
  for (const AggregationSpec& aggregation : pipeline.aggregations) {
    aggregations.push_back(canonical_text(aggregation));
  }
  std::sort(aggregations.begin(), aggregations.end());
  std::string text = out.take();
  for (const std::string& aggregation : aggregations) text += aggregation;
  return text;
}

void set_fingerprints(PipelineSpec& pipeline) {
  for (AggregationSpec& aggregation : pipeline.aggregations) {
    aggregation.fingerprint = hexadecimal(canonical_text(aggregation));
    if (seeded(Bug::changed_config_goes_on)) aggregation.fingerprint = hexadecimal(aggregation.name);
  }
  pipeline.fingerprint = hexadecimal(canonical_text(pipeline));
  if (seeded(Bug::changed_config_goes_on)) pipeline.fingerprint = hexadecimal(pipeline.name);
}

}  // namespace tallymill
