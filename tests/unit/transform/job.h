#pragma once

// A pipeline's spec built in a test from the expressions that a YAML file would hold, and a record
// to try it on.

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "aggregate/catalog.h"
#include "config/spec.h"
#include "expression/parser.h"
#include "expression/typing.h"

namespace tallymill {

// One aggregation as a test writes it.
struct JobAggregation {
  std::string name;
  std::string where;
  std::vector<std::pair<std::string, std::string>> group_by;  // Name and expression.
  std::vector<std::pair<std::string, std::string>> columns;   // "spend", "sum(cost)".
  std::optional<std::chrono::milliseconds> window = std::nullopt;
  Late late = Late::accept;
  std::chrono::milliseconds late_after{};
};

class Job {
 public:
  Job& field(std::string_view name, Type type, bool optional = false) {
    Field field;
    field.path = parsed(name)->parts;
    field.type = type;
    field.declared = true;
    field.optional = optional;
    fields_.push_back(std::move(field));
    return *this;
  }
  Job& event_time(FieldIndex field) {
    spec_.event_time.field = field;
    return *this;
  }
  Job& max_future(std::chrono::milliseconds most) {
    spec_.max_future = most;
    return *this;
  }
  Job& lookup(std::string name, expression::OnMiss on_miss) {
    LookupSpec lookup;
    lookup.name = std::move(name);
    lookup.on_miss = on_miss;
    spec_.lookups.push_back(std::move(lookup));
    return *this;
  }
  Job& derive(std::string name, std::string_view text) {
    spec_.derives.push_back({std::move(name), parsed(text)});
    return *this;
  }
  Job& aggregation(JobAggregation draft) {
    drafts_.push_back(std::move(draft));
    return *this;
  }

  // The typed spec. Throws the text of a problem: a test's expressions have none.
  PipelineSpec build() {
    std::vector<std::string> derives;
    for (const DeriveSpec& derive : spec_.derives) derives.push_back(derive.name);
    std::vector<std::string> lookups;
    for (const LookupSpec& lookup : spec_.lookups) lookups.push_back(lookup.name);
    expression::Typing typing(fields_, derives, lookups);
    for (std::size_t i = 0; i < spec_.lookups.size(); ++i) {
      if (spec_.lookups[i].on_miss == expression::OnMiss::keep) typing.may_be_absent(i);
    }
    for (std::size_t i = 0; i < derives.size(); ++i) typing.add_derive(i, spec_.derives[i].tree, i);
    for (const JobAggregation& draft : drafts_) spec_.aggregations.push_back(parse(draft, typing));
    for (const auto& [owner, problem] : typing.resolve()) throw problem.message;
    spec_.fields = typing.fields();
    for (const auto& column : typing.lookup_columns()) {
      spec_.lookups[column.lookup].columns.push_back(column.column);
    }
    for (AggregationSpec& aggregation : spec_.aggregations) finish(aggregation);
    return std::move(spec_);
  }

 private:
  using Use = expression::Use;

  static expression::NodePtr parsed(std::string_view text) {
    auto result = expression::parse(text);
    if (auto* problem = std::get_if<expression::Problem>(&result)) {
      throw std::string(text) + ": " + problem->message;
    }
    return std::get<expression::NodePtr>(result);
  }

  static const AggregateSignature& signature(std::string_view name) {
    for (const AggregateSignature& one : aggregate_catalog()) {
      if (one.name == name) return one;
    }
    throw std::string("no aggregate ") + std::string(name);
  }

  static Use use_of(AggregateArgument argument) {
    switch (argument) {
      case AggregateArgument::nothing_or_condition:
      case AggregateArgument::condition: return Use::condition;
      case AggregateArgument::numeric: return Use::numeric_argument;
      case AggregateArgument::ordered: return Use::ordered_argument;
      case AggregateArgument::any: return Use::any_argument;
    }
    return Use::any_argument;
  }

  static AggregationSpec parse(const JobAggregation& draft, expression::Typing& typing) {
    AggregationSpec aggregation;
    aggregation.name = draft.name;
    aggregation.window = draft.window;
    aggregation.late = draft.late;
    aggregation.late_after = draft.late_after;
    if (!draft.where.empty()) {
      aggregation.where = parsed(draft.where);
      typing.add(aggregation.where, Use::condition, 0);
    }
    for (const auto& [name, text] : draft.group_by) {
      GroupKeySpec key;
      key.name = name;
      key.tree = parsed(text);
      typing.add(key.tree, Use::group_key, 0);
      aggregation.group_by.push_back(std::move(key));
    }
    for (const auto& [name, text] : draft.columns) {
      const expression::NodePtr call = parsed(text);
      ColumnSpec column;
      column.name = name;
      column.aggregate = &signature(call->text);
      if (!call->operands.empty()) {
        column.argument = call->operands[0];
        typing.add(column.argument, use_of(column.aggregate->argument), 0);
      }
      aggregation.columns.push_back(std::move(column));
    }
    return aggregation;
  }

  static void finish(AggregationSpec& aggregation) {
    for (GroupKeySpec& key : aggregation.group_by) {
      key.type = key.tree->type;
      key.nullable = key.tree->optional;
    }
    for (ColumnSpec& column : aggregation.columns) {
      if (column.argument) column.argument_type = column.argument->type;
      column.shape =
          column.aggregate->shape(column.name, column.argument_type, std::nullopt).value();
      auto& parts = aggregation.plan.parts;
      parts.insert(parts.end(), column.shape.parts.begin(), column.shape.parts.end());
    }
  }

  std::vector<Field> fields_;
  std::vector<JobAggregation> drafts_;
  PipelineSpec spec_;
};

}  // namespace tallymill
