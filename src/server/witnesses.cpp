#include "server/witnesses.h"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/result.h"
#include "base/time.h"
#include "http/client.h"
#include "log/checkpoint.h"
#include "log/cosignature.h"
#include "log/merkle.h"
#include "log/node_reader.h"
#include "log/witness_request.h"
#include "service/cosigned_checkpoints.h"
#include "service/log_publisher.h"

namespace lindung::server {

namespace {

constexpr std::chrono::minutes refresh_every{
    5};  // of a log that stands still: the time in a cosignature tells something
constexpr seconds clock_tolerance{300};
constexpr std::size_t response_limit = 64UL * 1024;
constexpr int tries = 3;  // with what it says that it knows
constexpr unsigned good = 200;
constexpr unsigned conflict = 409;
constexpr unsigned unproven = 422;

}  // namespace

std::string_view name_of(WitnessFailure failure) noexcept {
  switch (failure) {
    case WitnessFailure::unreachable: return "unreachable";
    case WitnessFailure::refused: return "refused";
    case WitnessFailure::lied: break;
  }
  return "lied";
}

std::string_view name_of(WitnessAlarm alarm) noexcept {
  return alarm == WitnessAlarm::does_not_extend ? "does-not-extend" : "ahead";
}

struct Witnesses::Asked {
  explicit Asked(WitnessOptions given) : options{std::move(given)} {}
  WitnessOptions options;
  std::optional<http::Client> client{};  // of its thread
  std::uint64_t known{};                 // the size that it knows; 0 until it has said so
  std::uint64_t ahead{};                 // the size beyond ours that it claims; 0: none
  WitnessState state{};
  std::optional<WitnessFailure> failing{};
  std::thread thread{};
};

Witnesses::Witnesses(service::LogPublisher& publisher, const Clock& clock, WitnessTerms terms, Reports reports)
    : publisher_{publisher}, clock_{clock}, terms_{std::move(terms)}, reports_{std::move(reports)} {
  publisher_.cosigned().expect(terms_.witnesses.size(), terms_.interval);
  for (auto& options : terms_.witnesses) {
    asked_.push_back(std::make_unique<Asked>(std::move(options)));
    asked_.back()->state.name = asked_.back()->options.key.name();
  }
  for (auto& each : asked_) each->thread = std::thread{[this, asked = each.get()] { run(*asked); }};
}

Witnesses::~Witnesses() {
  {
    const std::scoped_lock lock{mutex_};
    stopping_ = true;
  }
  wake_.notify_all();
  publisher_.cosigned().stop();
  for (auto& each : asked_) each->thread.join();
}

std::vector<WitnessState> Witnesses::states() const {
  const std::scoped_lock lock{mutex_};
  std::vector<WitnessState> out;
  for (const auto& each : asked_) out.push_back(each->state);
  return out;
}

void Witnesses::run(Asked& asked) {
  std::uint64_t done = 0;
  for (;;) {
    const auto wanted = publisher_.cosigned().next(done, refresh_every);
    {
      const std::scoped_lock lock{mutex_};
      if (stopping_) return;
    }
    if (!wanted) continue;
    if (ask(asked, *wanted) == Turn::cosigned) {
      done = wanted->checkpoint.size;
      continue;
    }
    std::unique_lock lock{mutex_};
    if (wake_.wait_for(lock, terms_.interval, [&] { return stopping_; })) return;
  }
}

Result<log::WitnessRequest> Witnesses::request_of(const Asked& asked,
                                                  const service::PublishedCheckpoint& published) const {
  const auto size = published.checkpoint.size;
  log::WitnessRequest request{.old_size = asked.known, .proof = {}, .checkpoint = published.note.encode()};
  if (asked.known == 0 || asked.known == size) return request;
  // The tiles may have grown since; those of the newest tree serve the proofs of older ones too.
  const auto nodes = log::nodes_of_tiles(publisher_.published_size(), publisher_.folder().source());
  TRY(proof, log::consistency_proof(asked.known, size, nodes));
  request.proof = std::move(proof);
  return request;
}

Witnesses::Turn Witnesses::ask(Asked& asked, const service::PublishedCheckpoint& published) {
  const auto size = published.checkpoint.size;
  for (int i = 0; i < tries; ++i) {
    if (asked.known > size) {
      // Another node of ours may have shown it more, and then we have that by the next turn.
      const auto claimed = std::exchange(asked.ahead, asked.known);
      asked.known = 0;
      return claimed != 0 && claimed > size ? note_alarm(asked, WitnessAlarm::ahead) : Turn::failed;
    }
    const auto request = request_of(asked, published);
    if (request.has_error()) return note_failure(asked, WitnessFailure::unreachable);
    if (!asked.client) {
      http::ClientOptions options{
          .connect_timeout = terms_.timeout, .call_timeout = terms_.timeout, .max_response_bytes = response_limit};
      if (asked.options.url.tls) options.tls = http::ClientTls{.ca_file = asked.options.ca_file};
      auto client = http::Client::connect(asked.options.url.endpoint, options);
      if (client.has_error()) return note_failure(asked, WitnessFailure::unreachable);
      asked.client.emplace(std::move(client).value());
    }
    const auto response = asked.client->send({.method = "POST",
                                              .target = asked.options.prefix + "/add-checkpoint",
                                              .fields = {{"Content-Type", "text/plain; charset=utf-8"}},
                                              .body = request.value().encode()});
    if (response.has_error()) {
      asked.client.reset();
      const bool is_answer = response.error().code == Errc::malformed || response.error().code == Errc::too_large;
      return note_failure(asked, is_answer ? WitnessFailure::lied : WitnessFailure::unreachable);
    }
    const auto& answer = response.value();
    if (answer.status == good) return take(asked, published, answer.body);
    if (answer.status == unproven) return note_alarm(asked, WitnessAlarm::does_not_extend);
    if (answer.status != conflict) return note_failure(asked, WitnessFailure::refused);
    const auto known = log::parse_witness_size(answer.body);
    if (known.has_error()) return note_failure(asked, WitnessFailure::lied);
    if (known.value() == asked.known) {
      return known.value() == size ? note_alarm(asked, WitnessAlarm::does_not_extend)
                                   : note_failure(asked, WitnessFailure::lied);
    }
    asked.known = known.value();
  }
  return note_failure(asked, WitnessFailure::lied);  // it changes its mind at each try
}

Witnesses::Turn Witnesses::take(Asked& asked, const service::PublishedCheckpoint& published, const std::string& body) {
  // Lines of other keys are ignored, as C2SP tlog-witness has it; what is no signature line is no answer.
  const auto note = log::parse_note(published.note.text + "\n" + body);
  if (note.has_error()) return note_failure(asked, WitnessFailure::lied);
  const auto at = log::cosigned_at(note.value(), asked.options.key);
  if (at.has_error() || !at.value() || *at.value() > clock_.now() + clock_tolerance) {
    return note_failure(asked, WitnessFailure::lied);
  }
  for (const auto& line : note.value().signatures) {
    if (line.name != asked.options.key.name() || line.key_id != asked.options.key.key_id()) continue;
    if (publisher_.add_cosignature(published.checkpoint, line).has_error()) {
      return note_failure(asked, WitnessFailure::unreachable);
    }
  }
  asked.known = published.checkpoint.size;
  asked.ahead = 0;
  bool was_away = false;
  {
    const std::scoped_lock lock{mutex_};
    was_away = asked.failing.has_value() || asked.state.alarm.has_value();
    asked.failing.reset();
    asked.state.alarm.reset();
    asked.state.size = published.checkpoint.size;
    asked.state.cosigned_at = at.value();
    ++asked.state.cosignatures;
  }
  if (was_away && reports_.back) reports_.back(asked.state.name);
  return Turn::cosigned;
}

Witnesses::Turn Witnesses::note_failure(Asked& asked, WitnessFailure failure) {
  bool is_new = false;
  {
    const std::scoped_lock lock{mutex_};
    ++asked.state.failed.at(static_cast<std::size_t>(failure));
    is_new = std::exchange(asked.failing, failure) != failure;
  }
  if (is_new && reports_.failed) reports_.failed(asked.state.name, failure);
  return Turn::failed;
}

Witnesses::Turn Witnesses::note_alarm(Asked& asked, WitnessAlarm alarm) {
  bool is_new = false;
  {
    const std::scoped_lock lock{mutex_};
    ++asked.state.alarms.at(static_cast<std::size_t>(alarm));
    is_new = std::exchange(asked.state.alarm, alarm) != alarm;
  }
  if (is_new && reports_.alarm) reports_.alarm(asked.state.name, alarm);
  return Turn::alarmed;
}

}  // namespace lindung::server
