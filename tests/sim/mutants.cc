#include "tests/sim/mutants.h"

#include <optional>
#include <string_view>
#include <utility>

#include "log/clean_shutdown_marker.h"
#include "log/meta_properties.h"

namespace moldau::sim {
namespace {

using io::CallSite;

constexpr std::string_view kTemporary = ".tmp";

struct Mistake {
  std::optional<Mutant> mutant = {};
  std::optional<io::sim::DiskSite> unsynced = {};

  bool is(Mutant asked) const { return mutant == asked; }
  bool is_unsynced(const CallSite& site) const {
    return is(Mutant::kDirectoryNotSynced) || (unsynced && site.line() == unsynced->line &&
                                               std::string_view(site.file_name()).ends_with(unsynced->file));
  }
};

class MutantFile final : public io::File {
 public:
  MutantFile(io::FileHandle file, Mistake mistake) : file_(std::move(file)), mistake_(std::move(mistake)) {}

  Result<std::size_t> read_at(std::uint64_t position, MutableBytes into) override {
    return file_->read_at(position, into);
  }
  Result<void> write_at(std::uint64_t position, std::span<const ByteView> pieces, CallSite site) override {
    return file_->write_at(position, pieces, site);
  }
  Result<void> truncate(std::uint64_t size_bytes, CallSite site) override {
    return file_->truncate(size_bytes, site);
  }
  Result<void> sync(CallSite site) override {
    if (mistake_.is(Mutant::kSyncDoesNothing)) return {};
    auto synced = file_->sync(site);
    if (!synced && mistake_.is(Mutant::kFailedSyncRetried)) synced = file_->sync(site);
    return synced;
  }
  Result<void> make_read_only(CallSite site) override { return file_->make_read_only(site); }
  Result<std::uint64_t> size_bytes() override { return file_->size_bytes(); }

 private:
  io::FileHandle file_;
  Mistake mistake_;
};

class MutantDirectory final : public io::Directory {
 public:
  MutantDirectory(std::shared_ptr<io::Directory> folder, Mistake mistake)
      : folder_(std::move(folder)), mistake_(std::move(mistake)) {}

  Result<io::FileHandle> open_file(std::string_view name, io::OpenMode mode, CallSite site) override {
    if (is_in_place(name)) name.remove_suffix(kTemporary.size());
    auto file = folder_->open_file(name, mode, site);
    if (!file) return file;
    return std::make_shared<MutantFile>(*std::move(file), mistake_);
  }
  Result<std::shared_ptr<io::Directory>> open_directory(std::string_view name) override {
    auto folder = folder_->open_directory(name);
    if (!folder) return folder;
    return std::make_shared<MutantDirectory>(*std::move(folder), mistake_);
  }
  Result<bool> create_directory(std::string_view name, CallSite site) override {
    return folder_->create_directory(name, site);
  }
  Result<bool> contains(std::string_view name) override { return folder_->contains(name); }
  Result<std::vector<io::DirectoryEntry>> list() override { return folder_->list(); }
  Result<void> rename(std::string_view from, std::string_view to, CallSite site) override {
    if (is_in_place(from)) return {};
    return folder_->rename(from, to, site);
  }
  Result<void> remove_file(std::string_view name, CallSite site) override {
    return folder_->remove_file(name, site);
  }
  Result<void> remove_directory(std::string_view name, CallSite site) override {
    return folder_->remove_directory(name, site);
  }
  Result<void> sync(CallSite site) override {
    if (mistake_.is_unsynced(site)) return {};
    return folder_->sync(site);
  }
  Result<std::unique_ptr<io::DirectoryLock>> lock(std::string_view name, CallSite site) override {
    return folder_->lock(name, site);
  }
  Result<io::DiskSpace> space() override { return folder_->space(); }
  const std::string& path() const override { return folder_->path(); }

 private:
  bool is_in_place(std::string_view name) const {
    return mistake_.is(Mutant::kCheckpointNotAtomic) && name.ends_with(kTemporary);
  }

  std::shared_ptr<io::Directory> folder_;
  Mistake mistake_;
};

class MutantHost final : public io::Host {
 public:
  MutantHost(io::sim::SimHost& host, Mistake mistake) : host_(host), mistake_(std::move(mistake)) {}

  std::size_t loop_count() const override { return host_.loop_count(); }
  io::Loop& loop(std::size_t index) override { return host_.loop(index); }
  Result<std::shared_ptr<io::Directory>> open_root(std::string_view path) override {
    auto folder = host_.open_root(path);
    if (!folder) return folder;
    if (mistake_.is(Mutant::kRecoveryTrustsIndexes)) {
      // A mark left from some earlier stop.
      const auto identity = log::read_meta_properties(**folder);
      if (identity && *identity) {
        if (auto marked = log::write_clean_shutdown(**folder, 0); !marked) return fail(marked.error());
      }
    }
    return std::make_shared<MutantDirectory>(*std::move(folder), mistake_);
  }
  Result<std::shared_ptr<io::Directory>> find_root(std::string_view path) override {
    return host_.find_root(path);
  }
  Result<std::vector<std::string>> addresses_of(const std::string& host) override {
    return host_.addresses_of(host);
  }
  io::LaneId make_lane(std::string_view name) override { return host_.make_lane(name); }
  void rest_lane(io::LaneId lane, Duration span) override { host_.rest_lane(lane, span); }

 private:
  io::sim::SimHost& host_;
  Mistake mistake_;
};

}  // namespace

WrapHost with(Mutant mutant) {
  return [mutant](io::sim::SimHost& host) {
    return std::make_unique<MutantHost>(host, Mistake{.mutant = mutant});
  };
}

WrapHost without_sync_of_folder(const io::sim::DiskSite& site) {
  return [site](io::sim::SimHost& host) {
    return std::make_unique<MutantHost>(host, Mistake{.unsynced = site});
  };
}

}  // namespace moldau::sim
