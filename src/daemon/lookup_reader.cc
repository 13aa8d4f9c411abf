#include "daemon/lookup_reader.h"

#include <algorithm>
#include <utility>

#include "decode/lookup_file.h"

namespace tallymill {
namespace {

class FileLookupReader final : public LookupReader {
 public:
  explicit FileLookupReader(std::function<std::size_t()> max_bytes)
      : max_bytes_(std::move(max_bytes)) {}

  Result<std::shared_ptr<const LookupTable>> load(const LookupSpec& spec) override {
    const LookupFormat format =
        spec.format == LookupSpec::Format::csv ? LookupFormat::csv : LookupFormat::ndjson;
    TRY_ASSIGN(std::shared_ptr<const LookupTable> table,
               load_lookup_file(spec.file, format, spec.key, max_bytes_()));
    for (const std::string& column : spec.columns) {
      const auto& columns = table->columns();
      if (std::find(columns.begin(), columns.end(), column) != columns.end()) continue;
      return Error(Reaction::stop, "lookup_column",
                   spec.file + ": there is no column " + column + ", which an expression asks for");
    }
    return table;
  }

  std::string version(const LookupSpec& spec) override { return lookup_file_version(spec.file); }

 private:
  const std::function<std::size_t()> max_bytes_;
};

}  // namespace

std::unique_ptr<LookupReader> make_lookup_reader(std::function<std::size_t()> max_bytes) {
  return std::make_unique<FileLookupReader>(std::move(max_bytes));
}

}  // namespace tallymill
