#include "share/share_acknowledgement.h"

#include <limits>
#include <vector>

#include <doctest/doctest.h>

namespace moldau::share {

namespace {

struct Batch {
  std::int64_t first_offset;
  std::int64_t last_offset;
  std::vector<std::int8_t> types;
};

bool is_accepted(const std::vector<Batch>& batches, AcknowledgeType last_type = AcknowledgeType::kRenew,
                 bool may_renew = false) {
  std::vector<AcknowledgementBatch> views;
  for (const Batch& batch : batches) {
    views.push_back(
        {.first_offset = batch.first_offset, .last_offset = batch.last_offset, .types = batch.types});
  }
  const Result<void> checked = check_acknowledgements(views, last_type, may_renew);
  if (!checked) CHECK(checked.error() == Error{.code = ErrorCode::kInvalidRequest, .message = ""});
  return checked.has_value();
}

}  // namespace

TEST_CASE("acknowledgements have one type for all or one for each offset") {
  CHECK(is_accepted({}));
  CHECK(is_accepted({{3, 9, {1}}}));
  CHECK(is_accepted({{3, 5, {1, 0, 3}}}));
  CHECK(is_accepted({{3, 3, {2}}}));
  CHECK(!is_accepted({{3, 5, {}}}));
  CHECK(!is_accepted({{3, 5, {1, 2}}}));
  CHECK(!is_accepted({{3, 5, {1, 2, 3, 1}}}));
  CHECK(!is_accepted(
      {{std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::max(), {1, 1}}}));
}

TEST_CASE("acknowledgements are in order of offsets") {
  CHECK(is_accepted({{0, 4, {1}}, {5, 9, {1}}}));
  CHECK(is_accepted({{0, 4, {1}}, {4, 9, {1}}}));
  CHECK(!is_accepted({{0, 4, {1}}, {3, 9, {1}}}));
  CHECK(!is_accepted({{5, 9, {1}}, {0, 4, {1}}}));
  CHECK(!is_accepted({{5, 4, {1}}}));
  CHECK(!is_accepted({{-2, 4, {1}}}));
}

TEST_CASE("what types there are depends on the version and on what the request is for") {
  CHECK(!is_accepted({{0, 0, {-1}}}));
  CHECK(!is_accepted({{0, 0, {5}}}));
  CHECK(!is_accepted({{0, 0, {4}}}));
  CHECK(is_accepted({{0, 0, {4}}}, AcknowledgeType::kRenew, true));
  CHECK(!is_accepted({{0, 0, {4}}}, AcknowledgeType::kReject, true));
  CHECK(is_accepted({{0, 0, {1}}}, AcknowledgeType::kReject, true));
}

}  // namespace moldau::share
