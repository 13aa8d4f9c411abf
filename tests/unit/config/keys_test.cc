// The table of keys: what it says of each key is so.

#include "config/keys.h"

#include <map>
#include <set>
#include <string>

#include "config/scalars.h"
#include "config/secret_names.h"
#include "unit/config/cases.h"

#include "support/catch.h"

namespace tallymill {
namespace {

// A configuration by keys, from the examples of the table.
struct Tree {
  std::map<std::string, Tree> below;
  std::string value;

  // Sets a value in place of whatever is there. A name that the user gives is made of the key above it.
  void set(std::string_view path, std::string_view text, std::string_view above = "") {
    const std::size_t point = path.find('.');
    const std::string_view first = path.substr(0, point);
    Tree& next = below[first == "*" ? "one_of_" + std::string(above) : std::string(first)];
    if (point != std::string_view::npos) return next.set(path.substr(point + 1), text, first);
    next = Tree{{}, std::string(text)};
  }
  [[nodiscard]] std::string yaml(const std::string& indent = "") const {
    std::string text;
    for (const auto& [name, tree] : below) {
      text += indent + name + ":" + (tree.below.empty() ? " " + tree.value + "\n" : "\n" + tree.yaml(indent + "  "));
    }
    return text;
  }
};

bool has_keys_below(const Key& key) {
  const auto all = keys();
  return std::any_of(all.begin(), all.end(), [&](const Key& other) {
    return other.path.starts_with(std::string(key.path) + ".");
  });
}

bool is_of_table(const Key& key) {
  return key.path == "pipelines.*.lookups.*.table" || key.path == "pipelines.*.lookups.*.refresh";
}
bool is_of_file(const Key& key) {
  return key.path == "pipelines.*.lookups.*.file" || key.path == "pipelines.*.lookups.*.format";
}

// The examples of all keys that hold no others, in one configuration. A lookup is from a file or a table.
Tree every_example(bool lookup_from_table) {
  Tree tree;
  for (const Key& key : keys()) {
    if (lookup_from_table ? is_of_file(key) : is_of_table(key)) continue;
    if (!key.example.empty() && !has_keys_below(key)) tree.set(key.path, key.example);
  }
  tree.below.erase("defaults");
  return tree;
}

bool is_section(const Key& key) { return key.kind == KeyKind::section && key.path != "defaults"; }

}  // namespace

TEST_CASE("the example of each key is one that loads") {
  for (const Key& key : keys()) {
    if (is_section(key) || key.later) continue;
    Tree tree = every_example(is_of_table(key));
    tree.set(key.path, key.example);
    const std::string text = tree.yaml();
    const Loaded loaded = load(text, {{"POSTGRES_DSN", "dbname=stats"}});
    INFO(key.path << "\n" << text << render(loaded.problems));
    CHECK_FALSE(key.example.empty());
    CHECK(loaded.spec.has_value());
  }
}

TEST_CASE("each key stands once in the table, below a section, with a sentence about it") {
  std::set<std::string_view> paths;
  for (const Key& key : keys()) {
    INFO(key.path);
    CHECK(paths.insert(key.path).second);
    CHECK(key.documentation.size() > 10);
    CHECK(key.documentation.back() == '.');
    const std::size_t point = key.path.rfind('.');
    if (point != std::string_view::npos) CHECK(find_key(key.path.substr(0, point)) != nullptr);
    if (key.kind == KeyKind::word && !key.later) CHECK_FALSE(key.words.empty());
    if (key.kind == KeyKind::secret) CHECK(is_secret_name(leaf_of(key.path)));
    CHECK(key.lowest <= key.highest);
    const bool has_range = key.kind == KeyKind::integer || key.kind == KeyKind::real ||
                           key.kind == KeyKind::size || key.kind == KeyKind::duration;
    if (has_range && !key.later) CHECK(key.highest > 0);
  }
}

TEST_CASE("each default is a value that its key accepts") {
  for (const Key& key : keys()) {
    if (key.default_text.empty()) continue;
    INFO(key.path);
    const auto in_range = [&key](std::int64_t value) { return key.lowest <= value && value <= key.highest; };
    switch (key.kind) {
      case KeyKind::integer: CHECK(in_range(parse_integer(key.default_text).value.value())); break;
      case KeyKind::size: CHECK(in_range(parse_size(key.default_text).value.value())); break;
      case KeyKind::duration: CHECK(in_range(parse_duration(key.default_text).value->count())); break;
      case KeyKind::boolean: CHECK(parse_boolean(key.default_text).value.has_value()); break;
      case KeyKind::real: CHECK(parse_real(key.default_text).value.has_value()); break;
      case KeyKind::word: {
        const auto words = split_words(key.words);
        CHECK(std::count(words.begin(), words.end(), key.default_text) == 1);
        break;
      }
      default: break;
    }
  }
}

// A key that nobody reads would be accepted and do nothing.
TEST_CASE("each key is used by the case that uses every key") {
  const std::string text = read_file(std::filesystem::path(TALLYMILL_SOURCE_DIR) / "tests/config/every_key.good.yaml");
  for (const Key& key : keys()) {
    if (key.later || leaf_of(key.path) == "*" || key.path == "defaults") continue;
    INFO(key.path);
    CHECK(text.find(std::string(leaf_of(key.path)) + ":") != std::string::npos);
  }
}

}  // namespace tallymill
