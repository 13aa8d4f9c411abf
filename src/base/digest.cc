#include "base/digest.h"

#include <openssl/evp.h>

#include "base/check.h"

namespace tallymill {

struct DigestBuilder::State {
  EVP_MD_CTX* context = EVP_MD_CTX_new();

  State() {
    CHECK(context != nullptr && EVP_DigestInit_ex(context, EVP_sha256(), nullptr) == 1,
          "SHA-256 is always there");
  }
  ~State() { EVP_MD_CTX_free(context); }
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  void add(const void* bytes, std::size_t size) {
    CHECK(EVP_DigestUpdate(context, bytes, size) == 1, "a digest in memory cannot fail");
  }
};

DigestBuilder::DigestBuilder() : state_(std::make_unique<State>()) {}
DigestBuilder::~DigestBuilder() = default;
DigestBuilder::DigestBuilder(DigestBuilder&&) noexcept = default;
DigestBuilder& DigestBuilder::operator=(DigestBuilder&&) noexcept = default;

DigestBuilder& DigestBuilder::add(std::string_view bytes) {
  add(static_cast<std::int64_t>(bytes.size()));
  state_->add(bytes.data(), bytes.size());
  return *this;
}

DigestBuilder& DigestBuilder::add(std::int64_t number) {
  std::array<unsigned char, 8> bytes{};
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    bytes[i] = static_cast<unsigned char>(static_cast<std::uint64_t>(number) >> (8 * i));
  }
  state_->add(bytes.data(), bytes.size());
  return *this;
}

Digest DigestBuilder::finish() {
  Digest digest{};
  unsigned size = 0;
  CHECK(EVP_DigestFinal_ex(state_->context, reinterpret_cast<unsigned char*>(digest.data()),
                           &size) == 1 &&
            size == digest.size(),
        "SHA-256 gives 32 bytes");
  return digest;
}

Digest digest_of(std::string_view bytes) { return DigestBuilder().add(bytes).finish(); }

std::string to_hex(std::string_view bytes) {
  static constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  text.reserve(bytes.size() * 2);
  for (const char c : bytes) {
    text += digits[static_cast<unsigned char>(c) >> 4];
    text += digits[static_cast<unsigned char>(c) & 15U];
  }
  return text;
}

std::string to_hex(const Digest& digest) {
  return to_hex(std::string_view(reinterpret_cast<const char*>(digest.data()), digest.size()));
}

}  // namespace tallymill
