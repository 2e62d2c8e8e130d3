#pragma once

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

namespace moldau::coordinator {

/// The order in which Apache Kafka walks the keys of its tables with versions (TimelineHashMap), which shows
/// in what it lists and describes. `came` are the keys in the order in which they came, `most` is the most
/// there ever were at once since the state was loaded: such a table does not shrink. Views into the argument.
std::vector<std::string_view> in_table_order(std::span<const std::string_view> came, std::size_t most);

}  // namespace moldau::coordinator
