#include "model/error_codes.h"

#include <array>

namespace tallymill {
namespace {

// Of pipelines first, then of commands, then of a start.
constexpr std::array stops{
    Word{"data_lost",
         "The topic no longer holds records that were not counted: retention, a log that was cut, a topic "
         "deleted or made anew.",
         "Restore them, or `tallymill resume --accept-gap`; for a topic made anew `--accept-topic`. With "
         "`--dry-run` it shows the ranges. What is accepted is recorded in `gap` with the next batch, and "
         "holds for that one loss. `on_data_loss: record_gap` accepts every loss."},
    Word{"dead_letter_ratio", "Too many records are rejected; the message names the reasons.",
         "Correct the producer or a lookup, then `tallymill resume`; or raise `max_dead_letter_ratio`, "
         "then `tallymill reload`."},
    Word{"refused_merge",
         "A sum or count would leave the range of its column; the message names table, key and column.",
         "Settle that row, then `tallymill resume`."},
    Word{"rows_missing", "A trigger or rule kept rows out of the table.",
         "Remove it, then `tallymill resume`."},
    Word{"config_changed",
         "The configuration counts otherwise than the stored rows were counted, or something no longer; the "
         "message shows the statements that differ. At its start the process ends with exit code 78; a reload is rejected.",
         "Put the former one back; or `tallymill reset` under this one; or new names beside the old ones."},
    Word{"too_many_partitions", "What the patterns of `topics` match is more than one pipeline reads; the message says how much.",
         "Delete topics that nobody needs, then `tallymill resume`, for those that were counted `--accept-topic`. Or "
         "divide them among pipelines by narrower patterns: what they leave out was counted, so that takes "
         "`tallymill reset`."},
    Word{"refused", "The same, noticed at a commit: somebody put another configuration into force.",
         "`tallymill reload` with that configuration."},
    Word{"column_missing",
         "A table lacks columns that are new in the configuration, and `postgres.ddl: check`.",
         "`tallymill migrate`, then `tallymill resume`."},
    Word{"column_not_empty", "A column that is new in the configuration is there already, with values.",
         "Another name for the new one, then `tallymill reload`; or the statement that the message shows, then "
         "`tallymill resume`."},
    Word{"table_rewrite",
         "For columns that are new in the configuration a table has to be written anew, and it is large.",
         "`tallymill migrate --rewrite` at a time that suits, then `tallymill resume`."},
    Word{"table_not_empty", "The table holds rows that this pipeline has not counted.",
         "Empty it or name another, then `tallymill resume`; or `tallymill reset --truncate`."},
    Word{"table_owned", "The table belongs to another pipeline.",
         "Name another table, or `renamed_from`, then `tallymill reload`."},
    Word{"table_gone", "The table that was counted into is gone.",
         "Restore it with its checkpoint from one backup, then `tallymill resume`; or `tallymill reset`."},
    Word{"table_replaced", "Another table has its name.",
         "The statement that the message shows, if it was restored with its checkpoint, then "
         "`tallymill resume`; or `tallymill reset`."},
    Word{"table_renamed", "The table has another name or schema.",
         "The statements that the message shows, then `tallymill resume`."},
    Word{"table_differs", "The table's columns or keys are not those of the configuration.",
         "The DDL that the message shows, then `tallymill resume`."},
    Word{"table_missing", "The table is not there and `postgres.ddl` is `check`.",
         "`tallymill migrate`, then `tallymill resume`."},
    Word{"schema_missing", "The daemon's own schema is not there and `postgres.ddl` is `check`.",
         "`tallymill migrate`, then `tallymill resume`."},
    Word{"schema_version", "The daemon's own tables have another version.",
         "`tallymill migrate` of the newer version, then `tallymill resume`."},
    Word{"pipeline_missing", "The pipeline's own row is gone, or a command names a pipeline that never ran.",
         "Restore the schema from a backup; or `tallymill reset`."},
    Word{"checkpoint_gone",
         "Checkpoint rows were deleted, or a failover forgot where counting began.",
         "Restore them, then `tallymill resume`; or `tallymill reset`."},
    Word{"bad_state",
         "A stored value of an aggregate, as of `last`, is not of its making.",
         "Restore or clear that row, then `tallymill resume`."},
    Word{"lookup_malformed",
         "A lookup's file is not CSV or NDJSON as it should be, and the message has the line; or its table "
         "holds text that is not UTF-8.",
         "Replace the file, or correct the table; it is found by itself."},
    Word{"lookup_empty", "A lookup has no row.", "Put rows into the file or the table; they are found by themselves."},
    Word{"lookup_key",
         "A key of a lookup stands twice, or is null; of a table the message has the query that shows the rows.",
         "Correct the file or the table; it is found by itself."},
    Word{"lookup_column", "A lookup lacks its key, or a column that an expression asks for.",
         "Replace the file, or add the column to the table; it is found by itself."},
    Word{"lookup_table_missing", "The table that a lookup reads is not there.",
         "Create it, and it is found by itself; or correct `table`, then `tallymill reload`."},
    Word{"lookup_type", "A column of a lookup's table is of a type that has no one spelling as text.",
         "Have `table` name a view that casts it, then `tallymill reload`."},
    Word{"lookup_not_a_file", "A lookup's path leads to no regular file.",
         "Put a file there; it is found by itself."},
    Word{"lookup_too_large", "A lookup is larger than `memory_limit` leaves for lookups.",
         "Raise `memory_limit`, then `tallymill reload`; or have less in the file or the table, which is found "
         "by itself."},
    Word{"unbalanced", "A batch's own books do not balance.",
         "Please report it; `tallymill resume` reads the records again."},

    Word{"paused", "`run --drain` of a paused pipeline.", "`tallymill resume`."},
    Word{"lease_taken", "`run --drain` while another instance counts the pipeline.",
         "Let it go on, or stop it first. One that died is waited for, some seconds, and taken over from."},
    Word{"topic_missing", "A topic does not exist, or none matches a pattern.",
         "Create it, or correct the name or pattern; `run` waits for it."},
    Word{"pipeline_in_use", "`drop` of a pipeline that an instance runs.",
         "`tallymill pause`, or stop that instance."},
    Word{"replay_running",
         "`dead-letters retry`, `reset`, `drop` or another `replay` while one is under way; or the start of a "
         "pipeline that counts more from now on.",
         "Let it end, or `tallymill replay --abandon`; a start is tried again by itself."},
    Word{"replay_impossible", "The topics do not hold what a replay needs.",
         "As the message says: `--from` a later time, where there are windows; `--accept-topic` to rebuild the "
         "table without topics that are gone; else `tallymill reset`."},
    Word{"not_held", "A command read records that the topic no longer holds.",
         "`tallymill verify` says which."},
    Word{"lookup_version", "A stored version of a lookup is damaged.",
         "`tallymill verify` says so; nothing else needs it."},
    Word{"no_cluster", "A kept record was taken for a topic.", "Please report it."},

    Word{"dsn", "`postgres.dsn` is no connection string.", "Correct it and restart."},
    Word{"postgres_too_old", "The server is older than Postgres 15.", "Upgrade it and restart."},
    Word{"kafka_option", "librdkafka refuses one of `kafka.options`.", "Correct it and restart."},
    Word{"kafka_settings", "librdkafka cannot work with the settings together, as with files of TLS.",
         "Correct them and restart."},
    Word{"kafka_admin", "librdkafka refuses a question about topics or offsets.", "Please report it."},
    Word{"kafka_queue", "librdkafka delivered a record outside of its partition's queue.",
         "Restart the daemon, and report it."},
    Word{"librdkafka_too_old", "The program runs with a librdkafka that loses or doubles records around seeks.",
         "Install 2.13.2 or newer."},
    Word{"memory_limit", "`memory_limit` is below the floor that the message computes.",
         "Raise it and restart."},
    Word{"http_address", "`http.address` is no address of this machine.", "Correct it and restart."},
    Word{"http_listen", "`http.port` cannot be listened on: it is taken, or needs privileges.",
         "Free it or choose another, and restart."},
    Word{"failpoints",
         "Failpoints are named in the environment without `--unsafe-failpoints`, or are not known.",
         "They are for tests: unset `TALLYMILL_FAILPOINTS`."},
};

constexpr std::array passing{
    Word{"connection_lost", "The connection to Postgres ended without a word from the server, or none could be made.",
         "Bring Postgres back; look at what lies between."},
    Word{"deadline", "Postgres did not answer in time.",
         "Look at its load, locks and network; `postgres` in the configuration has the time-outs."},
    Word{"interrupted", "What was read from Postgres is not needed any more: the pipeline ends.", "Nothing."},
    Word{"heartbeat", "The process's heartbeat is not answered, while other statements are.",
         "Look for a lock on the table `instance`, and for what ends one connection and not others. Commits go on."},
    Word{"source_away", "Kafka delivered nothing within the patience of a command.",
         "Bring Kafka back, and run the command again."},
    Word{"secret", "A file or command that gives a secret cannot be read, or gave nothing.",
         "Put the secret there; it is read again at the next try."},
    Word{"lookup_unreadable", "A lookup's file is not there or cannot be read.",
         "Put it there, with the right to read it; it is found by itself."},
    Word{"lookup_changing", "A lookup's file changed while it was read.",
         "Nothing, if it settles. Write lookups beside their place and rename them."},
    Word{"metadata_stale", "A broker does not know a partition that was read before.",
         "Nothing; it is asked again. If it lasts, see whether all brokers follow the controller."},
    Word{"started_meanwhile",
         "Another instance took the pipeline over, or a command was given, while this one looked where to begin.",
         "Nothing; it looks again."},
    Word{"replay_behind", "The live pipeline went on while a replay was about to exchange the rows.",
         "Nothing: the replay catches up, or goes on when it is run again."},
    Word{"http_no_answer", "The daemon did not answer `tallymill health` or `tallymill reload` over HTTP.",
         "See that it runs, and that `--address` and `--port` are those of its `http` section."},
    Word{"unhealthy", "The daemon answered `tallymill health`, but not with 200.",
         "Its log says why."},
    Word{"notify", "The service manager's socket could not be reached.", "Look at `NOTIFY_SOCKET`."},
    Word{"failpoint", "A failpoint of a test failed here on purpose.", "Unset `TALLYMILL_FAILPOINTS`."},
};

}  // namespace

std::span<const Word> stop_codes() { return stops; }
std::span<const Word> passing_codes() { return passing; }

}  // namespace tallymill
