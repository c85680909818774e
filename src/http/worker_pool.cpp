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
  {
    const std::scoped_lock lock{mutex_};
    // A task that an idle thread is about to take does not wait.
    if (stopped_ || waiting_.size() >= limit_ + idle_) return false;
    waiting_.push_back(std::move(task));
  }
  wake_.notify_one();
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
    wake_.wait(lock, [this] { return stopped_ || !waiting_.empty(); });
    if (stopped_) return;
    auto task = std::move(waiting_.front());
    waiting_.pop_front();
    --idle_;
    lock.unlock();
    task();
    task = nullptr;  // what it holds goes before the next one is waited for
    lock.lock();
    ++idle_;
  }
}

}  // namespace lindung::http
