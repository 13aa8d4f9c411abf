#include "daemon/plan_report.h"

#include "base/json_writer.h"
#include "base/printable.h"
#include "daemon/terminal.h"

namespace tallymill {
namespace {

struct Look {
  const char* mark;
  Ink ink;
};

Look look_of(PlanMark mark) {
  switch (mark) {
    case PlanMark::add: return {"+", Ink::green};
    case PlanMark::change: return {"~", Ink::yellow};
    case PlanMark::refuse: break;
  }
  return {"!", Ink::red};
}

// Each line by itself made fit for a terminal, those below the first indented.
std::string lines_of(const std::string& text, const std::string& indent) {
  std::string shown;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    shown += (at == 0 ? "" : "\n" + indent) + printable(text.substr(at, end - at));
    at = end + 1;
  }
  return shown;
}

std::string item_text(const PlanItem& item, bool colour) {
  const Look look = look_of(item.mark);
  const std::string code = item.code.empty() ? "" : "refused (" + item.code + "): ";
  std::string text = "  " + inked(look.mark, look.ink, colour) + " " +
                     inked(code, look.ink, colour && !code.empty()) + lines_of(item.what, "    ") + "\n";
  for (const std::string& note : item.notes) {
    text += "      " + inked(lines_of(note, "      "), Ink::dim, colour) + "\n";
  }
  return text;
}

std::string counted(std::size_t number, const std::string& what) {
  return std::to_string(number) + " " + what;
}

std::string sum_of(const PlanView& view) {
  const std::size_t refused = view.count(PlanMark::refuse);
  const std::size_t others = view.count(PlanMark::add) + view.count(PlanMark::change);
  if (refused + others == 0) return "Nothing to do: the next start changes nothing.\n";
  return counted(view.count(PlanMark::add), "to add, ") + counted(view.count(PlanMark::change), "to change, ") +
         counted(refused, "refused. ") +
         (refused == 0 ? "The next start does it.\n"
                       : "A pipeline that is refused is stopped by the next start, and nothing of it is "
                         "changed.\n");
}

void write_strings(JsonWriter& json, const char* name, const std::vector<std::string>& strings) {
  json.key(name).begin_array();
  for (const std::string& one : strings) json.string(one);
  json.end_array();
}

}  // namespace

std::string plan_report(const PlanView& view, bool colour) {
  std::string text;
  for (const PlanPart& part : view.parts) {
    // The daemon's own schema is news only where something is to do.
    if (part.name.empty() && part.items.empty()) continue;
    text += inked(printable(part.title), Ink::bold, colour) + "\n";
    for (const std::string& note : part.notes) text += "  " + printable(note) + "\n";
    for (const PlanItem& item : part.items) text += item_text(item, colour);
    if (part.items.empty()) text += "  goes on as it is\n";
    text += "\n";
  }
  return text + sum_of(view);
}

std::string plan_json(const PlanView& view) {
  JsonWriter json;
  json.begin_object().key("parts").begin_array();
  for (const PlanPart& part : view.parts) {
    json.begin_object().key("pipeline").string(part.name).key("title").string(part.title);
    write_strings(json, "notes", part.notes);
    json.key("items").begin_array();
    for (const PlanItem& item : part.items) {
      json.begin_object().key("do").string(name_of(item.mark)).key("what").string(item.what);
      write_strings(json, "notes", item.notes);
      json.key("sql").string(item.sql).key("code").string(item.code).end_object();
    }
    json.end_array().end_object();
  }
  json.end_array();
  for (const PlanMark mark : {PlanMark::add, PlanMark::change, PlanMark::refuse}) {
    json.key(name_of(mark)).number(static_cast<std::int64_t>(view.count(mark)));
  }
  json.end_object();
  return json.text() + "\n";
}

}  // namespace tallymill
