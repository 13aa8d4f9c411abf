#include "daemon/lookup_reader.h"

#include <algorithm>
#include <utility>

#include "daemon/secrets.h"
#include "decode/lookup_file.h"
#include "sink/postgres/lookup_table_reader.h"

namespace tallymill {
namespace {

class ConcreteLookupReader final : public LookupReader {
 public:
  ConcreteLookupReader(PostgresSpec postgres, std::function<std::size_t()> max_bytes)
      : postgres_(std::move(postgres)), max_bytes_(std::move(max_bytes)) {}

  Result<std::shared_ptr<const LookupTable>> load(const LookupSpec& spec) override {
    if (spec.reads_table()) {
      return postgres::read_lookup_table(postgres_, spec, max_bytes_(), resolve_secret, &interrupt_);
    }
    return load_file(spec);
  }

  std::string version(const LookupSpec& spec) override {
    return spec.reads_table() ? std::string() : lookup_file_version(spec.file);
  }

  void interrupt() override { interrupt_.raise(); }

 private:
  [[nodiscard]] Result<std::shared_ptr<const LookupTable>> load_file(const LookupSpec& spec) const {
    const LookupFormat format =
        spec.format == LookupSpec::Format::csv ? LookupFormat::csv : LookupFormat::ndjson;
    TRY_ASSIGN(auto table,
               load_lookup_file(spec.file, format, spec.key, max_bytes_(),
                                spec.table ? Nulls::are_kept : Nulls::are_empty));
    for (const std::string& column : spec.columns) {
      const auto& columns = table->columns();
      if (std::find(columns.begin(), columns.end(), column) != columns.end()) continue;
      return Error(Reaction::stop, "lookup_column",
                   spec.file + ": there is no column " + column + ", which an expression asks for");
    }
    return table;
  }

  const PostgresSpec postgres_;
  const std::function<std::size_t()> max_bytes_;
  postgres::Interrupt interrupt_;
};

}  // namespace

std::unique_ptr<LookupReader> make_lookup_reader(PostgresSpec postgres,
                                                 std::function<std::size_t()> max_bytes) {
  return std::make_unique<ConcreteLookupReader>(std::move(postgres), std::move(max_bytes));
}

}  // namespace tallymill
