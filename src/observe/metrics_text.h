#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "observe/exposition.h"
#include "observe/node_report.h"

namespace moldau::observe {

/// What GET /metrics answers with: docs/metrics.md. Its size grows with the number of partitions.
std::string render_metrics(const NodeReport& report);

/// One metric, for the page that lists them.
struct MetricDescription {
  std::string_view name;
  MetricType type;
  std::string_view labels;  ///< their names, separated by ", "
  std::string_view help;
};

/// All, in the order in which they are written.
std::vector<MetricDescription> described_metrics();

}  // namespace moldau::observe
