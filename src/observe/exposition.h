#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace moldau::observe {

enum class MetricType : std::uint8_t { kCounter, kGauge, kSummary };

/// "counter", "gauge" or "summary".
std::string_view name_of(MetricType type);

/// Writes Prometheus' text format, version 0.0.4, one metric after the other.
class Exposition {
 public:
  using Labels = std::initializer_list<std::pair<std::string_view, std::string_view>>;

  /// Begins a metric; the samples that follow are its own. `name` lives as long as they are written.
  void begin(std::string_view name, MetricType type, std::string_view help);

  void add(Labels labels, std::uint64_t value);
  void add(Labels labels, std::int64_t value);
  void add(Labels labels, double value);
  /// A sample of the metric's name and `suffix`, as "_count".
  void add_suffixed(std::string_view suffix, Labels labels, std::uint64_t value);
  void add_suffixed(std::string_view suffix, Labels labels, double value);

  std::string take() { return std::move(text_); }

 private:
  void write(std::string_view suffix, Labels labels, std::string_view value);

  std::string_view name_;
  std::string text_;
};

}  // namespace moldau::observe
