#pragma once

#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tallymill {

// The keys of an object that was read before, in order, none twice, each with the child of a FieldTree that
// it stands for. Producers write the same keys in the same order record after record: where they do, one
// comparison of each key says which field it is and that it is no other's. Not thread-safe.
class KeyShape {
 public:
  // Of keys that nobody reads.
  static constexpr std::uint32_t unread = UINT32_MAX;
  // Objects of more keys, or of longer ones, are read without a memory of them.
  static constexpr std::size_t most_keys = 1024;
  static constexpr std::size_t most_bytes = std::size_t{32} << 10;

  struct Key {
    std::string_view name;
    std::uint32_t child = unread;
  };

  [[nodiscard]] bool has(std::size_t position, std::string_view name) const {
    return position < places_.size() && places_[position].size == name.size() &&
           std::memcmp(names_.data() + places_[position].begin, name.data(), name.size()) == 0;
  }
  // REQUIRES: has() was true for this position.
  [[nodiscard]] Key key(std::size_t position) const {
    const Place& place = places_[position];
    return {std::string_view(names_).substr(place.begin, place.size), place.child};
  }

  // An object had so many of these keys, from the first on, and no others.
  void matched(std::size_t count) {
    if (count == places_.size()) misses_ = 0;
  }
  // An object had other keys: these, none of them twice. Takes them over from time to time, and never many:
  // where two kinds of records alternate, one of them goes on matching.
  void missed(std::span<const Key> keys);

 private:
  struct Place {
    std::uint32_t begin;
    std::uint32_t size;
    std::uint32_t child;
  };

  std::string names_;
  std::string next_names_;  // While they are taken over.
  std::vector<Place> places_;
  unsigned misses_ = 0;  // Since the last match.
};

}  // namespace tallymill
