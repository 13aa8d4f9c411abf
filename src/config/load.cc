#include "config/load.h"

#include <sys/stat.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <memory>
#include <utility>

#include "config/config_file.h"
#include "config/daemon_reader.h"
#include "config/defaults.h"
#include "config/identifier.h"
#include "config/pipeline_reader.h"
#include "config/redaction.h"
#include "config/yaml.h"

namespace tallymill {
namespace {

void check_permissions(const ConfigFile& file, const YamlNode& root, Problems& problems) {
  const std::string& name = file.document->name();
  if ((file.mode & (S_IWGRP | S_IWOTH)) != 0) {
    problems.warning(name, "others than its owner may change this file, and with it what the daemon "
                           "runs; chmod go-w it");
  }
  if ((file.mode & S_IROTH) != 0 && holds_literal_secret(root)) {
    problems.warning(name, "everybody may read this file, and a password is written in it; chmod o-r "
                           "it, or take the password from ${VAR}, {file: ...} or {command: ...}");
  }
}

// Null, with problems, if the document cannot be read as a mapping.
YamlNodePtr read_root(Document& document, Problems& problems) {
  const std::size_t errors_before = problems.errors();
  YamlNodePtr root = parse_yaml(document, problems);
  redact_secrets(document, root.get(), problems.errors() != errors_before);
  if (root != nullptr && root->kind != YamlNode::Kind::map) {
    problems.error(root->spot, "a mapping is expected here, with kafka, postgres and pipelines");
    return nullptr;
  }
  return root;
}

// Several files as one: pipelines side by side, everything else once.
YamlNodePtr join_roots(const std::vector<YamlNodePtr>& roots, Problems& problems) {
  if (roots.size() == 1) return roots.front();
  auto joined = std::make_shared<YamlNode>(*roots.front());
  joined->entries.clear();
  const auto twice = [&problems](const YamlEntry& again, const YamlEntry& first, const std::string& what) {
    const Place place = first.key_spot.place();
    problems.error(again.key_spot, what + " in " + place.file + ", line " + std::to_string(place.line));
  };
  const bool some_have_pipelines = std::any_of(roots.begin(), roots.end(), [](const YamlNodePtr& root) {
    const YamlEntry* entry = root->find("pipelines");
    return entry != nullptr && entry->value->kind == YamlNode::Kind::map;
  });
  std::shared_ptr<YamlNode> pipelines;
  for (const YamlNodePtr& root : roots) {
    for (const YamlEntry& entry : root->entries) {
      if (entry.key.substr(0, 2) == "x-") continue;
      const YamlEntry* first = joined->find(entry.key);
      const bool are_pipelines = entry.key == "pipelines" && entry.value->kind == YamlNode::Kind::map;
      if (entry.key == "pipelines" && !are_pipelines && some_have_pipelines) {
        problems.error(entry.value->spot, "pipelines: a mapping of names is expected here");
        continue;
      }
      if (first == nullptr) {
        joined->entries.push_back(entry);
        if (!are_pipelines) continue;
        pipelines = std::make_shared<YamlNode>(*entry.value);
        joined->entries.back().value = pipelines;
      } else if (are_pipelines && pipelines != nullptr) {
        for (const YamlEntry& pipeline : entry.value->entries) {
          if (const YamlEntry* other = pipelines->find(pipeline.key)) {
            twice(pipeline, *other, "there is a pipeline " + pipeline.key + " already,");
          } else {
            pipelines->entries.push_back(pipeline);
          }
        }
      } else {
        twice(entry, *first, entry.key + " is written once for all files, and it is there already,");
      }
    }
  }
  return joined;
}

void check_renames(const std::vector<PipelineSpec>& pipelines,
                   const std::map<std::string, Spot>& names, Loading& loading) {
  std::map<std::string, std::string> renamed;
  for (const PipelineSpec& pipeline : pipelines) {
    if (!pipeline.renamed_from) continue;
    const Spot spot = names.at(pipeline.name);
    const std::string prefix = "pipelines." + pipeline.name + ".renamed_from: ";
    if (names.count(*pipeline.renamed_from) != 0) {
      loading.problems.error(spot, prefix + "there still is a pipeline " + *pipeline.renamed_from);
    }
    const auto [other, added] = renamed.emplace(*pipeline.renamed_from, pipeline.name);
    if (!added) {
      loading.problems.error(spot, prefix + other->second + " was renamed from " +
                                       *pipeline.renamed_from + " as well");
    }
  }
}

Spec read_spec(const YamlNodePtr& root, Loading& loading) {
  Spec spec;
  const YamlNode nowhere;
  const Section section(loading, root, "", nowhere);
  read_daemon(section, spec, loading);
  const YamlNodePtr defaults = section.find("defaults");
  if (defaults != nullptr) {
    // Read as a pipeline's keys, so that misspelt ones are found even if no pipeline is there.
    const Section keys(loading, defaults, "pipelines.*", *root);
    check_defaults(*defaults, loading);
  }
  Tables tables;
  std::map<std::string, Spot> names;
  for (const YamlEntry& entry : section.named_identifiers("pipelines")) {
    const YamlEntry inherited{entry.key, entry.key_spot, inherit(entry.value, defaults)};
    names.emplace(entry.key, entry.key_spot);
    spec.pipelines.push_back(read_pipeline(inherited, spec.postgres.schema, tables, loading));
  }
  check_renames(spec.pipelines, names, loading);
  tables.check_readers(spec.postgres.schema, loading);
  return spec;
}

Loaded finish(const std::vector<YamlNodePtr>& roots, bool complete, Problems& problems,
              AggregateCatalog aggregates, const Environment& environment, Reach reach,
              const DsnCheck& check_dsn) {
  Loaded loaded;
  Loading loading{problems, environment, aggregates, reach, check_dsn};
  // What one file lacks may be in the one that could not be read.
  if (complete && !roots.empty()) loaded.spec = read_spec(join_roots(roots, problems), loading);
  loaded.problems = problems.take();
  if (has_errors(loaded.problems)) loaded.spec.reset();
  return loaded;
}

}  // namespace

Environment process_environment() {
  return [](const std::string& name) -> std::optional<std::string> {
    const char* value = std::getenv(name.c_str());
    if (value == nullptr) return std::nullopt;
    return std::string(value);
  };
}

Loaded load_config(const std::string& path, AggregateCatalog aggregates,
                   const Environment& environment, Reach reach, const DsnCheck& check_dsn) {
  Problems problems;
  std::vector<ConfigFile> files;
  std::vector<YamlNodePtr> roots;
  bool complete = true;
  for (const std::string& name : list_config_files(path, problems)) {
    files.push_back(read_config_file(name, problems));
    if (files.back().document == nullptr) {
      complete = false;
      continue;
    }
    YamlNodePtr root = read_root(*files.back().document, problems);
    if (root == nullptr) {
      complete = false;
      continue;
    }
    check_permissions(files.back(), *root, problems);
    roots.push_back(std::move(root));
  }
  return finish(roots, complete, problems, aggregates, environment, reach, check_dsn);
}

Loaded load_config_text(const std::string& name, std::string text, AggregateCatalog aggregates,
                        const Environment& environment, Reach reach, const DsnCheck& check_dsn) {
  Problems problems;
  const std::unique_ptr<Document> document = make_document(name, std::move(text), problems);
  std::vector<YamlNodePtr> roots;
  if (document != nullptr) {
    if (YamlNodePtr root = read_root(*document, problems)) roots.push_back(std::move(root));
  }
  return finish(roots, true, problems, aggregates, environment, reach, check_dsn);
}

}  // namespace tallymill
