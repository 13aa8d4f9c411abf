#include "daemon/offline_lookups.h"

#include <utility>

#include "config/lookup_reader.h"
#include "daemon/lookup_reader.h"
#include "daemon/memory_shares.h"
#include "sink/postgres/identifiers.h"

namespace tallymill {
namespace {

Problem problem_of(const LookupSpec& lookup, const std::string& what) {
  return {lookup.place, "lookup " + lookup.name + ": " + what, "", 0, Problem::Severity::error};
}

std::unique_ptr<LookupReader> reader_for(const Spec& spec) {
  const auto shares = divide_memory(spec);
  const std::size_t limit = shares.ok() ? shares->lookup_limit : static_cast<std::size_t>(-1);
  return make_lookup_reader(spec.postgres, [limit] { return limit; });
}

// What has psql write such a file, with the values as the daemon reads them: COPY itself spells true as t.
std::string copy_command(const LookupSpec& lookup) {
  std::string columns = postgres::quoted(lookup.key) + "::text";
  for (const std::string& column : lookup.columns) {
    if (column != lookup.key) columns += ", " + postgres::quoted(column) + "::text";
  }
  return "psql -c \"SET datestyle TO iso\" -c '\\copy (SELECT " + columns + " FROM " +
         postgres::qualified(lookup.table->schema, lookup.table->table) + ") TO " + lookup.name +
         ".csv CSV HEADER'";
}

}  // namespace

std::vector<Problem> check_lookup_files(const Spec& spec) {
  std::vector<Problem> problems;
  const auto reader = reader_for(spec);
  for (const PipelineSpec& pipeline : spec.pipelines) {
    for (const LookupSpec& lookup : pipeline.lookups) {
      if (lookup.reads_table()) continue;
      const auto table = reader->load(lookup);
      if (!table.ok()) problems.push_back(problem_of(lookup, table.error().message()));
    }
  }
  return problems;
}

bool read_from_file(PipelineSpec& pipeline, const std::string& lookup, const std::string& file,
                    const Place& place) {
  for (LookupSpec& one : pipeline.lookups) {
    if (one.name != lookup) continue;
    one.file = file;
    one.format = lookup_format(file, one.format);
    one.place = place;
    return true;
  }
  return false;
}

OfflineLookups load_offline(const Spec& spec, const PipelineSpec& pipeline,
                            std::string (*giving)(const std::string& lookup)) {
  OfflineLookups loaded;
  const auto reader = reader_for(spec);
  for (const LookupSpec& lookup : pipeline.lookups) {
    if (lookup.reads_table()) {
      loaded.problems.push_back(problem_of(
          lookup, "table " + lookup.table->str() + " is not read here, as Postgres is not asked; give it a file: " +
                      giving(lookup.name) + "; this makes one: " + copy_command(lookup)));
      continue;
    }
    auto table = reader->load(lookup);
    if (table.ok()) {
      loaded.tables.push_back(std::move(table).value());
    } else {
      loaded.problems.push_back(problem_of(lookup, table.error().message()));
    }
  }
  return loaded;
}

}  // namespace tallymill
