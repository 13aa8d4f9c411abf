#include "config/kafka_copy.h"

#include <algorithm>
#include <optional>
#include <string_view>

#include "config/config_file.h"
#include "config/problems.h"
#include "config/secret_looks.h"
#include "config/secret_names.h"
#include "config/yaml.h"
#include "config/yaml_trap.h"

namespace tallymill {
namespace {

bool holds_control_character(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20; });
}

// ${NAME} and nothing else. A default is no reference: it is written out.
bool is_reference(std::string_view text) {
  if (!text.starts_with("${") || !text.ends_with('}')) return false;
  const std::string_view name = text.substr(2, text.size() - 3);
  return !name.empty() && name.find_first_of("$:{}") == std::string_view::npos;
}

// {file: ...}; nothing if it is none. The words of a {command: [...]} may hold secrets.
std::optional<std::string> file_of(const Document& document, const YamlNode& node) {
  const YamlEntry* file = node.find("file");
  if (file == nullptr || node.entries.size() != 1 || file->value->kind != YamlNode::Kind::scalar) {
    return std::nullopt;
  }
  const std::string& path = file->value->text;
  // One that starts with a variable may be absolute already.
  return "{file: " + quoted(path.starts_with("${") ? path : absolute_path(document, path)) + "}";
}

// Nothing if it must not, or cannot, be written again on one line.
std::optional<std::string> value_of(const Document& document, const YamlEntry& option) {
  const YamlNode& node = *option.value;
  std::optional<std::string> text = file_of(document, node);
  if (node.kind == YamlNode::Kind::scalar) {
    const bool is_secret = resembles_secret_name(option.key) || holds_secret(node.text);
    if (!is_secret || is_reference(node.text)) text = quoted(node.text);
  }
  if (text && holds_control_character(*text)) return std::nullopt;
  return text;
}

std::string option_lines(const Document& document, const YamlNode& options) {
  std::string lines;
  bool any = false;
  for (const YamlEntry& option : options.entries) {
    if (const auto value = value_of(document, option)) {
      lines += "    " + option.key + ": " + *value + "\n";
      any = true;
    } else {
      lines += "    # " + option.key + ": ...  # Not copied, for it may hold a secret: write ${VAR}, {file: ...} or "
               "{command: ...}.\n";
    }
  }
  if (lines.empty()) return lines;
  return (any ? "  options:\n" : "  # options:\n") + lines;
}

std::string section_lines(const Document& document, const YamlNode& kafka) {
  const YamlEntry* brokers = kafka.find("brokers");
  if (brokers == nullptr || brokers->value->kind != YamlNode::Kind::scalar ||
      holds_control_character(brokers->value->text)) {
    return {};
  }
  std::string lines = "kafka:\n  brokers: " + quoted(brokers->value->text) + "\n";
  if (const YamlEntry* options = kafka.find("options")) lines += option_lines(document, *options->value);
  return lines;
}

}  // namespace

Result<std::string> copy_kafka_section(const std::string& path) {
  Problems problems;
  for (const std::string& name : list_config_files(path, problems)) {
    const ConfigFile file = read_config_file(name, problems);
    if (file.document == nullptr) continue;
    const YamlNodePtr root = parse_yaml(*file.document, problems);
    const YamlEntry* kafka = root != nullptr ? root->find("kafka") : nullptr;
    if (kafka == nullptr) continue;
    std::string lines = section_lines(*file.document, *kafka->value);
    if (!lines.empty()) return lines;
  }
  return Error(Reaction::stop, path + ": no section kafka with brokers can be read in it");
}

}  // namespace tallymill
