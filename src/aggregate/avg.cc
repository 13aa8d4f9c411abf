// avg(x): kept as the sum and the number of values; the average follows from them.

#include "aggregate/accumulator.h"
#include "aggregate/running_sum.h"

namespace tallymill {
namespace {

template <class Running>
struct AvgState {
  [[no_unique_address]] Running running;
  std::int64_t count = 0;
};

template <class Running>
class Avg final : public AccumulatorOf<AvgState<Running>> {
 public:
  void update(std::byte* state, const Value& argument, const Coordinates& /*from*/,
              Arena& arena) const override {
    if (argument.absent()) return;
    this->at(state).running.add(argument, arena);
    ++this->at(state).count;
  }
  void merge(std::byte* state, const std::byte* other, Arena& arena) const override {
    if (this->at(other).count == 0) return;
    this->at(state).running.add(this->at(other).running, arena);
    this->at(state).count += this->at(other).count;
  }
  void emit(const std::byte* state, std::vector<Value>& parts) const override {
    const AvgState<Running>& own = this->at(state);
    parts.push_back(own.count > 0 ? own.running.value() : Value::null());
    parts.push_back(Value::of(own.count));
  }
};

}  // namespace

std::unique_ptr<Accumulator> make_avg(const ColumnSpec& column) {
  switch (column.argument_type) {
    case Type::int64: return std::make_unique<Avg<IntegerSum>>();
    case Type::decimal: return std::make_unique<Avg<DecimalSum>>();
    default: return std::make_unique<Avg<FloatSum>>();
  }
}

}  // namespace tallymill
