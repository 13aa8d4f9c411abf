#pragma once

// What a YAML file says: a tree in which every key and value knows where it stands.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "config/document.h"

namespace tallymill {

struct YamlNode;
using YamlNodePtr = std::shared_ptr<const YamlNode>;

struct YamlEntry {
  std::string key;
  Spot key_spot;
  YamlNodePtr value;
};

struct YamlNode {
  enum class Kind : std::uint8_t {
    nothing,  // No value at all, `~` or `null`.
    broken,   // A problem was reported; whoever expected something here adds no further one.
    scalar,
    list,
    map,
  };

  Kind kind = Kind::nothing;
  Spot spot;
  std::string path;   // "pipelines.ads.source.topics[0]", as written in this file.
  std::string text;   // Of a scalar.
  bool plain = true;  // A scalar that stands in no quotes and in no block.
  bool flow = false;  // A list or map in brackets.
  bool incomplete = false;  // A map of which some entry was a problem, and is left out.
  std::vector<YamlNodePtr> items;    // Of a list.
  std::vector<YamlEntry> entries;    // Of a map, keys each once.

  // Returns null if there is no such key.
  [[nodiscard]] const YamlEntry* find(std::string_view key) const {
    for (const YamlEntry& entry : entries) {
      if (entry.key == key) return &entry;
    }
    return nullptr;
  }
};

}  // namespace tallymill
