#include "sink/postgres/sample_rows.h"

#include <array>
#include <cstddef>

#include "sink/postgres/encode.h"
#include "sink/postgres/identifiers.h"

namespace tallymill::postgres {
namespace {

constexpr std::size_t pool_size = 7;
using Pool = std::array<const char*, pool_size>;

constexpr Pool integers{"NULL", "0", "1", "7", "-3", "1000003", "9223372036854775807"};
constexpr Pool decimals{"NULL", "0", "1", "2.5", "-0.001", "100000000000000000000", "1e-30"};
constexpr Pool doubles{"NULL", "0", "1", "0.1", "-2.5", "1e308", "1e-300"};
constexpr Pool nulls{"NULL", "NULL", "NULL", "NULL", "NULL", "NULL", "NULL"};

const Pool& pool_of(SqlType type) {
  switch (type) {
    case SqlType::bigint: return integers;
    case SqlType::numeric: return decimals;
    case SqlType::double_precision: return doubles;
    default: return nulls;
  }
}

}  // namespace

std::string sample_rows_sql(const TablePlan& plan) {
  std::string rows;
  for (std::size_t row = 0; row < pool_size * pool_size; ++row) {
    std::string values;
    for (std::size_t i = 0; i < plan.parts.size(); ++i) {
      // Every pair of values of the first two parts comes up once, and most pairs of the others.
      const std::size_t pick = (row + i * (row / pool_size)) % pool_size;
      const SqlType type = plan.parts[i].type;
      values += (values.empty() ? "(" : ", ") + std::string(pool_of(type)[pick]) + "::" +
                std::string(sql_name(type));
    }
    rows += (rows.empty() ? "" : ", ") + values + ")";
  }
  std::string names;
  for (const PartColumn& part : plan.parts) names += (names.empty() ? "" : ", ") + quoted(part.name);
  return "(VALUES " + rows + ") v(" + names + ")";
}

}  // namespace tallymill::postgres
