// last(x): the value with the highest (time, partition, offset), and those three beside it. All
// four belong together, so they are merged jointly, in C++.

#include <compare>
#include <optional>

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

template <class Kept>
struct LastState {
  Kept value;
  Timestamp time;
  Partition partition;
  Offset offset;

  [[nodiscard]] Moment moment() const { return {time, partition, offset}; }
};

constexpr std::size_t part_count = 4;

// Nothing if these are not a time, a partition and an offset.
std::optional<Moment> read_moment(std::span<const Value> parts) {
  if (!parts[0].is(Type::timestamp) || !parts[1].is(Type::int64)) return std::nullopt;
  if (!parts[2].is(Type::decimal)) return std::nullopt;
  const Decimal offset = parts[2].decimal().normalized();
  if (offset.scale() != 0) return std::nullopt;
  return Moment{parts[0].timestamp(), Partition(parts[1].int64()), Offset(offset.coefficient())};
}

template <class Kept>
class Last final : public AccumulatorOf<LastState<Kept>> {
 public:
  explicit Last(Type type) : type_(type) {}

  void update(std::byte* state, const Value& argument, const Coordinates& from,
              Arena& arena) const override {
    if (argument.absent()) return;
    offer(this->at(state), argument, {from.time, from.partition, from.offset}, arena);
  }

  void merge(std::byte* state, const std::byte* other, Arena& arena) const override {
    const LastState<Kept>& its = this->at(other);
    if (!its.value.empty()) offer(this->at(state), its.value.get(), its.moment(), arena);
  }

  void emit(const std::byte* state, std::vector<Value>& parts) const override {
    const LastState<Kept>& own = this->at(state);
    if (own.value.empty()) {
      parts.insert(parts.end(), part_count, Value::null());
      return;
    }
    parts.push_back(own.value.get());
    parts.push_back(Value::of(own.time));
    parts.push_back(Value::of(own.partition.value()));
    parts.push_back(Value::of(Decimal(own.offset.value(), 0)));
  }

  Result<void> merge_stored(const std::byte* state, std::span<const Value> stored,
                            std::vector<Value>& parts) const override {
    std::size_t nulls = 0;
    for (const Value& part : stored) nulls += part.absent() ? 1 : 0;
    if (stored.size() == part_count && nulls == part_count) {
      emit(state, parts);
      return {};
    }
    std::optional<Moment> moment;
    if (stored.size() == part_count && stored[0].is(type_)) moment = read_moment(stored.subspan(1));
    if (!moment) {
      return Error(Reaction::stop, "bad_state",
                   "the stored value, time, partition and offset are not all there, or not what "
                   "last() stores; set all four to null to begin anew");
    }
    const LastState<Kept>& own = this->at(state);
    if (!own.value.empty() && is_later(*moment, stored[0], own)) {
      emit(state, parts);
    } else {
      parts.insert(parts.end(), stored.begin(), stored.end());
    }
    return {};
  }

 private:
  // True if the state is later than a value of that moment. Two topics can have a record at the
  // same time, partition and offset: then the greater value counts, whichever came first.
  static bool is_later(const Moment& moment, const Value& value, const LastState<Kept>& state) {
    const auto order = state.moment() <=> moment;
    return order != 0 ? order > 0 : state.value.order(value) > 0;
  }

  static void offer(LastState<Kept>& state, const Value& value, const Moment& moment,
                    Arena& arena) {
    if (!state.value.empty() && is_later(moment, value, state)) return;
    state.value.set(value, arena);
    state.time = moment.time;
    state.partition = moment.partition;
    state.offset = moment.offset;
  }

  const Type type_;
};

}  // namespace

std::unique_ptr<Accumulator> make_last(const ColumnSpec& column) {
  return with_kept(column.argument_type,
                   [&]<class Kept>(Kept) -> std::unique_ptr<Accumulator> {
                     return std::make_unique<Last<Kept>>(column.argument_type);
                   });
}

}  // namespace tallymill
