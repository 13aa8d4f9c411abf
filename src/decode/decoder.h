#pragma once

// Bytes of a record to the values of the pipeline's fields.

#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "model/field.h"
#include "model/reject.h"
#include "model/value.h"

namespace tallymill {

// Not thread-safe: one per fold worker.
class Decoder {
 public:
  virtual ~Decoder() = default;

  // Sets one value per field, in the fields' order; strings are valid until the next call. The
  // whole document is validated, also where nothing is read. Returns why the record cannot be
  // used, if it cannot. REQUIRES: values.size() == number of fields.
  [[nodiscard]] virtual std::optional<Reject> decode(std::string_view bytes,
                                                     std::span<Value> values) = 0;
};

constexpr std::size_t largest_document_ever = std::size_t{16} << 20;

// JSON objects; the rules per input are in docs/configuration.md and decode/json/. A document of
// more than `largest` bytes is rejected; parsing takes about twelve times its size.
[[nodiscard]] std::unique_ptr<Decoder> make_json_decoder(
    std::vector<Field> fields, std::size_t largest = largest_document_ever);

}  // namespace tallymill
