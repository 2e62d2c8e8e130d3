#include "quorum/quorum_state_file.h"

#include <limits>
#include <optional>
#include <utility>

#include "quorum/json_object.h"

namespace moldau::quorum {
namespace {

constexpr std::int32_t kNone = -1;

std::unexpected<Error> corrupt(std::string reason) {
  return fail(ErrorCode::kCorruptMessage, "quorum-state: " + std::move(reason));
}

void append_field(std::string& out, std::string_view name, std::int64_t value) {
  out.append("\"").append(name).append("\":").append(std::to_string(value)).append(",");
}

/// Reads fields of one object; the first failure sticks.
class Fields {
 public:
  explicit Fields(const JsonObject& object) : object_(object) {}

  const JsonValue* require_member(std::string_view name) {
    const JsonValue* value = find_member(object_, name);
    if (value == nullptr) note(name, "is missing");
    return value;
  }

  std::int64_t integer(std::string_view name, std::int64_t lowest, std::int64_t highest) {
    const JsonValue* value = require_member(name);
    if (value == nullptr) return 0;
    const auto number = value->integer();
    if (!number || *number < lowest || *number > highest) {
      note(name, "is no integer of its type");
      return 0;
    }
    return *number;
  }

  std::int32_t int32(std::string_view name) {
    return static_cast<std::int32_t>(
        integer(name, std::numeric_limits<std::int32_t>::min(), std::numeric_limits<std::int32_t>::max()));
  }

  std::string text(std::string_view name) {
    const JsonValue* value = require_member(name);
    if (value == nullptr) return {};
    if (value->text() == nullptr) {
      note(name, "is no string");
      return {};
    }
    return *value->text();
  }

  void note(std::string_view name, std::string_view what) {
    if (!failure_) failure_ = "field " + std::string(name) + " " + std::string(what);
  }
  const std::optional<std::string>& failure() const { return failure_; }

 private:
  const JsonObject& object_;
  std::optional<std::string> failure_;
};

void read_voters(Fields& fields, ElectionState& state) {
  const JsonValue* value = fields.require_member("currentVoters");
  if (value == nullptr) return;
  if (value->array() == nullptr) return fields.note("currentVoters", "is no array");
  for (const JsonValue& element : *value->array()) {
    if (element.object() == nullptr) return fields.note("currentVoters", "holds something else than objects");
    Fields voter(*element.object());
    const BrokerId id{voter.int32("voterId")};
    if (voter.failure()) return fields.note("voterId", "is missing or no integer");
    state.voters.push_back(id);
  }
}

}  // namespace

std::string format_quorum_state(const ElectionState& state, std::int16_t kraft_version) {
  const std::int32_t leader = state.leader ? state.leader->value() : kNone;
  const std::int32_t voted = state.voted_for ? state.voted_for->id.value() : kNone;
  std::string out = "{";
  if (kraft_version == 0) out += "\"clusterId\":\"\",";
  append_field(out, "leaderId", leader);
  append_field(out, "leaderEpoch", state.epoch);
  append_field(out, "votedId", voted);
  if (kraft_version == 0) {
    append_field(out, "appliedOffset", 0);
    out += "\"currentVoters\":[";
    for (std::size_t i = 0; i < state.voters.size(); ++i) {
      out.append(i == 0 ? "" : ",").append("{\"voterId\":").append(std::to_string(state.voters[i].value()));
      out += "}";
    }
    return out + "],\"data_version\":0}";
  }
  const Uuid directory = state.voted_for ? state.voted_for->directory_id : Uuid{};
  return out + "\"votedDirectoryId\":\"" + directory.to_string() + "\",\"data_version\":1}";
}

Result<ElectionState> parse_quorum_state(std::string_view text) {
  const auto json = parse_json(text.substr(0, text.find('\n')));
  if (!json) return corrupt(json.error().message);
  if (json->object() == nullptr) return corrupt("the text is no object");

  Fields fields(*json->object());
  const auto version = fields.integer("data_version", std::numeric_limits<std::int16_t>::min(),
                                      std::numeric_limits<std::int16_t>::max());
  if (fields.failure()) return corrupt(*fields.failure());
  if (version != 0 && version != 1) return corrupt("unknown data_version " + std::to_string(version));

  ElectionState state;
  const std::int32_t leader = fields.int32("leaderId");
  state.epoch = fields.int32("leaderEpoch");
  const std::int32_t voted = fields.int32("votedId");
  Uuid voted_directory;
  if (version == 0) {
    fields.text("clusterId");
    fields.integer("appliedOffset", std::numeric_limits<std::int64_t>::min(),
                   std::numeric_limits<std::int64_t>::max());
    read_voters(fields, state);
  } else if (const auto id = Uuid::parse(fields.text("votedDirectoryId")); id) {
    voted_directory = *id;
  } else {
    fields.note("votedDirectoryId", "is no uuid");
  }
  if (fields.failure()) return corrupt(*fields.failure());
  if (leader < kNone || voted < kNone || state.epoch < 0) return corrupt("a negative id or epoch");

  if (leader != kNone) state.leader = BrokerId(leader);
  if (voted != kNone) state.voted_for = ReplicaKey{BrokerId(voted), voted_directory};
  return state;
}

}  // namespace moldau::quorum
