#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace tallymill {

// Builds one JSON text from the outside in; commas are put by itself. Invalid UTF-8 is replaced, so
// that the text is always valid. Not thread-safe.
//
//   JsonWriter json;
//   json.begin_object().key("lag").number(3).end_object();
class JsonWriter {
 public:
  JsonWriter& begin_object();
  JsonWriter& end_object();
  JsonWriter& begin_array();
  JsonWriter& end_array();
  JsonWriter& key(std::string_view name);
  JsonWriter& string(std::string_view text);
  JsonWriter& number(std::int64_t number);
  JsonWriter& number(double number);
  JsonWriter& boolean(bool value);
  JsonWriter& null();
  // Digits of any length, taken as they are. REQUIRES: a valid JSON number.
  JsonWriter& raw_number(std::string_view digits);

  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  void separate();
  void quote(std::string_view text);

  std::string text_;
  bool needs_comma_ = false;
};

// The same JSON over lines of its own, by two spaces, with a line end behind. REQUIRES: what a JsonWriter
// made.
[[nodiscard]] std::string indented(std::string_view json);

}  // namespace tallymill
