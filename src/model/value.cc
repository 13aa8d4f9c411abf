#include "model/value.h"

#include "base/check.h"

namespace tallymill {
namespace {

std::strong_ordering by_bytes(std::string_view a, std::string_view b) {
  return a.compare(b) <=> 0;
}

}  // namespace

std::string_view to_string(Type type) {
  switch (type) {
    case Type::missing: return "missing";
    case Type::null: return "null";
    case Type::boolean: return "bool";
    case Type::int64: return "int";
    case Type::decimal: return "decimal";
    case Type::float64: return "double";
    case Type::string: return "string";
    case Type::timestamp: return "timestamp";
    case Type::exact_sum: return "sum";
    case Type::bytes: return "bytes";
  }
  return "null";
}

bool same_value(const Value& a, const Value& b) {
  if (a.type() != b.type()) return false;
  if (a.is(Type::exact_sum)) return a.exact_sum() == b.exact_sum();
  return a.absent() || compare(a, b) == 0;
}

std::strong_ordering compare(const Value& a, const Value& b) {
  CHECK(a.type() == b.type(), "only values of one type have an order");
  switch (a.type()) {
    case Type::missing:
    case Type::null: return std::strong_ordering::equal;
    case Type::boolean:
    case Type::int64:
    case Type::timestamp: return a.int64() <=> b.int64();
    case Type::decimal: return a.decimal() <=> b.decimal();
    case Type::float64:
      if (a.float64() < b.float64()) return std::strong_ordering::less;
      return a.float64() > b.float64() ? std::strong_ordering::greater
                                       : std::strong_ordering::equal;
    case Type::string:
    case Type::bytes: return by_bytes(a.string(), b.string());
    case Type::exact_sum: break;
  }
  CHECK(false, "sums on their way to a sink are never ordered");
  return std::strong_ordering::equal;
}

}  // namespace tallymill
