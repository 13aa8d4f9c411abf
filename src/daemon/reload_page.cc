#include "daemon/reload_page.h"

#include <charconv>

namespace tallymill {
namespace {

// "word value\n" at the start of `text`, which it takes off; nothing if there is another word.
std::optional<std::string_view> take(std::string_view& text, std::string_view word) {
  const std::size_t end = text.find('\n');
  if (end == std::string_view::npos) return std::nullopt;
  std::string_view line = text.substr(0, end);
  if (!line.starts_with(word) || line.substr(word.size(), 1) != " ") return std::nullopt;
  text.remove_prefix(end + 1);
  line.remove_prefix(word.size() + 1);
  return line;
}

bool take(std::string_view& text, std::string_view word, std::int64_t& number) {
  const auto digits = take(text, word);
  if (!digits) return false;
  const auto [end, error] = std::from_chars(digits->data(), digits->data() + digits->size(), number);
  return error == std::errc() && end == digits->data() + digits->size();
}

bool take(std::string_view& text, std::string_view word, std::string& value) {
  const auto found = take(text, word);
  if (found) value = *found;
  return found.has_value();
}

}  // namespace

std::string reload_page(const ProcessIdentity& process, const ReloadReport& report) {
  return "pid " + std::to_string(process.pid) + "\nstarted " + std::to_string(process.started) +
         "\nspace " + process.space + "\nrequested " + std::to_string(report.requested) +
         "\nanswered " + std::to_string(report.answered) + "\nresult " +
         std::string(to_string(report.result)) + "\n\n" + report.message;
}

std::optional<ReloadPage> read_reload_page(std::string_view text) {
  ReloadPage page;
  const bool whole = take(text, "pid", page.process.pid) && take(text, "started", page.process.started) &&
                     take(text, "space", page.process.space) && take(text, "requested", page.requested) &&
                     take(text, "answered", page.answered) && take(text, "result", page.result);
  if (!whole || !text.starts_with('\n')) return std::nullopt;
  page.message = text.substr(1);
  return page;
}

}  // namespace tallymill
