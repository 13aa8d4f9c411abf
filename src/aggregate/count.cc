// count(): records. count(condition): records for which the condition is true; one for which it is
// null is not counted, as if it were false.

#include "aggregate/accumulator.h"

namespace tallymill {
namespace {

class CountAll final : public AccumulatorOf<std::int64_t> {
 public:
  void update(std::byte* state, const Value& /*argument*/, const Coordinates& /*from*/,
              Arena& /*arena*/) const override {
    ++at(state);
  }
  void merge(std::byte* state, const std::byte* other, Arena& /*arena*/) const override {
    at(state) += at(other);
  }
  void emit(const std::byte* state, std::vector<Value>& parts) const override {
    parts.push_back(Value::of(at(state)));
  }
};

class CountTrue final : public AccumulatorOf<std::int64_t> {
 public:
  void update(std::byte* state, const Value& argument, const Coordinates& /*from*/,
              Arena& /*arena*/) const override {
    at(state) += argument.is(Type::boolean) && argument.boolean() ? 1 : 0;
  }
  void merge(std::byte* state, const std::byte* other, Arena& /*arena*/) const override {
    at(state) += at(other);
  }
  void emit(const std::byte* state, std::vector<Value>& parts) const override {
    parts.push_back(Value::of(at(state)));
  }
};

}  // namespace

std::unique_ptr<Accumulator> make_count(const ColumnSpec& column) {
  if (column.argument_type == Type::missing) return std::make_unique<CountAll>();
  return std::make_unique<CountTrue>();
}

}  // namespace tallymill
