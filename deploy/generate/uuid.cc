#include "uuid.h"

#include "text.h"

namespace tallymill::generate {

std::string make_uuid(Random& random) {
  // 4 bits say "version 4", 2 bits say "RFC 9562"; the rest is random.
  const std::uint64_t high = (random.next() & ~std::uint64_t{0xf000}) | 0x4000U;
  const std::uint64_t low = (random.next() >> 2) | 0x8000000000000000U;
  char hex[32];
  put_hex(put_hex(hex, high), low);
  std::string text(hex, sizeof hex);
  for (const std::size_t dash : {20U, 16U, 12U, 8U}) text.insert(dash, 1, '-');
  return text;
}

std::vector<std::string> make_uuids(Random& random, std::size_t count) {
  std::vector<std::string> uuids;
  uuids.reserve(count);
  for (std::size_t i = 0; i < count; ++i) uuids.push_back(make_uuid(random));
  return uuids;
}

}  // namespace tallymill::generate
