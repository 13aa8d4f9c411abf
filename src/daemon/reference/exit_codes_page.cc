#include <string>
#include <string_view>
#include <vector>

#include "daemon/exit_codes.h"
#include "daemon/reference/markdown.h"
#include "daemon/reference/pages.h"

namespace tallymill::reference {
namespace {

void add_rows(std::string_view command, Markdown& page) {
  std::vector<std::vector<std::string>> rows{{"Code", "Meaning"}};
  for (const exit_code::Row& row : exit_code::rows) {
    if (row.command == command) rows.push_back({code(std::to_string(row.code)), std::string(row.meaning)});
  }
  page.table(rows);
}

}  // namespace

std::string exit_codes_page() {
  Markdown page;
  page.heading(1, "Exit codes");
  page.paragraph("What a command ends with, unless it has codes of its own below. The daemon, `tallymill run`, "
                 "ends with 78 also where its configuration counts otherwise than the stored rows.");
  add_rows("", page);
  std::string_view last;
  for (const exit_code::Row& row : exit_code::rows) {
    if (row.command == last) continue;
    last = row.command;
    page.heading(2, code("tallymill " + std::string(row.command)));
    add_rows(row.command, page);
  }
  return page.text();
}

}  // namespace tallymill::reference
