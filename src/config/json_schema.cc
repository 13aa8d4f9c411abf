#include "config/json_schema.h"

#include <string_view>
#include <vector>

#include "base/json_writer.h"
#include "config/fields.h"
#include "config/keys.h"

namespace tallymill {
namespace {

constexpr std::string_view name_pattern = "[A-Za-z_][A-Za-z0-9_]{0,62}";
constexpr std::string_view number_pattern = "(?:0|[1-9][0-9]*)";
constexpr std::string_view pipeline_path = "pipelines.*";

std::string whole(std::string_view pattern) { return "^(?:" + std::string(pattern) + ")$"; }

std::string duration_pattern() {
  std::string pattern = "(?=[0-9])";
  for (const std::string_view unit : {"d", "h", "m", "s", "ms"}) {
    pattern += "(?:" + std::string(number_pattern) + std::string(unit) + ")?";
  }
  return pattern;
}

std::string alternatives(const std::vector<std::string_view>& words) {
  std::string pattern;
  for (const std::string_view word : words) pattern += (pattern.empty() ? "" : "|") + std::string(word);
  return "(?:" + pattern + ")";
}

std::string child(std::string_view path, std::string_view name) {
  return std::string(path) + "." + std::string(name);
}

// Another file of the folder, or `defaults`, may hold the key, so that this place need not.
bool may_be_elsewhere(const Key& key) {
  const std::size_t last = key.path.rfind('.');
  if (last == std::string_view::npos) return true;
  if (!key.path.starts_with(child(pipeline_path, ""))) return false;
  if (find_key(key.path.substr(0, last))->kind == KeyKind::field_type) return false;
  const std::size_t end = key.path.find('.', pipeline_path.size() + 1);
  return !find_key(key.path.substr(0, end))->not_inherited;
}

class Schema {
 public:
  std::string text() {
    json_.begin_object();
    json_.key("$schema").string("https://json-schema.org/draft/2020-12/schema");
    json_.key("title").string("Tallymill configuration");
    json_.key("description").string("A file, or one of a folder of *.yaml files. tallymill check finds more.");
    section("");
    json_.key("patternProperties").begin_object().key("^x-").boolean(true).end_object();
    json_.key("$defs").begin_object();
    json_.key("variable").begin_object();
    json_.key("description").string("A text with ${NAME} or ${NAME:-default} in it.");
    pattern("\\$\\{").end_object();
    for (const Key* key : keys_below(pipeline_path)) {
      if (key->later) continue;
      json_.key(leaf_of(key->path));
      value(*key);
    }
    json_.end_object().end_object();
    return json_.text();
  }

 private:
  JsonWriter& pattern(std::string_view text) {
    return json_.key("type").string("string").key("pattern").string(text);
  }
  void reference(std::string_view name) {
    json_.begin_object().key("$ref").string("#/$defs/" + std::string(name)).end_object();
  }
  void any_scalar() {
    json_.key("type").begin_array().string("string").string("number").string("boolean").end_array();
  }
  template <class... Alternatives>
  void any_of(const Alternatives&... alternatives) {
    json_.key("anyOf").begin_array();
    (alternatives(), ...);
    json_.end_array();
  }
  template <class Write>
  auto object(const Write& write) {
    return [this, &write] {
      json_.begin_object();
      write();
      json_.end_object();
    };
  }

  // What may stand for a scalar that is no text.
  template <class Write>
  void or_variable(const Write& write) {
    any_of(object(write), [this] { reference("variable"); });
  }
  void text_like(const std::string& regex) {
    or_variable([&] { pattern(regex); });
  }

  // The keys of a section.
  void section(std::string_view path) {
    json_.key("type").string("object").key("properties").begin_object();
    for (const Key* key : keys_below(path)) {
      if (key->later) continue;
      json_.key(leaf_of(key->path));
      if (path == pipeline_path) {
        reference(leaf_of(key->path));
      } else {
        value(*key);
      }
    }
    json_.end_object().key("additionalProperties").boolean(false);
    json_.key("required").begin_array();
    for (const Key* key : keys_below(path)) {
      if (key->required && !may_be_elsewhere(*key)) json_.string(leaf_of(key->path));
    }
    json_.end_array();
  }

  void defaults() {
    json_.key("type").string("object").key("properties").begin_object();
    for (const Key* key : keys_below(pipeline_path)) {
      if (key->later || key->not_inherited) continue;
      json_.key(leaf_of(key->path));
      reference(leaf_of(key->path));
    }
    json_.end_object().key("additionalProperties").boolean(false);
  }

  void named(const Key& key) {
    const Key& each = *find_key(child(key.path, "*"));
    json_.key("type").string("object").key("minProperties").number(std::int64_t{1});
    if (each.kind != KeyKind::field_type) {
      json_.key("propertyNames").begin_object().key("pattern").string(whole(name_pattern)).end_object();
    }
    json_.key("additionalProperties");
    value(each);
  }

  void words(const Key& key) {
    json_.key("enum").begin_array();
    for (const std::string_view word : split_words(key.words)) json_.string(word);
    json_.end_array();
  }

  void range(const Key& key, std::string_view type) {
    json_.key("type").string(type).key("minimum").number(key.lowest).key("maximum").number(key.highest);
  }

  void list_of_text() {
    json_.key("type").string("array").key("minItems").number(std::int64_t{1}).key("uniqueItems").boolean(true);
    json_.key("items").begin_object();
    any_scalar();
    json_.end_object();
  }

  void secret() {
    const auto only = [this](std::string_view name) {
      json_.key("type").string("object").key("required").begin_array().string(name).end_array();
      json_.key("additionalProperties").boolean(false).key("properties").begin_object().key(name).begin_object();
    };
    any_of(object([&] { any_scalar(); }),
           object([&] {
             only("file");
             any_scalar();
             json_.end_object().end_object();
           }),
           object([&] {
             only("command");
             json_.key("type").string("array").key("minItems").number(std::int64_t{1});
             json_.key("items").begin_object();
             any_scalar();
             json_.end_object().end_object().end_object();
           }));
  }

  void options() {
    json_.key("type").string("object").key("minProperties").number(std::int64_t{1});
    json_.key("propertyNames").begin_object().key("pattern").string("^[a-z0-9._]+$").end_object();
    json_.key("additionalProperties").begin_object();
    secret();
    json_.end_object();
  }

  // Expressions by name; exactly one where `single`.
  void expressions_by_name(bool single) {
    json_.key("type").string("object").key("minProperties").number(std::int64_t{1});
    if (single) json_.key("maxProperties").number(std::int64_t{1});
    json_.key("propertyNames").begin_object().key("pattern").string(whole(name_pattern)).end_object();
    json_.key("additionalProperties").begin_object();
    any_scalar();
    json_.end_object();
  }

  void group_by() {
    any_of(object([&] { expressions_by_name(false); }), object([&] {
             json_.key("type").string("array").key("items").begin_object();
             any_of(object([&] { any_scalar(); }), object([&] { expressions_by_name(true); }));
             json_.end_object();
           }));
  }

  void start() {
    any_of(object([&] { json_.key("enum").begin_array().string("earliest").string("latest").end_array(); }),
           object([&] { pattern(whole("-" + duration_pattern())); }),
           object([&] { pattern("^[0-9]{4}-[0-9]{2}-[0-9]{2}([T ].*)?$"); }), [this] { reference("variable"); });
  }

  void constraint(const Key& key) {
    const std::string type = alternatives(field_type_names()) + "\\??";
    switch (key.kind) {
      case KeyKind::section: return key.path == "defaults" ? defaults() : section(key.path);
      case KeyKind::named: return named(key);
      case KeyKind::text:
      case KeyKind::expression:
      case KeyKind::field_path: return any_scalar();
      case KeyKind::word: return or_variable([&] { words(key); });
      case KeyKind::boolean: return or_variable([&] { json_.key("type").string("boolean"); });
      case KeyKind::integer: return or_variable([&] { range(key, "integer"); });
      case KeyKind::real: return or_variable([&] { range(key, "number"); });
      case KeyKind::size: return text_like(whole(std::string(number_pattern) + "(?:B|KiB|MiB|GiB|TiB)"));
      case KeyKind::duration: return text_like(whole(duration_pattern()));
      case KeyKind::start: return start();
      case KeyKind::secret: return secret();
      case KeyKind::identifier: return text_like(whole(name_pattern));
      case KeyKind::table:
        return text_like(whole(std::string(name_pattern) + "(?:\\." + std::string(name_pattern) + ")?"));
      case KeyKind::texts:
      case KeyKind::identifiers: return list_of_text();
      case KeyKind::options: return options();
      case KeyKind::type_name: return text_like(whole(type));
      case KeyKind::field_type:
        return any_of(object([&] { pattern(whole(type)); }), [this] { reference("variable"); },
                      object([&] { section(key.path); }));
      case KeyKind::group_by: return group_by();
      case KeyKind::column: return any_of(object([&] { any_scalar(); }), object([&] { section(key.path); }));
    }
  }

  // As JSON has it: numbers and booleans without quotes. REQUIRES: the key's values are scalars.
  void scalar(const Key& key, std::string_view text) {
    if (text.size() >= 2 && text.front() == '"') text = text.substr(1, text.size() - 2);
    if (key.kind == KeyKind::boolean) {
      json_.boolean(text == "true");
    } else if (key.kind == KeyKind::integer || key.kind == KeyKind::real) {
      json_.raw_number(text);
    } else {
      json_.string(text);
    }
  }

  void value(const Key& key) {
    const std::string range = range_text(key);
    json_.begin_object();
    if (leaf_of(key.path) != "*") json_.key("title").string(leaf_of(key.path));
    json_.key("description").string(std::string(key.documentation) + (range.empty() ? "" : " From " + range + "."));
    if (!key.default_text.empty()) {
      json_.key("default");
      scalar(key, key.default_text);
    }
    if (!key.example.empty() && key.example.find_first_of("[{") != 0) {
      json_.key("examples").begin_array();
      scalar(key, key.example);
      json_.end_array();
    }
    constraint(key);
    json_.end_object();
  }

  JsonWriter json_;
};

}  // namespace

std::string json_schema() { return indented(Schema().text()); }

}  // namespace tallymill
