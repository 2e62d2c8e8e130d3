#include "tests/vectors/vector_check.h"

#include <algorithm>
#include <array>
#include <iomanip>
#include <nlohmann/json.hpp>
#include <sstream>
#include <utility>

#include "protocol/wire/registry.h"

namespace moldau::testing {
namespace {

using nlohmann::json;
using wire::MessageInfo;

/// The only message whose jar is published without a converter. Any other without one is a failure.
constexpr std::array<std::string_view, 1> kWithoutConverter = {"SubscriptionInfoData"};

constexpr int kNameWidth = 18;
constexpr int kNumberWidth = 14;

std::string shown(const json& value) {
  constexpr std::size_t kLongest = 200;
  std::string text = value.dump(-1, ' ', false, json::error_handler_t::replace);
  if (text.size() > kLongest) text.replace(kLongest, std::string::npos, "...");
  return text;
}

/// Where the two values differ first, and how.
std::string difference(const json& theirs, const json& ours) {
  const json change = json::diff(theirs, ours).front();
  const auto path = change.at("path").get<std::string>();
  const bool is_added = change.at("op") == "add";
  return path + ": Apache Kafka has " + (is_added ? "nothing" : shown(theirs.at(json::json_pointer(path)))) +
         ", here is " + (change.contains("value") ? shown(change.at("value")) : "nothing");
}

/// Where the bytes differ first.
std::string difference(const Bytes& theirs, const Bytes& ours) {
  const auto at = std::ranges::mismatch(theirs, ours).in1 - theirs.begin();
  return "differ at byte " + std::to_string(at) + ", sizes " + std::to_string(theirs.size()) + " and " +
         std::to_string(ours.size());
}

void write_row(std::ostream& out, std::string_view name, const VectorTally& tally) {
  out << std::left << std::setw(kNameWidth) << name << std::right;
  for (const std::int64_t number : {tally.messages, tally.combinations, tally.instances, tally.json,
                                    tally.unknown_tags, tally.refused, tally.failures}) {
    out << std::setw(kNumberWidth) << number;
  }
  out << '\n';
}

}  // namespace

void VectorCheck::add(std::string_view line) {
  ++line_;
  type_ = "";
  where_ = "line " + std::to_string(line_);
  const auto vector = parse_wire_vector(line);
  if (!vector) return fail_here(vector.error().message);
  where_ = std::string(vector->message) + " " + std::to_string(vector->version) + ", " + where_;
  const MessageInfo* message = wire::find_message(vector->message);
  if (message == nullptr || !message->versions.contains(vector->version)) {
    return fail_here("not a message and version of the release");
  }
  type_ = message->type;
  if (vector->is_refused) {
    check_refused(*message, *vector);
  } else {
    check_instance(*message, *vector);
  }
}

void VectorCheck::check_instance(const MessageInfo& message, const WireVector& vector) {
  VectorTally& tally = by_type_[type_];
  ++tally.instances;
  ++instances_[{message.name, vector.version}];
  if (vector.input_bytes != vector.bytes) ++tally.unknown_tags;
  const auto encoded = message.reencode(vector.bytes, vector.version);
  if (!encoded) return fail_here("does not decode or encode: " + encoded.error().message);
  if (*encoded != vector.bytes) fail_here("encoded anew: " + difference(vector.bytes, *encoded));
  check_json(message, vector);
  const auto from_input = message.from_json(vector.input, vector.version);
  if (!from_input) return fail_here("does not come out of JSON: " + from_input.error().message);
  if (*from_input != vector.input_bytes) {
    fail_here("made of JSON: " + difference(vector.input_bytes, *from_input));
  }
}

void VectorCheck::check_json(const MessageInfo& message, const WireVector& vector) {
  const auto ours = message.to_json(vector.bytes, vector.version);
  if (!ours) return fail_here("has no JSON: " + ours.error().message);
  const auto back = message.from_json(*ours, vector.version);
  if (!back || *back != vector.input_bytes) fail_here("does not survive its own JSON");
  if (vector.json.empty()) {
    without_converter_.insert(message.name);
    if (std::ranges::find(kWithoutConverter, message.name) == kWithoutConverter.end()) {
      fail_here("has no JSON of Apache Kafka");
    }
    return;
  }
  ++by_type_[type_].json;
  const json here = json::parse(*ours, nullptr, false);
  const json there = json::parse(vector.json, nullptr, false);
  if (here.is_discarded() || there.is_discarded()) return fail_here("its JSON is none");
  if (here != there) fail_here("JSON: " + difference(there, here));
}

void VectorCheck::check_refused(const MessageInfo& message, const WireVector& vector) {
  ++by_type_[type_].refused;
  const auto bytes = message.from_json(vector.input, vector.version);
  if (bytes) return fail_here("is encoded, though Apache Kafka refuses to");
  if (bytes.error().code != ErrorCode::kUnsupportedVersion) {
    fail_here("is not refused for its version: " + bytes.error().message);
  }
}

void VectorCheck::fail_here(const std::string& what) {
  fail_for(type_, where_ + ": " + what);
}

void VectorCheck::fail_for(std::string_view type, std::string what) {
  ++by_type_[type].failures;
  failures_.push_back(std::move(what));
}

void VectorCheck::finish(std::int64_t least) {
  for (const MessageInfo& message : wire::all_messages()) {
    ++by_type_[message.type].messages;
    for (std::int16_t version = message.versions.lowest; version <= message.versions.highest; ++version) {
      ++by_type_[message.type].combinations;
      const std::int64_t seen = instances_[{message.name, version}];
      if (seen >= least) continue;
      fail_for(message.type, std::string(message.name) + " " + std::to_string(version) + ": " +
                                 std::to_string(seen) + " instances, not " + std::to_string(least));
    }
  }
}

VectorTally VectorCheck::total() const {
  VectorTally total;
  for (const auto& [type, tally] : by_type_) {
    total.messages += tally.messages;
    total.combinations += tally.combinations;
    total.instances += tally.instances;
    total.json += tally.json;
    total.unknown_tags += tally.unknown_tags;
    total.refused += tally.refused;
    total.failures += tally.failures;
  }
  return total;
}

std::string VectorCheck::table() const {
  std::ostringstream out;
  out << std::left << std::setw(kNameWidth) << "type" << std::right;
  for (const char* heading :
       {"messages", "combinations", "instances", "JSON compared", "unknown tags", "refused", "failures"}) {
    out << std::setw(kNumberWidth) << heading;
  }
  out << '\n';
  for (const auto& [type, tally] : by_type_) {
    write_row(out, type.empty() ? "(no message)" : type, tally);
  }
  write_row(out, "all", total());
  return out.str();
}

}  // namespace moldau::testing
