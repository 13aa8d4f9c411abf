// min(x) and max(x), of any type.

#include "aggregate/accumulator.h"
#include "aggregate/kept_value.h"

namespace tallymill {
namespace {

enum class Which : std::uint8_t { lowest, highest };

template <class Kept, Which which>
class Extreme final : public AccumulatorOf<Kept> {
 public:
  void update(std::byte* state, const Value& argument, const Coordinates& /*from*/,
              Arena& arena) const override {
    if (!argument.absent()) offer(this->at(state), argument, arena);
  }
  void merge(std::byte* state, const std::byte* other, Arena& arena) const override {
    if (!this->at(other).empty()) offer(this->at(state), this->at(other).get(), arena);
  }
  void emit(const std::byte* state, std::vector<Value>& parts) const override {
    parts.push_back(this->at(state).get());
  }

 private:
  static void offer(Kept& kept, const Value& value, Arena& arena) {
    if (!kept.empty()) {
      const auto order = kept.order(value);
      if (which == Which::lowest ? order <= 0 : order >= 0) return;
    }
    kept.set(value, arena);
  }
};

template <Which which>
std::unique_ptr<Accumulator> make_extreme(Type type) {
  return with_kept(type, []<class Kept>(Kept) -> std::unique_ptr<Accumulator> {
    return std::make_unique<Extreme<Kept, which>>();
  });
}

}  // namespace

std::unique_ptr<Accumulator> make_min(const ColumnSpec& column) {
  return make_extreme<Which::lowest>(column.argument_type);
}
std::unique_ptr<Accumulator> make_max(const ColumnSpec& column) {
  return make_extreme<Which::highest>(column.argument_type);
}

}  // namespace tallymill
