// min(x) and max(x), of any type with an order; text by its bytes, as COLLATE "C" does.

#include "aggregate/accumulator.h"
#include "aggregate/kept_value.h"

namespace tallymill {
namespace {

enum class Which : std::uint8_t { lowest, highest };

class Extreme final : public AccumulatorOf<KeptValue> {
 public:
  explicit Extreme(Which which) : which_(which) {}

  void update(std::byte* state, const Value& argument, const Coordinates& /*from*/,
              Arena& arena) const override {
    offer(at(state), argument, arena);
  }
  void merge(std::byte* state, const std::byte* other, Arena& arena) const override {
    offer(at(state), at(other).get(), arena);
  }
  void emit(const std::byte* state, std::vector<Value>& parts) const override {
    parts.push_back(at(state).get());
  }

 private:
  void offer(KeptValue& kept, const Value& value, Arena& arena) const {
    if (value.absent()) return;
    if (kept.get().absent() || goes_before(value, kept.get())) kept.set(value, arena);
  }

  [[nodiscard]] bool goes_before(const Value& a, const Value& b) const {
    const auto order = compare(a, b);
    if (order != 0) return (order < 0) == (which_ == Which::lowest);
    // 1.0 and 1.00 are equal and print differently: the shorter one is kept, whatever came first.
    return a.is(Type::decimal) && a.decimal().scale() < b.decimal().scale();
  }

  Which which_;
};

}  // namespace

std::unique_ptr<Accumulator> make_min(Type /*type*/) {
  return std::make_unique<Extreme>(Which::lowest);
}
std::unique_ptr<Accumulator> make_max(Type /*type*/) {
  return std::make_unique<Extreme>(Which::highest);
}

}  // namespace tallymill
