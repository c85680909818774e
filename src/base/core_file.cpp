// Everything behind the first lines runs in signal handlers: system calls and atomics only.
#include "base/core_file.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <charconv>
#include <csignal>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <string_view>
#include <system_error>

namespace lindung {
namespace {

constexpr std::array crashes{SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGSYS, SIGTRAP, SIGQUIT};

std::atomic<pid_t> crashed_thread{0};
std::atomic<int> parked_threads{0};

void leave_no_core_file() noexcept { static_cast<void>(::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)); }

// Source: core(5), "Controlling which mappings are written to the core dump": a bit for each kind, and none is set.
bool filter_all_memory() noexcept {
  constexpr std::string_view no_mappings = "0";
  const int file = ::open("/proc/self/coredump_filter", O_WRONLY | O_CLOEXEC);
  if (file < 0) return false;
  const bool is_written = ::write(file, no_mappings.data(), no_mappings.size()) == ssize_t{no_mappings.size()};
  static_cast<void>(::close(file));
  return is_written;
}

#if defined(__x86_64__)

// 0: SSE, 1: AVX, 2: AVX-512, whose 16 further registers copy memory in glibc.
int vector_level() noexcept {
  static const int level = __builtin_cpu_supports("avx512f") != 0 ? 2 : (__builtin_cpu_supports("avx") != 0 ? 1 : 0);
  return level;
}

// Clears every register but rax, rdi, rsi and rdx, of which level is one; never left, so nothing is named as clobbered.
#define LINDUNG_CLEAR_REGISTERS                                                                              \
  "cmpl $1, %%eax\n jl 1f\n vzeroall\n"                                                                      \
  "cmpl $2, %%eax\n jl 1f\n"                                                                                 \
  "vpxord %%zmm16, %%zmm16, %%zmm16\n vpxord %%zmm17, %%zmm17, %%zmm17\n vpxord %%zmm18, %%zmm18, %%zmm18\n" \
  "vpxord %%zmm19, %%zmm19, %%zmm19\n vpxord %%zmm20, %%zmm20, %%zmm20\n vpxord %%zmm21, %%zmm21, %%zmm21\n" \
  "vpxord %%zmm22, %%zmm22, %%zmm22\n vpxord %%zmm23, %%zmm23, %%zmm23\n vpxord %%zmm24, %%zmm24, %%zmm24\n" \
  "vpxord %%zmm25, %%zmm25, %%zmm25\n vpxord %%zmm26, %%zmm26, %%zmm26\n vpxord %%zmm27, %%zmm27, %%zmm27\n" \
  "vpxord %%zmm28, %%zmm28, %%zmm28\n vpxord %%zmm29, %%zmm29, %%zmm29\n vpxord %%zmm30, %%zmm30, %%zmm30\n" \
  "vpxord %%zmm31, %%zmm31, %%zmm31\n"                                                                       \
  "1:\n"                                                                                                     \
  "pxor %%xmm0, %%xmm0\n pxor %%xmm1, %%xmm1\n pxor %%xmm2, %%xmm2\n pxor %%xmm3, %%xmm3\n"                  \
  "pxor %%xmm4, %%xmm4\n pxor %%xmm5, %%xmm5\n pxor %%xmm6, %%xmm6\n pxor %%xmm7, %%xmm7\n"                  \
  "pxor %%xmm8, %%xmm8\n pxor %%xmm9, %%xmm9\n pxor %%xmm10, %%xmm10\n pxor %%xmm11, %%xmm11\n"              \
  "pxor %%xmm12, %%xmm12\n pxor %%xmm13, %%xmm13\n pxor %%xmm14, %%xmm14\n pxor %%xmm15, %%xmm15\n"          \
  "xor %%ebx, %%ebx\n xor %%ecx, %%ecx\n xor %%ebp, %%ebp\n xor %%r8d, %%r8d\n xor %%r9d, %%r9d\n"           \
  "xor %%r10d, %%r10d\n xor %%r11d, %%r11d\n xor %%r12d, %%r12d\n xor %%r13d, %%r13d\n"                      \
  "xor %%r14d, %%r14d\n xor %%r15d, %%r15d\n"

constexpr bool can_clear_registers = true;

// Asks for the processor's abilities before a handler needs them.
void prepare_to_clear_registers() noexcept { static_cast<void>(vector_level()); }

// Waits for the end of the process with nothing in its registers.
[[noreturn]] void park() noexcept {
  asm volatile(LINDUNG_CLEAR_REGISTERS  // NOLINT: there is no other way to name registers
               "xor %%edx, %%edx\n xor %%esi, %%esi\n"
               "lock incl (%%rdi)\n"
               "2:\n mov %[pause], %%eax\n syscall\n jmp 2b\n"
               :
               : "a"(vector_level()), "D"(&parked_threads), [pause] "i"(SYS_pause)
               : "memory");
  __builtin_unreachable();
}

// Sends this thread a signal whose action is to end the process.
[[noreturn]] void end_by(int signal) noexcept {
  asm volatile(LINDUNG_CLEAR_REGISTERS  // NOLINT: as above
               "mov %[tgkill], %%eax\n syscall\n"
               "mov %[exit_group], %%eax\n mov $134, %%edi\n syscall\n ud2\n"
               :
               : "a"(vector_level()), "D"(::getpid()), "S"(::gettid()),
                 "d"(signal), [tgkill] "i"(SYS_tgkill), [exit_group] "i"(SYS_exit_group)
               : "memory");
  __builtin_unreachable();
}

#undef LINDUNG_CLEAR_REGISTERS

#else

constexpr bool can_clear_registers = false;

void prepare_to_clear_registers() noexcept {}

[[noreturn]] void park() noexcept {
  parked_threads.fetch_add(1);
  for (;;) static_cast<void>(::pause());
}

[[noreturn]] void end_by(int signal) noexcept {
  static_cast<void>(::raise(signal));
  std::_Exit(EXIT_FAILURE);
}

#endif

int parking_signal() noexcept { return SIGRTMIN; }

// Every thread but the calling one is sent the parking signal once; returns how many there are, or -1.
class OtherThreads {
 public:
  int signal_new_ones() noexcept {
    const int folder = ::open("/proc/self/task", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0) return -1;
    int count = 0;
    alignas(dirent64) std::array<char, 4096> buffer;
    ssize_t size = 0;
    while ((size = ::getdents64(folder, buffer.data(), buffer.size())) > 0) {
      for (ssize_t at = 0; at < size;) {
        const auto* entry = reinterpret_cast<const dirent64*>(&buffer.at(static_cast<std::size_t>(at)));  // NOLINT
        at += entry->d_reclen;
        count += visit(entry->d_name) ? 1 : 0;
      }
    }
    static_cast<void>(::close(folder));
    return size == 0 ? count : -1;
  }

 private:
  bool visit(const char* name) noexcept {
    pid_t thread = 0;
    const auto read = std::from_chars(name, name + std::strlen(name), thread);
    if (read.ec != std::errc{} || thread == ::gettid()) return false;
    for (std::size_t i = 0; i < signalled_; ++i) {
      if (threads_.at(i) == thread) return true;
    }
    if (signalled_ == threads_.size()) return true;  // it is never parked, so there will be no core file
    threads_.at(signalled_++) = thread;
    static_cast<void>(::syscall(SYS_tgkill, ::getpid(), thread, parking_signal()));
    return true;
  }

  std::array<pid_t, 1024> threads_{};
  std::size_t signalled_{0};
};

bool park_all_others() noexcept {
  constexpr int attempts = 2'000;
  constexpr timespec a_millisecond{.tv_sec = 0, .tv_nsec = 1'000'000};
  OtherThreads others;
  for (int i = 0; i < attempts; ++i) {
    const int count = others.signal_new_ones();
    if (count < 0) return false;
    if (parked_threads.load() == count) return true;
    static_cast<void>(::nanosleep(&a_millisecond, nullptr));
  }
  return false;
}

void on_parking_signal(int /*signal*/) {
  if (crashed_thread.load() != 0) park();
}

void on_crash(int signal) {
  pid_t first = 0;
  if (crashed_thread.compare_exchange_strong(first, ::gettid())) {
    if (!park_all_others()) leave_no_core_file();
  } else if (first == ::gettid()) {
    leave_no_core_file();  // it crashed in here
  } else {
    park();
  }
  static_cast<void>(std::signal(signal, SIG_DFL));
  end_by(signal);
}

void handle(int signal, void (*handler)(int), int flags) noexcept {
  struct sigaction action{};
  if (::sigaction(signal, nullptr, &action) != 0 || action.sa_handler != SIG_DFL) return;  // NOLINT: a union of POSIX
  action.sa_handler = handler;                                                             // NOLINT: as above
  action.sa_flags = flags;
  static_cast<void>(::sigfillset(&action.sa_mask));
  for (const int crash : crashes) static_cast<void>(::sigdelset(&action.sa_mask, crash));
  static_cast<void>(::sigaction(signal, &action, nullptr));
}

}  // namespace

void keep_secrets_out_of_core_files() noexcept {
  if (!can_clear_registers || !filter_all_memory()) {
    leave_no_core_file();
    return;
  }
  prepare_to_clear_registers();
  handle(parking_signal(), on_parking_signal, SA_RESTART);
  for (const int crash : crashes) handle(crash, on_crash, SA_NODEFER);
}

}  // namespace lindung
