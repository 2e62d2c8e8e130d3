#include <algorithm>
#include <cstddef>

#include <doctest/doctest.h>

#include "protocol/messages/describe_configs_request.h"
#include "protocol/messages/describe_configs_response.h"
#include "running_broker.h"

using namespace moldau;
using namespace moldau::protocol;

namespace {

constexpr std::int8_t kBroker = 4;

}  // namespace

TEST_CASE("a resource that is named again and again is described a few times and then refused") {
  const testing::RunningBroker broker(1);
  testing::BrokerClient client(broker.address());
  DescribeConfigsRequest request;
  for (int i = 0; i < 1000; ++i) {
    auto& resource = request.resources.emplace_back();
    resource.resource_type = kBroker;
    resource.resource_name = "1";
  }
  request.resources.emplace_back().resource_type = kBroker;
  request.resources.back().resource_name = "";

  const auto answer = client.ask<DescribeConfigsResponse>(request, 4);
  const auto& results = answer->results;
  REQUIRE(results.size() == 1001);
  CHECK(results[1].error_code == ErrorCode::kNone);
  CHECK(results[1].configs.size() == results[0].configs.size());
  CHECK(results[999].error_code == ErrorCode::kInvalidRequest);
  std::size_t configs = 0;
  for (const auto& result : results) {
    configs += result.configs.size();
  }
  CHECK(configs < 12'000);
  CHECK_MESSAGE(results[1000].error_code == ErrorCode::kNone,
                "what is named for the first time is described");
}
