#pragma once

#include <memory>
#include <string>

#include "metrics/pipeline_metrics.h"
#include "metrics/prometheus/families.h"

namespace tallymill {

// `families` must outlive it.
[[nodiscard]] std::unique_ptr<PipelineMetrics> make_prometheus_pipeline(MetricFamilies& families,
                                                                        const std::string& name);

}  // namespace tallymill
