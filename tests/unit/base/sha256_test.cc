#include "base/sha256.h"

#include "support/catch.h"

namespace tallymill {

TEST_CASE("SHA-256 is of the bytes and nothing else") {
  // printf abc | sha256sum
  CHECK(to_hex(sha256("abc")) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(to_hex(sha256("")) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

}  // namespace tallymill
