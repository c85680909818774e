#include "people/message_queue.h"

#include <memory>
#include <mutex>
#include <thread>
#include <utility>

#include "base/error.h"
#include "base/result.h"
#include "people/message_sender.h"
#include "people/messages.h"

namespace lindung::people {

MessageQueue::MessageQueue(std::unique_ptr<MessageSender> sender, Options options)
    : sender_{std::move(sender)}, options_{std::move(options)}, thread_{[this] { run(); }} {}

MessageQueue::~MessageQueue() {
  {
    const std::scoped_lock lock{mutex_};
    is_closing_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

Result<void> MessageQueue::post(const PhoneMessage& message) {
  {
    const std::scoped_lock lock{mutex_};
    if (waiting_.size() >= options_.most) return fail(Errc::busy, "messages wait for their provider");
    waiting_.push_back(message);
  }
  changed_.notify_all();
  return ok();
}

void MessageQueue::run() {
  for (;;) {
    std::unique_lock lock{mutex_};
    changed_.wait(lock, [this] { return is_closing_ || !waiting_.empty(); });
    if (is_closing_) return;
    const auto message = std::move(waiting_.front());
    waiting_.pop_front();
    lock.unlock();
    if (!send(message)) return;
  }
}

bool MessageQueue::send(const PhoneMessage& message) {
  auto pause = options_.pause;
  for (unsigned tried = 1;; ++tried) {
    const auto done = sender_->send(message);
    if (done.has_value()) {
      ++sent_;
      return true;
    }
    if (tried >= options_.tries || done.error().code == Errc::denied) {
      ++given_up_;
      if (options_.report) options_.report(done.error());
      return true;
    }
    std::unique_lock lock{mutex_};
    if (changed_.wait_for(lock, pause, [this] { return is_closing_; })) return false;
    pause *= 2;
  }
}

}  // namespace lindung::people
