#pragma once

// A record and its pipeline's names, for trying expressions on: declare fields, give them values,
// and read what an expression comes to as one line of text.

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "expression/parser.h"
#include "expression/program.h"
#include "expression/typing.h"

namespace tallymill::expression {

inline std::string show(const Value& value) {
  switch (value.type()) {
    case Type::missing: return "missing";
    case Type::null: return "null";
    case Type::boolean: return value.boolean() ? "true" : "false";
    case Type::int64: return "int " + std::to_string(value.int64());
    case Type::decimal: return "decimal " + value.decimal().str();
    case Type::float64: {
      std::string text = std::to_string(value.float64());
      return "double " + text;
    }
    case Type::string: return "\"" + std::string(value.string()) + "\"";
    case Type::timestamp: return "timestamp " + to_string(value.timestamp());
    default: return "?";
  }
}

inline NodePtr parsed(std::string_view text) {
  auto result = parse(text);
  if (auto* problem = std::get_if<Problem>(&result)) {
    // An expression that a test relies on: its text and problem are in the message.
    throw std::string(text) + ": " + problem->message;
  }
  return std::get<NodePtr>(result);
}

// Headers held in memory; `native` is the vector of them.
class HeaderVector final : public HeaderReader {
 public:
  void read(const void* native, std::vector<Header>& out) const override {
    const auto& headers = *static_cast<const std::vector<Header>*>(native);
    out.insert(out.end(), headers.begin(), headers.end());
  }
};

class Bench {
 public:
  Bench() {
    record_.offset = Offset(41);
    record_.timestamp = Timestamp(1767225600000000);
    record_.headers = &header_reader_;
    record_.native = &headers_;
  }

  Bench& field(std::string_view name, Type type, Value value, bool optional = false) {
    Field field;
    field.path = parsed(name)->parts;
    field.type = type;
    field.optional = optional;
    declared_.push_back(std::move(field));
    values_.push_back(value);
    return *this;
  }
  // An undeclared field's value, for when typing finds that there is one.
  Bench& undeclared(std::string_view name, Value value) {
    found_[parsed(name)->parts] = value;
    return *this;
  }
  Bench& derive(std::string name, std::string_view text) {
    derive_names_.push_back(std::move(name));
    derive_texts_.emplace_back(text);
    return *this;
  }
  Bench& lookup(std::string name, std::shared_ptr<const LookupTable> table, OnMiss on_miss) {
    lookup_names_.push_back(std::move(name));
    tables_.push_back(std::move(table));
    on_miss_.push_back(on_miss);
    return *this;
  }
  Bench& header(std::string_view name, std::optional<std::string_view> value) {
    headers_.push_back({name, value});
    return *this;
  }
  Record& record() { return record_; }
  Bench& topic(std::string_view topic) {
    topic_ = topic;
    return *this;
  }

  // The expression's value; or "reject <reason>: <message>", "drop", "stop: <message>"; or
  // "<column>: <problem>", one line per problem.
  std::string run(std::string_view text, Use use = Use::any_argument,
                  std::string (*shown)(const Value&) = show) {
    auto result = parse(text);
    if (auto* problem = std::get_if<Problem>(&result)) return line(*problem);
    NodePtr tree = std::get<NodePtr>(result);
    Typing typing(declared_, derive_names_, lookup_names_);
    for (std::size_t i = 0; i < on_miss_.size(); ++i)
      if (on_miss_[i] == OnMiss::keep) typing.may_be_absent(i);
    std::vector<NodePtr> derives;
    for (std::size_t i = 0; i < derive_texts_.size(); ++i) {
      derives.push_back(parsed(derive_texts_[i]));
      typing.add_derive(i, derives.back(), 1 + i);
    }
    typing.add(tree, use, 0);
    std::string problems;
    for (const auto& [owner, problem] : typing.resolve())
      problems += (problems.empty() ? "" : "\n") +
                  (owner == 0 ? "" : derive_names_[owner - 1] + ": ") + line(problem);
    if (!problems.empty()) return problems;

    EvaluationContext context;
    std::vector<Value> values = values_;
    for (std::size_t i = values.size(); i < typing.fields().size(); ++i) {
      auto found = found_.find(typing.fields()[i].path);
      values.push_back(found == found_.end() ? Value::missing() : found->second);
    }
    std::vector<LookupBinding> bindings;
    for (std::size_t i = 0; i < tables_.size(); ++i) {
      LookupBinding binding{tables_[i].get(), {}, on_miss_[i]};
      for (const auto& column : typing.lookup_columns())
        if (column.lookup == i) binding.columns.push_back(column_index(*tables_[i], column.column));
      bindings.push_back(std::move(binding));
    }
    std::vector<Program> programs;
    for (std::size_t i = 0; i < derives.size(); ++i)
      programs.push_back(Program::compile(derives[i], "derive " + derive_names_[i]));
    context.fields = values;
    context.record = &record_;
    context.topic = topic_;
    context.partition = 7;
    context.lookups = bindings;
    context.derives = programs;
    context.begin_record();
    Value value;
    Program program = Program::compile(tree, "where of stats");
    switch (program.run(context, value)) {
      case Outcome::ok: break;
      case Outcome::drop: return "drop";
      case Outcome::stop: return "stop: " + context.reject.message;
      case Outcome::reject:
        return "reject " + std::string(context.reject.reason) + ": " + context.reject.message;
    }
    return shown(value);
  }

  // "reject overflow" of "reject overflow: ...".
  std::string outcome(std::string_view text) {
    std::string whole = run(text);
    return whole.substr(0, whole.find(':'));
  }

 private:
  static std::string line(const Problem& problem) {
    return std::to_string(problem.span.begin + 1) + ": " + problem.message;
  }
  static std::size_t column_index(const LookupTable& table, const std::string& column) {
    std::size_t index = 0;
    while (table.columns().at(index) != column) ++index;
    return index;
  }

  std::vector<Field> declared_;
  std::vector<Value> values_;
  std::map<std::vector<std::string>, Value> found_;
  std::vector<std::string> derive_names_, derive_texts_, lookup_names_;
  std::vector<std::shared_ptr<const LookupTable>> tables_;
  std::vector<OnMiss> on_miss_;
  std::vector<Header> headers_;
  HeaderVector header_reader_;
  Record record_;
  std::string_view topic_ = "events";
};

inline Decimal dec(std::string_view text) { return Decimal::parse(text).value(); }

}  // namespace tallymill::expression
