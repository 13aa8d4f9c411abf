#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "base/error.h"
#include "daemon/memory_shares.h"
#include "pipeline/history_view.h"
#include "pipeline/pipeline.h"
#include "pipeline/status.h"

namespace tallymill {

// A pipeline with everything that it is made of, in the order in which it must go away. As Pipeline, all
// of these.
class BuiltPipeline {
 public:
  virtual ~BuiltPipeline() = default;

  virtual void run(const std::function<void()>& moved) = 0;
  virtual void request_stop(Leaving leaving) = 0;
  [[nodiscard]] virtual std::optional<Error> failure() const = 0;
  [[nodiscard]] virtual PipelineStatus status() const = 0;
  [[nodiscard]] virtual PipelineState state() const = 0;
  [[nodiscard]] virtual HistoryView history() const = 0;
  // Its share of the process's memory from now on. What is fetched ahead, and the largest document, stay
  // as they were when it was built. Thread-safe.
  virtual void share(const MemoryShares& memory) = 0;
};

// All of a pipeline that can fail to be made: it does nothing yet, and asks nobody.
class PreparedPipeline {
 public:
  virtual ~PreparedPipeline() = default;

  // Once. What it tells of itself is told from here on.
  [[nodiscard]] virtual std::unique_ptr<BuiltPipeline> build() = 0;
};

}  // namespace tallymill
