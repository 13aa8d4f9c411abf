#include "decode/lookup_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>
#include <vector>

#include "decode/clean_text.h"
#include "decode/csv.h"
#include "decode/json/ndjson.h"

namespace tallymill {
namespace {

class File {
 public:
  explicit File(const std::string& path)
      : descriptor_(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)) {}
  ~File() {
    if (descriptor_ >= 0) close(descriptor_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  [[nodiscard]] int descriptor() const { return descriptor_; }

 private:
  int descriptor_;
};

Error unreadable(const std::string& path, const char* why) {
  return {Reaction::retry, "lookup_unreadable", path + ": " + why};
}

Result<std::string> read_file(const std::string& path, std::size_t max_bytes) {
  const File file(path);
  struct stat facts {};
  if (file.descriptor() < 0 || fstat(file.descriptor(), &facts) != 0) {
    return unreadable(path, std::strerror(errno));
  }
  if (!S_ISREG(facts.st_mode)) {
    return Error(Reaction::stop, "lookup_not_a_file", path + ": not a regular file");
  }
  if (static_cast<std::size_t>(facts.st_size) > max_bytes) {
    return Error(Reaction::stop, "lookup_too_large",
                 path + ": " + std::to_string(facts.st_size) +
                     " bytes are more than memory_limit leaves for lookups (" +
                     std::to_string(max_bytes) + ")");
  }
  std::string text(static_cast<std::size_t>(facts.st_size), '\0');
  std::size_t done = 0;
  while (done < text.size()) {
    const ssize_t got = read(file.descriptor(), text.data() + done, text.size() - done);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return unreadable(path, std::strerror(errno));
    if (got == 0) return unreadable(path, "the file became shorter while it was read");
    done += static_cast<std::size_t>(got);
  }
  return text;
}

}  // namespace

Result<std::shared_ptr<const LookupTable>> parse_lookup(std::string_view text, LookupFormat format,
                                                        std::string_view key,
                                                        std::string_view name, Nulls nulls) {
  if (auto clean = check_text(text); !clean.ok()) return clean.error().within(name);
  auto parsed = format == LookupFormat::csv ? parse_csv(text) : parse_ndjson(text);
  if (!parsed.ok()) return parsed.error().within(name);
  if (auto clean = check_cells(*parsed); !clean.ok()) return clean.error().within(name);
  if (parsed->columns.empty()) {
    return Error(Reaction::stop, "lookup_malformed", std::string(name) + ": the file holds nothing");
  }
  if (nulls == Nulls::are_empty) parsed->nulls.clear();
  auto table = LookupTable::build(std::move(parsed->columns), key, std::move(parsed->rows),
                                  parsed->lines, parsed->nulls);
  if (!table.ok()) return table.error().within(name);
  return table;
}

Result<std::shared_ptr<const LookupTable>> load_lookup_file(const std::string& path,
                                                            LookupFormat format,
                                                            std::string_view key,
                                                            std::size_t max_bytes, Nulls nulls) {
  TRY_ASSIGN(const std::string text, read_file(path, max_bytes));
  return parse_lookup(text, format, key, path, nulls);
}

std::string lookup_file_version(const std::string& path) {
  struct stat facts {};
  if (stat(path.c_str(), &facts) != 0) return {};
  return std::to_string(facts.st_dev) + ":" + std::to_string(facts.st_ino) + ":" +
         std::to_string(facts.st_size) + ":" + std::to_string(facts.st_mtim.tv_sec) + "." +
         std::to_string(facts.st_mtim.tv_nsec);
}

}  // namespace tallymill
