// Whatever text stands for an expression: it is a problem with a place inside the text, or a
// program that ends, for every record, in a value of its type or in a reason. The canonical text
// reads back as itself.

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "expression/parser.h"
#include "expression/program.h"
#include "expression/typing.h"

namespace tallymill::expression {
namespace {

void require(bool condition) {
  if (!condition) std::abort();
}

void require_inside(const Problem& problem, std::string_view text) {
  require(!problem.message.empty());
  require(problem.span.begin <= problem.span.end && problem.span.end <= text.size());
}

// The n-th of a few values of a type, its edges among them.
Value sample(Type type, bool optional, std::size_t n) {
  if (optional && n % 5 == 3) return Value::null();
  if (optional && n % 5 == 4) return Value::missing();
  constexpr std::int64_t ints[] = {0, -1, std::numeric_limits<std::int64_t>::min(),
                                   std::numeric_limits<std::int64_t>::max()};
  constexpr std::string_view texts[] = {"", "view", "-17.5", "Gr\xC3\xBC\xC3\x9F"};
  constexpr double doubles[] = {0.0, -2.5, 1.7976931348623157e308, 5e-324};
  static const Decimal wide = *Decimal::parse("99999999999999999999999999999999999999");
  switch (type) {
    case Type::boolean: return Value::of(n % 2 == 0);
    case Type::int64: return Value::of(ints[n % 4]);
    case Type::decimal: return Value::of(n % 2 == 0 ? wide : Decimal(-125, 2));
    case Type::float64: return Value::of(doubles[n % 4]);
    case Type::timestamp: return Value::of(n % 2 == 0 ? Timestamp::min() : Timestamp(-1));
    default: return Value::of(texts[n % 4]);
  }
}

std::vector<Field> declared() {
  struct Declared {
    std::string name;
    Type type;
    bool optional;
  };
  std::vector<Field> fields;
  for (const Declared& entry : std::vector<Declared>{{"b", Type::boolean, false},
                                                     {"n", Type::int64, false},
                                                     {"d", Type::decimal, true},
                                                     {"f", Type::float64, false},
                                                     {"s", Type::string, false},
                                                     {"t", Type::timestamp, false},
                                                     {"o", Type::string, true}}) {
    Field field;
    field.path = {entry.name};
    field.type = entry.type;
    field.optional = entry.optional;
    fields.push_back(std::move(field));
  }
  return fields;
}

void run(const NodePtr& tree, const NodePtr& derive, const Typing& typing) {
  static const auto table =
      LookupTable::build({"k", "v"}, "k", {{"view", "1"}, {"", "2"}}).value();
  std::vector<Program> derives{Program::compile(derive, "derive v")};
  Program program = Program::compile(tree, "where");
  Record record;
  record.key = "\xFFkey";
  for (std::size_t n = 0; n < 6; ++n) {
    LookupBinding binding{table.get(), {}, static_cast<OnMiss>(n % 4)};
    for (const auto& column : typing.lookup_columns())
      binding.columns.push_back(column.column == "k" ? 0 : 1);
    std::vector<Value> values;
    for (std::size_t i = 0; i < typing.fields().size(); ++i)
      values.push_back(sample(typing.fields()[i].type, typing.fields()[i].optional, n + i));
    EvaluationContext context;
    context.fields = values;
    context.record = &record;
    context.topic = "events";
    std::array<LookupBinding, 1> bindings{binding};
    context.lookups = bindings;
    context.derives = derives;
    context.begin_record();
    Value result;
    switch (program.run(context, result)) {
      case Outcome::ok:
        require(result.absent() || result.type() == program.type());
        require(!result.absent() || tree->optional || n % 4 == 0);  // A kept miss of the lookup.
        break;
      case Outcome::reject:
      case Outcome::stop: require(!context.reject.reason.empty()); break;
      case Outcome::drop: break;
    }
  }
}

void try_expression(std::string_view derive_text, std::string_view text) {
  auto parsed = parse(text);
  if (const auto* problem = std::get_if<Problem>(&parsed)) return require_inside(*problem, text);
  NodePtr tree = std::get<NodePtr>(parsed);
  std::string canonical = canonical_text(*tree);
  if (canonical.size() <= max_expression_bytes) {
    auto again = parse(canonical);
    require(std::holds_alternative<NodePtr>(again));
    require(canonical_text(*std::get<NodePtr>(again)) == canonical);
  }
  auto parsed_derive = parse(derive_text);
  if (!std::holds_alternative<NodePtr>(parsed_derive)) parsed_derive = parse("lower(s) + \"x\"");
  NodePtr derive = std::get<NodePtr>(parsed_derive);

  Typing typing(declared(), {"v"}, {"ads"});
  typing.add_derive(0, derive, 0);
  typing.add(tree, Use::any_argument, 1);
  auto problems = typing.resolve();
  for (const auto& [owner, problem] : problems)
    if (owner == 1) require_inside(problem, text);
  require(canonical_text(*tree) == canonical);
  if (problems.empty()) run(tree, derive, typing);
}

}  // namespace
}  // namespace tallymill::expression

// A derive on the first line, if there is more than one; the expression behind it.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view input(reinterpret_cast<const char*>(data), size);
  std::size_t line = input.find('\n');
  if (line == std::string_view::npos) {
    tallymill::expression::try_expression("", input);
  } else {
    tallymill::expression::try_expression(input.substr(0, line), input.substr(line + 1));
  }
  return 0;
}
