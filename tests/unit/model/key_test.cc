#include "model/key.h"

#include <algorithm>
#include <deque>
#include <limits>
#include <string>
#include <vector>

#include "support/catch.h"
#include "unit/model/random_decimals.h"

namespace tallymill {
namespace {

std::string key_of(const std::vector<Value>& values) {
  std::string key;
  for (const Value& value : values) append_key(key, value);
  return key;
}
std::string key_of(const Value& value) { return key_of(std::vector<Value>{value}); }
Value text(std::string_view characters) { return Value::of(characters); }

// Order of columns: null last, as in Postgres.
int order(const Value& a, const Value& b) {
  if (a.absent() || b.absent()) return static_cast<int>(a.absent()) - static_cast<int>(b.absent());
  const auto by_value = compare(a, b);
  return by_value < 0 ? -1 : by_value > 0 ? 1 : 0;
}
int order(const std::vector<Value>& a, const std::vector<Value>& b) {
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (const int one = order(a[i], b[i]); one != 0) return one;
  }
  return 0;
}

// Few characters and short texts, so that prefixes, equal ones and null come up all the time.
class RandomValues {
 public:
  Value make(Type type, Random& random) {
    if (random() % 5 == 0) return Value::null();
    switch (type) {
      case Type::boolean: return Value::of(random() % 2 == 0);
      case Type::int64: return Value::of(number(random));
      case Type::timestamp: return Value::of(Timestamp(number(random)));
      case Type::decimal: return Value::of(a_decimal(random));
      default: break;
    }
    constexpr std::string_view pieces[] = {"a", "b", "\x01", "\x02", "\xC3\xBF", "\x7F"};
    std::string& made = texts_.emplace_back();
    for (std::size_t left = random() % 4; left > 0; --left) made += pieces[random() % 6];
    return text(made);
  }

 private:
  static std::int64_t number(Random& random) {
    switch (random() % 4) {
      case 0: return std::numeric_limits<std::int64_t>::min() + static_cast<std::int64_t>(random() % 2);
      case 1: return std::numeric_limits<std::int64_t>::max() - static_cast<std::int64_t>(random() % 2);
      case 2: return static_cast<std::int64_t>(random() % 5) - 2;
      default: return static_cast<std::int64_t>(random());
    }
  }
  static Decimal a_decimal(Random& random) {
    if (random() % 2 == 0) return random_decimal(random);
    const auto small = static_cast<int128>(random() % 41) - 20;
    const int scale = static_cast<int>(random() % 3);
    const int more = static_cast<int>(random() % 3);
    return {small * ten_to(more), static_cast<std::uint8_t>(scale + more)};
  }

  std::deque<std::string> texts_;
};

constexpr Type key_types[] = {Type::boolean, Type::int64, Type::decimal, Type::string, Type::timestamp};

TEST_CASE("keys are equal exactly where groups are, and their bytes are in the order of the groups") {
  Random random(51);
  RandomValues values;
  int equal = 0;
  for (int i = 0; i < 20000; ++i) {
    std::vector<Value> a;
    std::vector<Value> b;
    for (std::size_t width = 1 + random() % 3; width > 0; --width) {
      const Type type = key_types[random() % 5];
      a.push_back(values.make(type, random));
      b.push_back(random() % 3 == 0 ? a.back() : values.make(type, random));
    }
    const int expected = order(a, b);
    const int by_bytes = key_of(a).compare(key_of(b));
    REQUIRE((by_bytes < 0 ? -1 : by_bytes > 0 ? 1 : 0) == expected);
    equal += expected == 0 ? 1 : 0;
  }
  CHECK(equal > 1000);
}

TEST_CASE("a key is read back as the values that it was made of") {
  Random random(52);
  RandomValues made;
  for (int i = 0; i < 5000; ++i) {
    std::vector<Type> types;
    std::vector<Value> values;
    for (std::size_t width = random() % 5; width > 0; --width) {
      types.push_back(key_types[random() % 5]);
      values.push_back(made.make(types.back(), random));
    }
    const std::string key = key_of(values);
    std::vector<Value> read;
    read_key(key, types, read);
    REQUIRE(read.size() == values.size());
    for (std::size_t column = 0; column < values.size(); ++column) {
      REQUIRE(same_value(read[column], values[column]));
    }
  }
}

TEST_CASE("null, the empty text and texts of control characters are different keys") {
  CHECK(key_of(Value::null()) != key_of(text("")));
  CHECK(key_of(text("")) != key_of(text("\x01")));
  CHECK(key_of(text("\x01")) != key_of(text("\x02")));
  CHECK(key_of(Value::null()) > key_of(text("\xF4\x8F\xBF\xBF")));
  CHECK(key_of(Value::null()) > key_of(Value::of(std::numeric_limits<std::int64_t>::max())));
}

TEST_CASE("columns cannot flow into each other") {
  CHECK(key_of({text("ab"), text("c")}) != key_of({text("a"), text("bc")}));
  CHECK(key_of({text(""), text("a")}) != key_of({text("a"), text("")}));
  CHECK(key_of({Value::null(), text("")}) != key_of({text(""), Value::null()}));
  CHECK(key_of({text("a"), Value::null()}) != key_of({text("a\x02"), Value::null()}));
}

TEST_CASE("decimals of one value are one key, whatever their scale") {
  const auto key = [](std::string_view digits) { return key_of(Value::of(*Decimal::parse(digits))); };
  CHECK(key("1.0") == key("1.00"));
  CHECK(key("100") == key("1e2"));
  CHECK(key("-0.00") == key("0"));
  CHECK(key("1200.0") == key("12e2"));
  CHECK(key("1") != key("10"));
  CHECK(key("0.1") != key("0.01"));
  CHECK(key("-1") != key("1"));
  CHECK(key("-1e37") < key("-1e-38"));
  CHECK(key("-1e-38") < key("0"));
  CHECK(key("0") < key("1e-38"));
  CHECK(key("1e-38") < key("1e37"));
}

TEST_CASE("strings are told apart by every byte") {
  for (const auto& [a, b] : std::vector<std::pair<std::string_view, std::string_view>>{
           {"a", "A"}, {"a", "a "}, {" a", "a"}, {"1", "1.0"}, {"1", "01"}, {"\xC3\xA9", "e\xCC\x81"}, {"", " "}}) {
    CHECK(key_of(text(a)) != key_of(text(b)));
  }
}

TEST_CASE("rows sorted by their keys are in the order of Postgres's index") {
  std::vector<std::vector<Value>> rows;
  for (const std::int64_t time : {-10, 0, 10}) {
    for (const char* name : {"", "a", "b"}) rows.push_back({Value::of(Timestamp(time)), text(name)});
    rows.push_back({Value::of(Timestamp(time)), Value::null()});
  }
  std::vector<std::string> keys;
  for (const auto& row : rows) keys.push_back(key_of(row));
  CHECK(std::is_sorted(keys.begin(), keys.end()));
  CHECK(std::adjacent_find(keys.begin(), keys.end()) == keys.end());
}

TEST_CASE("no group at all is one key") {
  CHECK(key_of(std::vector<Value>{}).empty());
  std::vector<Value> values;
  read_key("", {}, values);
  CHECK(values.empty());
}

}  // namespace
}  // namespace tallymill
