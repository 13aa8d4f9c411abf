// ratio(condition): the share of records for which the condition is true, among those for which it
// is true or false; one for which it is null is in neither part.

#include "aggregate/accumulator.h"

namespace tallymill {
namespace {

struct RatioState {
  std::int64_t hits = 0;
  std::int64_t total = 0;
};

class Ratio final : public AccumulatorOf<RatioState> {
 public:
  void update(std::byte* state, const Value& argument, const Coordinates& /*from*/,
              Arena& /*arena*/) const override {
    if (argument.absent()) return;
    at(state).hits += argument.boolean() ? 1 : 0;
    ++at(state).total;
  }
  void merge(std::byte* state, const std::byte* other, Arena& /*arena*/) const override {
    at(state).hits += at(other).hits;
    at(state).total += at(other).total;
  }
  void emit(const std::byte* state, std::vector<Value>& parts) const override {
    parts.push_back(Value::of(at(state).hits));
    parts.push_back(Value::of(at(state).total));
  }
};

}  // namespace

std::unique_ptr<Accumulator> make_ratio(const ColumnSpec& /*column*/) {
  return std::make_unique<Ratio>();
}

}  // namespace tallymill
