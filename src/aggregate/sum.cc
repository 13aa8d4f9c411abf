// sum(x): null until there is a value.

#include "aggregate/sum.h"

#include "aggregate/accumulator.h"

namespace tallymill {
namespace {

template <class Running>
struct SumState {
  Running running;
  bool any = false;
};

template <class Running>
class Sum final : public AccumulatorOf<SumState<Running>> {
 public:
  void update(std::byte* state, const Value& argument, const Coordinates& /*from*/,
              Arena& /*arena*/) const override {
    if (argument.absent()) return;
    this->at(state).running.add(argument);
    this->at(state).any = true;
  }
  void merge(std::byte* state, const std::byte* other, Arena& /*arena*/) const override {
    if (!this->at(other).any) return;
    this->at(state).running.add(this->at(other).running);
    this->at(state).any = true;
  }
  void emit(const std::byte* state, std::vector<Value>& parts) const override {
    parts.push_back(this->at(state).any ? this->at(state).running.value() : Value::null());
  }
};

}  // namespace

std::unique_ptr<Accumulator> make_sum(Type type) {
  switch (type) {
    case Type::int64: return std::make_unique<Sum<IntegerSum>>();
    case Type::decimal: return std::make_unique<Sum<DecimalSum>>();
    default: return std::make_unique<Sum<FloatSum>>();
  }
}

}  // namespace tallymill
