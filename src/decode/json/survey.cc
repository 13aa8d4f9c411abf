#include "decode/json/survey.h"

#include <simdjson.h>

#include <algorithm>
#include <cstring>
#include <functional>
#include <utility>

#include "decode/decoder.h"
#include "decode/json/raw_number.h"

namespace tallymill {

namespace ondemand = simdjson::ondemand;

// What is kept for the next document; more is given back.
constexpr std::size_t kept_bytes = std::size_t{1} << 20;

class Survey::Walk {
 public:
  explicit Walk(std::size_t largest) : validator_(make_json_decoder({}, largest)) {}

  void add(std::string_view document) {
    if (const auto bad = validator_->decode(document, {})) {
      ++unusable_[std::string(bad->reason)];
      return;
    }
    ++documents_;
    if (buffer_.size() < document.size() + simdjson::SIMDJSON_PADDING) {
      buffer_.resize(document.size() + simdjson::SIMDJSON_PADDING);
    }
    std::memcpy(buffer_.data(), document.data(), document.size());
    ondemand::document parsed;
    ondemand::object object;
    if (parser_.iterate(buffer_.data(), document.size(), buffer_.size()).get(parsed) !=
            simdjson::SUCCESS ||
        parsed.get_object().get(object) != simdjson::SUCCESS) {
      return;
    }
    enter(object, root_, 1);
    if (document.size() > kept_bytes) {
      parser_ = ondemand::parser();
      std::vector<char>().swap(buffer_);
    }
  }

  [[nodiscard]] SurveyResult result() const {
    SurveyResult result{documents_, unusable_, {}, more_fields_};
    for (const Node& node : nodes_) result.fields.push_back(node.facts);
    return result;
  }

 private:
  using Children = std::map<std::string, std::size_t, std::less<>>;  // To places in nodes_.
  struct Node {
    FieldFacts facts;
    Children children;
    std::int64_t last_document = 0;
  };

  // The object is valid JSON: it was parsed before.
  void enter(ondemand::object object, Children& known, std::size_t level,
             const std::vector<std::string>& path = {}) {
    for (auto member : object) {
      std::string_view name;
      ondemand::value value;
      if (member.unescaped_key().get(name) != simdjson::SUCCESS ||
          member.value().get(value) != simdjson::SUCCESS) {
        return;
      }
      const std::size_t place = place_of(name, known, path);
      if (place == nodes_.size() || nodes_[place].last_document == documents_) continue;
      nodes_[place].last_document = documents_;
      take(value, place, level);
    }
  }

  // Where the field is, or nodes_.size() if it is not looked at.
  std::size_t place_of(std::string_view name, Children& known, const std::vector<std::string>& path) {
    if (const auto found = known.find(name); found != known.end()) return found->second;
    if (nodes_.size() == most_fields || name.size() > longest_name) {
      more_fields_ = true;
      return nodes_.size();
    }
    const std::size_t place = nodes_.size();
    known.emplace(name, place);
    Node node;
    node.facts.path = path;
    node.facts.path.emplace_back(name);
    nodes_.push_back(std::move(node));
    return place;
  }

  void take(ondemand::value value, std::size_t place, std::size_t level) {
    FieldFacts& facts = nodes_[place].facts;
    ondemand::json_type type{};
    if (value.type().get(type) != simdjson::SUCCESS) return;
    switch (type) {
      case ondemand::json_type::null: ++facts.nulls; break;
      case ondemand::json_type::boolean: {
        bool truth = false;
        if (value.get_bool().get(truth) == simdjson::SUCCESS) facts.add_boolean(truth);
        break;
      }
      case ondemand::json_type::number: facts.add_number(number_in(value.raw_json_token())); break;
      case ondemand::json_type::string: {
        std::string_view text;
        if (value.get_string().get(text) == simdjson::SUCCESS) facts.add_string(text);
        break;
      }
      case ondemand::json_type::array: ++facts.arrays; break;
      case ondemand::json_type::object: {
        ++facts.objects;
        ondemand::object inner;
        if (level == levels || value.get_object().get(inner) != simdjson::SUCCESS) break;
        // A copy: what is found inside may move the nodes.
        const std::vector<std::string> path = facts.path;
        Children children = std::move(nodes_[place].children);
        enter(inner, children, level + 1, path);
        nodes_[place].children = std::move(children);
        break;
      }
    }
  }

  const std::unique_ptr<Decoder> validator_;  // As the daemon reads: whole, or not at all.
  ondemand::parser parser_;
  std::vector<char> buffer_;
  std::vector<Node> nodes_;
  Children root_;
  std::int64_t documents_ = 0;
  std::map<std::string, std::int64_t> unusable_;
  bool more_fields_ = false;
};

Survey::Survey(std::size_t largest) : walk_(std::make_unique<Walk>(largest)) {}
Survey::~Survey() = default;

void Survey::add(std::string_view document) { walk_->add(document); }

SurveyResult Survey::result() const { return walk_->result(); }

}  // namespace tallymill
