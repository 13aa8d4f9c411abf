// last(x): the value with the highest (time, partition, offset), and those three beside it. All
// four belong together, so they are merged jointly, in C++.

#include <compare>

#include "aggregate/accumulator.h"
#include "aggregate/group_table.h"
#include "aggregate/kept_value.h"

namespace tallymill {
namespace {

struct Moment {
  Timestamp time;
  Partition partition;
  Offset offset;
  friend auto operator<=>(const Moment&, const Moment&) = default;
};

struct LastState {
  KeptValue value;
  Moment moment;

  [[nodiscard]] bool empty() const { return value.get().absent(); }
};

constexpr std::size_t part_count = 4;

class Last final : public AccumulatorOf<LastState> {
 public:
  void update(std::byte* state, const Value& argument, const Coordinates& from,
              Arena& arena) const override {
    if (argument.absent()) return;
    offer(at(state), argument, {from.time, from.partition, from.offset}, arena);
  }

  void merge(std::byte* state, const std::byte* other, Arena& arena) const override {
    if (!at(other).empty()) offer(at(state), at(other).value.get(), at(other).moment, arena);
  }

  void emit(const std::byte* state, std::vector<Value>& parts) const override {
    const LastState& own = at(state);
    if (own.empty()) {
      parts.insert(parts.end(), part_count, Value::null());
      return;
    }
    parts.push_back(own.value.get());
    parts.push_back(Value::of(own.moment.time));
    parts.push_back(Value::of(own.moment.partition.value()));
    parts.push_back(Value::of(Decimal(own.moment.offset.value(), 0)));
  }

  Result<void> merge_stored(const std::byte* state, std::span<const Value> stored,
                            std::vector<Value>& parts) const override {
    const bool nothing_stored = stored.size() == part_count && stored[1].absent();
    if (nothing_stored) {
      emit(state, parts);
      return {};
    }
    if (stored.size() != part_count || !stored[1].is(Type::timestamp) ||
        !stored[2].is(Type::int64) || !stored[3].is(Type::decimal)) {
      return Error(Reaction::stop, "bad_state",
                   "the stored parts of last() are not a value, a time, a partition and an offset");
    }
    const Moment moment{stored[1].timestamp(), Partition(stored[2].int64()),
                        Offset(stored[3].decimal().normalized().coefficient())};
    if (!at(state).empty() && at(state).moment > moment) {
      emit(state, parts);
    } else {
      parts.insert(parts.end(), stored.begin(), stored.end());
    }
    return {};
  }

 private:
  static void offer(LastState& state, const Value& value, const Moment& moment, Arena& arena) {
    if (!state.empty() && moment <= state.moment) return;
    state.value.set(value, arena);
    state.moment = moment;
  }
};

}  // namespace

std::unique_ptr<Accumulator> make_last(Type /*type*/) { return std::make_unique<Last>(); }

}  // namespace tallymill
