#pragma once

// A record as a source hands it out: views into the source's own memory, valid until the fetched
// chunk that holds it is released.

#include <optional>
#include <string_view>
#include <vector>

#include "model/position.h"
#include "model/timestamp.h"

namespace tallymill {

struct Header {
  std::string_view name;
  std::optional<std::string_view> value;
};

// Headers are unpacked only when something asks for them.
class HeaderReader {
 public:
  virtual ~HeaderReader() = default;
  // Appends the headers of the record whose `native` handle is given, in their order.
  virtual void read(const void* native, std::vector<Header>& out) const = 0;
};

struct Record {
  std::size_t source_partition = 0;  // Index into the assignment (Assignment::partitions).
  Offset offset;
  LeaderEpoch leader_epoch;
  Timestamp timestamp;                     // The record's own Kafka timestamp.
  std::optional<std::string_view> key;
  std::optional<std::string_view> value;   // Nothing: a tombstone.
  const void* native = nullptr;            // For `headers` only.
  const HeaderReader* headers = nullptr;   // Null: the source has no headers.
};

}  // namespace tallymill
