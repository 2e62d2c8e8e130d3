#pragma once

#include <filesystem>
#include <functional>
#include <memory>

#include <doctest/doctest.h>

#include "io/uv/host.h"

namespace moldau::io::testing {

/// The real machine with two loops and a folder of its own, gone with the bench.
class UvBench {
 public:
  UvBench() {
    std::string name = (std::filesystem::temp_directory_path() / "moldau-io-XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    path_ = name;
    check_timer_ = host_->loop(0).make_timer([this] { check(); });
  }
  ~UvBench() {
    check_timer_.reset();
    host_.reset();
    std::filesystem::remove_all(path_);
  }
  UvBench(const UvBench&) = delete;
  UvBench& operator=(const UvBench&) = delete;

  uv::UvHost& host() { return *host_; }
  const std::string& path() const { return path_; }
  /// Whether permissions mean nothing.
  static bool is_superuser() { return ::geteuid() == 0; }
  std::shared_ptr<Directory> folder() { return host_->open_root(path_).value(); }

  /// Runs the loops until `done` holds on loop 0; false when it takes too long.
  bool run_until(std::function<bool()> done) {
    done_ = std::move(done);
    patience_ = host_->loop(0).clock().now() + std::chrono::seconds(60);
    held_ = false;
    check_timer_->arm(host_->loop(0).clock().now());
    host_->run();
    return held_;
  }

 private:
  void check() {
    held_ = done_();
    const Instant now = host_->loop(0).clock().now();
    if (held_ || now >= patience_) {
      host_->stop();
    } else {
      check_timer_->arm(now + std::chrono::milliseconds(1));
    }
  }

  std::unique_ptr<uv::UvHost> host_ = std::make_unique<uv::UvHost>(2);
  std::string path_;
  std::unique_ptr<Timer> check_timer_;
  std::function<bool()> done_;
  Instant patience_;
  bool held_ = false;
};

}  // namespace moldau::io::testing
