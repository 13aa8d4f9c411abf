#pragma once

// SHA-256, for fingerprints of configurations, contents of lookups and digests of batches.

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace tallymill {

using Digest = std::array<std::byte, 32>;

// Feeds bytes in pieces; every value is written with its length, so that ("ab","c") and
// ("a","bc") differ. Not thread-safe.
class DigestBuilder {
 public:
  DigestBuilder();
  ~DigestBuilder();
  DigestBuilder(DigestBuilder&&) noexcept;
  DigestBuilder& operator=(DigestBuilder&&) noexcept;

  DigestBuilder& add(std::string_view bytes);
  DigestBuilder& add(std::int64_t number);

  // Ends the digest. REQUIRES: called once, last.
  [[nodiscard]] Digest finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

[[nodiscard]] Digest digest_of(std::string_view bytes);
// Lower-case hexadecimal, two characters per byte.
[[nodiscard]] std::string to_hex(std::string_view bytes);
[[nodiscard]] std::string to_hex(const Digest& digest);

}  // namespace tallymill
