#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "io/directory.h"

namespace moldau::tools {

/// What a command line tool sees of the machine: folders by path, and the two streams its words go to.
class ToolHost {
 public:
  virtual ~ToolHost() = default;

  /// The folder at `path`, which has to be there; "" is the working directory.
  virtual Result<std::shared_ptr<io::Directory>> open_folder(const std::string& path) = 0;

  /// `path` from the root of the file system on, otherwise as it is.
  virtual std::string absolute_path(const std::string& path) = 0;

  /// One line without its end.
  virtual void out(std::string_view line) = 0;
  virtual void err(std::string_view line) = 0;
};

}  // namespace moldau::tools
