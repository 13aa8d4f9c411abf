#include "config/yaml.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <exception>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "config/source_map.h"
#include "config/yaml_trap.h"

namespace tallymill {
namespace {

constexpr const char* share_with_defaults =
    "; what pipelines have in common goes under the top-level key defaults";

// yaml-cpp ends a plain value at a ? in front of a bracket or comma, as in {user: string?}, where
// YAML 1.2 goes on. A ? behind a character of a word never means a key, so it is put through the
// parser as a control character, which no document holds.
constexpr char stand_in = '\x01';

std::string masked(std::string_view text) {
  std::string result(text);
  for (std::size_t i = 1; i < result.size(); ++i) {
    const bool in_word = std::string_view(" \t\r\n{}[],").find(result[i - 1]) == std::string_view::npos;
    if (result[i] == '?' && in_word) result[i] = stand_in;
  }
  return result;
}

std::string unmasked(std::string text) {
  std::replace(text.begin(), text.end(), stand_in, '?');
  return text;
}

// Builds the tree out of yaml-cpp's events.
class TreeBuilder final : public YAML::EventHandler {
 public:
  TreeBuilder(const Document& document, Problems& problems)
      : document_(document), problems_(problems) {}

  [[nodiscard]] YamlNodePtr root() const { return root_; }
  [[nodiscard]] bool too_deep() const { return too_deep_; }
  // A quote was never closed: what follows it was not seen.
  [[nodiscard]] bool cut_off() const { return cut_off_; }

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (++documents_ == 2) {
      problems_.error(spot(mark), "a second YAML document starts here; a file holds one, so put it "
                                  "in a file of its own");
    }
  }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    check_anchor(mark, anchor);
    add_leaf(make(YamlNode::Kind::nothing, mark));
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    if (!has_alias_) {
      problems_.error(spot(mark), std::string("aliases (*) are not used here") + share_with_defaults);
    }
    has_alias_ = true;  // There may be very many.
    add_leaf(make(YamlNode::Kind::broken, mark));
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    const bool tagged = check_tag(mark, tag);
    if (!tagged) check_anchor(mark, anchor);
    auto node = make(tagged ? YamlNode::Kind::broken : YamlNode::Kind::scalar, mark);
    node->text = unmasked(value);
    node->plain = tag == "?";
    if (!tagged && !check_text(*node)) node->kind = YamlNode::Kind::broken;
    add_leaf(std::move(node));
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value style) override {
    open(YamlNode::Kind::list, mark, tag, anchor, style);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value style) override {
    open(YamlNode::Kind::map, mark, tag, anchor, style);
  }
  void OnMapEnd() override { close(); }

 private:
  // A list or map that is still open.
  struct Open {
    std::shared_ptr<YamlNode> node;
    YamlEntry entry;        // Of a map: the key whose value comes next.
    bool has_key = false;
    bool drop_next = false;  // The value belongs to a key that is a problem.
  };

  [[nodiscard]] Spot spot(const YAML::Mark& mark) const {
    const std::size_t offset = mark.pos < 0 ? 0 : static_cast<std::size_t>(mark.pos);
    return {&document_, std::min(offset, document_.text().size())};
  }

  std::shared_ptr<YamlNode> make(YamlNode::Kind kind, const YAML::Mark& mark) const {
    auto node = std::make_shared<YamlNode>();
    node->kind = kind;
    node->spot = spot(mark);
    return node;
  }

  // True, with a problem, if the value carries a tag.
  bool check_tag(const YAML::Mark& mark, const std::string& tag) {
    if (tag.empty() || tag == "?" || tag == "!") return false;
    constexpr int most_tags = 20;  // Each message looks at the whole file.
    if (++tags_ <= most_tags) {
      problems_.error(spot(mark), tag_message(document_, spot(mark).offset));
    } else {
      problems_.error(spot(mark), "a value that starts with ! is a tag in YAML");
    }
    return true;
  }

  // False, with a problem, if a scalar holds what no value can, or ends where the file ends.
  bool check_text(const YamlNode& node) {
    if (node.text.find('\0') != std::string::npos) {
      problems_.error(node.spot, "this text has a NUL character in it, which no name and no value can hold");
      return false;
    }
    const std::string_view source = document_.text();
    const char quote = node.spot.offset < source.size() ? source[node.spot.offset] : '\0';
    if (node.plain || (quote != '"' && quote != '\'')) return true;
    const auto offsets = map_to_source(source, node.spot.offset, node.text);
    if (!offsets || source[offsets->back() - 1] == quote) return true;
    problems_.error(node.spot, "the quote that opens here is never closed");
    cut_off_ = true;
    return false;
  }

  void check_anchor(const YAML::Mark& mark, YAML::anchor_t anchor) {
    if (anchor == 0) return;
    problems_.error(spot(mark), std::string("anchors (&) are not used here") + share_with_defaults);
  }

  void open(YamlNode::Kind kind, const YAML::Mark& mark, const std::string& tag,
            YAML::anchor_t anchor, YAML::EmitterStyle::value style) {
    ++depth_;
    if (depth_ > max_yaml_depth) {
      if (depth_ > max_yaml_depth + 1) return;
      if (!too_deep_) {
        problems_.error(spot(mark), "this is nested more than " + std::to_string(max_yaml_depth) +
                                        " levels deep; no configuration needs that");
      }
      too_deep_ = true;
      add_node(make(YamlNode::Kind::broken, mark));  // Keeps keys and values in step.
      return;
    }
    if (!check_tag(mark, tag)) check_anchor(mark, anchor);
    auto node = make(kind, mark);
    node->flow = style == YAML::EmitterStyle::Flow;
    Open opened;
    if (is_key()) {
      problems_.error(node->spot, "a key is a word, not a list or a mapping");
      stack_.back().entry = {"", node->spot, nullptr};
      stack_.back().has_key = true;
      stack_.back().drop_next = true;
      opened.drop_next = true;  // Of no further interest, but its events must find a place.
      opened.node = node;
      opened.node->path = "?";
      key_containers_.push_back(stack_.size());
    } else {
      node->path = path_of_next();
      opened.node = node;
    }
    stack_.push_back(std::move(opened));
  }

  void close() {
    --depth_;
    if (depth_ >= max_yaml_depth) return;
    Open closed = std::move(stack_.back());
    stack_.pop_back();
    if (!key_containers_.empty() && key_containers_.back() == stack_.size()) {
      key_containers_.pop_back();
      return;
    }
    attach(std::move(closed.node));
  }

  [[nodiscard]] bool is_key() const {
    return !stack_.empty() && stack_.back().node->kind == YamlNode::Kind::map &&
           !stack_.back().has_key;
  }

  [[nodiscard]] std::string path_of_next() const {
    if (stack_.empty()) return "";
    const Open& parent = stack_.back();
    if (parent.node->kind == YamlNode::Kind::list) {
      return parent.node->path + "[" + std::to_string(parent.node->items.size()) + "]";
    }
    return parent.node->path.empty() ? parent.entry.key : parent.node->path + "." + parent.entry.key;
  }

  void add_leaf(std::shared_ptr<YamlNode> node) {
    if (depth_ <= max_yaml_depth) add_node(std::move(node));
  }

  void add_node(std::shared_ptr<YamlNode> node) {
    if (is_key()) return add_key(*node);
    node->path = path_of_next();
    attach(std::move(node));
  }

  void add_key(const YamlNode& node) {
    Open& map = stack_.back();
    map.entry = {node.text, node.spot, nullptr};
    map.has_key = true;
    map.drop_next = false;
    if (node.kind != YamlNode::Kind::scalar) {
      if (node.kind != YamlNode::Kind::broken) problems_.error(node.spot, "a key is missing here");
      map.drop_next = true;
    } else if (node.text == "<<") {
      problems_.error(node.spot,
                      std::string("merge keys (<<) are not used here") + share_with_defaults);
      map.drop_next = true;
    } else if (const YamlEntry* first = map.node->find(node.text)) {
      const std::string line = std::to_string(first->key_spot.place().line);
      problems_.error(node.spot, "the key " + node.text + " stands here a second time; the first is "
                                 "in line " + line);
      map.drop_next = true;
    }
  }

  // Nothing at all stands nowhere: it is shown at its key.
  void place_at_key(YamlNode& node, Spot key) const {
    const std::string_view rest = document_.text().substr(node.spot.offset);
    const bool is_written = rest.substr(0, 1) == "~" || rest.substr(0, 1) == "n" || rest.substr(0, 1) == "N";
    if (node.kind == YamlNode::Kind::nothing && !is_written) node.spot = key;
  }

  void attach(std::shared_ptr<YamlNode> node) {
    if (stack_.empty()) {
      if (documents_ <= 1) root_ = std::move(node);
      return;
    }
    Open& parent = stack_.back();
    if (parent.node->kind == YamlNode::Kind::list) {
      parent.node->items.push_back(std::move(node));
      return;
    }
    parent.has_key = false;
    if (parent.drop_next) {
      parent.node->incomplete = true;
      return;
    }
    place_at_key(*node, parent.entry.key_spot);
    parent.entry.value = std::move(node);
    parent.node->entries.push_back(std::move(parent.entry));
  }

  const Document& document_;
  Problems& problems_;
  YamlNodePtr root_;
  std::vector<Open> stack_;
  std::vector<std::size_t> key_containers_;  // Positions in stack_ of lists and maps that are keys.
  int depth_ = 0;
  int documents_ = 0;
  bool too_deep_ = false;
  bool has_alias_ = false;
  bool cut_off_ = false;
  int tags_ = 0;
};

std::string syntax_message(const YAML::Exception& error) {
  std::string message = "this is no valid YAML: " + error.msg;
  if (error.msg == "unknown token" || error.msg.find("tab") != std::string::npos) {
    message += "; if it is a tab, indent with spaces";
  }
  return message;
}

void report_syntax_error(const YAML::Exception& error, const Document& document,
                         Problems& problems) {
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
  problems.error({&document, offset}, syntax_message(error));
}

}  // namespace

YamlNodePtr parse_yaml(const Document& document, Problems& problems) {
  TreeBuilder builder(document, problems);
  std::istringstream stream{masked(document.text())};
  // yaml-cpp throws for syntax errors; nothing else here does.
  try {
    YAML::Parser parser(stream);
    while (parser.HandleNextDocument(builder)) {
    }
  } catch (const YAML::Exception& error) {
    // The parser gives up on nesting, too, only much later than this builder.
    if (!builder.too_deep()) report_syntax_error(error, document, problems);
    return nullptr;
  } catch (const std::exception& error) {
    problems.error(document.name(), std::string("this is no valid YAML: ") + error.what());
    return nullptr;
  }
  if (builder.cut_off()) return nullptr;
  if (builder.root() == nullptr || builder.root()->kind == YamlNode::Kind::nothing) {
    problems.error(document.name(), "the file is empty");
    return nullptr;
  }
  return builder.root();
}

}  // namespace tallymill
