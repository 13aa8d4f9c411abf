#include "config/lookup_reader.h"

#include <string_view>
#include <utility>

#include "config/config_file.h"

namespace tallymill {
namespace {

bool ends_with(std::string_view text, std::string_view end) {
  return text.size() >= end.size() && text.substr(text.size() - end.size()) == end;
}

}  // namespace

std::vector<LookupSpec> read_lookups(const Section& pipeline, Loading& loading) {
  std::vector<LookupSpec> lookups;
  for (const YamlEntry& entry : pipeline.named_identifiers("lookups")) {
    LookupSpec lookup;
    lookup.name = entry.key;
    lookup.place = entry.key_spot.place();
    const Section section(loading, entry.value, "pipelines.*.lookups.*", *entry.value);
    if (section.given()) {
      if (const auto file = section.text("file")) {
        lookup.file = absolute_path(*section.find("file")->spot.document, *file);
      }
      lookup.key = section.text("key").value_or("");
    }
    const bool is_ndjson = ends_with(lookup.file, ".ndjson") || ends_with(lookup.file, ".jsonl");
    lookup.format = section.word<LookupSpec::Format>("format")
                        .value_or(is_ndjson ? LookupSpec::Format::ndjson : LookupSpec::Format::csv);
    lookup.on_miss = section.word<expression::OnMiss>("on_miss").value_or(lookup.on_miss);
    lookups.push_back(std::move(lookup));
  }
  return lookups;
}

}  // namespace tallymill
