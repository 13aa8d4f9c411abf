// int() double() decimal() string() timestamp(). Text is read strictly: no spaces, nothing left
// over, neither NaN nor infinity.

#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include "base/check.h"
#include "expression/operation.h"
#include "model/reason.h"

namespace tallymill::expression {
namespace {

enum class Fault { none, bad, overflow, too_large };

template <class Number>
Fault read_whole(std::string_view text, Number& out) {
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (end != text.data() + text.size() || error == std::errc::invalid_argument) return Fault::bad;
  return error == std::errc() ? Fault::none : Fault::overflow;
}

Fault to_int(const Value& from, Value& result) {
  std::int64_t number = 0;
  switch (from.type()) {
    case Type::float64: {
      // 2^63 is exact as a double; everything below it, cut, fits.
      constexpr double limit = 9223372036854775808.0;
      double cut = std::trunc(from.float64());
      if (!(cut >= -limit && cut < limit)) return Fault::overflow;
      number = static_cast<std::int64_t>(cut);
      break;
    }
    case Type::decimal: {
      auto cut = from.decimal().to_int64();
      if (!cut) return Fault::overflow;
      number = *cut;
      break;
    }
    case Type::timestamp: {
      constexpr std::int64_t second = 1000000;
      std::int64_t microseconds = from.timestamp().microseconds();
      number = microseconds / second - (microseconds % second < 0 ? 1 : 0);
      break;
    }
    default:
      if (Fault fault = read_whole(from.string(), number); fault != Fault::none) return fault;
  }
  put(result, number);
  return Fault::none;
}

Fault to_double(const Value& from, Value& result) {
  double number = 0;
  if (from.is(Type::int64)) {
    number = static_cast<double>(from.int64());
  } else if (from.is(Type::decimal)) {
    number = from.decimal().to_double();
  } else {
    std::string_view text = from.string();
    Fault fault = read_whole(text, number);
    if (fault == Fault::bad || !std::isfinite(number)) return Fault::bad;
    // Too large, or so small that it is zero, as the same number in a record would be.
    if (fault == Fault::overflow) number = std::strtod(std::string(text).c_str(), nullptr);
    if (!std::isfinite(number)) return Fault::overflow;
  }
  result = Value::of(number + 0.0);  // -0.0 becomes 0.0.
  return Fault::none;
}

// Whether text that no Decimal holds is a number all the same.
bool spells_number(std::string_view text) {
  double number = 0;
  if (read_whole(text, number) == Fault::bad || !std::isfinite(number)) return false;
  if (text.front() == '-') text.remove_prefix(1);
  return text.front() != '.' && text.back() != '.';
}

Fault to_decimal(const Value& from, Value& result) {
  std::optional<Decimal> number;
  char buffer[32];
  if (from.is(Type::int64)) {
    number = Decimal::from(from.int64());
  } else if (from.is(Type::float64)) {
    auto [end, error] = std::to_chars(std::begin(buffer), std::end(buffer), from.float64());
    CHECK(error == std::errc(), "a double's shortest spelling is no longer than this");
    number = Decimal::parse({buffer, static_cast<std::size_t>(end - buffer)});
    if (!number) return Fault::overflow;
  } else {
    number = Decimal::parse(from.string());
    if (!number) return spells_number(from.string()) ? Fault::overflow : Fault::bad;
  }
  put(result, *number);
  return Fault::none;
}

Fault to_timestamp(const Value& from, Value& result) {
  auto timestamp = parse_timestamp(from.string());
  if (!timestamp) return Fault::bad;
  if (!timestamp->in_range()) return Fault::overflow;
  put(result, *timestamp);
  return Fault::none;
}

Fault keep(TextArena& arena, std::string_view text, Value& result) {
  char* out = arena.allocate(text.size());
  if (out == nullptr) return Fault::too_large;
  text.copy(out, text.size());
  put(result, std::string_view(out, text.size()));
  return Fault::none;
}

// Equal values give equal text, so that they fall into one group.
Fault to_text(TextArena& arena, const Value& from, Value& result) {
  char buffer[32];
  auto spelled = [&](auto number) {
    auto [end, error] = std::to_chars(std::begin(buffer), std::end(buffer), number);
    CHECK(error == std::errc(), "a number's shortest spelling is no longer than this");
    return std::string_view(buffer, static_cast<std::size_t>(end - buffer));
  };
  switch (from.type()) {
    case Type::boolean:
      put(result, from.boolean() ? std::string_view("true") : std::string_view("false"));
      return Fault::none;
    case Type::int64: return keep(arena, spelled(from.int64()), result);
    case Type::float64: return keep(arena, spelled(from.float64()), result);
    case Type::decimal: return keep(arena, from.decimal().normalized().str(), result);
    default: return keep(arena, to_string(from.timestamp()), result);
  }
}

Fault convert(TextArena& arena, Type to, const Value& from, Value& result) {
  switch (to) {
    case Type::int64: return to_int(from, result);
    case Type::float64: return to_double(from, result);
    case Type::decimal: return to_decimal(from, result);
    case Type::timestamp: return to_timestamp(from, result);
    default: return to_text(arena, from, result);
  }
}

class Convert final : public Operation {
 public:
  struct Faults {
    Reject null_operand;
    Reject bad;
    Reject overflow;
    Reject too_large;
  };
  Convert(Type to, OperationPtr operand, Faults faults)
      : to_(to), operand_(std::move(operand)), faults_(std::move(faults)) {}

  Outcome run(EvaluationContext& context, Value& result) const override {
    Value from;
    if (Outcome outcome = operand_->run(context, from); outcome != Outcome::ok) return outcome;
    if (from.absent()) return reject_with(context, faults_.null_operand);
    if (from.is(to_)) {
      result = from;
      return Outcome::ok;
    }
    switch (convert(context.arena, to_, from, result)) {
      case Fault::none: return Outcome::ok;
      case Fault::bad: return reject_with(context, faults_.bad);
      case Fault::overflow: return reject_with(context, faults_.overflow);
      case Fault::too_large: break;
    }
    return reject_with(context, faults_.too_large);
  }

 private:
  Type to_;
  OperationPtr operand_;
  Faults faults_;
};

}  // namespace

OperationPtr Compiler::compile_conversion(const Node& node, Type to) const {
  const Node& operand = *node.operands[0];
  std::string text = excerpt(node);
  std::string type(to_string(to));
  return std::make_unique<Convert>(
      to, compile(operand),
      Convert::Faults{
          null_operand(operand, node),
          reject(reason::bad_conversion, text + ": the text is no " + type),
          reject(reason::overflow, text + ": the value is beyond what " + type + " holds"),
          reject(reason::too_large,
                 text + ": the strings made for one record take more than 8 MiB")});
}

}  // namespace tallymill::expression
