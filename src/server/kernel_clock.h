// What the kernel knows about the machine's clock: whether a time service keeps it right (protocol.md section 10).
#pragma once

namespace lindung::server {

// False also where the kernel cannot be asked. Source: adjtimex(2), TIME_ERROR and STA_UNSYNC.
[[nodiscard]] bool kernel_clock_is_synchronised() noexcept;

}  // namespace lindung::server
