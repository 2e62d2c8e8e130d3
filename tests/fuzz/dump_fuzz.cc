#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "../log/memory_directory.h"
#include "base/assert.h"
#include "base/utf8.h"
#include "tools/dump_log.h"

namespace {

using namespace moldau;

/// One folder in memory; what is printed has to be text.
class FuzzHost final : public tools::ToolHost {
 public:
  explicit FuzzHost(std::shared_ptr<io::Directory> folder) : folder_(std::move(folder)) {}

  Result<std::shared_ptr<io::Directory>> open_folder(const std::string&) override { return folder_; }
  std::string absolute_path(const std::string& path) override { return path; }
  void out(std::string_view line) override { require(is_utf8(line), "what is printed is UTF-8"); }
  void err(std::string_view) override {}

 private:
  std::shared_ptr<io::Directory> folder_;
};

}  // namespace

/// Any bytes as a file of any kind are dumped, in both forms and by all decoders, or are an error.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const ByteView bytes(data + 2, size - 2);
  // The first byte cuts an index off, so that it leads into the log behind it.
  const std::size_t index_size = data[0] % (bytes.size() + 1);
  const std::string stem = "00000000000000000007";
  auto folder = std::make_shared<log::testing::MemoryDirectory>();
  folder->put(stem + ".index", as_text(bytes.first(index_size)));
  folder->put(stem + ".timeindex", as_text(bytes.first(index_size)));
  folder->put(stem + ".log", as_text(bytes.subspan(index_size)));
  folder->put(stem + ".snapshot", as_text(bytes));
  folder->put(stem + ".txnindex", as_text(bytes));
  FuzzHost host(folder);
  std::string files = stem + ".log";
  for (const char* suffix : {".index", ".timeindex", ".snapshot", ".txnindex"}) {
    files += "," + stem + suffix;
  }
  const tools::DumpOptions options{.files = files,
                                   .kind = static_cast<tools::RecordKind>(data[1] % 5),
                                   .print_data_log = (data[1] & 0x20) != 0,
                                   .deep_iteration = true,
                                   .index_sanity_check = (data[1] & 0x40) != 0,
                                   .json = (data[1] & 0x80) != 0};
  static_cast<void>(tools::dump_log(options, host));
  return 0;
}
