#include "base/secret.h"

#include <ostream>
#include <string>
#include <string_view>
#include <type_traits>

#include "base/json_writer.h"
#include "base/log.h"
#include "support/catch.h"

namespace tallymill {
namespace {

template <class T>
concept Streamable = requires(std::ostream& out, const T& value) { out << value; };
template <class T>
concept Appendable = requires(std::string& text, const T& value) { text += value; };
template <class T>
concept Joinable = requires(const std::string& text, const T& value) { text + value; };
template <class T>
concept Loggable = requires(const T& value) { LogField("dsn", value); };
template <class T>
concept Writable = requires(JsonWriter& json, const T& value) { json.string(value); };

// Each way is open to text, so that the checks below can fail.
static_assert(Streamable<std::string> && Appendable<std::string> && Joinable<std::string>);
static_assert(Loggable<std::string> && Writable<std::string>);

static_assert(!Streamable<Secret>, "a secret has no stream operator");
static_assert(!Appendable<Secret> && !Joinable<Secret>, "a secret cannot slip into a message");
static_assert(!Loggable<Secret>, "a secret cannot be a field of a log line");
static_assert(!Writable<Secret>, "a secret cannot stand on a page");
static_assert(!std::is_convertible_v<Secret, std::string> && !std::is_convertible_v<Secret, std::string_view>);
static_assert(!std::is_convertible_v<std::string, Secret>, "what becomes a secret is said");

TEST_CASE("a secret gives its value to the one who asks for it by name, and to nobody else") {
  const Secret secret("hunter2");
  CHECK(secret.reveal() == "hunter2");
  CHECK(std::string_view(Secret::redacted()) == "***");
}

TEST_CASE("a secret is empty until it has a value, and is compared by it") {
  CHECK(Secret().empty());
  CHECK(Secret("").empty());
  CHECK_FALSE(Secret("x").empty());
  const bool same = Secret("x") == Secret("x");
  const bool other = Secret("x") == Secret("y");
  CHECK(same);
  CHECK_FALSE(other);
}

}  // namespace
}  // namespace tallymill
