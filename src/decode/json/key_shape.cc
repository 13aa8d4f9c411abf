#include "decode/json/key_shape.h"

namespace tallymill {
namespace {

constexpr unsigned patience = 4;

}  // namespace

void KeyShape::missed(std::span<const Key> keys) {
  if (!places_.empty() && ++misses_ < patience) return;
  misses_ = 0;
  if (keys.size() > most_keys) return;
  std::size_t bytes = 0;
  for (const Key& key : keys) bytes += key.name.size();
  if (bytes > most_bytes) return;
  places_.clear();
  next_names_.clear();  // The keys may point into names_.
  for (const Key& key : keys) {
    places_.push_back({static_cast<std::uint32_t>(next_names_.size()),
                       static_cast<std::uint32_t>(key.name.size()), key.child});
    next_names_ += key.name;
  }
  std::swap(names_, next_names_);
}

}  // namespace tallymill
