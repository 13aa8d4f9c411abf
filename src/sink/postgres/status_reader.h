#pragma once

#include <memory>

#include "base/error.h"
#include "config/spec.h"
#include "sink/postgres/options.h"
#include "sink/status_report.h"

namespace tallymill::postgres {

class Connection;

// Reads how all pipelines of a schema stand, with the rights of whoever may read it. Locks nothing.
// Not thread-safe.
class StatusReader {
 public:
  // `spec` must outlive it.
  StatusReader(const PostgresSpec& spec, SecretResolver secrets);
  ~StatusReader();
  StatusReader(const StatusReader&) = delete;
  StatusReader& operator=(const StatusReader&) = delete;

  // Connects where it is not connected; one that fails leaves it ready for the next.
  [[nodiscard]] Result<StatusReport> look();

 private:
  [[nodiscard]] Result<StatusReport> read();

  const PostgresSpec& spec_;
  const SecretResolver secrets_;
  std::unique_ptr<Connection> connection_;
};

}  // namespace tallymill::postgres
