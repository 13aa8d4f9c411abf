#include "config/yaml_tree.h"

#include <utility>

#include "config/source_map.h"
#include "config/yaml_trap.h"

namespace tallymill {
namespace {

constexpr const char* share_with_defaults =
    "; what pipelines have in common goes under the top-level key defaults";

}  // namespace

void YamlTree::begin_document(Spot spot) {
  if (++documents_ == 2) {
    problems_.error(spot, "a second YAML document starts here; a file holds one, so put it in a file "
                          "of its own");
  }
}

void YamlTree::add_nothing(const Mark& mark) {
  check_anchor(mark);
  add_leaf(make(YamlNode::Kind::nothing, mark.spot));
}

void YamlTree::add_alias(Spot spot) {
  if (!has_alias_) {
    problems_.error(spot, std::string("aliases (*) are not used here") + share_with_defaults);
  }
  has_alias_ = true;  // There may be very many.
  add_leaf(make(YamlNode::Kind::broken, spot));
}

void YamlTree::add_scalar(const Mark& mark, std::string text) {
  const bool tagged = check_tag(mark);
  if (!tagged) check_anchor(mark);
  auto node = make(tagged ? YamlNode::Kind::broken : YamlNode::Kind::scalar, mark.spot);
  node->text = std::move(text);
  node->plain = mark.tag == "?";
  if (!tagged && !check_text(*node)) node->kind = YamlNode::Kind::broken;
  add_leaf(std::move(node));
}

std::shared_ptr<YamlNode> YamlTree::make(YamlNode::Kind kind, Spot spot) {
  auto node = std::make_shared<YamlNode>();
  node->kind = kind;
  node->spot = spot;
  return node;
}

// True, with a problem, if the value carries a tag.
bool YamlTree::check_tag(const Mark& mark) {
  if (mark.tag.empty() || mark.tag == "?" || mark.tag == "!") return false;
  constexpr int most_tags = 20;  // Each message looks at the whole file.
  if (++tags_ <= most_tags) {
    problems_.error(mark.spot, tag_message(document_, mark.spot.offset));
  } else {
    problems_.error(mark.spot, "a value that starts with ! is a tag in YAML");
  }
  return true;
}

// False, with a problem, if a scalar holds what no value can, or ends where the file ends.
bool YamlTree::check_text(const YamlNode& node) {
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

void YamlTree::check_anchor(const Mark& mark) {
  if (!mark.anchored) return;
  problems_.error(mark.spot, std::string("anchors (&) are not used here") + share_with_defaults);
}

void YamlTree::open(YamlNode::Kind kind, const Mark& mark, bool flow) {
  ++depth_;
  if (depth_ > max_yaml_depth) {
    if (depth_ > max_yaml_depth + 1) return;
    if (!too_deep_) {
      problems_.error(mark.spot, "this is nested more than " + std::to_string(max_yaml_depth) +
                                      " levels deep; no configuration needs that");
    }
    too_deep_ = true;
    add_node(make(YamlNode::Kind::broken, mark.spot));  // Keeps keys and values in step.
    return;
  }
  if (!check_tag(mark)) check_anchor(mark);
  auto node = make(kind, mark.spot);
  node->flow = flow;
  Open opened;
  if (is_key()) {
    if (key_containers_.empty()) problems_.error(node->spot, "a key is a word, not a list or a mapping");
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

void YamlTree::close() {
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

bool YamlTree::is_key() const {
  return !stack_.empty() && stack_.back().node->kind == YamlNode::Kind::map &&
         !stack_.back().has_key;
}

std::string YamlTree::path_of_next() const {
  if (stack_.empty()) return "";
  const Open& parent = stack_.back();
  if (parent.node->kind == YamlNode::Kind::list) {
    return parent.node->path + "[" + std::to_string(parent.node->items.size()) + "]";
  }
  return parent.node->path.empty() ? parent.entry.key : parent.node->path + "." + parent.entry.key;
}

void YamlTree::add_leaf(std::shared_ptr<YamlNode> node) {
  if (depth_ <= max_yaml_depth) add_node(std::move(node));
}

void YamlTree::add_node(std::shared_ptr<YamlNode> node) {
  if (is_key()) return add_key(*node);
  node->path = path_of_next();
  attach(std::move(node));
}

void YamlTree::add_key(const YamlNode& node) {
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
  } else {
    const auto [first, added] = map.lines.emplace(node.text, node.spot.place().line);
    if (added) return;
    problems_.error(node.spot, "the key " + node.text + " stands here a second time; the first is "
                               "in line " + std::to_string(first->second));
    map.drop_next = true;
  }
}

// Nothing at all stands nowhere: it is shown at its key.
void YamlTree::place_at_key(YamlNode& node, Spot key) const {
  const std::string_view rest = document_.text().substr(node.spot.offset);
  const bool is_written = rest.substr(0, 1) == "~" || rest.substr(0, 1) == "n" || rest.substr(0, 1) == "N";
  if (node.kind == YamlNode::Kind::nothing && !is_written) node.spot = key;
}

void YamlTree::attach(std::shared_ptr<YamlNode> node) {
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

}  // namespace tallymill
