#pragma once

// Where secrets may stand in a text, by its looks alone: for files that are no YAML, and for what a
// tree does not hold.

#include <cstddef>
#include <string_view>
#include <utility>
#include <vector>

namespace tallymill {

using ByteRange = std::pair<std::size_t, std::size_t>;  // [begin, end)

// Everything behind a colon that follows a secret's name, and the lines that go on with it.
[[nodiscard]] std::vector<ByteRange> values_of_secrets(std::string_view text);

// The value of "password=value", of each name that is a secret's.
[[nodiscard]] std::vector<ByteRange> secret_settings(std::string_view text);

// "user:password" of "scheme://user:password@host".
[[nodiscard]] std::vector<ByteRange> credentials_in_addresses(std::string_view text);

// Whether a setting or an address in the text holds a secret.
[[nodiscard]] bool holds_secret(std::string_view text);

}  // namespace tallymill
