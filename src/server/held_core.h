// What a server has only while it is unsealed: given to requests, and taken down when the last of them has let go.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>

#include "base/error.h"
#include "base/result.h"

namespace lindung::server {

// Thread-safe.
template <class Core>
class HeldCore {
 public:
  // Null while sealed. The core lives as long as somebody holds it.
  [[nodiscard]] std::shared_ptr<Core> get() const {
    const std::scoped_lock lock{mutex_};
    return core_;
  }

  void put(std::shared_ptr<Core> core) {
    const std::scoped_lock lock{mutex_};
    core_ = std::move(core);
  }

  // The core is taken down on this thread: a request's last reference may be dropped by a database thread, which cannot
  // wait for itself. Nobody gets a new reference once core_ is empty, so the count only falls.
  void let_go() {
    constexpr std::chrono::milliseconds interval{1};
    std::shared_ptr<Core> gone;
    {
      const std::scoped_lock lock{mutex_};
      gone.swap(core_);
    }
    while (gone.use_count() > 1) std::this_thread::sleep_for(interval);
  }

  // An api::Source of one part of the core (&Core::public_ground); `refusal` goes with `sealed`. This object has to
  // outlive it.
  template <class Part>
  [[nodiscard]] auto lend(Part part, std::string refusal = {}) const {
    return [this, part, refusal = std::move(refusal)](const auto& use) -> Result<void> {
      const auto held = get();
      if (!held) return fail(Errc::sealed, refusal);
      use(std::invoke(part, *held));
      return ok();
    };
  }

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<Core> core_;
};

}  // namespace lindung::server
