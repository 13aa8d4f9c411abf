// sum(x): null until there is a value.

#include "aggregate/accumulator.h"
#include "aggregate/running_sum.h"

namespace tallymill {
namespace {

template <class Running>
struct SumState {
  [[no_unique_address]] Running running;
  bool any = false;
};

template <class Running, Value (Running::*value)() const = &Running::value>
class Sum final : public AccumulatorOf<SumState<Running>> {
 public:
  void update(std::byte* state, const Value& argument, const Coordinates& /*from*/,
              Arena& arena) const override {
    if (argument.absent()) return;
    this->at(state).running.add(argument, arena);
    this->at(state).any = true;
  }
  void merge(std::byte* state, const std::byte* other, Arena& arena) const override {
    if (!this->at(other).any) return;
    this->at(state).running.add(this->at(other).running, arena);
    this->at(state).any = true;
  }
  void emit(const std::byte* state, std::vector<Value>& parts) const override {
    const SumState<Running>& own = this->at(state);
    parts.push_back(own.any ? (own.running.*value)() : Value::null());
  }
};

}  // namespace

std::unique_ptr<Accumulator> make_sum(const ColumnSpec& column) {
  switch (column.argument_type) {
    case Type::int64:
      // A sum that does not fit what it is stored as is left to the sink to refuse.
      if (column.shape.parts.front().type == SqlType::bigint) {
        return std::make_unique<Sum<IntegerSum, &IntegerSum::bigint_value>>();
      }
      return std::make_unique<Sum<IntegerSum>>();
    case Type::decimal: return std::make_unique<Sum<DecimalSum>>();
    default: return std::make_unique<Sum<FloatSum>>();
  }
}

}  // namespace tallymill
