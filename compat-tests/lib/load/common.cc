#include "common.h"

#include <cstdlib>
#include <iostream>

namespace load {

void fail(const std::string& what) {
  std::cerr << "load: " << what << "\n";
  std::exit(2);
}

std::unique_ptr<RdKafka::Conf> conf_of(const std::string& bootstrap, const Settings& settings) {
  std::unique_ptr<RdKafka::Conf> conf(RdKafka::Conf::create(RdKafka::Conf::CONF_GLOBAL));
  Settings all = {{"bootstrap.servers", bootstrap},
                  {"reconnect.backoff.ms", "20"},
                  {"reconnect.backoff.max.ms", "50"},
                  {"retry.backoff.ms", "20"},
                  {"topic.metadata.refresh.fast.interval.ms", "50"},
                  {"log_level", "0"}};
  all.insert(all.end(), settings.begin(), settings.end());
  std::string reason;
  for (const auto& [key, value] : all) {
    if (conf->set(key, value, reason) != RdKafka::Conf::CONF_OK) fail(reason);
  }
  return conf;
}

Settings settings_of(std::span<char* const> words) {
  Settings settings;
  for (const std::string word : words) {
    const auto equals = word.find('=');
    if (equals == std::string::npos) fail("no setting: " + word);
    settings.emplace_back(word.substr(0, equals), word.substr(equals + 1));
  }
  return settings;
}

std::uint64_t mixed(std::uint64_t seed, std::uint64_t stream, std::uint64_t number) {
  std::uint64_t bits = (seed * 0x9E3779B97F4A7C15) ^ (stream + 0xD1B54A32D192ED03 * number);
  for (int round = 0; round < 2; ++round) {
    bits = (bits ^ (bits >> 30)) * 0xBF58476D1CE4E5B9;
    bits = (bits ^ (bits >> 27)) * 0x94D049BB133111EB;
    bits ^= bits >> 31;
  }
  return bits;
}

std::uint64_t hash_of(std::string_view text) {
  std::uint64_t hash = 0xCBF29CE484222325;
  for (const char c : text)
    hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3;
  return hash;
}

void Notes::complain(const std::string& what) {
  if (!known_.insert(what).second) return;
  ++complaints_;
  note("complaint " + what);
  if (complaints_ <= 30) std::cout << "COMPLAINT " << what << std::endl;
}

}  // namespace load
