#include "cli/ordered_work.h"

#include <algorithm>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

namespace lindung::cli {

OrderedWork::OrderedWork(std::size_t threads, const std::function<Work()>& make_work, Sink sink)
    : most_{4 * threads}, sink_{std::move(sink)} {
  for (std::size_t i = 0; i < threads; ++i) {
    threads_.emplace_back([this, make_work] { run(make_work()); });
  }
  threads_.emplace_back([this] { write(); });
}

OrderedWork::~OrderedWork() {
  {
    const std::scoped_lock lock{mutex_};
    ended_ = true;
  }
  changed_.notify_all();
  for (auto& thread : threads_) thread.join();
}

void OrderedWork::add(std::string piece) {
  std::unique_lock lock{mutex_};
  changed_.wait(lock, [this] { return items_.size() < most_; });
  items_.push_back(std::make_shared<Item>(Item{.text = std::move(piece), .taken = false, .done = false}));
  changed_.notify_all();
}

void OrderedWork::run(const Work& work) {
  std::unique_lock lock{mutex_};
  for (;;) {
    std::shared_ptr<Item> item;
    changed_.wait(lock, [&] {
      const auto found = std::ranges::find_if(items_, [](const auto& each) { return !each->taken; });
      if (found != items_.end()) item = *found;
      return item != nullptr || ended_;
    });
    if (item == nullptr) return;
    item->taken = true;
    lock.unlock();
    auto result = work(item->text);
    lock.lock();
    item->text = std::move(result);
    item->done = true;
    changed_.notify_all();
  }
}

void OrderedWork::write() {
  std::unique_lock lock{mutex_};
  for (;;) {
    changed_.wait(lock, [this] { return items_.empty() ? ended_ : items_.front()->done; });
    if (items_.empty()) return;
    const auto item = std::move(items_.front());
    items_.pop_front();
    changed_.notify_all();
    lock.unlock();
    sink_(item->text);
    lock.lock();
  }
}

}  // namespace lindung::cli
