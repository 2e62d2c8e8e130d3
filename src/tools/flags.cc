#include "tools/flags.h"

#include <algorithm>
#include <cstddef>

namespace moldau::tools {
namespace {

std::unexpected<Error> refused(std::string why) {
  return fail(ErrorCode::kInvalidRequest, std::move(why));
}

}  // namespace

Result<Flags> Flags::parse(std::span<const std::string> arguments, std::span<const Flag> known) {
  Flags flags;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    std::string_view argument = arguments[i];
    if (argument == "--") break;
    if (argument.size() < 2 || !argument.starts_with('-')) continue;
    argument.remove_prefix(argument.starts_with("--") ? 2 : 1);
    const std::size_t equals = argument.find('=');
    const std::string name(argument.substr(0, equals));
    const auto flag = std::ranges::find(known, name, &Flag::name);
    if (flag == known.end()) return refused(name + " is not a recognized option");
    std::vector<std::string>& values = flags.values_[name];
    if (!flag->has_value) continue;
    if (equals != std::string_view::npos) {
      values.emplace_back(argument.substr(equals + 1));
    } else if (i + 1 < arguments.size()) {
      values.push_back(arguments[++i]);
    } else {
      return refused("Option " + name + " requires an argument");
    }
  }
  return flags;
}

const std::vector<std::string>& Flags::all(std::string_view name) const {
  static const std::vector<std::string> kNone;
  const auto found = values_.find(name);
  return found == values_.end() ? kNone : found->second;
}

Result<std::optional<std::string>> Flags::one(std::string_view name) const {
  const std::vector<std::string>& values = all(name);
  if (values.size() > 1) {
    return refused("Found multiple arguments for option " + std::string(name) +
                   ", but you asked for only one");
  }
  return values.empty() ? std::nullopt : std::optional(values.front());
}

}  // namespace moldau::tools
