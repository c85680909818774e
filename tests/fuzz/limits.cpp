// Stands between libFuzzer and every target (linked with --wrap): measures what each input costs, and with
// LINDUNG_FUZZ_LIMITS=1 ends the run at one that takes more than 100 ms of this thread's CPU or has more than 64 MiB of
// heap at a time. What the sanitizers themselves need is not counted: their shadow, red zones and quarantine.
#include <sanitizer/allocator_interface.h>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>

namespace {

constexpr double time_limit_ms = 100;
constexpr std::int64_t heap_limit = std::int64_t{64} * 1024 * 1024;

// Of one input; a target may have threads.
std::atomic<bool> is_counting{false};
std::atomic<std::int64_t> live{0};
std::atomic<std::int64_t> most_live{0};

void allocated(const volatile void* /*block*/, std::size_t size) {
  if (!is_counting.load(std::memory_order_relaxed)) return;
  const auto now =
      live.fetch_add(static_cast<std::int64_t>(size), std::memory_order_relaxed) + static_cast<std::int64_t>(size);
  if (now > most_live.load(std::memory_order_relaxed)) most_live.store(now, std::memory_order_relaxed);
}

void freed(const volatile void* block) {
  if (!is_counting.load(std::memory_order_relaxed) || block == nullptr) return;
  const auto size = __sanitizer_get_allocated_size(const_cast<const void*>(block));  // NOLINT: the hook's type
  live.fetch_sub(static_cast<std::int64_t>(size), std::memory_order_relaxed);
}

double thread_ms() {
  timespec at{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &at);
  return static_cast<double>(at.tv_sec) * 1e3 + static_cast<double>(at.tv_nsec) * 1e-6;
}

double slowest_ms = 0;
std::int64_t largest_heap = 0;

void tell() {
  std::fprintf(stderr, "limits: slowest input %.1f ms, most heap %lld bytes\n", slowest_ms,
               static_cast<long long>(largest_heap));
}

bool install() {
  __sanitizer_install_malloc_and_free_hooks(allocated, freed);
  static_cast<void>(std::atexit(tell));
  const char* wanted = std::getenv("LINDUNG_FUZZ_LIMITS");
  return wanted != nullptr && *wanted == '1';
}

}  // namespace

// NOLINTBEGIN(bugprone-reserved-identifier,readability-identifier-naming): the names that --wrap gives
extern "C" int __real_LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
extern "C" int __wrap_LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const bool is_limited = install();
  static bool is_first = true;  // it makes what a target makes once
  live = 0;
  most_live = 0;
  is_counting = true;
  const auto begin = thread_ms();
  const int result = __real_LLVMFuzzerTestOneInput(data, size);
  const auto took_ms = thread_ms() - begin;
  is_counting = false;
  if (!is_first) {
    slowest_ms = std::max(slowest_ms, took_ms);
    largest_heap = std::max(largest_heap, most_live.load());
    if (is_limited && (took_ms > time_limit_ms || most_live > heap_limit)) {
      tell();
      std::fprintf(stderr, "limits: more than 100 ms or 64 MiB\n");
      std::abort();
    }
  }
  is_first = false;
  return result;
}
// NOLINTEND(bugprone-reserved-identifier,readability-identifier-naming)
