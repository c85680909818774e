// Threads that work in the background of those that answer.
#pragma once

namespace lindung {

// The calling thread gives way to the others of this program, and of the machine; it stays so. Where the operating
// system refuses, it goes on as it was.
void lower_thread_priority() noexcept;

}  // namespace lindung
