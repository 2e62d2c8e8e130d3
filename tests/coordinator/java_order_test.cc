#include <span>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include "coordinator/assignor/java_hash_map.h"
#include "coordinator/assignor/java_text_order.h"
#include "coordinator/assignor/member_order.h"
#include "coordinator/assignor/table_order.h"

namespace moldau::coordinator {
namespace {

using Numbers = std::vector<std::int32_t>;
using Names = std::vector<std::string_view>;

}  // namespace

TEST_CASE("a hash set is walked by its buckets, and a bucket in the order of coming") {
  CHECK(JavaHashSet<std::int32_t>::of(Numbers{35, 19, 3, 2}).keys() == Numbers{2, 35, 19, 3});
  CHECK(JavaHashSet<std::int32_t>::of(Numbers{1 << 16, 0}).keys() == Numbers{0, 1 << 16});
}

TEST_CASE("computing what is absent puts it first in its bucket") {
  JavaHashMap<std::int32_t, int> map;
  map.put(3, 0);
  CHECK(map.compute_if_absent(19, [] { return 7; }) == 7);
  CHECK(map.compute_if_absent(3, [] { return 8; }) == 0);
  CHECK(map.keys() == Numbers{19, 3});
}

TEST_CASE("a hash table grows with the entry that is one too many, or with the next computed one") {
  JavaHashMap<std::int32_t, int> map;
  for (std::int32_t i = 0; i < 12; ++i)
    map.put(16 * (i % 2) + i / 2, 0);
  CHECK(map.keys() == Numbers{0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21});
  map.compute_if_absent(6, [] { return 0; });
  CHECK(map.keys() == Numbers{0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6});
  map.compute_if_absent(6, [] { return 0; });
  CHECK(map.keys() == Numbers{0, 1, 2, 3, 4, 5, 6, 16, 17, 18, 19, 20, 21});
}

TEST_CASE("a long chain makes a small hash table grow") {
  JavaHashSet<std::int32_t> set;
  for (std::int32_t i = 0; i < 9; ++i)
    set.add(16 * i);
  CHECK(set.keys() == Numbers{0, 32, 64, 96, 128, 16, 48, 80, 112});
}

TEST_CASE("what was erased can come again, last in its bucket") {
  JavaHashSet<std::int32_t> set = JavaHashSet<std::int32_t>::of(Numbers{3, 19, 35});
  CHECK(set.erase(19));
  CHECK_FALSE(set.erase(19));
  CHECK(set.size() == 2);
  CHECK_FALSE(set.contains(19));
  set.add(19);
  CHECK(set.keys() == Numbers{3, 35, 19});
}

TEST_CASE("a hash map finds its values") {
  JavaHashMap<std::string_view, int> map(0);
  CHECK(map.find("a") == nullptr);
  CHECK_FALSE(map.erase("a"));
  map.put("a", 1);
  map.put("b", 2);
  map.put("a", 3);
  REQUIRE(map.find("a") != nullptr);
  CHECK(*map.find("a") == 3);
  CHECK(map.size() == 2);
}

TEST_CASE("texts are ordered by UTF-16 units, ids by signed halves") {
  CHECK(is_before_in_java("a", "b"));
  CHECK(is_before_in_java("a", "ab"));
  CHECK_FALSE(is_before_in_java("a", "a"));
  CHECK(is_before_in_java("\uD7FF", "\U00010000"));
  CHECK(is_before_in_java("\U00010000", "\uE000"));
  CHECK_FALSE(is_before_in_java("\uE000", "\U0010FFFF"));
  CHECK(is_before_in_java("\U00010000", "\U00010001"));
  CHECK(is_before_in_java(Uuid(1ULL << 63, 0), Uuid(0, 0)));
  CHECK(is_before_in_java(Uuid(1, 1ULL << 63), Uuid(1, 0)));
}

TEST_CASE("names of a subscription come in the order of the larger set, then of the other") {
  CHECK(subscribed_names(Names{"b", "a", "b"}, {}) == Names{"a", "b"});
  CHECK(subscribed_names({}, Names{"d", "c"}) == Names{"c", "d"});
  CHECK(subscribed_names(Names{"a"}, Names{"b"}) == Names{"b", "a"});
  CHECK(subscribed_names(Names{"a", "d", "c"}, Names{"d", "b"}) == Names{"a", "c", "d", "b"});
}

TEST_CASE("a table with versions is walked by its slots, and a slot from the last that came") {
  const Names came = {"member-1", "member-2", "member-3", "member-4", "member-5"};
  CHECK(in_table_order(came, 5) == Names{"member-3", "member-5", "member-2", "member-4", "member-1"});
  CHECK(in_table_order(std::span(came).first(2), 2) == Names{"member-2", "member-1"});
}

TEST_CASE("members come with the one that is new and without the one that is replaced") {
  const Names joined = {"c", "a", "b"};
  const GroupMembers members{.joined = joined, .most_members = 3};
  CHECK(member_order(members, "a", std::nullopt) == Names{"a", "b", "c"});
  CHECK(member_order(members, "d", std::nullopt) == Names{"a", "b", "c", "d"});
  CHECK(member_order(members, "d", "b") == Names{"a", "c", "d"});
  CHECK(member_order({}, "d", std::nullopt) == Names{"d"});
}

}  // namespace moldau::coordinator
