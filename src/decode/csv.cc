#include "decode/csv.h"

#include <algorithm>
#include <utility>

namespace tallymill {
namespace {

class CsvReader {
 public:
  explicit CsvReader(std::string_view text) : text_(text) {
    constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";
    if (text_.starts_with(byte_order_mark)) text_.remove_prefix(byte_order_mark.size());
    if (text_.ends_with('\r')) text_.remove_suffix(1);  // Of a last line that lacks its LF.
  }

  [[nodiscard]] bool done() const { return text_.empty(); }

  // Passes over a line that holds nothing, if one is next. A line of two quotes holds an empty field.
  bool skip_empty_line() { return end_of_line(); }

  // Reads one line's fields, and of each whether it is empty without quotes; `why` is set if they are
  // malformed.
  std::vector<std::string> row(std::vector<bool>& nulls, const char*& why) {
    std::vector<std::string> fields;
    started_at_ = line_;
    do {
      const bool in_quotes = text_.starts_with('"');
      fields.push_back(in_quotes ? quoted(why) : plain(why));
      nulls.push_back(!in_quotes && fields.back().empty());
    } while (why == nullptr && take(','));
    if (why == nullptr && !done() && !end_of_line()) why = "text after a closing quote";
    return fields;
  }
  [[nodiscard]] std::size_t started_at() const { return started_at_; }

 private:
  bool take(char c) {
    if (!text_.starts_with(c)) return false;
    text_.remove_prefix(1);
    return true;
  }
  bool end_of_line() {
    if (text_.starts_with("\r\n")) text_.remove_prefix(1);
    if (!take('\n')) return false;
    ++line_;
    return true;
  }
  std::string plain(const char*& why) {
    const std::size_t size = std::min(text_.find_first_of(",\n\""), text_.size());
    if (size < text_.size() && text_[size] == '"') why = "a quote inside an unquoted field";
    std::string field(text_.substr(0, size));
    text_.remove_prefix(size);
    if (text_.starts_with('\n') && field.ends_with('\r')) field.pop_back();
    return field;
  }
  std::string quoted(const char*& why) {
    std::string field;
    text_.remove_prefix(1);
    for (;;) {
      const std::size_t size = text_.find('"');
      if (size == std::string_view::npos) {
        why = "a quote is never closed";
        return field;
      }
      for (const char c : text_.substr(0, size)) line_ += c == '\n' ? 1U : 0U;
      field += text_.substr(0, size);
      text_.remove_prefix(size + 1);
      if (!take('"')) return field;
      field += '"';
    }
  }

  std::string_view text_;
  std::size_t line_ = 1;
  std::size_t started_at_ = 1;
};

Error malformed(std::size_t line, const std::string& why) {
  return {Reaction::stop, "lookup_malformed", "line " + std::to_string(line) + ": " + why};
}

}  // namespace

Result<TableText> parse_csv(std::string_view text) {
  CsvReader reader(text);
  TableText table;
  while (!reader.done()) {
    if (reader.skip_empty_line()) continue;
    const char* why = nullptr;
    std::vector<std::string> fields = reader.row(table.nulls, why);
    if (why != nullptr) return malformed(reader.started_at(), why);
    if (table.columns.empty()) {
      table.columns = std::move(fields);
      table.nulls.clear();
      continue;
    }
    if (fields.size() != table.columns.size()) {
      return malformed(reader.started_at(),
                       std::to_string(fields.size()) + " fields where the header has " +
                           std::to_string(table.columns.size()));
    }
    table.rows.push_back(std::move(fields));
    table.lines.push_back(reader.started_at());
  }
  return table;
}

}  // namespace tallymill
