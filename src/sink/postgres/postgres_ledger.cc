#include "sink/postgres/postgres_ledger.h"

#include <zstd.h>

#include <utility>

#include "sink/postgres/connection.h"
#include "sink/postgres/identifiers.h"
#include "sink/postgres/timestamps.h"

namespace tallymill {
namespace {

using postgres::Connection;
using postgres::Params;
using postgres::QueryResult;

Offset offset_of(const std::string& digits) { return Offset(parse_int128(digits).value_or(0)); }

Digest digest_from(std::string_view bytes) {
  Digest digest{};
  for (std::size_t i = 0; i < std::min(bytes.size(), digest.size()); ++i) {
    digest[i] = static_cast<std::byte>(bytes[i]);
  }
  return digest;
}

Gap read_gap(const QueryResult& rows, int i) {
  Gap gap{{rows.text(i, 0), Partition(rows.number(i, 1))}, rows.text(i, 2),
          offset_of(rows.text(i, 3)), std::nullopt, rows.text(i, 5)};
  if (!rows.null(i, 4)) gap.to = offset_of(rows.text(i, 4));
  return gap;
}

Result<std::string> decompressed(std::string_view bytes) {
  const auto size = ZSTD_getFrameContentSize(bytes.data(), bytes.size());
  constexpr unsigned long long largest = std::uint64_t{2} << 30;
  if (size == ZSTD_CONTENTSIZE_ERROR || size == ZSTD_CONTENTSIZE_UNKNOWN || size > largest) {
    return Error(Reaction::stop, "lookup_version", "the stored contents are not of tallymill's making");
  }
  std::string text(static_cast<std::size_t>(size), '\0');
  const std::size_t got = ZSTD_decompress(text.data(), text.size(), bytes.data(), bytes.size());
  if (ZSTD_isError(got) == 0 && got == text.size()) return text;
  return Error(Reaction::stop, "lookup_version", "the stored contents are damaged");
}

class PostgresLedger final : public Ledger {
 public:
  PostgresLedger(PostgresSpec postgres, std::string pipeline, postgres::SecretResolver secrets)
      : postgres_(std::move(postgres)),
        pipeline_(std::move(pipeline)),
        secrets_(std::move(secrets)) {}

  Result<std::vector<std::int64_t>> find(const LedgerSelection& which) override {
    const auto number = [](const std::optional<std::int64_t>& value) {
      return value ? std::optional(std::to_string(*value)) : std::nullopt;
    };
    TRY_ASSIGN(const QueryResult rows,
               query("SELECT sequence FROM (SELECT sequence FROM " + table("batch") +
                         " WHERE pipeline = $1 AND sequence >= coalesce($2::bigint, 0) AND sequence "
                         "<= coalesce($3::bigint, 9223372036854775807) AND committed_at >= "
                         "coalesce($4::timestamptz, '-infinity') ORDER BY sequence DESC LIMIT "
                         "$5::bigint) chosen ORDER BY sequence",
                     Params()
                         .text(pipeline_)
                         .optional_text(number(which.first))
                         .optional_text(number(which.last))
                         .optional_text(which.since ? std::optional(to_string(*which.since))
                                                    : std::nullopt)
                         .optional_text(number(which.newest))));
    std::vector<std::int64_t> sequences;
    for (int i = 0; i < rows.rows(); ++i) sequences.push_back(rows.number(i, 0));
    return sequences;
  }

  Result<std::optional<LedgerBatch>> read(std::int64_t sequence) override {
    TRY_ASSIGN(const QueryResult row,
               of_batch("fingerprint, records_read, records_used, records_skipped, "
                        "records_rejected, digest, decode(digests->>'rejects', 'hex'), "
                        "retried->>'aggregation'",
                        "", sequence));
    if (row.rows() == 0) return std::optional<LedgerBatch>();
    LedgerBatch batch;
    batch.sequence = sequence;
    batch.fingerprint = row.text(0, 0);
    batch.counts.read = row.number(0, 1);
    batch.counts.used = row.number(0, 2);
    batch.counts.skipped = row.number(0, 3);
    batch.counts.rejected = row.number(0, 4);
    batch.digest = digest_from(row.bytes(0, 5));
    if (!row.null(0, 6)) batch.rejects_digest = digest_from(row.bytes(0, 6));
    if (!row.null(0, 7)) batch.retries = row.text(0, 7);
    TRY(read_ranges(batch));
    TRY(read_parts(batch));
    TRY(read_gaps(batch));
    return std::optional(std::move(batch));
  }

  Result<std::optional<std::string>> lookup_contents(const std::string& lookup,
                                                     const Digest& content_hash) override {
    TRY_ASSIGN(const QueryResult rows,
               query("SELECT contents FROM " + table("lookup_version") +
                         " WHERE pipeline = $1 AND lookup = $2 AND content_hash = $3",
                     Params().text(pipeline_).text(lookup).text(to_hex(content_hash))));
    if (rows.rows() == 0) return std::optional<std::string>();
    TRY_ASSIGN(std::string text, decompressed(rows.bytes(0, 0)));
    return std::optional(std::move(text));
  }

 private:
  Result<void> read_ranges(LedgerBatch& batch) {
    TRY_ASSIGN(const QueryResult rows,
               of_batch("x.topic, x.partition, x.topic_id, x.\"from\", x.\"to\", "
                        "coalesce(x.leader_epoch, -1)",
                        ", jsonb_to_recordset(coalesce(retried->'ranges', ranges)) AS x(topic text, partition bigint, topic_id "
                        "text, \"from\" numeric, \"to\" numeric, leader_epoch integer)",
                        batch.sequence));
    for (int i = 0; i < rows.rows(); ++i) {
      BatchRange range;
      range.where = {rows.text(i, 0), Partition(rows.number(i, 1))};
      range.topic_id = rows.text(i, 2);
      range.from = offset_of(rows.text(i, 3));
      range.to = offset_of(rows.text(i, 4));
      range.leader_epoch = LeaderEpoch(static_cast<std::int32_t>(rows.number(i, 5)));
      batch.ranges.push_back(std::move(range));
    }
    TRY_ASSIGN(const QueryResult refused,
               of_batch("x.topic, x.partition, x.\"offset\"",
                        ", jsonb_to_recordset(refused) AS x(topic text, partition bigint, "
                        "\"offset\" numeric)",
                        batch.sequence));
    for (int i = 0; i < refused.rows(); ++i) {
      batch.refused.insert({{refused.text(i, 0), Partition(refused.number(i, 1))},
                            offset_of(refused.text(i, 2))});
    }
    return {};
  }

  Result<void> read_parts(LedgerBatch& batch) {
    TRY_ASSIGN(const QueryResult counts,
               of_batch("x.key, x.value->>'folded', x.value->>'filtered', x.value->>'late', "
                        "decode(digests->'tables'->>x.key, 'hex')",
                        ", jsonb_each(aggregations) x", batch.sequence));
    for (int i = 0; i < counts.rows(); ++i) {
      batch.aggregations[counts.text(i, 0)] = {counts.number(i, 1), counts.number(i, 2),
                                               counts.number(i, 3)};
      if (!counts.null(i, 4)) batch.table_digests[counts.text(i, 0)] = digest_from(counts.bytes(i, 4));
    }
    TRY_ASSIGN(const QueryResult lookups,
               of_batch("x.lookup, decode(x.content_hash, 'hex')",
                        ", jsonb_to_recordset(lookups) AS x(lookup text, content_hash text)",
                        batch.sequence));
    for (int i = 0; i < lookups.rows(); ++i) {
      batch.lookups[lookups.text(i, 0)] = digest_from(lookups.bytes(i, 1));
    }
    return {};
  }

  Result<void> read_gaps(LedgerBatch& batch) {
    const std::string columns = "SELECT g.topic, g.partition, g.topic_id, g.from_offset, g.to_offset, "
                                "g.cause FROM " + table("gap") + " g WHERE g.pipeline = $1 AND ";
    TRY_ASSIGN(const QueryResult own,
               query(columns + "g.batch_sequence = $2::bigint ORDER BY 1, 2, 4",
                     Params().text(pipeline_).number(batch.sequence)));
    for (int i = 0; i < own.rows(); ++i) batch.gaps.push_back(read_gap(own, i));
    TRY_ASSIGN(const QueryResult later,
               query(columns + "g.batch_sequence > $2::bigint AND g.cause = 'truncated' AND EXISTS "
                         "(SELECT 1 FROM " + table("batch") + " b, jsonb_to_recordset("
                         "coalesce(b.retried->'ranges', b.ranges)) AS x(topic text, partition bigint, topic_id text, \"to\" numeric) WHERE "
                         "b.pipeline = $1 AND b.sequence = $2::bigint AND x.topic = g.topic AND "
                         "x.partition = g.partition AND x.topic_id = g.topic_id AND g.from_offset < "
                         "x.\"to\") ORDER BY 1, 2, 4",
                     Params().text(pipeline_).number(batch.sequence)));
    for (int i = 0; i < later.rows(); ++i) batch.cuts.push_back(read_gap(later, i));
    return {};
  }

  Result<QueryResult> of_batch(const std::string& columns, const std::string& joined,
                               std::int64_t sequence) {
    return query("SELECT " + columns + " FROM " + table("batch") + joined +
                     " WHERE pipeline = $1 AND sequence = $2::bigint",
                 Params().text(pipeline_).number(sequence));
  }

  Result<QueryResult> query(const std::string& sql, const Params& params) {
    if (!connection_ || !connection_->alive()) {
      TRY_ASSIGN(connection_, Connection::open(postgres_, secrets_));
    }
    auto rows = connection_->query(sql, params, postgres_.statement_timeout);
    if (rows.ok()) return rows;
    return rows.error().within("reading the ledger of pipeline " + pipeline_);
  }

  [[nodiscard]] std::string table(std::string_view name) const {
    return postgres::qualified(postgres_.schema, name);
  }

  PostgresSpec postgres_;
  std::string pipeline_;
  postgres::SecretResolver secrets_;
  std::unique_ptr<Connection> connection_;
};

}  // namespace

std::unique_ptr<Ledger> make_postgres_ledger(PostgresSpec postgres, std::string pipeline,
                                             postgres::SecretResolver secrets) {
  return std::make_unique<PostgresLedger>(std::move(postgres), std::move(pipeline),
                                          std::move(secrets));
}

}  // namespace tallymill
