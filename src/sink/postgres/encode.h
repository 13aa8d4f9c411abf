#pragma once

// Postgres's binary formats (src/backend/utils/adt: array_recv, numeric_recv, timestamptz_recv).

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "model/table_plan.h"
#include "model/value.h"
#include "sink/postgres/params.h"

namespace tallymill::postgres {

[[nodiscard]] Oid element_oid(SqlType type);
// The type's name in SQL: "bigint", "timestamptz", ...
[[nodiscard]] std::string_view sql_name(SqlType type);

// A one-dimensional array, filled from the front. Give its bytes to Params::binary with array_oid().
class ArrayEncoder {
 public:
  explicit ArrayEncoder(SqlType type);

  // Fails with Reaction::reject and code 22003 if the value does not fit the type.
  [[nodiscard]] Result<void> add(const Value& value);
  void add_text(std::string_view text);
  void add_null();

  [[nodiscard]] std::size_t bytes() const { return data_.size(); }
  [[nodiscard]] Oid array_oid() const;
  // Ends the array and starts an empty one.
  [[nodiscard]] std::string take();

 private:
  void add_bytes(std::string_view bytes);

  SqlType type_;
  std::string data_;
  std::int32_t count_ = 0;
  bool has_null_ = false;
};

// A numeric from digits (most significant first), the number of them behind the point, and a sign.
[[nodiscard]] std::string encode_numeric(std::string_view digits, int scale, bool negative);

}  // namespace tallymill::postgres
