#include "config/defaults.h"

#include <string>
#include <utility>

#include "config/keys.h"

namespace tallymill {
namespace {

bool is_merged(const std::string& table_path) {
  const Key* key = find_key(table_path);
  if (key == nullptr || key->not_inherited) return false;
  return key->kind == KeyKind::section || key->kind == KeyKind::named;
}

YamlNodePtr merge(const YamlNodePtr& over, const YamlNodePtr& under, const std::string& table_path) {
  const bool are_maps = over->kind == YamlNode::Kind::map && under->kind == YamlNode::Kind::map;
  if (!are_maps || !is_merged(table_path)) return over;
  const bool by_name = find_key(table_path)->kind == KeyKind::named;
  auto merged = std::make_shared<YamlNode>(*over);
  for (YamlEntry& entry : merged->entries) {
    const YamlEntry* inherited = under->find(entry.key);
    if (inherited == nullptr) continue;
    entry.value = merge(entry.value, inherited->value,
                        table_path + "." + (by_name ? std::string("*") : entry.key));
  }
  for (const YamlEntry& inherited : under->entries) {
    const Key* key = by_name ? nullptr : find_key(table_path + "." + inherited.key);
    if (over->find(inherited.key) != nullptr || (key != nullptr && key->not_inherited)) continue;
    merged->entries.push_back(inherited);
  }
  return merged;
}

}  // namespace

YamlNodePtr inherit(const YamlNodePtr& pipeline, const YamlNodePtr& defaults) {
  if (defaults == nullptr) return pipeline;
  return merge(pipeline, defaults, "pipelines.*");
}

void check_defaults(const YamlNode& defaults, Loading& loading) {
  for (const YamlEntry& entry : defaults.entries) {
    const Key* key = find_key("pipelines.*." + entry.key);
    if (key != nullptr && key->not_inherited) {
      loading.problems.error(entry.key_spot,
                             "defaults: " + entry.key + " cannot be inherited; write it in each pipeline");
    }
  }
}

}  // namespace tallymill
