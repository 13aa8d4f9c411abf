#include <array>

#include "config/keys.h"

namespace tallymill {
namespace {

constexpr std::int64_t ms = 1;
constexpr std::int64_t day = 86'400'000 * ms;

constexpr std::array rows{
    Key{.path = "pipelines.*.aggregations",
        .kind = KeyKind::named,
        .documentation = "The tables that the pipeline keeps, by name.",
        .required = true,
        .not_inherited = true},
    Key{.path = "pipelines.*.aggregations.*",
        .kind = KeyKind::section,
        .documentation = "One table: a row per group and window."},
    Key{.path = "pipelines.*.aggregations.*.where",
        .kind = KeyKind::expression,
        .documentation = "Which records count; a condition.",
        .default_meaning = "every record"},
    Key{.path = "pipelines.*.aggregations.*.window",
        .kind = KeyKind::duration,
        .documentation = "Length of tumbling windows, aligned to 1970-01-01T00:00:00Z; adds "
                         "window_start to the table's key.",
        .default_meaning = "no window",
        .lowest = ms,
        .highest = 366 * day},
    Key{.path = "pipelines.*.aggregations.*.retention",
        .kind = KeyKind::duration,
        .documentation = "Rows whose window started longer ago than this are deleted.",
        .default_meaning = "kept for ever",
        .lowest = 1000 * ms,
        .highest = 36600 * day},
    Key{.path = "pipelines.*.aggregations.*.group_by",
        .kind = KeyKind::group_by,
        .documentation = "The table's key: a list of fields and derived names, or a mapping of "
                         "column names to expressions.",
        .default_meaning = "one group"},
    Key{.path = "pipelines.*.aggregations.*.columns",
        .kind = KeyKind::named,
        .documentation = "The table's other columns, by name.",
        .required = true},
    Key{.path = "pipelines.*.aggregations.*.columns.*",
        .kind = KeyKind::column,
        .documentation = "An aggregate such as sum(cost), or a formula over other columns such as "
                         "clicks / impressions."},
    Key{.path = "pipelines.*.aggregations.*.columns.*.value",
        .kind = KeyKind::expression,
        .documentation = "The aggregate or formula.",
        .required = true},
    Key{.path = "pipelines.*.aggregations.*.columns.*.type",
        .kind = KeyKind::word,
        .documentation = "Type of an aggregate's column in Postgres.",
        .default_meaning = "the aggregate's own",
        .words = "boolean | bigint | numeric | double_precision | text | timestamptz"},
    Key{.path = "pipelines.*.aggregations.*.late",
        .kind = KeyKind::word,
        .documentation = "What happens to an event that is older than the record's Kafka timestamp "
                         "by more than late_after.",
        .default_text = "accept",
        .words = "accept | drop | dead_letter"},
    Key{.path = "pipelines.*.aggregations.*.late_after",
        .kind = KeyKind::duration,
        .documentation = "From which age on an event is late; goes with late: drop or dead_letter.",
        .lowest = 0,
        .highest = 3660 * day},
    Key{.path = "pipelines.*.aggregations.*.sinks",
        .kind = KeyKind::section,
        .documentation = "Where the rows go."},
    Key{.path = "pipelines.*.aggregations.*.sinks.postgres",
        .kind = KeyKind::section,
        .documentation = "The Postgres table; every aggregation has one."},
    Key{.path = "pipelines.*.aggregations.*.sinks.postgres.table",
        .kind = KeyKind::table,
        .documentation = "Name of the table, with its schema if it is not public.",
        .default_meaning = "the aggregation's name"},
    Key{.path = "pipelines.*.aggregations.*.sinks.redis",
        .kind = KeyKind::section,
        .documentation = "A copy of the rows in Redis.",
        .later = true},
    Key{.path = "pipelines.*.aggregations.*.sinks.kafka",
        .kind = KeyKind::section,
        .documentation = "Changed rows in a Kafka topic.",
        .later = true},
    Key{.path = "pipelines.*.aggregations.*.sinks.clickhouse",
        .kind = KeyKind::section,
        .documentation = "A copy of the rows in ClickHouse.",
        .later = true},
    Key{.path = "pipelines.*.aggregations.*.sinks.files",
        .kind = KeyKind::section,
        .documentation = "A copy of the rows in files of a bucket.",
        .later = true},
    Key{.path = "pipelines.*.aggregations.*.sinks.webhook",
        .kind = KeyKind::section,
        .documentation = "Changed rows sent over HTTP.",
        .later = true},
    Key{.path = "pipelines.*.aggregations.*.sinks.prometheus",
        .kind = KeyKind::section,
        .documentation = "Rows as gauges.",
        .later = true},
    Key{.path = "pipelines.*.aggregations.*.thresholds",
        .kind = KeyKind::section,
        .documentation = "Bands learnt per group, and alerts.",
        .later = true},
};

}  // namespace

std::span<const Key> aggregation_keys() { return rows; }

}  // namespace tallymill
