#include "log/partition_name.h"

#include <string>

#include <doctest/doctest.h>

namespace moldau::log {
namespace {

TEST_CASE("A partition's folder is named after topic and number") {
  CHECK(format_folder_name({"orders", 3}) == "orders-3");
  CHECK(parse_folder_name("orders-3").value() == PartitionFolder{{"orders", 3}, FolderKind::kLive});
  CHECK(parse_folder_name("a-b-0").value() == PartitionFolder{{"a-b", 0}, FolderKind::kLive});
  CHECK(parse_folder_name("topic--1").value() == PartitionFolder{{"topic-", 1}, FolderKind::kLive});
  CHECK(parse_folder_name("__cluster_metadata-0")->partition.topic == "__cluster_metadata");
}

TEST_CASE("Folders on their way out carry an id and a suffix") {
  const Uuid id(0x0123456789abcdefULL, 0x0fedcba987654321ULL);
  const std::string name = format_folder_name({"orders", 3}, FolderKind::kDeleted, id);
  CHECK(name == "orders-3.0123456789abcdef0fedcba987654321-delete");
  CHECK(parse_folder_name(name).value() == PartitionFolder{{"orders", 3}, FolderKind::kDeleted});
  CHECK(parse_folder_name(format_folder_name({"o.p", 0}, FolderKind::kStray, id)).value() ==
        PartitionFolder{{"o.p", 0}, FolderKind::kStray});
  CHECK(parse_folder_name(format_folder_name({"o", 0}, FolderKind::kFuture, id))->kind ==
        FolderKind::kFuture);
}

TEST_CASE("Long topic names are cut so that the folder's name fits") {
  const std::string topic(249, 't');
  const std::string name = format_folder_name({topic, 12345}, FolderKind::kStray, Uuid(1, 2));
  CHECK(name.size() == 255);
  CHECK(parse_folder_name(name)->partition.topic.size() < topic.size());
}

TEST_CASE("Other names are no partition's") {
  for (const std::string_view name :
       {"", "lost+found", "topic", "-1", "topic-", "topic-x", "topic-2147483648", "topic-1-delete",
        "topic-1.abc-delete", "meta.properties"}) {
    CAPTURE(name);
    CHECK_FALSE(parse_folder_name(name).has_value());
  }
}

}  // namespace
}  // namespace moldau::log
