// What every aggregate owes, whatever it keeps: folding and merging give the same, in any order, and
// null is the identity of each.

#include <algorithm>
#include <cmath>
#include <random>

#include "unit/aggregate/table.h"
#include "support/catch.h"

namespace tallymill {
namespace {

struct Item {
  std::string key;
  std::string text;  // What the argument points to, if it is a string.
  Value argument;
  Coordinates from;
};

using Random = std::mt19937_64;

int128 random_coefficient(Random& random) {
  constexpr int128 limit = static_cast<int128>(10000000000000000000U) * 10000000000000000000U;
  const auto wide = static_cast<int128>((static_cast<uint128>(random()) << 63) ^ random());
  const int128 number = random() % 3 == 0 ? wide % limit : wide % 1000;
  return random() % 2 == 0 ? number : -number;
}

double random_double(Random& random) {
  const auto mantissa = static_cast<double>(static_cast<std::int64_t>(random()));
  switch (random() % 4) {
    case 0: return std::ldexp(mantissa, static_cast<int>(random() % 1900) - 1074);
    case 1: return random() % 2 == 0 ? 0.0 : -0.0;
    default: return static_cast<double>(static_cast<std::int64_t>(random() % 2001) - 1000) / 100;
  }
}

Item random_item(Type type, Random& random) {
  Item item;
  // Few keys and few coordinates, so that all kinds of ties come up.
  append_key(item.key, Value::of(static_cast<std::int64_t>(random() % 3)));
  item.from = at(static_cast<std::int64_t>(random() % 3), static_cast<std::int64_t>(random() % 2),
                 static_cast<std::int64_t>(random() % 3));
  if (random() % 4 == 0 || type == Type::missing) {
    item.argument = random() % 2 == 0 ? Value::null() : Value::missing();
    return item;
  }
  switch (type) {
    case Type::boolean: item.argument = Value::of(random() % 2 == 0); break;
    case Type::int64:
      item.argument = Value::of(static_cast<std::int64_t>(random() % 2 == 0 ? random() : random() % 4));
      break;
    case Type::decimal: {
      const auto scale = static_cast<std::uint8_t>(random() % 39);
      // Every other one is 1, at some scale: equal numbers that look different.
      constexpr Decimal ones[] = {{1, 0}, {10, 1}, {100, 2}};
      item.argument = Value::of(random() % 2 == 0 ? ones[random() % 3]
                                                  : Decimal(random_coefficient(random), scale));
      break;
    }
    case Type::float64: item.argument = Value::of(random_double(random)); break;
    case Type::timestamp:
      item.argument = Value::of(Timestamp(static_cast<std::int64_t>(random() % 5) - 2));
      break;
    default:
      for (std::size_t i = random() % 40; i > 0; --i) item.text += "ab\xc3\xa9"[random() % 4];
      item.argument = Value::of(std::string_view());  // Set once the text stays where it is.
  }
  return item;
}

std::vector<Item> random_items(Type type, std::size_t count, Random& random) {
  std::vector<Item> items;
  for (std::size_t i = 0; i < count; ++i) items.push_back(random_item(type, random));
  for (Item& item : items) {
    if (item.argument.is(Type::string)) item.argument = Value::of(std::string_view(item.text));
  }
  return items;
}

GroupTable fold(const AggregationSpec& spec, const std::vector<Item>& items, std::size_t from,
                std::size_t to) {
  GroupTable table(spec);
  for (std::size_t i = from; i < to; ++i) {
    table.fold(items[i].key, {&items[i].argument, 1}, items[i].from);
  }
  return table;
}

AggregationSpec keyed(std::string_view aggregate, Type type) {
  AggregationSpec spec = one_column(aggregate, type);
  spec.group_by.push_back({"k", nullptr, Type::int64, false});
  return spec;
}

// Calls `law` for every aggregate and every type that it takes.
template <class Law>
void for_every_aggregate(Law law) {
  Random random(20260101);
  for (const AggregateSignature& aggregate : aggregate_catalog()) {
    for (const Type type : types_of(aggregate)) {
      INFO(aggregate.name << " of " << to_string(type));
      const AggregationSpec spec = keyed(aggregate.name, type);
      for (int round = 0; round < 20; ++round) law(spec, type, random);
    }
  }
}

TEST_CASE("merging the two sides of any cut, in either order, gives what folding all gives") {
  for_every_aggregate([](const AggregationSpec& spec, Type type, Random& random) {
    const auto items = random_items(type, 12, random);
    const std::string whole = show_rows(fold(spec, items, 0, items.size()));
    for (std::size_t cut = 0; cut <= items.size(); ++cut) {
      GroupTable left = fold(spec, items, 0, cut);
      left.merge(fold(spec, items, cut, items.size()));
      REQUIRE(show_rows(std::move(left)) == whole);
      GroupTable right = fold(spec, items, cut, items.size());
      right.merge(fold(spec, items, 0, cut));
      REQUIRE(show_rows(std::move(right)) == whole);
    }
  });
}

TEST_CASE("the order of records does not matter") {
  for_every_aggregate([](const AggregationSpec& spec, Type type, Random& random) {
    const auto items = random_items(type, 12, random);
    std::vector<const Item*> order;
    for (const Item& item : items) order.push_back(&item);
    const std::string whole = show_rows(fold(spec, items, 0, items.size()));
    for (int shuffle = 0; shuffle < 5; ++shuffle) {
      std::shuffle(order.begin(), order.end(), random);
      GroupTable table(spec);
      for (const Item* item : order) table.fold(item->key, {&item->argument, 1}, item->from);
      REQUIRE(show_rows(std::move(table)) == whole);
    }
  });
}

TEST_CASE("merging is associative over parts that records are dealt to at random") {
  for_every_aggregate([](const AggregationSpec& spec, Type type, Random& random) {
    const auto items = random_items(type, 15, random);
    std::vector<std::size_t> part_of(items.size());
    for (std::size_t& part : part_of) part = random() % 3;
    const auto part = [&](std::size_t number) {
      GroupTable table(spec);
      for (std::size_t i = 0; i < items.size(); ++i) {
        if (part_of[i] == number) table.fold(items[i].key, {&items[i].argument, 1}, items[i].from);
      }
      return table;
    };
    GroupTable left = part(0);
    left.merge(part(1));
    left.merge(part(2));
    GroupTable tail = part(2);
    tail.merge(part(1));
    GroupTable right = part(0);
    right.merge(std::move(tail));
    const std::string whole = show_rows(fold(spec, items, 0, items.size()));
    REQUIRE(show_rows(std::move(left)) == whole);
    REQUIRE(show_rows(std::move(right)) == whole);
  });
}

// The parts of a batch of records of one group, as they would be stored after it.
std::vector<Value> parts_of(const Rows& rows) {
  std::vector<Value> cells;
  rows.read(0, cells);
  cells.erase(cells.begin());  // The key.
  return cells;
}

TEST_CASE("merging a batch into the row that an earlier batch stored gives what one batch gives") {
  int tried = 0;
  for_every_aggregate([&](const AggregationSpec& spec, Type type, Random& random) {
    if (!spec.plan.merges_in_cpp()) return;
    auto items = random_items(type, 8, random);
    for (Item& item : items) item.key = items[0].key;
    const auto whole = GroupTable::into_rows(fold(spec, items, 0, items.size()));
    for (std::size_t cut = 1; cut < items.size(); ++cut) {
      const auto first = GroupTable::into_rows(fold(spec, items, 0, cut));
      const auto second = GroupTable::into_rows(fold(spec, items, cut, items.size()));
      std::vector<Value> merged;
      REQUIRE(second->merge_stored(0, parts_of(*first), merged).ok());
      REQUIRE(show(merged) == show(parts_of(*whole)));
      const std::vector<Value> nothing(merged.size());
      REQUIRE(first->merge_stored(0, nothing, merged).ok());
      REQUIRE(show(merged) == show(parts_of(*first)));
      ++tried;
    }
  });
  CHECK(tried > 0);
}

}  // namespace
}  // namespace tallymill
