#include "config/yaml.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <array>
#include <exception>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>

#include "config/yaml_trap.h"
#include "config/yaml_tree.h"

namespace tallymill {
namespace {

// yaml-cpp ends a plain value at a ? in front of a bracket or comma, as in {user: string?}, where
// YAML 1.2 goes on. A ? behind a character of a word never means a key, so it is put through the
// parser as a control character, which no document holds, and which this one does not escape.
char stand_in_for(std::string_view text) {
  char stand_in = '\x01';
  for (; stand_in < '\x08'; ++stand_in) {
    const std::string digits = {'0', static_cast<char>('0' + stand_in)};
    const bool is_escaped = text.find("x" + digits) != std::string_view::npos ||
                            text.find("00" + digits) != std::string_view::npos;
    if (!is_escaped) break;
  }
  return stand_in;
}

std::string masked(std::string_view text, char stand_in) {
  std::string result(text);
  for (std::size_t i = 1; i < result.size(); ++i) {
    const bool in_word = std::string_view(" \t\r\n{}[],").find(result[i - 1]) == std::string_view::npos;
    if (result[i] == '?' && in_word) result[i] = stand_in;
  }
  return result;
}

std::string unmasked(std::string text, char stand_in) {
  std::replace(text.begin(), text.end(), stand_in, '?');
  return text;
}

// Hands yaml-cpp's events on.
class Events final : public YAML::EventHandler {
 public:
  Events(const Document& document, YamlTree& tree, char stand_in)
      : document_(document), tree_(tree), stand_in_(stand_in) {}

  void OnDocumentStart(const YAML::Mark& mark) override { tree_.begin_document(spot(mark)); }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    tree_.add_nothing({spot(mark), "", anchor != 0});
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override { tree_.add_alias(spot(mark)); }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    tree_.add_scalar({spot(mark), tag, anchor != 0}, unmasked(value, stand_in_));
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value style) override {
    tree_.open(YamlNode::Kind::list, {spot(mark), tag, anchor != 0}, style == YAML::EmitterStyle::Flow);
  }
  void OnSequenceEnd() override { tree_.close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value style) override {
    tree_.open(YamlNode::Kind::map, {spot(mark), tag, anchor != 0}, style == YAML::EmitterStyle::Flow);
  }
  void OnMapEnd() override { tree_.close(); }

 private:
  [[nodiscard]] Spot spot(const YAML::Mark& mark) const {
    const std::size_t offset = mark.pos < 0 ? 0 : static_cast<std::size_t>(mark.pos);
    return {&document_, std::min(offset, document_.text().size())};
  }

  const Document& document_;
  YamlTree& tree_;
  char stand_in_;
};

// What yaml-cpp says, and what it most often comes from.
constexpr std::array<std::pair<std::string_view, std::string_view>, 6> causes = {{
    {"end of map not found", "this line is indented unlike those above it"},
    {"end of sequence not found", "this line is indented unlike those above it"},
    {"end of map flow not found", "a { is not closed, or a comma is missing"},
    {"end of sequence flow not found", "a [ is not closed, or a comma is missing"},
    {"illegal map value", "a colon and a space make a mapping, and none can stand here"},
    {"illegal block entry", "a list cannot start here"},
}};

std::string syntax_message(const YAML::Exception& error, char stand_in) {
  std::string message = "this is no valid YAML: " + unmasked(error.msg, stand_in);
  for (const auto& [said, cause] : causes) {
    if (error.msg == said) message += "; " + std::string(cause);
  }
  if (error.msg == "unknown token" || error.msg.find("tab") != std::string::npos) {
    message += "; if it is a tab, indent with spaces";
  }
  return message;
}

void report_syntax_error(const YAML::Exception& error, const Document& document,
                         char stand_in, Problems& problems) {
  const std::size_t offset =
      error.mark.pos < 0 ? 0
                         : std::min(static_cast<std::size_t>(error.mark.pos), document.text().size());
  if (const auto trap = find_yaml_trap(document, offset)) {
    problems.error(trap->spot, trap->message);
    return;
  }
  const std::size_t begin = document.line_begin(offset);
  const std::string_view before = document.text().substr(begin, offset - begin + 1);
  const std::size_t tab = before.find('\t');
  if (tab != std::string_view::npos && before.find_first_not_of(" \t") >= tab) {
    problems.error({&document, begin + tab}, "YAML is indented with spaces; a tab stands here");
    return;
  }
  problems.error({&document, offset}, syntax_message(error, stand_in));
}

}  // namespace

YamlNodePtr parse_yaml(const Document& document, Problems& problems) {
  YamlTree tree(document, problems);
  const char stand_in = stand_in_for(document.text());
  Events events(document, tree, stand_in);
  std::istringstream stream{masked(document.text(), stand_in)};
  // yaml-cpp throws for syntax errors; nothing else here does.
  try {
    YAML::Parser parser(stream);
    while (parser.HandleNextDocument(events)) {
    }
  } catch (const YAML::Exception& error) {
    // The parser gives up on nesting, too, only much later than this tree.
    if (!tree.too_deep()) report_syntax_error(error, document, stand_in, problems);
    return nullptr;
  } catch (const std::exception& error) {
    problems.error(document.name(), std::string("this is no valid YAML: ") + error.what());
    return nullptr;
  }
  if (tree.cut_off()) return nullptr;
  if (tree.root() == nullptr || tree.root()->kind == YamlNode::Kind::nothing) {
    problems.error(document.name(), "the file is empty");
    return nullptr;
  }
  return tree.root();
}

}  // namespace tallymill
