// JSON objects. The whole document is parsed and validated, so junk behind the object or inside a
// field that nobody reads is an error too. A key that stands twice is an error in every object that
// is looked into; elsewhere it changes nothing.

#include <simdjson.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "base/check.h"
#include "decode/convert.h"
#include "decode/decoder.h"
#include "decode/json/field_tree.h"
#include "decode/json/key_shape.h"
#include "decode/json/marked_keys.h"
#include "decode/json/raw_number.h"
#include "model/reason.h"

namespace tallymill {
namespace {

namespace dom = simdjson::dom;

// What the parser keeps for the next document; more is given back.
constexpr std::size_t kept_capacity = std::size_t{1} << 20;
constexpr std::size_t kept_keys = 4096;
// Levels of objects and arrays that hold something; the parser refuses the level of its own limit.
constexpr std::size_t deepest_nesting = 64;
constexpr std::size_t parser_depth = deepest_nesting + 1;

Reject refuse(const Field& field, const Refusal& refusal) {
  return {refusal.reason, "field " + field.str() + " " + std::string(refusal.why)};
}

Reject bad_document(simdjson::error_code error) {
  switch (error) {
    case simdjson::DEPTH_ERROR:
      return {reason::too_deep, "the document is nested deeper than 64 levels"};
    case simdjson::UTF8_ERROR: return {reason::bad_utf8, "the document is not valid UTF-8"};
    case simdjson::NUMBER_ERROR:
      return {reason::out_of_range, "the document holds a number that is malformed or out of range"};
    case simdjson::EMPTY: return {reason::bad_json, "the document is empty"};
    default:
      return {reason::bad_json,
              std::string("the document is not valid JSON: ") + simdjson::error_message(error)};
  }
}

class JsonDecoder final : public Decoder {
 public:
  JsonDecoder(std::vector<Field> fields, std::size_t largest)
      : largest_(largest), fields_(std::move(fields)), tree_(FieldTree::build(fields_)), shapes_(tree_.size()) {
    for (const Field& field : fields_) defaults_.push_back(default_of(field));
  }

  std::optional<Reject> decode(std::string_view bytes, std::span<Value> values) override {
    if (bytes.size() > largest_) {
      return Reject{reason::too_large, "the document has more than " + std::to_string(largest_) +
                                           " bytes, the most that memory_limit leaves for one"};
    }
    if (const auto error = reserve(bytes.size()); error != simdjson::SUCCESS) {
      return bad_document(error);
    }
    // Some versions of the parser pass over it, some do not.
    if (bytes.starts_with("\xef\xbb\xbf")) {
      return Reject{reason::bad_json, "the document starts with a byte order mark"};
    }
    std::memcpy(buffer_.data(), bytes.data(), bytes.size());
    std::memset(buffer_.data() + bytes.size(), 0, simdjson::SIMDJSON_PADDING);
    size_ = bytes.size();
    dom::element document;
    if (const auto error = parser_.parse(buffer_.data(), size_, false).get(document)) {
      return bad_document(error);
    }
    dom::object object;
    if (document.get(object) != simdjson::SUCCESS) {
      return Reject{reason::not_an_object, "the document is not an object"};
    }
    std::fill(values.begin(), values.end(), Value::missing());
    if (auto bad = walk(object, tree_, values)) return bad;
    return complete(values);
  }

 private:
  // A field's default as a value; what it points to is the field's own text.
  static std::optional<Value> default_of(const Field& field) {
    if (!field.default_text) return std::nullopt;
    const Converted converted = convert_text(field, *field.default_text);
    const Value* value = std::get_if<Value>(&converted);
    CHECK(value != nullptr, "defaults were checked when the configuration was loaded");
    return *value;
  }

  simdjson::error_code reserve(std::size_t size) {
    if (keys_.capacity() > kept_keys) std::vector<KeyShape::Key>().swap(keys_);
    if (parser_.capacity() > kept_capacity && size <= kept_capacity) {
      parser_ = dom::parser();
      std::vector<char>().swap(buffer_);
    }
    if (buffer_.size() < size + simdjson::SIMDJSON_PADDING) {
      buffer_.resize(std::max(size, buffer_.size()) + simdjson::SIMDJSON_PADDING);
    }
    if (size <= parser_.capacity() && parser_.capacity() > 0) return simdjson::SUCCESS;
    const std::size_t ahead = size < kept_capacity / 2 ? size * 2 : size;
    return parser_.allocate(std::max<std::size_t>(ahead, 4096), parser_depth);
  }

  // As long as the keys are those of a former record, none of them stands twice.
  std::optional<Reject> walk(dom::object object, const FieldTree& tree, std::span<Value> values) {
    KeyShape& shape = shapes_[tree.number];
    std::size_t position = 0;
    for (auto at = object.begin(); at != object.end(); ++at, ++position) {
      if (!shape.has(position, at.key())) return walk_from(at, object.end(), position, tree, values);
      const std::uint32_t child = shape.key(position).child;
      if (child == KeyShape::unread) continue;
      if (auto bad = take(at.value(), tree.children[child], values)) return bad;
    }
    shape.matched(position);
    return std::nullopt;
  }

  // Behind so many keys that were those of the shape.
  std::optional<Reject> walk_from(dom::object::iterator at, dom::object::iterator end,
                                  std::size_t position, const FieldTree& tree, std::span<Value> values) {
    KeyShape& shape = shapes_[tree.number];
    const std::size_t first = keys_.size();
    MarkedKeys seen;
    std::size_t expected = 0;
    const auto add = [&](KeyShape::Key key) {
      keys_.push_back(key);
      seen.add(key.name);
      if (key.child != KeyShape::unread) expected = key.child + 1;
    };
    for (std::size_t i = 0; i < position; ++i) add(shape.key(i));
    for (; at != end; ++at) {
      const std::string_view name = at.key();
      const std::size_t child = tree.find(name, expected);
      if (child == tree.children.size()) {
        add({name, KeyShape::unread});
        continue;
      }
      add({name, static_cast<std::uint32_t>(child)});
      if (auto bad = take(at.value(), tree.children[child], values)) {
        keys_.resize(first);
        return bad;
      }
    }
    const std::span<KeyShape::Key> keys = std::span(keys_).subspan(first);
    const bool twice = seen.any_twice(keys);
    if (!twice) shape.missed(keys);
    keys_.resize(first);
    if (twice) return Reject{reason::duplicate_key, "a key stands twice in one object"};
    return std::nullopt;
  }

  std::optional<Reject> take(dom::element element, const FieldTree& node, std::span<Value> values) {
    if (node.field) {
      const Field& field = fields_[*node.field];
      const Converted converted = convert(element, field);
      if (const Refusal* refusal = std::get_if<Refusal>(&converted)) return refuse(field, *refusal);
      values[*node.field] = *std::get_if<Value>(&converted);
    }
    dom::object inner;
    if (node.children.empty() || element.get(inner) != simdjson::SUCCESS) return std::nullopt;
    return walk(inner, node, values);
  }

  Converted convert(dom::element element, const Field& field) const {
    switch (element.type()) {
      case dom::element_type::NULL_VALUE: return Value::null();
      case dom::element_type::BOOL:
        if (field.type != Type::boolean) return Refusal{reason::wrong_type, "is true or false"};
        return Value::of(bool(element.get_bool().value_unsafe()));
      case dom::element_type::STRING: return convert_json_string(element.get_string().value_unsafe(), field);
      case dom::element_type::INT64:
        return convert_integer(field, element.get_int64().value_unsafe());
      case dom::element_type::UINT64:
        if (field.type == Type::decimal) {
          return Value::of(Decimal(static_cast<int128>(element.get_uint64().value_unsafe()), 0));
        }
        if (field.type == Type::string || field.type == Type::boolean) {
          return Refusal{reason::wrong_type, "is a number"};
        }
        return Refusal{reason::out_of_range, "does not fit 64 bits"};
      case dom::element_type::DOUBLE: return convert_fraction(element.get_double().value_unsafe(), field);
      case dom::element_type::ARRAY: return Refusal{reason::wrong_type, "is an array"};
      case dom::element_type::OBJECT: return Refusal{reason::wrong_type, "is an object"};
    }
    return Refusal{reason::wrong_type, "has an unknown type"};
  }

  // A string of digits is a number only where a type was declared.
  static Converted convert_json_string(std::string_view text, const Field& field) {
    const bool textual = field.type == Type::string ||
                         (field.type == Type::timestamp && !field.unit);
    const bool numeric = field.type == Type::int64 || field.type == Type::decimal ||
                         field.type == Type::float64 || field.type == Type::timestamp;
    if (textual || (numeric && field.declared)) return convert_text(field, text);
    return Refusal{reason::wrong_type, "is a string"};
  }

  Converted convert_fraction(double number, const Field& field) const {
    if (field.type == Type::float64) return Value::of(number == 0 ? 0.0 : number);
    if (field.type == Type::decimal) {
      return convert_text(field, raw_number(buffer_.data(), size_, buffer_.size(), field.path));
    }
    if (field.type == Type::string || field.type == Type::boolean) {
      return Refusal{reason::wrong_type, "is a number"};
    }
    if (field.type == Type::timestamp && !field.unit) return unit_not_declared;
    return Refusal{reason::wrong_type, "is a number with a point or an exponent"};
  }

  // Defaults, and the fields that must be there.
  std::optional<Reject> complete(std::span<Value> values) const {
    for (std::size_t i = 0; i < fields_.size(); ++i) {
      if (!values[i].absent()) continue;
      if (values[i].is(Type::missing) && defaults_[i]) {
        values[i] = *defaults_[i];
      } else if (!fields_[i].optional) {
        const bool missing = values[i].is(Type::missing);
        return Reject{missing ? reason::missing_field : reason::null_field,
                      "field " + fields_[i].str() + (missing ? " is missing" : " is null")};
      }
    }
    return std::nullopt;
  }

  const std::size_t largest_;
  const std::vector<Field> fields_;
  const FieldTree tree_;
  std::vector<KeyShape> shapes_;  // By the node's number: of the objects that stood there lately.
  std::vector<std::optional<Value>> defaults_;
  dom::parser parser_;
  std::vector<char> buffer_;
  std::size_t size_ = 0;
  std::vector<KeyShape::Key> keys_;  // Of the objects being walked; used again for each record.
};

}  // namespace

std::unique_ptr<Decoder> make_json_decoder(std::vector<Field> fields, std::size_t largest) {
  return std::make_unique<JsonDecoder>(std::move(fields), largest);
}

}  // namespace tallymill
