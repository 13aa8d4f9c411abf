#include "transform/evaluator.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "base/check.h"
#include "expression/program.h"
#include "model/key.h"
#include "model/reason.h"

namespace tallymill {
namespace {

using expression::Outcome;
using expression::Program;

// The longest text that a column may keep: a row's worth of memory is bounded whatever arrives.
constexpr std::size_t max_kept_text = std::size_t{1} << 20;

struct Argument {
  std::optional<Program> program;  // Nothing for count().
  std::string name;
};

struct GroupKey {
  Program program;
  bool nullable = false;
  std::string name;
};

struct CompiledAggregation {
  std::string name;
  std::optional<Program> where;
  std::optional<std::chrono::microseconds> window;
  std::vector<GroupKey> keys;
  std::vector<Argument> arguments;  // One per column.
  Late late = Late::accept;
  std::chrono::microseconds late_after{};
  // Of the record at hand.
  std::string key;
  std::vector<Value> values;
};

CompiledAggregation compile(const AggregationSpec& spec) {
  CompiledAggregation compiled;
  compiled.name = spec.name;
  if (spec.where) compiled.where = Program::compile(spec.where, "where of " + spec.name);
  if (spec.window) compiled.window = *spec.window;
  for (const GroupKeySpec& key : spec.group_by) {
    const std::string name = "group key " + key.name + " of " + spec.name;
    compiled.keys.push_back({Program::compile(key.tree, name), key.nullable, name});
  }
  for (const ColumnSpec& column : spec.columns) {
    const std::string name = "column " + column.name + " of " + spec.name;
    compiled.arguments.push_back({std::nullopt, name});
    if (column.argument) compiled.arguments.back().program = Program::compile(column.argument, name);
  }
  compiled.late = spec.late;
  compiled.late_after = spec.late_after;
  compiled.values.resize(spec.columns.size());
  compiled.key.reserve(max_key_bytes + 1);
  return compiled;
}

class SpecEvaluator final : public Evaluator {
 public:
  explicit SpecEvaluator(const PipelineSpec& spec) : spec_(spec) {
    for (const DeriveSpec& derive : spec.derives) {
      derives_.push_back(Program::compile(derive.tree, "derive " + derive.name));
    }
    for (const AggregationSpec& aggregation : spec.aggregations) {
      aggregations_.push_back(compile(aggregation));
    }
    contributions_.resize(aggregations_.size());
    evaluation_.contributions = contributions_;
    context_.derives = derives_;
  }

  void use_lookups(std::vector<std::shared_ptr<const LookupTable>> tables) override {
    tables_ = std::move(tables);
    bindings_.clear();
    for (std::size_t i = 0; i < tables_.size(); ++i) {
      expression::LookupBinding binding;
      binding.table = tables_[i].get();
      binding.on_miss = spec_.lookups[i].on_miss;
      for (const std::string& column : spec_.lookups[i].columns) {
        const auto& names = tables_[i]->columns();
        const auto found = std::find(names.begin(), names.end(), column);
        CHECK(found != names.end(), "a lookup is put in force only if it has the columns asked of it");
        binding.columns.push_back(static_cast<std::size_t>(found - names.begin()));
      }
      bindings_.push_back(std::move(binding));
    }
    context_.lookups = bindings_;
  }

  const Evaluation& evaluate(const Record& record, std::string_view topic, Partition partition,
                             std::span<const Value> values) override {
    context_.fields = values;
    context_.record = &record;
    context_.topic = topic;
    context_.partition = partition.value();
    context_.begin_record();
    evaluation_.kind = Evaluation::Kind::used;
    evaluation_.event_time.reset();
    if (spec_.event_time.field) {
      const Value& time = values[*spec_.event_time.field];
      if (time.is(Type::missing)) return reject(reason::missing_field, "the event time is missing");
      if (time.is(Type::null)) return reject(reason::null_field, "the event time is null");
      evaluation_.event_time = time.timestamp();
    }
    const Timestamp time = evaluation_.event_time.value_or(record.timestamp);
    if (spec_.max_future && goes_before(record.timestamp, time, *spec_.max_future)) {
      return reject(reason::in_future,
                    "the event time is further ahead of the record's own timestamp than max_future");
    }
    for (std::size_t i = 0; i < aggregations_.size(); ++i) {
      if (!contribute(aggregations_[i], record, time, contributions_[i])) return evaluation_;
    }
    return evaluation_;
  }

 private:
  // True if `earlier` lies more than `by` before `later`. Times in range cannot overflow.
  static bool goes_before(Timestamp earlier, Timestamp later, std::chrono::microseconds by) {
    return later.microseconds() - earlier.microseconds() > by.count();
  }

  const Evaluation& reject(std::string_view reason, std::string message) {
    evaluation_.kind = Evaluation::Kind::rejected;
    evaluation_.reject.reason = reason;
    evaluation_.reject.message = std::move(message);
    return evaluation_;
  }
  bool fail(std::string_view reason, std::string message) {
    reject(reason, std::move(message));
    return false;
  }

  // Returns false, with the evaluation ended, unless the program gave a value.
  bool run(const Program& program, Value& value) {
    const Outcome outcome = program.run(context_, value);
    if (outcome == Outcome::ok) [[likely]] return true;
    evaluation_.kind = outcome == Outcome::reject ? Evaluation::Kind::rejected
                       : outcome == Outcome::drop ? Evaluation::Kind::dropped
                                                  : Evaluation::Kind::stop;
    if (outcome != Outcome::drop) evaluation_.reject = context_.reject;
    return false;
  }

  bool contribute(CompiledAggregation& aggregation, const Record& record, Timestamp time,
                  Contribution& contribution) {
    contribution.kind = Contribution::Kind::filtered;
    if (aggregation.where) {
      Value passes;
      if (!run(*aggregation.where, passes)) return false;
      if (passes.absent()) {
        return fail(reason::null_operand, "where of " + aggregation.name +
                                              " is null or missing: compare with null in it, or "
                                              "use coalesce()");
      }
      if (!passes.boolean()) return true;
    }
    // Keys and arguments are evaluated for late records too: whether a record can be used does not
    // depend on when it came.
    if (!build_key(aggregation, time) || !fill_arguments(aggregation)) return false;
    const bool late = aggregation.late != Late::accept &&
                      goes_before(time, record.timestamp, aggregation.late_after);
    contribution.kind = !late                            ? Contribution::Kind::fold
                        : aggregation.late == Late::drop ? Contribution::Kind::late
                                                         : Contribution::Kind::late_dead_letter;
    contribution.key = aggregation.key;
    contribution.arguments = aggregation.values;
    return true;
  }

  bool fill_arguments(CompiledAggregation& aggregation) {
    for (std::size_t i = 0; i < aggregation.arguments.size(); ++i) {
      const Argument& argument = aggregation.arguments[i];
      if (!argument.program) continue;
      Value& value = aggregation.values[i];
      if (!run(*argument.program, value)) return false;
      if (value.is(Type::string) && value.string().size() > max_kept_text) [[unlikely]] {
        return fail(reason::too_large, argument.name + " is a text of more than 1 MiB");
      }
    }
    return true;
  }

  bool build_key(CompiledAggregation& aggregation, Timestamp time) {
    std::string& bytes = aggregation.key;
    bytes.clear();
    if (aggregation.window) {
      const Timestamp start = window_start(time, *aggregation.window);
      if (!start.in_range()) return fail(reason::out_of_range, "the window starts before the year 1");
      append_key(bytes, Value::of(start));
    }
    for (const GroupKey& key : aggregation.keys) {
      Value value;
      if (!run(key.program, value)) return false;
      if (value.absent()) {
        if (!key.nullable) return fail(reason::null_key, key.name + " is null or missing");
        value = Value::null();
      }
      const bool huge = value.is(Type::string) && value.string().size() > max_key_bytes;
      if (!huge) append_key(bytes, value);
      if (huge || bytes.size() > max_key_bytes) {
        return fail(reason::key_too_long, "the group of " + aggregation.name + " takes more than " +
                                              std::to_string(max_key_bytes) + " bytes");
      }
    }
    return true;
  }

  const PipelineSpec& spec_;
  std::vector<Program> derives_;
  std::vector<CompiledAggregation> aggregations_;
  std::vector<std::shared_ptr<const LookupTable>> tables_;
  std::vector<expression::LookupBinding> bindings_;
  expression::EvaluationContext context_;
  std::vector<Contribution> contributions_;
  Evaluation evaluation_;
};

}  // namespace

std::unique_ptr<Evaluator> make_evaluator(const PipelineSpec& spec) {
  return std::make_unique<SpecEvaluator>(spec);
}

}  // namespace tallymill
