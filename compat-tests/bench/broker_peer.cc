#include "broker_peer.h"

#include <cstdlib>

#include "protocol/messages/create_topics_request.h"
#include "protocol/messages/create_topics_response.h"
#include "protocol/messages/metadata_request.h"
#include "protocol/messages/metadata_response.h"

namespace moldau::bench {

BrokerPeer::BrokerPeer(io::uv::UvHost& host, const io::SocketAddress& address) : host_(host) {
  auto made = client::await<Result<std::unique_ptr<client::Connection>>>(
      host, [&](auto done) { client::Connection::connect(host.loop(0), address, std::move(done)); });
  if (!made) die("connecting", made.error().message.c_str());
  connection_ = *std::move(made);
}

net::Frame BrokerPeer::exchange(Buffer frame, std::int32_t correlation_id) {
  auto got = client::await<Result<net::Frame>>(
      host_, [&](auto done) { connection_->send_frame(std::move(frame), correlation_id, std::move(done)); });
  if (!got) die("no answer", got.error().message.c_str());
  return *std::move(got);
}

Uuid BrokerPeer::create_topic(const NewTopic& topic) {
  protocol::CreateTopicsRequest request;
  auto& asked = request.topics.emplace_back();
  asked.name = TopicName(topic.name);
  asked.num_partitions = topic.partitions;
  asked.replication_factor = 1;
  for (const std::string_view text : topic.configs) {
    const auto equals = text.find('=');
    if (equals == std::string_view::npos) die("not name=value", std::string(text).c_str());
    auto& config = asked.configs.emplace_back();
    config.name = text.substr(0, equals);
    config.value = text.substr(equals + 1);
  }
  const auto answer = ask<protocol::CreateTopicsResponse>(request, 7);
  const auto& created = answer->topics.at(0);
  if (created.error_code != ErrorCode::kNone) {
    die("creating a topic", std::string(created.error_message.value_or("no reason")).c_str());
  }
  if (created.num_partitions != topic.partitions)
    die("creating a topic", "not as many partitions as asked for");
  return created.topic_id;
}

Uuid BrokerPeer::topic_id_of(const std::string& name) {
  protocol::MetadataRequest request;
  request.topics.emplace().emplace_back().name = TopicName(name);
  const auto answer = ask<protocol::MetadataResponse>(request, 12);
  const auto& topic = answer->topics.at(0);
  if (topic.error_code != ErrorCode::kNone) die("no such topic", name.c_str());
  return topic.topic_id;
}

io::SocketAddress address_of(const std::string& text) {
  const auto colon = text.rfind(':');
  const auto port = colon == std::string::npos ? 0 : std::strtoul(text.c_str() + colon + 1, nullptr, 10);
  if (port == 0 || port > 65535) die("not host:port", text.c_str());
  return {text.substr(0, colon), static_cast<std::uint16_t>(port)};
}

}  // namespace moldau::bench
