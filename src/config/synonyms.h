#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace moldau::config {

/// Names of broker configurations that stand for the same setting as `name`, strongest first, itself among
/// them: log.retention.ms, .minutes and .hours. With `match_listener`, "listener.name.<x>.<base>" is followed
/// by <base>.
std::vector<std::string> broker_synonyms(std::string_view name, bool match_listener);

/// The part of "listener.name.<listener>.<base>" behind the listener; empty for other names.
std::string_view listener_base_name(std::string_view name);

}  // namespace moldau::config
