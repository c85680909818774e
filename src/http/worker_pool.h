// Threads for endpoints that may wait, behind a queue that says no when it is full.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace lindung::http {

class WorkerPool {
 public:
  // Shape: `limit` is the number of tasks that wait, not of those that run.
  WorkerPool(unsigned threads, std::size_t limit);
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;
  ~WorkerPool() { stop(); }

  // False when the queue is full or the pool has stopped; the task was not taken then. Tasks do not throw.
  [[nodiscard]] bool submit(std::function<void()> task);
  // Drops what waits, lets what runs finish, joins.
  void stop();

 private:
  void run();
  // True when a sleeping thread is to be woken now. One at a time: it wakes the next when it finds more than its own
  // task, so a burst that one thread gets through in no time costs one switch and not one for each task.
  [[nodiscard]] bool begin_waking();

  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::function<void()>> waiting_;
  std::size_t limit_;
  std::size_t idle_;
  std::size_t parked_{};   // threads that sleep
  bool is_waking_{false};  // one of them was woken and does not run yet
  bool stopped_{false};
  std::vector<std::thread> threads_;
};

}  // namespace lindung::http
