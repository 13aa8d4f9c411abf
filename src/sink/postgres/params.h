#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tallymill::postgres {

// Types by the numbers that Postgres gives them; they are fixed for its built-in types.
using Oid = unsigned int;
namespace oid {
inline constexpr Oid boolean = 16;
inline constexpr Oid bytea = 17;
inline constexpr Oid int8 = 20;
inline constexpr Oid text = 25;
inline constexpr Oid float8 = 701;
inline constexpr Oid timestamptz = 1184;
inline constexpr Oid numeric = 1700;
inline constexpr Oid jsonb = 3802;
}  // namespace oid

// Values for the parameters of one statement: never part of its text.
class Params {
 public:
  // Text of a type that the statement names by a cast.
  Params& text(std::string value) { return add(0, std::move(value), 0); }
  Params& optional_text(std::optional<std::string> value) { return add(0, std::move(value), 0); }
  Params& number(std::int64_t value) { return text(std::to_string(value)); }
  // Bytes in Postgres's binary format.
  Params& binary(Oid type, std::string value) { return add(type, std::move(value), 1); }

  [[nodiscard]] std::size_t size() const { return values_.size(); }
  [[nodiscard]] std::size_t bytes() const {
    std::size_t sum = 0;
    for (const auto& value : values_) sum += value ? value->size() : 0;
    return sum;
  }

 private:
  friend class Connection;

  Params& add(Oid type, std::optional<std::string> value, int format) {
    types_.push_back(type);
    values_.push_back(std::move(value));
    formats_.push_back(format);
    return *this;
  }

  std::vector<Oid> types_;
  std::vector<std::optional<std::string>> values_;
  std::vector<int> formats_;
};

}  // namespace tallymill::postgres
