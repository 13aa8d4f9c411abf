#include "base/error.h"

#include <memory>
#include <string>
#include <type_traits>
#include <vector>

#include "support/catch.h"

namespace tallymill {
namespace {

Error lost() { return {Reaction::retry, "08006", "connection to the server was lost"}; }

Result<int> half(int number) {
  if (number % 2 != 0) return Error(Reaction::reject, "odd", "the number is odd");
  return number / 2;
}
Result<void> even(int number) {
  TRY(half(number));
  return {};
}
Result<std::string> quarter(int number) {
  TRY_ASSIGN(const int once, half(number));
  TRY_ASSIGN(const int twice, half(once));
  return std::to_string(twice);
}

TEST_CASE("an error says what to do, what happened, and under which code") {
  const Error error = lost();
  CHECK(error.reaction() == Reaction::retry);
  CHECK(error.code() == "08006");
  CHECK(error.message() == "connection to the server was lost");
  CHECK(Error(Reaction::stop, "a message").code().empty());
}

TEST_CASE("contexts nest from the inside out and leave reaction and code as they are") {
  const Error error = lost().within("upserting 312 groups").within("committing batch 12");
  CHECK(error.message() == "committing batch 12: upserting 312 groups: connection to the server was lost");
  CHECK(error.reaction() == Reaction::retry);
  CHECK(error.code() == "08006");
}

TEST_CASE("every reaction has its own word") {
  CHECK(to_string(Reaction::retry) == "retry");
  CHECK(to_string(Reaction::reject) == "reject");
  CHECK(to_string(Reaction::reassign) == "reassign");
  CHECK(to_string(Reaction::stop) == "stop");
}

TEST_CASE("a result holds a value or the error that took its place") {
  const Result<int> good = half(6);
  REQUIRE(good.ok());
  CHECK(static_cast<bool>(good));
  CHECK(good.value() == 3);
  CHECK(*good == 3);
  const Result<int> bad = half(7);
  REQUIRE_FALSE(bad.ok());
  CHECK_FALSE(static_cast<bool>(bad));
  CHECK(bad.error().code() == "odd");
  CHECK(Result<void>().ok());
  CHECK_FALSE(Result<void>(lost()).ok());
}

TEST_CASE("a result hands its value over without a copy") {
  Result<std::unique_ptr<int>> result(std::make_unique<int>(7));
  const std::unique_ptr<int> owned = std::move(result).value();
  CHECK(*owned == 7);
  Result<std::vector<int>> list(std::vector<int>{1, 2});
  list->push_back(3);
  CHECK((*list).size() == 3);
}

TEST_CASE("a result of text is a value, and one of an error is none") {
  const Result<std::string> text(std::string("reads like an error"));
  CHECK(text.ok());
  const Result<std::string> error{Error(Reaction::stop, "reads like an error")};
  CHECK_FALSE(error.ok());
}

TEST_CASE("TRY leaves with the first error and goes on without one") {
  CHECK(even(4).ok());
  const Result<void> odd = even(5);
  REQUIRE_FALSE(odd.ok());
  CHECK(odd.error().code() == "odd");
  CHECK(odd.error().reaction() == Reaction::reject);
}

TEST_CASE("TRY_ASSIGN takes the value or leaves with the error") {
  CHECK(quarter(12).value() == "3");
  CHECK(quarter(6).error().message() == "the number is odd");
  CHECK(quarter(5).error().message() == "the number is odd");
}

static_assert(!std::is_convertible_v<Result<int>, bool>, "a result is no number by accident");

}  // namespace
}  // namespace tallymill
