#include "daemon/plan_view.h"

#include <algorithm>

#include "base/join.h"
#include "daemon/exit_codes.h"
#include "sink/postgres/service_schema.h"

namespace tallymill {
namespace {

using postgres::PipelineWork;
using postgres::PlannedPipeline;
using postgres::PlannedTable;
using postgres::SchemaWork;
using postgres::TableWork;

std::string size_text(std::int64_t bytes) {
  constexpr std::int64_t kib = 1024;
  for (const auto& [unit, size] : {std::pair{"GiB", kib * kib * kib}, std::pair{"MiB", kib * kib}}) {
    if (bytes >= size) return std::to_string(bytes / size) + " " + unit;
  }
  return std::to_string(bytes / kib) + " KiB";
}

std::string name_of(const TablePlan& plan) { return plan.schema + "." + plan.table; }

PlanItem refusal_of(const Error& error, std::vector<std::string> ways) {
  return {PlanMark::refuse, error.message(), std::move(ways), {}, error.code()};
}

class PipelineView {
 public:
  PipelineView(const PlannedPipeline& planned, const std::string& config)
      : planned_(planned), config_(config) {}

  PlanPart view() {
    part_.name = planned_.name;
    part_.title = "pipeline " + planned_.name + ", " + standing();
    if (!holder().empty()) {
      part_.notes.push_back("instance " + holder() +
                            " holds it: what stands here comes once that one is stopped, restarted or reloaded");
    }
    view_row();
    for (const PlannedTable& table : planned_.tables) view_table(table);
    view_readers();
    if (planned_.lookups_refusal) part_.items.push_back(refusal_of(*planned_.lookups_refusal, {}));
    return std::move(part_);
  }

 private:
  [[nodiscard]] std::string holder() const { return planned_.stored ? planned_.stored->instance : ""; }
  [[nodiscard]] std::int64_t batches() const { return planned_.stored ? planned_.stored->batches : 0; }

  [[nodiscard]] std::string standing() const {
    if (!planned_.stored) return "new";
    if (batches() == 0) return "which has counted nothing yet";
    std::string text = "at batch " + std::to_string(batches());
    if (!planned_.committed_at.empty()) text += " of " + planned_.committed_at;
    if (!planned_.newest_event.empty()) text += ", events up to " + planned_.newest_event;
    return text;
  }

  void view_row() {
    if (planned_.stored && planned_.stored->name != planned_.name) {
      part_.items.push_back({PlanMark::change, "pipeline " + planned_.stored->name + " gets the name " +
                                                   planned_.name, {}, {}, {}});
    }
    if (planned_.work.kind == PipelineWork::Kind::begin_anew) {
      part_.items.push_back({PlanMark::change, "the configuration: another one was stored, which has "
                                               "counted nothing", {}, {}, {}});
    }
    for (const std::string& statement : planned_.work.growth.reads) {
      part_.items.push_back({PlanMark::add, "reads " + statement,
                             {"a record that is no use there is rejected, as for any other field"}, {}, {}});
    }
    const Growth& growth = planned_.work.growth;
    if (planned_.work.kind == PipelineWork::Kind::grow && growth.reads.empty() && growth.grown.empty() &&
        growth.aggregations.empty()) {
      part_.items.push_back({PlanMark::change, "the order of columns in the configuration", {}, {}, {}});
    }
    if (!planned_.refusal) return;
    std::vector<std::string> ways;
    if (planned_.refusal->code() == "config_changed") {
      ways.push_back("all tables anew in their place: " + command("reset", " --truncate --dry-run"));
      ways.push_back("beside the old one: leave it as it was, add the aggregation under another name, and "
                     "have what was counted before read again: " +
                     command("replay", " --aggregation NAME"));
    }
    part_.items.push_back(refusal_of(*planned_.refusal, std::move(ways)));
  }

  void view_table(const PlannedTable& table) {
    const TableWork& work = table.work;
    const std::string name = "table " + name_of(table.plan);
    if (work.kind == TableWork::Kind::make && !work.sql.empty()) {
      PlanItem item{PlanMark::add, name + ": " + joined(work.columns), {}, work.sql, {}};
      if (batches() > 0) say_since(table, item);
      part_.items.push_back(std::move(item));
    } else if (work.kind == TableWork::Kind::keep && !work.registered && !table.refusal) {
      PlanItem item{PlanMark::change, name + ", which is there and empty, belongs to aggregation " +
                                          table.aggregation, {}, {}, {}};
      if (batches() > 0) say_since(table, item);
      part_.items.push_back(std::move(item));
    } else if (work.kind == TableWork::Kind::grow) {
      view_growth(table, name);
    }
    if (table.refusal) view_refusal(table);
  }

  void view_growth(const PlannedTable& table, const std::string& name) {
    const TableWork& work = table.work;
    PlanItem item{PlanMark::add, name + " counts more: " + joined(work.columns), {}, work.sql, {}};
    for (const std::string& definition : work.definitions) item.notes.push_back("column " + definition);
    if (work.definitions.empty()) item.notes.push_back("its columns are there already");
    say_since(table, item);
    part_.items.push_back(std::move(item));
    if (!work.rewrites) return;
    part_.items.push_back({PlanMark::change, name + ", " + size_text(work.bytes) +
                                                 " with its indexes, is written anew for that",
                           {"nobody reads it or counts into it meanwhile"}, {}, {}});
  }

  void say_since(const PlannedTable& table, PlanItem& item) {
    item.notes.push_back("counts from batch " + std::to_string(batches() + 1) + " on" +
                         (holder().empty() ? "" : ", or from a later one: instance " + holder() +
                                                      " goes on until then"));
    item.notes.push_back("what was counted before, too: " +
                         command("replay", " --aggregation " + table.aggregation));
  }

  void view_refusal(const PlannedTable& table) {
    if (table.work.sql.empty()) return part_.items.push_back(refusal_of(*table.refusal, {}));
    const bool rewrite = table.work.rewrites;
    PlanItem item = refusal_of(*table.refusal, {"then the start goes on: tallymill migrate " + config_ +
                                                (rewrite ? " --rewrite" : "")});
    // Its statements are shown already.
    item.what = item.what.substr(0, item.what.find('\n'));
    part_.items.push_back(std::move(item));
  }

  void view_readers() {
    if (!planned_.reader_grants.empty()) {
      part_.items.push_back({PlanMark::add, "postgres.readers may read what they could not", {},
                             planned_.reader_grants, {}});
    }
    if (planned_.readers_refusal) part_.items.push_back(refusal_of(*planned_.readers_refusal, {}));
  }

  [[nodiscard]] std::string command(const std::string& name, const std::string& rest) const {
    return "tallymill " + name + " " + config_ + " " + planned_.name + rest;
  }

  const PlannedPipeline& planned_;
  const std::string& config_;
  PlanPart part_;
};

PlanPart schema_view(const postgres::StartPlan& plan, const Spec& spec, const std::string& config) {
  const std::string& schema = spec.postgres.schema;
  PlanPart part{{}, "schema " + schema, {}, {}};
  const std::string to = std::to_string(postgres::schema_version);
  if (plan.schema.kind == SchemaWork::Kind::make) {
    part.items.push_back({PlanMark::add, "schema " + schema + " with the daemon's own tables, version " + to,
                          {}, plan.schema.sql, {}});
  } else if (plan.schema.kind == SchemaWork::Kind::update) {
    part.items.push_back({PlanMark::change, "the daemon's own tables, from version " +
                                                std::to_string(plan.schema.version) + " to " + to,
                          {"an instance of the older version goes on until it next starts a pipeline"},
                          plan.schema.sql, {}});
  }
  if (!plan.schema_refusal) return part;
  std::vector<std::string> ways;
  if (!plan.schema.sql.empty()) ways.push_back("then the start goes on: tallymill migrate " + config);
  part.items.push_back(refusal_of(*plan.schema_refusal, std::move(ways)));
  return part;
}

}  // namespace

std::string_view name_of(PlanMark mark) {
  switch (mark) {
    case PlanMark::add: return "add";
    case PlanMark::change: return "change";
    case PlanMark::refuse: return "refuse";
  }
  return "refuse";
}

std::size_t PlanView::count(PlanMark mark) const {
  std::size_t count = 0;
  for (const PlanPart& part : parts) {
    for (const PlanItem& item : part.items) count += item.mark == mark ? 1 : 0;
  }
  return count;
}

int PlanView::exit_code() const {
  if (count(PlanMark::refuse) > 0) return exit_code::would_be_refused;
  const bool any = count(PlanMark::add) + count(PlanMark::change) > 0;
  return any ? exit_code::would_change : exit_code::ok;
}

PlanView view_of(const postgres::StartPlan& plan, const Spec& spec, const std::string& config) {
  PlanView view;
  view.parts.push_back(schema_view(plan, spec, config));
  for (const PlannedPipeline& pipeline : plan.pipelines) {
    view.parts.push_back(PipelineView(pipeline, config).view());
  }
  return view;
}

}  // namespace tallymill
