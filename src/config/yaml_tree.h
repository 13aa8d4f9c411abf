#pragma once

// Builds the tree of a YAML document out of a parser's events, and refuses what strict YAML for
// people does not need: anchors, aliases, merge keys, tags, keys that are no text, duplicate keys,
// a second document, nesting beyond max_yaml_depth.

#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "config/problems.h"
#include "config/yaml_node.h"

namespace tallymill {

inline constexpr int max_yaml_depth = 20;

// The calls are the events of one document, in their order. Not thread-safe.
class YamlTree {
 public:
  // `document` and `problems` outlive the tree.
  YamlTree(const Document& document, Problems& problems)
      : document_(document), problems_(problems) {}

  // What every value may carry.
  struct Mark {
    Spot spot;
    std::string tag;  // "?" for plain scalars and untagged mappings and lists, "!" for quotes.
    bool anchored = false;
  };

  void begin_document(Spot spot);
  void add_nothing(const Mark& mark);
  void add_alias(Spot spot);
  void add_scalar(const Mark& mark, std::string text);
  void open(YamlNode::Kind kind, const Mark& mark, bool flow);
  void close();

  // Null if there was no document.
  [[nodiscard]] YamlNodePtr root() const { return root_; }
  [[nodiscard]] bool too_deep() const { return too_deep_; }
  // A quote was never closed: what follows it was not seen.
  [[nodiscard]] bool cut_off() const { return cut_off_; }

 private:
  // A list or map that is still open.
  struct Open {
    std::shared_ptr<YamlNode> node;
    std::map<std::string, int> lines;  // Of a map's keys.
    YamlEntry entry;                   // Of a map: the key whose value comes next.
    bool has_key = false;
    bool drop_next = false;            // The value belongs to a key that is a problem.
  };

  static std::shared_ptr<YamlNode> make(YamlNode::Kind kind, Spot spot);
  bool check_tag(const Mark& mark);
  bool check_text(const YamlNode& node);
  void check_anchor(const Mark& mark);
  [[nodiscard]] bool is_key() const;
  [[nodiscard]] std::string path_of_next() const;
  void add_leaf(std::shared_ptr<YamlNode> node);
  void add_node(std::shared_ptr<YamlNode> node);
  void add_key(const YamlNode& node);
  void place_at_key(YamlNode& node, Spot key) const;
  void attach(std::shared_ptr<YamlNode> node);

  const Document& document_;
  Problems& problems_;
  YamlNodePtr root_;
  std::vector<Open> stack_;
  std::vector<std::size_t> key_containers_;  // Positions in stack_ of lists and maps that are keys.
  int depth_ = 0;
  int documents_ = 0;
  int tags_ = 0;
  bool too_deep_ = false;
  bool has_alias_ = false;
  bool cut_off_ = false;
};

}  // namespace tallymill
