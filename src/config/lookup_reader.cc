#include "config/lookup_reader.h"

#include <utility>

#include "config/config_file.h"
#include "config/table_name.h"

namespace tallymill {
namespace {

// Where it comes from: a file or a table.
void read_origin(const Section& section, LookupSpec& lookup, Tables& tables, Loading& loading) {
  const YamlNodePtr table = section.find("table");
  if (const auto file = section.text("file")) {
    lookup.file = absolute_path(*section.find("file")->spot.document, *file);
    if (table) report(*table, "a lookup is a file or a table, not both; leave one of them out", loading);
  } else if (!section.find("file") && !table) {
    report(section.node(), "file or table is missing: where the lookup comes from", loading);
  }
  lookup.table = read_table_name(section, "table", loading);
  if (lookup.table) tables.read(*lookup.table, table);
  lookup.refresh = section.duration("refresh").value_or(lookup.refresh);
  if (const YamlNodePtr refresh = section.find("refresh"); refresh && !table) {
    report(*refresh, "is about tables; a file is looked at every second", loading);
  }
  if (const YamlNodePtr format = section.find("format"); format && table) {
    report(*format, "is about files; a table has none", loading);
  }
}

}  // namespace

LookupSpec::Format lookup_format(std::string_view file, LookupSpec::Format otherwise) {
  if (file.ends_with(".ndjson") || file.ends_with(".jsonl")) return LookupSpec::Format::ndjson;
  return file.ends_with(".csv") ? LookupSpec::Format::csv : otherwise;
}

std::vector<LookupSpec> read_lookups(const Section& pipeline, Tables& tables, Loading& loading) {
  std::vector<LookupSpec> lookups;
  for (const YamlEntry& entry : pipeline.named_identifiers("lookups")) {
    LookupSpec lookup;
    lookup.name = entry.key;
    lookup.place = entry.key_spot.place();
    const Section section(loading, entry.value, "pipelines.*.lookups.*", *entry.value);
    if (section.given()) {
      read_origin(section, lookup, tables, loading);
      lookup.key = section.text("key").value_or("");
    }
    lookup.format = section.word<LookupSpec::Format>("format")
                        .value_or(lookup_format(lookup.file, LookupSpec::Format::csv));
    lookup.on_miss = section.word<expression::OnMiss>("on_miss").value_or(lookup.on_miss);
    lookups.push_back(std::move(lookup));
  }
  return lookups;
}

}  // namespace tallymill
