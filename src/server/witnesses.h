// Asks the configured witnesses to cosign each checkpoint, a thread each: one that is slow, lies or is gone keeps
// nobody waiting. What a witness refuses to cosign because it does not continue the log that it knows is an alarm.
#pragma once

#include <array>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "http/client.h"
#include "log/cosignature.h"
#include "log/witness_request.h"
#include "service/cosigned_checkpoints.h"
#include "service/log_publisher.h"

namespace lindung::server {

struct WitnessOptions {
  log::WitnessKey key;
  http::ParsedUrl url;
  std::string prefix{};   // of the paths, without a slash at its end
  std::string ca_file{};  // PEM; empty: the machine's own trust store
};
struct WitnessTerms {
  std::vector<WitnessOptions> witnesses{};
  std::chrono::milliseconds interval{1'000};  // between two checkpoints that they are asked about
  std::chrono::milliseconds timeout{5'000};   // for an answer
};

enum class WitnessFailure : std::uint8_t {
  unreachable,  // nobody answers, or not in time
  refused,      // another status than those of the protocol's course
  lied,         // a cosignature that is wrong, or none; what is no answer of a witness
};
inline constexpr std::size_t witness_failures = 3;
enum class WitnessAlarm : std::uint8_t {
  does_not_extend,  // it knows another tree of our log than the one that we show
  ahead,            // it has cosigned more entries than our log has
};
inline constexpr std::size_t witness_alarms = 2;
[[nodiscard]] std::string_view name_of(WitnessFailure failure) noexcept;
[[nodiscard]] std::string_view name_of(WitnessAlarm alarm) noexcept;

struct WitnessState {
  std::string name;
  std::uint64_t size{};  // of the newest checkpoint that it cosigned for us
  std::optional<Moment> cosigned_at{};
  std::uint64_t cosignatures{};
  std::array<std::uint64_t, witness_failures> failed{};
  std::array<std::uint64_t, witness_alarms> alarms{};
  std::optional<WitnessAlarm> alarm{};  // while it stands
};

class Witnesses {
 public:
  // Called from the witnesses' threads, when something begins or ends, not at each turn.
  struct Reports {
    std::function<void(std::string_view witness, WitnessFailure)> failed;
    std::function<void(std::string_view witness)> back;
    std::function<void(std::string_view witness, WitnessAlarm)> alarm;
  };
  Witnesses(service::LogPublisher& publisher, const Clock& clock, WitnessTerms terms, Reports reports);
  Witnesses(const Witnesses&) = delete;
  Witnesses& operator=(const Witnesses&) = delete;
  ~Witnesses();

  [[nodiscard]] std::vector<WitnessState> states() const;

 private:
  struct Asked;
  enum class Turn : std::uint8_t { cosigned, failed, alarmed };
  void run(Asked& asked);
  [[nodiscard]] Turn ask(Asked& asked, const service::PublishedCheckpoint& published);
  [[nodiscard]] Result<log::WitnessRequest> request_of(const Asked& asked,
                                                       const service::PublishedCheckpoint& published) const;
  [[nodiscard]] Turn take(Asked& asked, const service::PublishedCheckpoint& published, const std::string& body);
  [[nodiscard]] Turn note_failure(Asked& asked, WitnessFailure failure);
  [[nodiscard]] Turn note_alarm(Asked& asked, WitnessAlarm alarm);

  service::LogPublisher& publisher_;
  const Clock& clock_;
  WitnessTerms terms_;
  Reports reports_;
  mutable std::mutex mutex_;  // of the states, and of stopping_
  std::condition_variable wake_;
  bool stopping_{};
  std::vector<std::unique_ptr<Asked>> asked_;
};

}  // namespace lindung::server
