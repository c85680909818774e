#include "server/failed_unseals.h"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <mutex>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "base/bytes.h"
#include "base/time.h"
#include "domain/alarm.h"
#include "service/alarm_board.h"
#include "store/durable_file.h"

namespace lindung::server {

namespace {

constexpr std::size_t most_kept = 1'000;
constexpr std::size_t file_limit = 64UL * 1024;

// How many of them fell into the fullest window.
std::size_t fullest(const std::vector<std::uint64_t>& moments) {
  std::size_t most = 0;
  for (std::size_t begin = 0, end = 0; end < moments.size(); ++end) {
    while (moments[end] - moments[begin] > static_cast<std::uint64_t>(FailedUnseals::window.count())) ++begin;
    most = std::max(most, end - begin + 1);
  }
  return most;
}

}  // namespace

// One moment a line; what is no number is passed over.
std::vector<std::uint64_t> FailedUnseals::read() const {
  auto moments = unwritten_;
  const auto content = store::read_file(path_, file_limit);
  if (content.has_error()) return moments;
  auto text = as_text(content.value());
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    std::uint64_t at = 0;
    const auto line = text.substr(0, end);
    if (std::from_chars(line.data(), line.data() + line.size(), at).ec == std::errc{}) moments.push_back(at);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return moments;
}

void FailedUnseals::note() {
  const std::scoped_lock lock{mutex_};
  ++count_;
  auto moments = read();
  moments.push_back(unix_seconds(clock_.now()));
  if (moments.size() > most_kept) moments.erase(moments.begin(), moments.end() - most_kept);
  std::string text;
  for (const auto at : moments) text += std::to_string(at) + "\n";
  if (store::replace_file(path_, as_bytes(text)).has_value()) {
    unwritten_.clear();
  } else {
    unwritten_.push_back(moments.back());
  }
}

void FailedUnseals::tell(service::AlarmBoard& alarms) {
  const std::scoped_lock lock{mutex_};
  auto moments = read();
  std::ranges::sort(moments);
  if (fullest(moments) >= limit) {
    alarms.raise(
        {.kind = domain::AlarmKind::unseals_failed, .subject = {}, .at = clock_.now(), .count = moments.size()});
  }
  unwritten_.clear();
  std::error_code code;
  std::filesystem::remove(path_, code);  // one that stays is told again
}

std::uint64_t FailedUnseals::count() const {
  const std::scoped_lock lock{mutex_};
  return count_;
}

}  // namespace lindung::server
