#include "config/reference.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <string>

#include "config/keys.h"
#include "config/secret_names.h"
#include "config/scalars.h"
#include "unit/config/cases.h"

#include "support/catch.h"

namespace tallymill {
namespace {

const std::filesystem::path page = std::filesystem::path(TALLYMILL_SOURCE_DIR) / "docs/configuration.md";

// The page with what is between "<!-- name:" and "<!-- end -->" replaced.
std::string with_part(std::string text, const std::string& name, const std::string& part) {
  const std::size_t begin = text.find("<!-- " + name + ":");
  INFO("the part " << name);
  REQUIRE(begin != std::string::npos);
  const std::size_t from = text.find('\n', begin) + 1;
  const std::size_t to = text.find("<!-- end -->", from);
  REQUIRE(to != std::string::npos);
  return text.replace(from, to - from, part);
}

TEST_CASE("the page on configuration says what the tables say") {
  std::string wanted = read_file(page);
  wanted = with_part(wanted, "functions", function_reference());
  wanted = with_part(wanted, "metadata", metadata_reference());
  wanted = with_part(wanted, "aggregates", aggregate_reference(aggregate_catalog()));
  wanted = with_part(wanted, "keys", key_reference());
  // UPDATE_DOCS=1 writes the page instead.
  if (std::getenv("UPDATE_DOCS") != nullptr) std::ofstream(page) << wanted;
  REQUIRE(read_file(page) == wanted);
}

TEST_CASE("the example on the page is one that works") {
  const std::string text = read_file(page);
  const std::size_t begin = text.find("```yaml\n") + 8;
  const Loaded loaded = load(text.substr(begin, text.find("```", begin) - begin), {{"POSTGRES_DSN", "dbname=x"}});
  INFO(render(loaded.problems));
  REQUIRE(loaded.problems.empty());
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

}  // namespace
}  // namespace tallymill
