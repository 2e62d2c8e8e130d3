#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "coordinator/topics_view.h"
#include "metadata/image.h"

namespace moldau::runtime {

/// The topics of a metadata image, as coordinators look at them.
class ImageTopics final : public coordinator::TopicsView {
 public:
  explicit ImageTopics(metadata::Image image) : image_(std::move(image)) {}

  std::int64_t version() const override { return image_.provenance.last_offset; }
  std::optional<Uuid> id_of(std::string_view name) const override;
  std::optional<std::string_view> name_of(const Uuid& id) const override;
  std::optional<std::int32_t> partition_count(const Uuid& id) const override;
  std::vector<std::string_view> racks(const Uuid& id, std::int32_t partition) const override;
  std::vector<std::string_view> names() const override;

  const metadata::Image& image() const { return image_; }

 private:
  metadata::Image image_;
};

}  // namespace moldau::runtime
