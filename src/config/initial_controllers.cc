#include "config/initial_controllers.h"

#include <string>
#include <utility>

#include "config/java_number.h"

namespace moldau::config {
namespace {

std::unexpected<Error> bad(std::string why) {
  return fail(ErrorCode::kInvalidConfig, std::move(why));
}

/// Takes the node id and the @ behind it off the front.
Result<std::int32_t> take_id(std::string_view& text) {
  const std::size_t at = text.find('@');
  if (at == std::string_view::npos) return bad("No @ found in dynamic voter string.");
  if (at == 0) return bad("Invalid @ at beginning of dynamic voter string.");
  const auto id = parse_integer<std::int32_t>(text.substr(0, at));
  if (!id) return bad("Failed to parse node id in dynamic voter string.");
  if (*id < 0) return bad("Invalid negative node id " + std::to_string(*id) + " in dynamic voter string.");
  text.remove_prefix(at + 1);
  if (text.empty()) return bad("No hostname found after node id.");
  return *id;
}

/// Takes the host off the front; what follows begins with a colon.
Result<std::string> take_host(std::string_view& text) {
  std::string host;
  if (text.starts_with('[')) {
    const std::size_t end = text.find(']');
    if (end == std::string_view::npos) {
      return bad("Hostname began with left bracket, but no right bracket was found.");
    }
    host = text.substr(1, end - 1);
    text.remove_prefix(end + 1);
  } else {
    const std::size_t end = text.find(':');
    if (end == std::string_view::npos) return bad("No colon following hostname could be found.");
    host = text.substr(0, end);
    text.remove_prefix(end);
  }
  if (!text.starts_with(':')) return bad("Port section must start with a colon.");
  text.remove_prefix(1);
  return host;
}

/// Takes the port and the colon behind it off the front.
Result<std::int32_t> take_port(std::string_view& text) {
  constexpr std::int32_t kMostPort = 65535;
  const std::size_t end = text.find(':');
  if (end == std::string_view::npos) return bad("No colon following port could be found.");
  const auto port = parse_integer<std::int32_t>(text.substr(0, end));
  if (!port) return bad("Failed to parse port in dynamic voter string.");
  if (*port < 0 || *port > kMostPort) {
    return bad("Invalid port " + std::to_string(*port) + " in dynamic voter string.");
  }
  text.remove_prefix(end + 1);
  return *port;
}

Result<std::pair<std::int32_t, InitialController>> parse_controller(std::string_view text) {
  const auto id = take_id(text);
  if (!id) return fail(id.error());
  auto host = take_host(text);
  if (!host) return fail(std::move(host).error());
  const auto port = take_port(text);
  if (!port) return fail(port.error());
  const auto directory_id = Uuid::parse(text);
  if (!directory_id) return bad("Failed to parse directory ID in dynamic voter string.");
  return std::pair{*id, InitialController{.directory_id = *directory_id,
                                          .address = {.host = std::move(*host), .port = *port}}};
}

}  // namespace

Result<InitialControllers> parse_initial_controllers(std::string_view text) {
  InitialControllers controllers;
  std::string_view rest = trim(text);
  while (!rest.empty()) {
    const std::size_t comma = rest.find(',');
    const std::string_view entry = rest.substr(0, comma);
    rest.remove_prefix(comma == std::string_view::npos ? rest.size() : comma + 1);
    if (entry.empty()) continue;
    auto controller = parse_controller(trim(entry));
    if (!controller) return fail(std::move(controller).error());
    const std::int32_t id = controller->first;
    if (!controllers.insert(*std::move(controller)).second) {
      return bad("Node id " + std::to_string(id) + " was specified more than once.");
    }
  }
  if (controllers.empty()) return bad("No voters given.");
  return controllers;
}

}  // namespace moldau::config
