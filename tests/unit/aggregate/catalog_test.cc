#include "aggregate/catalog.h"

#include <set>

#include "expression/parser.h"
#include "unit/aggregate/table.h"
#include "support/catch.h"

namespace tallymill {
namespace {

std::string show(SqlType type) {
  switch (type) {
    case SqlType::boolean: return "boolean";
    case SqlType::bigint: return "bigint";
    case SqlType::numeric: return "numeric";
    case SqlType::double_precision: return "double precision";
    case SqlType::text: return "text";
    case SqlType::timestamptz: return "timestamptz";
    case SqlType::jsonb: return "jsonb";
    case SqlType::bytea: return "bytea";
  }
  return "?";
}

std::string show(Merge merge) {
  switch (merge) {
    case Merge::add: return "add";
    case Merge::least: return "least";
    case Merge::greatest: return "greatest";
    case Merge::joint: return "joint";
  }
  return "?";
}

std::string show(const Formula& formula) {
  if (formula.kind == Formula::Kind::part) return formula.text;
  if (formula.kind != Formula::Kind::divide || formula.operands.size() != 2) return "?";
  return show(formula.operands[0]) + " / " + show(formula.operands[1]);
}

std::string shape(std::string_view aggregate, Type argument,
                  std::optional<SqlType> stored_as = std::nullopt) {
  const auto shape = aggregate_named(aggregate).shape("x", argument, stored_as);
  if (!shape) return "cannot be";
  std::string text;
  for (const PartColumn& part : shape->parts) {
    text += (text.empty() ? "" : ", ") + part.name + " " + show(part.type) + " " +
            show(part.merge) + (part.starts_at_zero ? " from 0" : "");
  }
  if (shape->value) {
    text += "; " + shape->value->name + " " + show(shape->value->type) + " = " +
            show(shape->value->formula);
  }
  return text;
}

TEST_CASE("each aggregate is stored in the columns that the design gives it") {
  CHECK(shape("count", Type::missing) == "x bigint add from 0");
  CHECK(shape("count", Type::boolean) == "x bigint add from 0");
  CHECK(shape("sum", Type::int64) == "x numeric add");
  CHECK(shape("sum", Type::decimal) == "x numeric add");
  CHECK(shape("sum", Type::float64) == "x double precision add");
  CHECK(shape("min", Type::string) == "x text least");
  CHECK(shape("min", Type::boolean) == "x boolean least");
  CHECK(shape("max", Type::int64) == "x bigint greatest");
  CHECK(shape("max", Type::decimal) == "x numeric greatest");
  CHECK(shape("max", Type::timestamp) == "x timestamptz greatest");
  CHECK(shape("avg", Type::int64) ==
        "x_sum numeric add, x_count bigint add from 0; x numeric = x_sum / x_count");
  CHECK(shape("avg", Type::float64) == "x_sum double precision add, x_count bigint add from 0; "
                                       "x double precision = x_sum / x_count");
  CHECK(shape("ratio", Type::boolean) == "x_hits bigint add from 0, x_total bigint add from 0; "
                                         "x numeric = x_hits / x_total");
  CHECK(shape("last", Type::float64) ==
        "x double precision joint, x_time timestamptz joint, x_partition bigint joint, "
        "x_offset numeric joint");
}

TEST_CASE("only a sum of integers can be stored as something else than usual: a bigint") {
  CHECK(shape("sum", Type::int64, SqlType::bigint) == "x bigint add");
  CHECK(shape("sum", Type::decimal, SqlType::bigint) == "cannot be");
  CHECK(shape("sum", Type::float64, SqlType::numeric) == "cannot be");
  CHECK(shape("sum", Type::int64, SqlType::double_precision) == "cannot be");
  CHECK(shape("count", Type::missing, SqlType::numeric) == "cannot be");
  CHECK(shape("min", Type::int64, SqlType::numeric) == "cannot be");
  CHECK(shape("avg", Type::int64, SqlType::bigint) == "cannot be");
  CHECK(shape("ratio", Type::boolean, SqlType::double_precision) == "cannot be");
  CHECK(shape("last", Type::string, SqlType::bytea) == "cannot be");
  for (const AggregateSignature& aggregate : aggregate_catalog()) {
    for (const Type type : types_of(aggregate)) {
      const auto usual = aggregate.shape("x", type, std::nullopt).value();
      const SqlType same = usual.value ? usual.value->type : usual.parts.front().type;
      INFO(aggregate.name << " of " << to_string(type));
      CHECK(aggregate.shape("x", type, same).has_value());
    }
  }
}

TEST_CASE("every aggregate has a name of its own, a sentence, and an example that calls it") {
  std::set<std::string_view> names;
  for (const AggregateSignature& aggregate : aggregate_catalog()) {
    INFO(aggregate.name);
    CHECK(names.insert(aggregate.name).second);
    CHECK(aggregate.documentation.size() > 10);
    CHECK(aggregate.documentation.back() == '.');
    const auto parsed = expression::parse(aggregate.example);
    const auto* tree = std::get_if<expression::NodePtr>(&parsed);
    REQUIRE(tree != nullptr);
    CHECK((*tree)->kind == expression::NodeKind::call);
    CHECK((*tree)->text == aggregate.name);
  }
}

}  // namespace
}  // namespace tallymill
