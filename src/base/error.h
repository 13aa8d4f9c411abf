#pragma once

// Errors as values. An Error says what the caller should do (its Reaction), what happened, and
// where, in words meant for an operator. Contexts nest by prefix: "committing batch 12: ...".
//
// Nothing here throws. Thread-safe as values are.

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "base/check.h"

namespace tallymill {

// What the caller of a function that returned an Error should do.
enum class Reaction {
  retry,     // The same call may succeed later: broker away, 40001, 08xxx, 53xxx, 57P0x.
  reject,    // This record never will: bad JSON, wrong type, division by zero.
  reassign,  // What this process holds in memory is no longer its own: follow the checkpoint.
  stop,      // A person must act: bad config, 42xxx, 28xxx, a missing table, lost data.
};

[[nodiscard]] std::string_view to_string(Reaction reaction);

class Error {
 public:
  Error(Reaction reaction, std::string message)
      : reaction_(reaction), message_(std::move(message)) {}
  // `code` is a short stable name that tests, metrics and docs may rely on: an SQLSTATE, a
  // librdkafka error name, or a reason such as "data_lost".
  Error(Reaction reaction, std::string code, std::string message)
      : reaction_(reaction), code_(std::move(code)), message_(std::move(message)) {}

  [[nodiscard]] Reaction reaction() const { return reaction_; }
  [[nodiscard]] const std::string& code() const { return code_; }
  [[nodiscard]] const std::string& message() const { return message_; }

  // Returns the same error with "context: " put before its message.
  [[nodiscard]] Error within(std::string_view context) const;

 private:
  Reaction reaction_;
  std::string code_;
  std::string message_;
};

// A value or the Error that took its place. Discarding one does not compile.
template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}  // NOLINT: implicit
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}  // NOLINT: implicit

  [[nodiscard]] bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }

  // REQUIRES: ok()
  [[nodiscard]] T& value() & {
    CHECK(ok(), "a Result is asked for its value only after ok()");
    return *std::get_if<0>(&state_);
  }
  [[nodiscard]] const T& value() const& {
    CHECK(ok(), "a Result is asked for its value only after ok()");
    return *std::get_if<0>(&state_);
  }
  [[nodiscard]] T&& value() && {
    CHECK(ok(), "a Result is asked for its value only after ok()");
    return std::move(*std::get_if<0>(&state_));
  }
  [[nodiscard]] T& operator*() & { return value(); }
  [[nodiscard]] const T& operator*() const& { return value(); }
  [[nodiscard]] T&& operator*() && { return std::move(*this).value(); }
  [[nodiscard]] T* operator->() { return &value(); }
  [[nodiscard]] const T* operator->() const { return &value(); }

  // REQUIRES: !ok()
  [[nodiscard]] const Error& error() const {
    CHECK(!ok(), "a Result is asked for its error only when it holds one");
    return *std::get_if<1>(&state_);
  }

 private:
  std::variant<T, Error> state_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error) : error_(std::move(error)) {}  // NOLINT: implicit

  [[nodiscard]] bool ok() const { return !error_.has_value(); }
  explicit operator bool() const { return ok(); }

  // REQUIRES: !ok()
  [[nodiscard]] const Error& error() const {
    CHECK(!ok(), "a Result is asked for its error only when it holds one");
    return *error_;
  }

 private:
  std::optional<Error> error_;
};

}  // namespace tallymill

// Leaves the calling function with the Error of `expression`, if it holds one. The only macros of
// the project that change control flow.
#define TALLYMILL_JOIN_(a, b) a##b
#define TALLYMILL_JOIN(a, b) TALLYMILL_JOIN_(a, b)
#define TRY(expression)                                   \
  do {                                                    \
    if (auto try_result = (expression); !try_result.ok()) \
      return try_result.error();                          \
  } while (false)
#define TALLYMILL_TRY_ASSIGN(name, target, expression) \
  auto name = (expression);                            \
  if (!name.ok()) return name.error();                 \
  target = std::move(name).value()
// TRY_ASSIGN(auto rows, read_rows());
#define TRY_ASSIGN(target, expression) \
  TALLYMILL_TRY_ASSIGN(TALLYMILL_JOIN(try_result_, __LINE__), target, expression)
