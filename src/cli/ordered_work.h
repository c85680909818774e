// Pieces of a long input worked on by all cores, their results given out in the order of the pieces.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace lindung::cli {

class OrderedWork {
 public:
  using Work = std::function<std::string(const std::string& piece)>;
  using Sink = std::function<void(const std::string& result)>;

  // `make_work` is called once by each thread, so that what it makes may keep state. `sink` is called by one thread.
  OrderedWork(std::size_t threads, const std::function<Work()>& make_work, Sink sink);
  OrderedWork(const OrderedWork&) = delete;
  OrderedWork& operator=(const OrderedWork&) = delete;
  // Waits for all pieces.
  ~OrderedWork();

  // Waits while many pieces are under way, so that memory holds a part of the input only.
  void add(std::string piece);

 private:
  struct Item {
    std::string text;  // the piece, then its result
    bool taken{};
    bool done{};
  };
  void run(const Work& work);
  void write();

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::shared_ptr<Item>> items_;
  std::size_t most_;
  bool ended_{};
  Sink sink_;
  std::vector<std::thread> threads_;
};

}  // namespace lindung::cli
