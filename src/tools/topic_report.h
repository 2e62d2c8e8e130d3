#pragma once

#include <ostream>
#include <span>

#include "tools/flags.h"
#include "tools/topic_queries.h"

namespace moldau::tools {

/// What of the topics is printed.
struct TopicReport {
  bool topics = true;  ///< a line for each topic
  bool partitions = true;
  bool only_with_overrides = false;
  bool under_replicated = false;  ///< partitions that are this, or any of the next
  bool unavailable = false;
  bool under_min_isr = false;
  bool at_min_isr = false;

  /// As the flags of kafka-topics say it.
  static TopicReport of(const Flags& flags);

  bool wants(const DescribedPartition& partition, const DescribedTopic& topic) const;
};

/// Prints topics as kafka-topics --describe.
void print_topics(std::span<const DescribedTopic> topics, const TopicReport& report, std::ostream& out);

}  // namespace moldau::tools
