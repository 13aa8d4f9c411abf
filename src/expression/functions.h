#pragma once

// The table of functions: typing, hints and the reference pages come from it. To add one: a row in
// functions.cc, its operation in one of the *_operations.cc, and a row in the tests.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "model/value.h"

namespace tallymill::expression {

// A set of types, as a function's arguments accept it.
class TypeSet {
 public:
  template <class... Types>
  constexpr explicit TypeSet(Types... types)
      : bits_(((1U << static_cast<unsigned>(types)) | ...)) {}
  [[nodiscard]] constexpr bool holds(Type type) const {
    return ((bits_ >> static_cast<unsigned>(type)) & 1U) != 0;
  }
  [[nodiscard]] constexpr bool single() const { return (bits_ & (bits_ - 1)) == 0; }
  // "string", "int, decimal or double".
  [[nodiscard]] std::string str() const;

 private:
  unsigned bits_;
};

enum class FunctionId : std::uint8_t {
  has, coalesce,
  size, starts_with, ends_with, contains, matches, lower, upper,
  to_int, to_double, to_decimal, to_string, to_timestamp,
};

// How CEL lets the function be written: f(x, y), x.f(y), or both.
enum class CallForm : std::uint8_t { global, member, either };

struct Function {
  FunctionId id;
  std::string_view name;
  CallForm form;
  std::uint8_t min_arguments;  // A receiver counts.
  std::uint8_t max_arguments;  // `any_number` for no limit.
  TypeSet accepts;             // What each argument may be.
  Type result;                 // Type::missing: that of the arguments.
  std::string_view documentation;  // One sentence.
  std::string_view example;        // Over the sample record (sample.h), and what it comes to there.
  std::string_view example_result = {};

  static constexpr std::uint8_t any_number = 255;
  // int(), decimal() and the like: what it says of an undeclared field is the result's type.
  [[nodiscard]] bool is_conversion() const { return id >= FunctionId::to_int; }
};

[[nodiscard]] std::span<const Function> functions();
// Returns null if there is none.
[[nodiscard]] const Function* find_function(std::string_view name);

// Why there is no function of this name, and what there is.
[[nodiscard]] std::string unknown_function_message(std::string_view name);

}  // namespace tallymill::expression
