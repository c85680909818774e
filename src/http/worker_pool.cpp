#include "http/worker_pool.h"

#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <utility>

namespace lindung::http {

WorkerPool::WorkerPool(unsigned threads, std::size_t limit) : limit_{limit}, idle_{threads} {
  threads_.reserve(threads);
  for (unsigned i = 0; i < threads; ++i) threads_.emplace_back([this] { run(); });
}

bool WorkerPool::submit(std::function<void()> task) {
  bool wakes = false;
  {
    const std::scoped_lock lock{mutex_};
    // A task that an idle thread is about to take does not wait.
    if (stopped_ || waiting_.size() >= limit_ + idle_) return false;
    waiting_.push_back(std::move(task));
    wakes = begin_waking();
  }
  if (wakes) wake_.notify_one();
  return true;
}

bool WorkerPool::begin_waking() {
  if (is_waking_ || parked_ == 0 || waiting_.empty()) return false;
  is_waking_ = true;
  return true;
}

void WorkerPool::stop() {
  std::deque<std::function<void()>> dropped;
  {
    const std::scoped_lock lock{mutex_};
    stopped_ = true;
    dropped.swap(waiting_);
  }
  wake_.notify_all();
  for (auto& thread : threads_) {
    if (thread.joinable()) thread.join();
  }
}

void WorkerPool::run() {
  std::unique_lock lock{mutex_};
  while (true) {
    while (!stopped_ && waiting_.empty()) {
      ++parked_;
      wake_.wait(lock);
      --parked_;
      is_waking_ = false;
    }
    if (stopped_) return;
    auto task = std::move(waiting_.front());
    waiting_.pop_front();
    --idle_;
    const bool wakes = begin_waking();  // what is taken here may wait long
    lock.unlock();
    if (wakes) wake_.notify_one();
    task();
    task = nullptr;  // what it holds goes before the next one is waited for
    lock.lock();
    ++idle_;
  }
}

}  // namespace lindung::http
