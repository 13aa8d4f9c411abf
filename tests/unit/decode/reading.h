#pragma once

// Decodes one document for a test: fields said in a line, the fate of the record asked for in words.

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "decode/decoder.h"

namespace tallymill {

inline Field a_field(std::vector<std::string> path, Type type) {
  Field field;
  field.path = std::move(path);
  field.type = type;
  field.declared = true;
  return field;
}

inline Field optional(Field field) {
  field.optional = true;
  return field;
}
inline Field undeclared(Field field) {
  field.declared = false;
  return field;
}
inline Field with_default(Field field, std::string text) {
  field.default_text = std::move(text);
  return field;
}
inline Field in_unit(Field field, TimeUnit unit) {
  field.unit = unit;
  return field;
}

// One decoder and the values of the last document that it read.
class Reading {
 public:
  explicit Reading(std::vector<Field> fields)
      : values_(fields.size()), decoder_(make_json_decoder(std::move(fields))) {}

  // "", or the reason code of the record's dead letter.
  std::string_view fate(std::string_view document) {
    refused_ = decoder_->decode(document, values_);
    return refused_ ? refused_->reason : std::string_view();
  }
  // The dead letter's message. REQUIRES: the last document was refused.
  [[nodiscard]] const std::string& message() const { return refused_->message; }
  [[nodiscard]] const Value& at(std::size_t field) const { return values_[field]; }

 private:
  std::vector<Value> values_;
  std::unique_ptr<Decoder> decoder_;
  std::optional<Reject> refused_;
};

// A value as text: its type's word, and what it is.
inline std::string shown(const Value& value) {
  switch (value.type()) {
    case Type::boolean: return value.boolean() ? "true" : "false";
    case Type::int64: return "int " + std::to_string(value.int64());
    case Type::decimal: return "decimal " + value.decimal().str();
    case Type::string: return "string " + std::string(value.string());
    case Type::timestamp: return "timestamp " + to_string(value.timestamp());
    default: return std::string(to_string(value.type()));
  }
}

// What becomes of the field k, whose JSON text is given: its value, or the reason of the dead letter.
inline std::string of(const Field& field, std::string_view json) {
  Reading reading({field});
  const std::string_view reason = reading.fate("{\"k\": " + std::string(json) + "}");
  return reason.empty() ? shown(reading.at(0)) : std::string(reason);
}
inline std::string of(Type type, std::string_view json) { return of(a_field({"k"}, type), json); }

}  // namespace tallymill
