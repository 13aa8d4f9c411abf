#include <string>
#include <string_view>

#include "config/keys.h"
#include "daemon/reference/markdown.h"
#include "daemon/reference/pages.h"

namespace tallymill::reference {
namespace {

// "pipelines.<name>.source": what stands for * is a name that the user gives.
std::string shown_path(std::string_view path) {
  std::string result;
  for (const char c : path) result += c == '*' ? std::string("<name>") : std::string(1, c);
  return result;
}

// "`stop` or `record_gap`", "duration, 10ms to 1h".
std::string type_text(const Key& key) {
  std::string text;
  const auto words = split_words(key.words);
  for (std::size_t i = 0; i < words.size(); ++i) {
    text += (i == 0 ? "" : i + 1 == words.size() ? " or " : ", ") + code(words[i]);
  }
  if (text.empty()) text = kind_text(key);
  const std::string range = range_text(key);
  return range.empty() ? text : text + ", " + range;
}

std::string default_text(const Key& key) {
  if (key.required) return ", required";
  if (!key.default_text.empty()) return "; default: " + code(key.default_text);
  return key.default_meaning.empty() ? "" : "; default: " + std::string(key.default_meaning);
}

void add_key(const Key& key, Markdown& page) {
  const std::string name(leaf_of(key.path));
  const std::string meaning(key.documentation);
  if (key.later) {
    page.item(code(name) + ": " + meaning + " *Comes in a later version.*");
    return;
  }
  std::string text = code(name) + ": " + type_text(key) + default_text(key) + ". " + meaning;
  if (!key.example.empty()) text += " For example " + code(name + ": " + std::string(key.example));
  page.item(text);
}

// The keys directly below a section, and a form of it that is no mapping.
void add_section(const Key& section, Markdown& page) {
  page.heading(2, code(shown_path(section.path))).paragraph(section.documentation);
  if (!section.example.empty()) {
    page.paragraph("Instead of a mapping with the keys below, a single value such as " + code(section.example) + ".");
  }
  for (const Key* key : keys_below(section.path)) add_key(*key, page);
}

}  // namespace

std::string configuration_page() {
  Markdown page;
  page.heading(1, "Configuration: every key");
  page.paragraph("What a key may be and what it means. A name in `<>` is yours to give. How values are "
                 "written, what `${VAR}` and `defaults` do, and an example are in "
                 "[Configuration](../configuration.md).");
  page.heading(2, "At the top");
  for (const Key* key : keys_below("")) add_key(*key, page);
  for (const Key& key : keys()) {
    if (!key.later && !keys_below(key.path).empty()) add_section(key, page);
  }
  return page.text();
}

}  // namespace tallymill::reference
