// Messages that go out over a network, behind the request that caused them: nobody waits for a provider, and how long
// it takes tells nothing.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>

#include "base/error.h"
#include "base/result.h"
#include "people/message_sender.h"
#include "people/messages.h"

namespace lindung::people {

class MessageQueue final : public Messages {
 public:
  struct Options {
    std::size_t most{10'000};                  // that wait
    unsigned tries{4};                         // of one message
    std::chrono::milliseconds pause{1'000};    // behind the first failure; twice as long behind each further one
    std::function<void(const Error&)> report;  // of a message that was given up; null: nobody
  };
  MessageQueue(std::unique_ptr<MessageSender> sender, Options options);
  ~MessageQueue() override;

  [[nodiscard]] Result<void> post(const PhoneMessage& message) override;
  // Of messages that were sent, and that were given up.
  [[nodiscard]] std::uint64_t sent() const noexcept { return sent_; }
  [[nodiscard]] std::uint64_t given_up() const noexcept { return given_up_; }

 private:
  void run();
  // False when the queue is being closed.
  [[nodiscard]] bool send(const PhoneMessage& message);

  std::unique_ptr<MessageSender> sender_;
  Options options_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<PhoneMessage> waiting_;
  bool is_closing_{};
  std::atomic<std::uint64_t> sent_{};
  std::atomic<std::uint64_t> given_up_{};
  std::thread thread_;
};

}  // namespace lindung::people
