#include "daemon/reference/files.h"

#include "config/json_schema.h"
#include "daemon/reference/markdown.h"
#include "daemon/reference/topics.h"

namespace tallymill::reference {
namespace {

constexpr const char* notice =
    "<!-- Written by: tallymill docs --write docs/reference. A test holds it against the source. -->\n\n";

std::string list() {
  Markdown page;
  page.heading(1, "Reference");
  page.paragraph("Printed from the tables in the source that the program itself works with. `tallymill docs TOPIC` "
                 "prints the same pages, and `tallymill docs NAME` what they say about a key, function, metric, "
                 "table or code.");
  for (const Topic& topic : topics()) {
    const std::string name(topic.name);
    page.item("[" + name + "](" + name + ".md): " + std::string(topic.about));
  }
  page.item("[tallymill.schema.json](tallymill.schema.json): the JSON Schema of configurations, for editors.");
  return page.text();
}

}  // namespace

std::vector<File> files() {
  std::vector<File> all{{"README.md", notice + list()}, {"tallymill.schema.json", json_schema()}};
  for (const Topic& topic : topics()) all.push_back({std::string(topic.name) + ".md", notice + topic.page()});
  return all;
}

}  // namespace tallymill::reference
