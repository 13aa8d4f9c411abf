#include <array>
#include <limits>

#include "config/keys.h"

namespace tallymill {
namespace {

constexpr std::int64_t ms = 1;
constexpr std::int64_t second = 1000 * ms;
constexpr std::int64_t minute = 60 * second;
constexpr std::int64_t hour = 60 * minute;
constexpr std::int64_t mebibyte = std::int64_t{1} << 20;

constexpr std::array rows{
    Key{.path = "instance",
        .kind = KeyKind::text,
        .example = "mill-1",
        .documentation = "Name of this process among several; a process that restarts under its "
                         "name takes its pipelines back at once.",
        .default_meaning = "the host's name"},
    Key{.path = "takeover",
        .kind = KeyKind::duration,
        .example = "6s",
        .documentation = "How long it takes at most until another instance counts in place of one "
                         "that died. Shorter asks Postgres more often, and takes a slow database "
                         "for a dead instance sooner. The same for all instances of a pipeline.",
        .default_text = "3s",
        .lowest = second,
        .highest = minute},
    Key{.path = "memory_limit",
        .kind = KeyKind::size,
        .example = "1GiB",
        .documentation = "What the whole process may use: prefetch, groups, dead letters, buffers "
                         "and lookups.",
        .default_text = "512MiB",
        .lowest = 64 * mebibyte,
        .highest = std::int64_t{1} << 40},
    Key{.path = "workers",
        .kind = KeyKind::integer,
        .example = "4",
        .documentation = "Threads that fold records, per pipeline; never more than partitions.",
        .default_meaning = "one per core",
        .lowest = 1,
        .highest = 256},

    Key{.path = "kafka",
        .kind = KeyKind::section,
        .documentation = "The Kafka cluster that all pipelines read.",
        .required = true},
    Key{.path = "kafka.brokers",
        .kind = KeyKind::text,
        .example = "kafka-1:9092,kafka-2:9092",
        .documentation = "Where to reach the cluster: host:port, several with commas between them.",
        .required = true},
    Key{.path = "kafka.options",
        .kind = KeyKind::options,
        .example = "{security.protocol: ssl, ssl.ca.location: /etc/ssl/kafka.pem}",
        .documentation = "Settings of librdkafka, passed on as they are: TLS, SASL, tuning; values "
                         "may be secrets. What exactness or memory_limit depends on is refused."},
    Key{.path = "kafka.metadata_refresh",
        .kind = KeyKind::duration,
        .example = "10s",
        .documentation = "Partitions that are added, and topics that come to match a pattern, are found "
                         "within this.",
        .default_text = "30s",
        .lowest = second,
        .highest = hour},
    Key{.path = "kafka.watchdog",
        .kind = KeyKind::duration,
        .example = "2m",
        .documentation = "A partition that has records to read but does not move for this long is "
                         "an error.",
        .default_text = "1m",
        .lowest = second,
        .highest = hour},

    Key{.path = "postgres",
        .kind = KeyKind::section,
        .documentation = "The database that holds the tables, the checkpoints and the ledger.",
        .required = true},
    Key{.path = "postgres.dsn",
        .kind = KeyKind::secret,
        .example = "\"${POSTGRES_DSN}\"",
        .documentation = "Connection string, as a URI or as key=value pairs; must lead to the "
                         "writable primary.",
        .required = true},
    Key{.path = "postgres.password",
        .kind = KeyKind::secret,
        .example = "{file: /run/secrets/postgres}",
        .documentation = "The password, if it is not part of the connection string; read again at "
                         "each connect.",
        .default_meaning = "that of the dsn"},
    Key{.path = "postgres.schema",
        .kind = KeyKind::identifier,
        .example = "tallymill_ads",
        .documentation = "Schema of the daemon's own tables: checkpoints, ledger, dead letters.",
        .default_text = "tallymill"},
    Key{.path = "postgres.ddl",
        .kind = KeyKind::word,
        .example = "check",
        .documentation = "Whether the daemon creates what is missing, or only checks that it is "
                         "there.",
        .default_text = "apply",
        .words = "apply | check"},
    Key{.path = "postgres.readers",
        .kind = KeyKind::identifiers,
        .example = "[grafana, analysts]",
        .documentation = "Roles that are granted SELECT on the tables."},
    Key{.path = "postgres.connect_timeout",
        .kind = KeyKind::duration,
        .example = "3s",
        .documentation = "How long making a connection may take.",
        .default_text = "5s",
        .lowest = 100 * ms,
        .highest = 5 * minute},
    Key{.path = "postgres.statement_timeout",
        .kind = KeyKind::duration,
        .example = "1m",
        .documentation = "How long one statement may take before its batch is tried in halves.",
        .default_text = "30s",
        .lowest = 100 * ms,
        .highest = hour},
    Key{.path = "postgres.lock_timeout",
        .kind = KeyKind::duration,
        .example = "2s",
        .documentation = "How long to wait for a lock that somebody else holds.",
        .default_text = "5s",
        .lowest = 10 * ms,
        .highest = hour},
    Key{.path = "postgres.commit_timeout",
        .kind = KeyKind::duration,
        .example = "20s",
        .documentation = "How long a COMMIT may take before its outcome counts as unknown and is "
                         "looked up.",
        .default_text = "10s",
        .lowest = 100 * ms,
        .highest = hour},

    Key{.path = "http",
        .kind = KeyKind::section,
        .documentation = "Metrics, health and status over HTTP."},
    Key{.path = "http.enabled",
        .kind = KeyKind::boolean,
        .example = "false",
        .documentation = "Whether to listen at all.",
        .default_text = "true"},
    Key{.path = "http.address",
        .kind = KeyKind::text,
        .example = "0.0.0.0",
        .documentation = "Address to listen on; 0.0.0.0 for all, which lets others read the status.",
        .default_text = "127.0.0.1"},
    Key{.path = "http.port",
        .kind = KeyKind::integer,
        .example = "9200",
        .documentation = "Port to listen on.",
        .default_text = "9108",
        .lowest = 1,
        .highest = 65535},
    Key{.path = "http.dead_letter_samples",
        .kind = KeyKind::boolean,
        .example = "true",
        .documentation = "Whether the status page shows the first bytes of a few dead letters. Whoever "
                         "can open the page then sees what records hold.",
        .default_text = "false"},

    Key{.path = "log", .kind = KeyKind::section, .documentation = "The log, written to stderr."},
    Key{.path = "log.level",
        .kind = KeyKind::word,
        .example = "debug",
        .documentation = "The least important lines that are written.",
        .default_text = "info",
        .words = "debug | info | warn | error"},
    Key{.path = "log.format",
        .kind = KeyKind::word,
        .example = "json",
        .documentation = "Lines for people, or one JSON object per line.",
        .default_text = "text",
        .words = "text | json"},

    Key{.path = "defaults",
        .kind = KeyKind::section,
        .example = "{interval: 10s, on_error: skip}",
        .documentation = "What every pipeline inherits: the keys of a pipeline except aggregations "
                         "and renamed_from. What a pipeline says itself goes first; mappings are "
                         "merged, lists are replaced."},
};

}  // namespace

std::span<const Key> daemon_keys() { return rows; }

}  // namespace tallymill
