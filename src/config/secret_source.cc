#include "config/config_file.h"
#include "config/section.h"

namespace tallymill {

std::optional<SecretSource> read_secret(const YamlNode& node, Loading& loading) {
  if (node.kind != YamlNode::Kind::map) {
    const std::optional<Scalar> scalar = read_scalar(node, "secret", loading);
    if (!scalar) return std::nullopt;
    if (scalar->text.empty()) {
      report(node, "the text is empty", loading);
      return std::nullopt;
    }
    return SecretSource{SecretSource::Literal{Secret(scalar->text)}};
  }
  constexpr const char* forms =
      "a secret is text, {file: path} or {command: [program, argument, ...]}";
  if (node.entries.size() != 1) {
    report(node, forms, loading);
    return std::nullopt;
  }
  const YamlEntry& entry = node.entries[0];
  if (entry.key == "file") {
    const std::optional<Scalar> path = read_scalar(*entry.value, "path", loading);
    if (!path) return std::nullopt;
    if (path->text.empty()) {
      report(*entry.value, "the path is empty", loading);
      return std::nullopt;
    }
    return SecretSource{SecretSource::File{absolute_path(*node.spot.document, path->text)}};
  }
  if (entry.key != "command") {
    // Not the key: behind a slip of the pen it is the secret.
    loading.problems.error(entry.key_spot, node.path + ": " + forms);
    return std::nullopt;
  }
  SecretSource::Command command;
  for (const YamlNodePtr& item : entry.value->items) {
    const std::optional<Scalar> argument = read_scalar(*item, "text", loading);
    if (!argument) return std::nullopt;
    command.argv.push_back(argument->text);
  }
  if (command.argv.empty() || command.argv[0].empty()) {
    report(*entry.value, "a list is expected here: [program, argument, ...]", loading);
    return std::nullopt;
  }
  return SecretSource{std::move(command)};
}

}  // namespace tallymill
