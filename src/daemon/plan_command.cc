#include "daemon/plan_command.h"

#include <cstdio>

#include "daemon/exit_codes.h"
#include "daemon/plan_report.h"
#include "daemon/secrets.h"
#include "daemon/terminal.h"
#include "sink/postgres/apply_migration.h"
#include "sink/postgres/migration.h"

namespace tallymill {
namespace {

void complain(const Error& error) { std::fprintf(stderr, "tallymill: %s\n", error.message().c_str()); }

void say(const std::string& what) {
  std::printf("%s\n", what.c_str());
  std::fflush(stdout);
}

// Whoever owns the tables has a DSN of its own.
Spec connecting_by(Spec spec, const std::string& dsn_file) {
  if (dsn_file.empty()) return spec;
  spec.postgres.dsn.from = SecretSource::File{dsn_file};
  spec.postgres.password.reset();
  return spec;
}

}  // namespace

int plan_command(const Spec& spec, const CommandLine& line) {
  const auto plan = postgres::plan_start(spec, resolve_secret);
  if (!plan.ok()) {
    complain(plan.error());
    return exit_code::failure;
  }
  const PlanView view = view_of(*plan, spec, line.config);
  const std::string text = line.json ? plan_json(view) : plan_report(view, wants_colour(stdout));
  std::fputs(text.c_str(), stdout);
  return view.exit_code();
}

int migrate_command(const Spec& spec, const CommandLine& line) {
  if (line.sql) {
    std::fputs(postgres::migration_sql(spec, line.role).c_str(), stdout);
    return exit_code::ok;
  }
  postgres::Migration migration;
  migration.daemon_role = line.role;
  migration.rewrite = line.rewrite;
  bool did_something = false;
  migration.say = [&did_something](const std::string& what) {
    did_something = true;
    say(what);
  };
  migration.wait = say;
  const auto left =
      postgres::apply_migration(connecting_by(spec, line.dsn_file), migration, resolve_secret);
  if (!left.ok()) {
    complain(left.error().within(did_something ? "what is named above is done; the rest was not changed"
                                               : "nothing was changed"));
    return exit_code::failure;
  }
  for (const Error& error : *left) complain(error);
  if (!left->empty()) return exit_code::failure;
  say("schema and tables are there");
  return exit_code::ok;
}

}  // namespace tallymill
