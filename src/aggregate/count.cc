// count(): records. count(condition): records for which the condition is true.

#include "aggregate/accumulator.h"

namespace tallymill {
namespace {

class Count final : public AccumulatorOf<std::int64_t> {
 public:
  explicit Count(bool conditional) : conditional_(conditional) {}

  void update(std::byte* state, const Value& argument, const Coordinates& /*from*/,
              Arena& /*arena*/) const override {
    const bool counts = !conditional_ || (argument.is(Type::boolean) && argument.boolean());
    at(state) += counts ? 1 : 0;
  }
  void merge(std::byte* state, const std::byte* other, Arena& /*arena*/) const override {
    at(state) += at(other);
  }
  void emit(const std::byte* state, std::vector<Value>& parts) const override {
    parts.push_back(Value::of(at(state)));
  }

 private:
  bool conditional_;
};

}  // namespace

std::unique_ptr<Accumulator> make_count(Type type) {
  return std::make_unique<Count>(type != Type::missing);
}

}  // namespace tallymill
