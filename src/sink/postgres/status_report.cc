#include "sink/postgres/status_report.h"

#include <algorithm>
#include <vector>

#include "sink/postgres/connection.h"
#include "sink/postgres/identifiers.h"
#include "sink/postgres/postgres_presence.h"

namespace tallymill::postgres {
namespace {

constexpr Duration patience = std::chrono::seconds(10);

using Table = std::vector<std::vector<std::string>>;

std::string render(const Table& table) {
  std::vector<std::size_t> widths(table.front().size());
  for (const auto& row : table) {
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  std::string text;
  for (const auto& row : table) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      text += row[i];
      if (i + 1 < row.size()) text.append(widths[i] - row[i].size() + 2, ' ');
    }
    text += '\n';
  }
  return text;
}

Result<Table> read(Connection& connection, const std::string& sql,
                   std::vector<std::string> titles) {
  TRY_ASSIGN(const auto rows, connection.query(sql, Params(), patience));
  Table table{std::move(titles)};
  for (int row = 0; row < rows.rows(); ++row) {
    table.emplace_back();
    for (int column = 0; column < static_cast<int>(table.front().size()); ++column) {
      table.back().push_back(rows.null(row, column) ? "-" : rows.text(row, column));
    }
  }
  return table;
}

}  // namespace

Result<std::string> status_report(const Spec& spec, const SecretResolver& secrets) {
  TRY_ASSIGN(const auto connection, Connection::open(spec.postgres, secrets));
  const std::string& schema = spec.postgres.schema;
  TRY_ASSIGN(const Table pipelines,
             read(*connection,
                  "SELECT pipeline, wanted_state, instance, last_batch, "
                  "date_trunc('second', last_commit), date_trunc('milliseconds', since_last_commit), "
                  "last_batch_records, dead_letters, gaps FROM " +
                      qualified(schema, "status") + " ORDER BY pipeline",
                  {"PIPELINE", "WANTED", "INSTANCE", "BATCH", "COMMITTED", "AGO", "RECORDS",
                   "DEAD LETTERS", "GAPS"}));
  TRY_ASSIGN(const Table checkpoints,
             read(*connection,
                  "SELECT pipeline, topic, partition, next_offset FROM " +
                      qualified(schema, "checkpoint") +
                      " ORDER BY pipeline, topic, partition",
                  {"PIPELINE", "TOPIC", "PARTITION", "NEXT OFFSET"}));
  TRY_ASSIGN(const Table instances,
             read(*connection,
                  "SELECT i.pipeline, i.instance, i.state, CASE WHEN i.session = p.lease_session THEN "
                  "'yes' ELSE 'no' END, date_trunc('milliseconds', now() - i.seen), i.version, CASE "
                  "WHEN h.revision IS NULL THEN NULL WHEN h.revision = i.revision THEN 'same' ELSE "
                  "'differs' END FROM " + qualified(schema, "instance") + " i LEFT JOIN " +
                      qualified(schema, "pipeline") + " p USING (pipeline) LEFT JOIN " +
                      qualified(schema, "instance") +
                      " h ON h.pipeline = i.pipeline AND h.session = p.lease_session WHERE i.seen > "
                      "now() - " + remembered + " ORDER BY 1, 4 DESC, i.started_at",
                  {"PIPELINE", "INSTANCE", "STATE", "HOLDS IT", "SEEN", "VERSION", "CONFIG"}));
  return render(pipelines) + "\n" + render(instances) + "\n" + render(checkpoints);
}

}  // namespace tallymill::postgres
