#pragma once

#include <cstdint>

#include "base/bytes.h"
#include "base/result.h"
#include "protocol/records/record_iterator.h"

namespace moldau::records {

/// Calls visit(batch, record) for each record of the whole batches that `batches` begins with, in order,
/// until it fails. Gives the offset behind the last batch, -1 where there is none. The errors of
/// BatchView::parse, of RecordIterator, or `visit`'s.
template <class Visit>
Result<std::int64_t> for_each_record_of(ByteView batches, DecoderSet& decoders, Visit visit) {
  std::int64_t end = -1;
  BatchCursor cursor(batches);
  while (const auto entry = cursor.next()) {
    const auto batch = BatchView::parse(entry->bytes);
    if (!batch) return fail(batch.error());
    auto visited =
        for_each_record(*batch, decoders, [&](const RecordView& record) { return visit(*batch, record); });
    if (!visited) return fail(std::move(visited).error());
    end = batch->next_offset();
  }
  return end;
}

}  // namespace moldau::records
