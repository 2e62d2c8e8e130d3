#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace moldau::coordinator {

/// Says whom of a topic's subscribers the next partition goes to, and whom it may come from, so that all end
/// with the same number.
///
/// The members stand in a row by how many partitions they had at the start. At the front is a range of those
/// that have least: each in turn gets one, then all are one higher, and those who had as many join them. At
/// the back is a range of those that have most, who give in turn and sink towards the others. The levels tell
/// when the two have met.
class MemberBalancer {
 public:
  /// `sizes`: how many partitions each member has, by its place in the group. It is read when asked for the
  /// next member, as it is then, and outlives this.
  explicit MemberBalancer(const std::vector<std::int32_t>& sizes) : sizes_(sizes) {}

  /// Begins anew with these members, at least one, in the order of their places; gives the difference between
  /// those that have most and least.
  std::int32_t start(std::span<const std::size_t> members);

  /// Who gets the next partition.
  std::size_t next_receiver();

  /// Who gives the next partition; nullopt when nobody is left.
  std::optional<std::size_t> next_giver();

  /// The last giver has nothing to give: it is not asked again.
  void exclude_giver();

  /// True once moving one more partition would gain nothing.
  bool is_balanced() const { return most_ - least_ <= 1; }

 private:
  std::int32_t size_at(std::ptrdiff_t place) const { return sizes_[row_[static_cast<std::size_t>(place)]]; }

  const std::vector<std::int32_t>& sizes_;
  std::vector<std::size_t> row_;

  /// Receivers are those before receivers_end_, and have `least_` partitions once they had their turn.
  std::ptrdiff_t receivers_end_ = 0;
  std::ptrdiff_t receiver_ = 0;
  std::int32_t least_ = 0;

  /// Givers are those from givers_begin_ to givers_end_, asked from the back. Behind them are the excluded.
  std::ptrdiff_t givers_begin_ = 0;
  std::ptrdiff_t givers_end_ = 0;
  std::ptrdiff_t giver_ = 0;
  std::int32_t most_ = 0;
};

}  // namespace moldau::coordinator
