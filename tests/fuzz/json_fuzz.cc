// Whatever bytes stand for a record: it is a reject with a reason, or a value of its type in every
// field. What became of the records before, white space around the document and what else is read
// of it change nothing.

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "decode/decoder.h"
#include "expression/utf8.h"

namespace tallymill {
namespace {

constexpr std::size_t largest = 1 << 16;

void require(bool condition) {
  if (!condition) std::abort();
}

std::vector<Field> all_fields() {
  struct Wanted {
    std::vector<std::string> path;
    Type type;
  };
  const std::vector<Wanted> wanted = {{{"s"}, Type::string},      {{"i"}, Type::int64},
                                      {{"d"}, Type::decimal},     {{"f"}, Type::float64},
                                      {{"b"}, Type::boolean},     {{"t"}, Type::timestamp},
                                      {{"u"}, Type::timestamp},   {{"o", "s"}, Type::string},
                                      {{"o", "d"}, Type::decimal}, {{"o", "o", "i"}, Type::int64}};
  std::vector<Field> fields;
  for (const Wanted& one : wanted) {
    Field field;
    field.path = one.path;
    field.type = one.type;
    field.declared = true;
    field.optional = true;
    if (one.path[0] == "u") field.unit = TimeUnit::milliseconds;
    if (one.path[0] == "b") field.default_text = "true";
    fields.push_back(std::move(field));
  }
  return fields;
}

void require_of_type(const Value& value, const Field& field) {
  if (value.absent()) return;
  require(value.is(field.type));
  if (value.is(Type::string)) {
    require(expression::is_valid_utf8(value.string()));
    require(value.string().find('\0') == std::string_view::npos);
  }
  if (value.is(Type::float64)) {
    require(std::isfinite(value.float64()));
    require(value.float64() != 0 || !std::signbit(value.float64()));
  }
  if (value.is(Type::timestamp)) require(value.timestamp().in_range());
  if (value.is(Type::decimal)) {
    const auto again = Decimal::parse(value.decimal().str());
    require(again && *again == value.decimal());
  }
}

// One decoder that is used for all inputs beside a new one for each.
void try_document(std::string_view bytes) {
  static const std::vector<Field> fields = all_fields();
  static const auto used = make_json_decoder(fields, largest);
  std::vector<Value> values(fields.size());
  const std::optional<Reject> bad = used->decode(bytes, values);
  if (bad) {
    require(!bad->reason.empty() && !bad->message.empty());
  } else {
    for (std::size_t i = 0; i < fields.size(); ++i) require_of_type(values[i], fields[i]);
  }

  std::vector<Value> others(fields.size());
  const auto fresh = make_json_decoder(fields, largest + 2);
  const std::string spaced = " " + std::string(bytes) + "\n";
  const bool marked = bytes.starts_with("\xEF\xBB\xBF");
  const auto other = fresh->decode(spaced, others);
  if (bytes.size() <= largest && !marked) {
    require(bad.has_value() == other.has_value());
    if (bad) require(bad->reason == other->reason || bytes.empty());
    for (std::size_t i = 0; !bad && i < fields.size(); ++i) require(same_value(values[i], others[i]));
  }
  if (bad) return;

  for (std::size_t i = 0; i < fields.size(); ++i) {
    const auto alone = make_json_decoder({fields[i]}, largest);
    Value value;
    require(!alone->decode(bytes, {&value, 1}));
    require(same_value(value, values[i]));
  }
}

}  // namespace
}  // namespace tallymill

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  tallymill::try_document({reinterpret_cast<const char*>(data), size});
  return 0;
}
