// Generated columns computed here against those that Postgres computes, on random formulas and parts.

#include <random>

#include "model/generated_value.h"
#include "sink/postgres/target_table.h"

#include "integration/postgres_server.h"
#include "support/catch.h"

namespace tallymill::testing {
namespace {

class RandomFormulas {
 public:
  explicit RandomFormulas(std::uint64_t seed) : random_(seed) {}

  Formula formula(const TablePlan& plan, int depth) {
    if (depth == 0 || pick(6) == 0) {
      if (pick(20) == 0) return {Formula::Kind::number, number() + (pick(2) == 0 ? "e+45" : "e-45"), {}};
      if (pick(4) == 0) return {Formula::Kind::number, number(), {}};
      return {Formula::Kind::part, plan.parts[pick(plan.parts.size())].name, {}};
    }
    const Formula::Kind kinds[] = {Formula::Kind::add,      Formula::Kind::subtract,
                                   Formula::Kind::multiply, Formula::Kind::divide,
                                   Formula::Kind::divide,   Formula::Kind::negate};
    Formula made{kinds[pick(6)], "", {}};
    made.operands.push_back(formula(plan, depth - 1));
    if (made.kind != Formula::Kind::negate) made.operands.push_back(formula(plan, depth - 1));
    return made;
  }

  // Small ones often, so that zeros, equal values and quotients without a rest come up.
  std::string part(SqlType type) {
    if (pick(8) == 0) return "NULL";
    const std::string sign = pick(2) == 0 ? "-" : "";
    if (type == SqlType::bigint) return sign + (pick(2) == 0 ? std::to_string(pick(4)) : digits(1 + pick(18)));
    if (type == SqlType::numeric) return sign + number();
    const std::string exponent = pick(4) == 0 ? "e" + std::to_string(static_cast<int>(pick(600)) - 300) : "";
    return sign + number() + exponent;
  }

 private:
  std::size_t pick(std::size_t below) { return random_() % below; }
  std::string digits(std::size_t count) {
    std::string text(1, static_cast<char>('1' + pick(9)));
    while (text.size() < count) text += static_cast<char>('0' + pick(10));
    return text;
  }
  std::string number() {
    if (pick(3) == 0) return std::to_string(pick(3));
    const std::string whole = pick(3) == 0 ? "0" : digits(1 + pick(9));
    if (pick(3) == 0) return whole;
    return whole + "." + std::string(pick(4), '0') + digits(1 + pick(4));
  }

  std::mt19937_64 random_;
};

Value value_of(const std::string& text, SqlType type) {
  if (text == "NULL") return Value::null();
  if (type == SqlType::bigint) return Value::of(std::int64_t{std::stoll(text)});
  if (type == SqlType::double_precision) return Value::of(std::strtod(text.c_str(), nullptr));
  return Value::of(*Decimal::parse(text));
}

void compare(SqlType type, std::uint64_t seed, int cases) {
  TablePlan plan;
  plan.parts = {{"a", SqlType::bigint}, {"b", SqlType::numeric}, {"c", SqlType::numeric}};
  if (type == SqlType::double_precision) plan.parts[2].type = SqlType::double_precision;
  Database database;
  RandomFormulas random(seed);
  for (int i = 0; i < cases; ++i) {
    const GeneratedColumn column{"x", type, random.formula(plan, 3)};
    std::vector<Value> values;
    std::string row;
    for (const PartColumn& part : plan.parts) {
      const std::string text = random.part(part.type);
      values.push_back(value_of(text, part.type));
      const char* cast = part.type == SqlType::bigint    ? "bigint"
                         : part.type == SqlType::numeric ? "numeric"
                                                         : "double precision";
      row += (row.empty() ? "" : ", ") + ("'" + text + "'::") + cast + " AS " + part.name;
      if (text == "NULL") row.replace(row.rfind("'NULL'"), 6, "NULL");
    }
    const std::string sql = postgres::formula_sql(column.formula, type);
    const std::string expected =
        database.value("SELECT (" + sql + ")::text FROM (SELECT " + row + ") t");
    const auto got = generated_value(column, plan, values);
    CAPTURE(sql, row);
    if (type == SqlType::double_precision && got && expected != "NULL") {
      // Where two spellings are equally near, Postgres takes the longer one.
      REQUIRE(std::strtod(got->c_str(), nullptr) == std::strtod(expected.c_str(), nullptr));
      continue;
    }
    REQUIRE(got.value_or("NULL") == expected);
  }
}

}  // namespace

TEST_CASE("a numeric column shows every digit that Postgres shows") {
  compare(SqlType::numeric, 1, 3000);
}

TEST_CASE("a column of doubles is what Postgres makes of it, null where it leaves their range") {
  compare(SqlType::double_precision, 2, 3000);
}

}  // namespace tallymill::testing
