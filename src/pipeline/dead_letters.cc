#include "pipeline/dead_letters.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace tallymill {

DeadLetter make_dead_letter(const Record& record, const DeadLetterSpec& limits) {
  DeadLetter letter;
  letter.offset = record.offset;
  letter.timestamp = record.timestamp;
  if (limits.payload == DeadLetterPayload::none) return letter;

  // One budget for all parts: the value first, because it is what a person looks at.
  auto left = static_cast<std::size_t>(limits.max_bytes);
  const auto keep = [&](std::string_view bytes) {
    const std::size_t kept = std::min(bytes.size(), left);
    if (kept < bytes.size()) letter.truncated = true;
    left -= kept;
    return std::string(bytes.substr(0, kept));
  };
  if (record.value) letter.value = keep(*record.value);
  if (record.key) letter.key = keep(*record.key);
  if (record.headers != nullptr) {
    std::vector<Header> headers;
    record.headers->read(record.native, headers);
    for (const Header& header : headers) {
      std::string name = keep(header.name);
      std::optional<std::string> value;
      if (header.value) value = keep(*header.value);
      letter.headers.emplace_back(std::move(name), std::move(value));
    }
  }
  return letter;
}

std::size_t dead_letter_bytes(const DeadLetter& letter) {
  std::size_t bytes = sizeof(DeadLetter) + letter.message.size() + letter.where.topic.size() +
                      letter.topic_id.size() + 64;
  if (letter.key) bytes += letter.key->size();
  if (letter.value) bytes += letter.value->size();
  for (const auto& [name, value] : letter.headers) {
    bytes += name.size() + (value ? value->size() : 0) + 96;
  }
  return bytes;
}

}  // namespace tallymill
