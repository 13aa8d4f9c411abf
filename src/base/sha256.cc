#include "base/sha256.h"

#include <openssl/evp.h>

#include "base/check.h"

namespace tallymill {

Digest sha256(std::string_view bytes) {
  Digest digest{};
  CHECK(EVP_Digest(bytes.data(), bytes.size(), reinterpret_cast<unsigned char*>(digest.data()), nullptr,
                   EVP_sha256(), nullptr) == 1,
        "a digest in memory cannot fail");
  return digest;
}

}  // namespace tallymill
