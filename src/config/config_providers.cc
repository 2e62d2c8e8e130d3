#include "config/config_providers.h"

#include <algorithm>
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include <re2/re2.h>

#include "base/utf8.h"
#include "config/allowed_paths.h"
#include "config/placeholder.h"

namespace moldau::config {
namespace {

using Found = Result<std::optional<std::string>>;

constexpr std::string_view kPackage = "org.apache.kafka.common.config.provider.";

std::unexpected<Error> refused(std::string why) {
  return fail(ErrorCode::kInvalidConfig, std::move(why));
}

std::optional<std::string_view> text_of(const Properties& properties, const std::string& name) {
  const auto found = properties.find(name);
  return found == properties.end() ? std::nullopt : std::optional<std::string_view>(found->second);
}

class Provider {
 public:
  virtual ~Provider() = default;
  /// What `key` stands for; nullopt where the provider has nothing for it.
  virtual Found find(const std::string& path, const std::string& key) const = 0;
};

class EnvironmentProvider final : public Provider {
 public:
  EnvironmentProvider(const ProviderWorld& world, std::unique_ptr<re2::RE2> allowed)
      : world_(world), allowed_(std::move(allowed)) {}

  Found find(const std::string& path, const std::string& key) const override {
    if (!path.empty()) {
      return refused("Path is not supported for EnvVarConfigProvider, invalid value '" + path + "'");
    }
    if (allowed_ && !re2::RE2::FullMatch(key, *allowed_)) return std::nullopt;
    return world_.variable(key);
  }

 private:
  const ProviderWorld& world_;
  std::unique_ptr<re2::RE2> allowed_;
};

/// A provider of what lies at paths, of which only some may be allowed.
class PathProvider : public Provider {
 public:
  PathProvider(const ProviderWorld& world, AllowedPaths allowed)
      : world_(world), allowed_(std::move(allowed)) {}

  Found find(const std::string& path, const std::string& key) const final {
    if (path.empty() || !allowed_.allows(path)) return std::nullopt;
    return read(path, key);
  }

 protected:
  const ProviderWorld& world() const { return world_; }

 private:
  virtual Found read(const std::string& path, const std::string& key) const = 0;

  const ProviderWorld& world_;
  AllowedPaths allowed_;
};

class FileProvider final : public PathProvider {
 public:
  using PathProvider::PathProvider;

 private:
  Found read(const std::string& path, const std::string& key) const override {
    const auto text = world().file(path);
    if (!text || !is_utf8(*text)) return refused("Could not read properties from file " + path);
    auto properties = parse_properties(*text, PropertiesEncoding::kUtf8);
    if (!properties) return fail(std::move(properties).error());
    const auto found = properties->find(key);
    return found == properties->end() ? std::nullopt : std::optional(std::move(found->second));
  }
};

class DirectoryProvider final : public PathProvider {
 public:
  using PathProvider::PathProvider;

 private:
  Found read(const std::string& path, const std::string& key) const override {
    auto text = world().entry(path, key);
    if (!text || (*text && !is_utf8(**text))) {
      return refused("Could not read file " + path + (path.ends_with('/') ? "" : "/") + key +
                     " for property " + key);
    }
    return text;
  }
};

Result<std::unique_ptr<Provider>> make_environment(const Properties& properties, const std::string& prefix,
                                                   const ProviderWorld& world) {
  const std::string name = prefix + ".param.allowlist.pattern";
  const auto pattern = text_of(properties, name);
  std::unique_ptr<re2::RE2> allowed;
  if (pattern) {
    allowed = std::make_unique<re2::RE2>(re2::StringPiece(pattern->data(), pattern->size()), re2::RE2::Quiet);
    if (!allowed->ok()) {
      return refused("Invalid value " + std::string(*pattern) + " for configuration " + name + ": " +
                     allowed->error());
    }
  }
  return std::make_unique<EnvironmentProvider>(world, std::move(allowed));
}

template <class Kind>
Result<std::unique_ptr<Provider>> make_reader(const Properties& properties, const std::string& prefix,
                                              const ProviderWorld& world) {
  auto allowed = AllowedPaths::parse(text_of(properties, prefix + ".param.allowed.paths"), world.exists);
  if (!allowed) return fail(std::move(allowed).error());
  return std::make_unique<Kind>(world, *std::move(allowed));
}

Result<std::unique_ptr<Provider>> make_provider(std::string_view class_name, const Properties& properties,
                                                const std::string& prefix, const ProviderWorld& world) {
  if (class_name.starts_with(kPackage)) {
    const std::string_view simple_name = class_name.substr(kPackage.size());
    if (simple_name == "EnvVarConfigProvider") return make_environment(properties, prefix, world);
    if (simple_name == "FileConfigProvider") return make_reader<FileProvider>(properties, prefix, world);
    if (simple_name == "DirectoryConfigProvider")
      return make_reader<DirectoryProvider>(properties, prefix, world);
  }
  return refused("Invalid value " + std::string(class_name) + " for configuration " + prefix +
                 ".class: Could not load config provider class or one of its dependencies");
}

using Providers = std::map<std::string, std::unique_ptr<Provider>, std::less<>>;

/// Names are taken as they stand between the commas, blanks included; one without a class is none.
Result<Providers> make_providers(const Properties& properties, const ProviderWorld& world) {
  Providers providers;
  std::string_view names = text_of(properties, "config.providers").value_or("");
  while (!names.empty()) {
    const std::size_t comma = std::min(names.find(','), names.size());
    const std::string name(names.substr(0, comma));
    names.remove_prefix(std::min(comma + 1, names.size()));
    const std::string prefix = "config.providers." + name;
    const auto class_name = text_of(properties, prefix + ".class");
    if (!class_name) continue;
    auto provider = make_provider(*class_name, properties, prefix, world);
    if (!provider) return fail(std::move(provider).error());
    providers.insert_or_assign(name, *std::move(provider));
  }
  return providers;
}

/// What is put in is not looked at again.
Result<std::string> filled(const std::string& text, const Providers& providers) {
  std::string result;
  std::size_t copied = 0;
  std::size_t from = 0;
  while (const auto placeholder = find_placeholder(text, from)) {
    from = placeholder->end;
    const auto provider = providers.find(placeholder->provider);
    if (provider == providers.end()) continue;
    const auto found = provider->second->find(std::string(placeholder->path), std::string(placeholder->key));
    if (!found) return fail(found.error());
    if (!*found) continue;
    result.append(text, copied, placeholder->begin - copied);
    result += **found;
    copied = from;
  }
  result.append(text, copied);
  return result;
}

}  // namespace

Result<Properties> fill_placeholders(Properties properties, const ProviderWorld& world) {
  const auto providers = make_providers(properties, world);
  if (!providers) return fail(providers.error());
  if (providers->empty()) return properties;
  for (auto& [name, text] : properties) {
    auto value = filled(text, *providers);
    if (!value) return fail(std::move(value).error());
    text = *std::move(value);
  }
  return properties;
}

}  // namespace moldau::config
