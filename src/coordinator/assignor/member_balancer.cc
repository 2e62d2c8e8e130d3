#include "coordinator/assignor/member_balancer.h"

#include <algorithm>
#include <utility>

namespace moldau::coordinator {

std::int32_t MemberBalancer::start(std::span<const std::size_t> members) {
  row_.assign(members.begin(), members.end());
  std::ranges::sort(row_, {}, [this](std::size_t member) { return std::pair(sizes_[member], member); });
  const auto count = static_cast<std::ptrdiff_t>(row_.size());
  // Nobody is in a range yet; the first questions take in those of the lowest and of the highest level.
  receivers_end_ = 0;
  receiver_ = 0;
  least_ = size_at(0) - 1;
  givers_begin_ = count;
  givers_end_ = count;
  giver_ = count - 1;
  most_ = size_at(count - 1) + 1;
  return size_at(count - 1) - size_at(0);
}

std::size_t MemberBalancer::next_receiver() {
  if (receiver_ >= receivers_end_) {
    ++least_;
    const auto count = static_cast<std::ptrdiff_t>(row_.size());
    while (receivers_end_ < count && size_at(receivers_end_) == least_)
      ++receivers_end_;
    receiver_ = 0;
  }
  return row_[static_cast<std::size_t>(receiver_++)];
}

std::optional<std::size_t> MemberBalancer::next_giver() {
  if (giver_ < givers_begin_) {
    if (givers_end_ <= givers_begin_ && givers_begin_ > 0) {
      // All of the range were excluded: it begins anew at the level of the next.
      most_ = size_at(givers_begin_ - 1);
    } else {
      --most_;
    }
    while (givers_begin_ > 0 && size_at(givers_begin_ - 1) == most_)
      --givers_begin_;
    giver_ = givers_end_ - 1;
  }
  if (giver_ < 0) return std::nullopt;
  return row_[static_cast<std::size_t>(giver_--)];
}

void MemberBalancer::exclude_giver() {
  std::swap(row_[static_cast<std::size_t>(giver_ + 1)], row_[static_cast<std::size_t>(givers_end_ - 1)]);
  --givers_end_;
}

}  // namespace moldau::coordinator
