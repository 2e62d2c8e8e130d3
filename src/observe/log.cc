#include "observe/log.h"

#include <atomic>

#include <spdlog/async.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

namespace moldau::observe {
namespace {

constexpr std::size_t kRingLines = 8192;

// NOLINTNEXTLINE(cppcoreguidelines-avoid-non-const-global-variables): there is one log for the process.
std::atomic<Level> lowest_level{Level::kInfo};

std::function<void(Level, std::string_view)>& own_sink() {
  static std::function<void(Level, std::string_view)> sink;
  return sink;
}

spdlog::level::level_enum spdlog_level(Level level) {
  switch (level) {
    case Level::kDebug:
      return spdlog::level::debug;
    case Level::kInfo:
      return spdlog::level::info;
    case Level::kWarn:
      return spdlog::level::warn;
    case Level::kError:
      return spdlog::level::err;
  }
  return spdlog::level::err;
}

/// The ring and its thread start with the first line.
class Output {
 public:
  Output()
      : ring_(std::make_shared<spdlog::details::thread_pool>(kRingLines, 1)),
        logger_(std::make_shared<spdlog::async_logger>(
            "moldau", std::make_shared<spdlog::sinks::stderr_sink_mt>(), ring_,
            spdlog::async_overflow_policy::overrun_oldest)) {
    logger_->set_pattern("[%Y-%m-%d %H:%M:%S.%e] %^%L%$ %v");
    logger_->set_level(spdlog::level::debug);
    logger_->flush_on(spdlog::level::warn);
  }
  /// The ring's thread writes its last lines and ends before what it writes with does.
  ~Output() { ring_.reset(); }
  Output(const Output&) = delete;
  Output& operator=(const Output&) = delete;

  void write(Level level, std::string_view line) {
    logger_->log(spdlog_level(level), spdlog::string_view_t(line.data(), line.size()));
    const std::size_t dropped = ring_->overrun_counter();
    if (dropped > reported_drops_.exchange(dropped)) {
      logger_->warn("{} log lines were dropped in all because the output blocked", dropped);
    }
  }

  void flush() { logger_->flush(); }

 private:
  std::shared_ptr<spdlog::details::thread_pool> ring_;
  std::shared_ptr<spdlog::async_logger> logger_;
  std::atomic<std::size_t> reported_drops_{0};
};

Output& output() {
  static Output instance;
  return instance;
}

}  // namespace

void log(Level level, std::string_view line) {
  if (own_sink()) {
    own_sink()(level, line);
    return;
  }
  output().write(level, line);
}

void set_level(Level level) {
  lowest_level.store(level, std::memory_order_relaxed);
}

bool is_enabled(Level level) {
  return level >= lowest_level.load(std::memory_order_relaxed);
}

void set_sink(std::function<void(Level, std::string_view)> sink) {
  own_sink() = std::move(sink);
}

void flush_log() {
  if (!own_sink()) output().flush();
}

}  // namespace moldau::observe
