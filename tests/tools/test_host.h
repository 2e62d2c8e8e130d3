#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "io/uv/directory.h"
#include "tools/tool_host.h"

namespace moldau::tools::testing {

/// Paths lie in a folder of the disk; what is printed is kept, line by line.
class TestHost final : public ToolHost {
 public:
  explicit TestHost(std::string root) : root_(std::move(root)) {}

  Result<std::shared_ptr<io::Directory>> open_folder(const std::string& path) override {
    return io::uv::UvDirectory::open_existing(root_ + "/" + path, io::LaneId());
  }
  std::string absolute_path(const std::string& path) override { return path; }
  void out(std::string_view line) override { printed.emplace_back(line); }
  void err(std::string_view line) override { complaints.emplace_back(line); }

  std::vector<std::string> printed;
  std::vector<std::string> complaints;

 private:
  std::string root_;
};

}  // namespace moldau::tools::testing
