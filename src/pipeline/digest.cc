#include "pipeline/digest.h"

#include <bit>
#include <string>
#include <vector>

#include "model/key.h"

namespace tallymill {
namespace {

constexpr std::string_view format = "tallymill batch digest 2";

void append_number(std::string& bytes, std::uint64_t number) {
  for (int shift = 56; shift >= 0; shift -= 8) {
    bytes.push_back(static_cast<char>((number >> shift) & 0xff));
  }
}

void append_cell(std::string& bytes, const Value& value) {
  switch (value.type()) {
    case Type::float64:
      bytes.push_back('d');
      append_number(bytes, std::bit_cast<std::uint64_t>(value.float64()));
      return;
    case Type::exact_sum: {
      const std::string text = value.exact_sum().str();
      bytes.push_back('s');
      append_number(bytes, text.size());
      bytes += text;
      return;
    }
    case Type::bytes:
      bytes.push_back('b');
      append_number(bytes, value.string().size());
      bytes += value.string();
      return;
    default: append_key(bytes, value.absent() ? Value::null() : value);
  }
}

}  // namespace

Digest rows_digest(const Rows& rows) {
  DigestBuilder digest;
  std::vector<Value> cells;
  std::string bytes;
  for (std::size_t row = 0; row < rows.size(); ++row) {
    rows.read(row, cells);
    bytes.clear();
    for (const Value& cell : cells) append_cell(bytes, cell);
    digest.add(bytes);
  }
  return digest.finish();
}

Digest rejects_digest(const std::vector<DeadLetter>& letters) {
  DigestBuilder digest;
  for (const DeadLetter& letter : letters) {
    digest.add(letter.where.topic).add(letter.where.partition.value()).add(letter.offset.str());
    digest.add(letter.aggregation).add(letter.reason);
  }
  return digest.finish();
}

Digest batch_digest(const Batch& batch) {
  DigestBuilder digest;
  digest.add(format).add(batch.fingerprint);
  for (const BatchRange& range : batch.ranges) {
    digest.add(range.where.topic).add(range.where.partition.value()).add(range.topic_id);
    digest.add(range.from.str()).add(range.to.str());
  }
  for (const LookupUse& use : batch.lookups) digest.add(use.name).add(to_hex(use.content_hash));
  for (const Digest& table : batch.table_digests) digest.add(to_hex(table));
  return digest.add(to_hex(batch.rejects_digest)).finish();
}

}  // namespace tallymill
