#include <memory>
#include <string>

#include <doctest/doctest.h>

#include "log/checkpoint_file.h"
#include "log/clean_shutdown_marker.h"
#include "log/file_content.h"
#include "log/leader_epoch_checkpoint.h"
#include "log/meta_properties.h"
#include "log/offset_checkpoint.h"
#include "log/partition_metadata_file.h"
#include "memory_directory.h"

namespace moldau::log {
namespace {

using testing::MemoryDirectory;

TEST_CASE("A file is replaced through a temporary one that is gone afterwards") {
  MemoryDirectory folder;
  folder.put("name", "old and longer");
  REQUIRE(replace_file(folder, "name", as_bytes("new")));
  CHECK(folder.text("name") == "new");
  CHECK(folder.files.size() == 1);
  CHECK(folder.faults().sync_count == 2);
  folder.faults().fail_syncs = true;
  CHECK(replace_file(folder, "name", as_bytes("third")).error().code == ErrorCode::kKafkaStorageError);
  CHECK(folder.text("name") == "new");
}

TEST_CASE("A file above the limit is refused before it is read") {
  MemoryDirectory folder;
  folder.put("name", "12345");
  CHECK(read_small_file(folder, "name", 5)->value().size() == 5);
  CHECK(read_small_file(folder, "name", 4).error().code == ErrorCode::kKafkaStorageError);
  CHECK_FALSE(read_small_file(folder, "other", 4)->has_value());
}

TEST_CASE("Checkpoints are version, count and lines") {
  const std::vector<std::string> lines{"a 0 1", "b 1 2"};
  CHECK(format_checkpoint(lines) == "0\n2\na 0 1\nb 1 2\n");
  CHECK(format_checkpoint({}) == "0\n0\n");
  CHECK(parse_checkpoint("0\n2\na 0 1\nb 1 2\n")->size() == 2);
  CHECK(parse_checkpoint("0\r\n1\r\na 0 1\r\n")->front() == "a 0 1");
  CHECK(parse_checkpoint("")->empty());
  for (const std::string_view refused :
       {"1\n0\n", "x\n0\n", "0\n-1\n", "0\n2\na 0 1\n", "0\n0\na 0 1\n", "0\nx\n"}) {
    CAPTURE(refused);
    CHECK_FALSE(parse_checkpoint(refused).has_value());
  }
}

TEST_CASE("Offset checkpoints keep one offset per partition") {
  const PartitionOffsets offsets{{{"b", 0}, 7}, {{"a-b", 10}, 0}, {{"a-b", 2}, 123456789012}};
  const std::string text = format_offset_checkpoint(offsets);
  CHECK(text == "0\n3\na-b 2 123456789012\na-b 10 0\nb 0 7\n");
  CHECK(parse_offset_checkpoint(text).value() == offsets);
  for (const std::string_view refused :
       {"0\n1\na 1\n", "0\n1\na 1 2 3\n", "0\n1\na x 2\n", "0\n1\na -1 2\n", "0\n1\na 2147483648 2\n"}) {
    CAPTURE(refused);
    CHECK(parse_offset_checkpoint(refused).error().code == ErrorCode::kKafkaStorageError);
  }
  MemoryDirectory folder;
  CHECK(read_offset_checkpoint(folder, "recovery-point-offset-checkpoint")->empty());
  REQUIRE(write_offset_checkpoint(folder, "recovery-point-offset-checkpoint", offsets));
  CHECK(read_offset_checkpoint(folder, "recovery-point-offset-checkpoint").value() == offsets);
}

TEST_CASE("Leader epoch checkpoints refuse what is no epoch and offset") {
  const std::vector<EpochEntry> entries{{0, 0}, {4, 100}};
  CHECK(format_leader_epochs(entries) == "0\n2\n0 0\n4 100\n");
  CHECK(parse_leader_epochs("0\n2\n0 0\n4 100\n").value() == entries);
  for (const std::string_view refused :
       {"0\n1\n0\n", "0\n1\n-1 0\n", "0\n1\n0 -1\n", "0\n1\n2147483648 0\n"}) {
    CAPTURE(refused);
    CHECK_FALSE(parse_leader_epochs(refused).has_value());
  }
}

TEST_CASE("partition.metadata names the topic id") {
  const Uuid id(0x0123456789abcdefULL, 0x0fedcba987654321ULL);
  const std::string text = format_partition_metadata(id);
  CHECK(text == "version: 0\ntopic_id: ASNFZ4mrze8P7cuph2VDIQ");
  CHECK(parse_partition_metadata(text).value() == id);
  CHECK(parse_partition_metadata(text + "\n").value() == id);
  CHECK(parse_partition_metadata("version: 3\ntopic_id:  ASNFZ4mrze8P7cuph2VDIQ\n").value() == id);
  for (const std::string_view refused :
       {"", "version: 0\n", "version 0\ntopic_id: ASNFZ4mrze8P7cuph2VDIQ",
        "version: -1\ntopic_id: ASNFZ4mrze8P7cuph2VDIQ", "version: 0\ntopic_id: AAAAAAAAAAAAAAAAAAAAAA",
        "version: 0\ntopic_id: short", "version: 0\ntopic_id:\n"}) {
    CAPTURE(refused);
    CHECK(parse_partition_metadata(refused).error().code == ErrorCode::kKafkaStorageError);
  }
}

TEST_CASE("The clean shutdown marker tells the broker epoch, and counts even if it does not") {
  MemoryDirectory folder;
  CHECK(read_clean_shutdown(folder).value() == CleanShutdown{});
  REQUIRE(write_clean_shutdown(folder, 42));
  CHECK(folder.text(".kafka_cleanshutdown") == "{\"version\":0,\"brokerEpoch\":42}");
  CHECK(read_clean_shutdown(folder).value() == CleanShutdown{true, 42});
  for (const std::string_view silent : {"", "[]", "{", "{\"version\":0}", "{\"brokerEpoch\":\"1\"}",
                                        "{\"brokerEpoch\":9223372036854775808}"}) {
    CAPTURE(silent);
    folder.put(".kafka_cleanshutdown", silent);
    CHECK(read_clean_shutdown(folder).value() == CleanShutdown{true, std::nullopt});
  }
  REQUIRE(remove_clean_shutdown(folder));
  CHECK(read_clean_shutdown(folder).value() == CleanShutdown{});
}

TEST_CASE("meta.properties is read and written as Apache Kafka writes it") {
  const std::string text =
      "#\n#Mon Nov 23 04:38:48 UTC 2026\nnode.id=1\ndirectory.id=AKSnvRmBmREhm7MILDTYNw\nversion=1\n"
      "cluster.id=MkU3OEVBNTcwNTJENDM2Qg\n";
  const auto read = parse_meta_properties(text);
  REQUIRE(read.has_value());
  CHECK(read->cluster_id == "MkU3OEVBNTcwNTJENDM2Qg");
  CHECK(read->node_id == 1);
  CHECK(read->directory_id->to_string() == "AKSnvRmBmREhm7MILDTYNw");
  MemoryDirectory folder;
  CHECK_FALSE(read_meta_properties(folder)->has_value());
  REQUIRE(write_meta_properties(folder, *read, 1795408728000));
  CHECK(read_meta_properties(folder).value() == *read);
  CHECK(folder.text("meta.properties") == text);
}

TEST_CASE("an identity is read whatever its version, with what is there") {
  CHECK(parse_identity("version=0\nbroker.id=7\n").value() == StoredIdentity{.version = 0, .node_id = 7});
  CHECK(parse_identity("cluster.id=a b\n").value() == StoredIdentity{.version = 0, .cluster_id = "a b"});
  CHECK(parse_identity("version=1\nnode.id=2\ncluster.id=a\n").value() ==
        StoredIdentity{.version = 1, .cluster_id = "a", .node_id = 2});
  for (const auto& [text, why] :
       {std::pair{"version=x\n", "Invalid meta.properties version string 'x'"},
        {"version=1\nnode.id=1\n", "cluster.id was not found."},
        {"version=2\nnode.id=1\n", "Unknown meta.properties version number 2"},
        {"version=1\ncluster.id=a\n", "Failed to find node.id"},
        {"version=1\ncluster.id=a\nnode.id=x\n", "Unable to read node.id as a base-10 number."}}) {
    CHECK(parse_identity(text).error() == Error{ErrorCode::kKafkaStorageError, why});
  }
}

TEST_CASE("meta.properties is refused when a part is missing or malformed") {
  for (const std::string_view refused :
       {"", "version=0\ncluster.id=a\nbroker.id=1\n", "version=1\nnode.id=1\n", "version=1\ncluster.id=a\n",
        "version=1\ncluster.id=a\nnode.id=x\n", "version=1\ncluster.id=a\nnode.id=2147483648\n",
        "version=1\ncluster.id=a\nnode.id=1\ndirectory.id=short\n",
        "version=1\ncluster.id=\\u12\nnode.id=1\n"}) {
    CAPTURE(refused);
    CHECK(parse_meta_properties(refused).error().code == ErrorCode::kKafkaStorageError);
  }
}

}  // namespace
}  // namespace moldau::log
