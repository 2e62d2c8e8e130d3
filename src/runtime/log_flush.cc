#include "runtime/log_flush.h"

#include <utility>

#include "log/flush_work.h"

namespace moldau::runtime {
namespace {

struct Flush {
  std::shared_ptr<log::PartitionLog> log;
  log::FlushWork work;
  std::move_only_function<void(Result<std::int64_t>)> done;
  Result<void> outcome;
};

}  // namespace

void flush_log(io::Loop& loop, io::LaneId lane, std::shared_ptr<log::PartitionLog> log,
               std::move_only_function<void(Result<std::int64_t>)> done) {
  auto work = log->begin_flush();
  if (!work) {
    loop.post([done = std::move(done), error = work.error()]() mutable { done(fail(std::move(error))); });
    return;
  }
  auto flush = std::make_shared<Flush>(
      Flush{.log = std::move(log), .work = *std::move(work), .done = std::move(done), .outcome = {}});
  loop.offload(
      lane, [flush] { flush->outcome = flush->work.run(); },
      [flush, lane, &loop] {
        if (flush->outcome) {
          flush->log->flushed(flush->work.ticket);
          flush->done(flush->work.ticket.end_offset);
          return;
        }
        flush->log->fail_flush(flush->outcome.error());
        // No sync covers it any more, but the next process would take it for durable.
        loop.offload(
            lane, [flush] { (void)flush->work.write_again(); },
            [flush] { flush->done(fail(flush->outcome.error())); });
      });
}

}  // namespace moldau::runtime
