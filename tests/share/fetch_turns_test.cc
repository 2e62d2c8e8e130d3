#include "share/fetch_turns.h"

#include <limits>

#include <doctest/doctest.h>

namespace moldau::share {

using Numbers = std::vector<std::int32_t>;

TEST_CASE("partitions take turns to be read first") {
  const Numbers three = {1, 2, 3};
  CHECK(in_turn(three, 0) == three);
  CHECK(in_turn(three, -1) == three);
  CHECK(in_turn(three, 1) == Numbers{2, 3, 1});
  CHECK(in_turn(three, 2) == Numbers{3, 1, 2});
  CHECK(in_turn(three, 3) == three);
  CHECK(in_turn(three, std::numeric_limits<std::int32_t>::max()) == Numbers{2, 3, 1});
  CHECK(in_turn(Numbers{7}, 5) == Numbers{7});
  CHECK(in_turn(Numbers{}, 5).empty());
}

TEST_CASE("bytes are shared out evenly, and what is left over goes to one") {
  CHECK(share_max_bytes(9, 3, 3, 0) == Numbers{3, 3, 3});
  CHECK(share_max_bytes(11, 3, 3, 2) == Numbers{3, 3, 5});
  CHECK(share_max_bytes(10, 2, 5, 1) == Numbers{2, 2});
  CHECK(share_max_bytes(11, 2, 5, 1) == Numbers{2, 3});
}

TEST_CASE("with fewer bytes than all partitions those that ask have them, down to one byte each") {
  CHECK(share_max_bytes(5, 2, 6, 0) == Numbers{3, 2});
  CHECK(share_max_bytes(2, 2, 6, 1) == Numbers{1, 1});
  CHECK(share_max_bytes(2, 4, 6, 3) == Numbers{1, 0, 0, 1});
  CHECK(share_max_bytes(1, 3, 3, 1) == Numbers{0, 1, 0});
}

}  // namespace moldau::share
