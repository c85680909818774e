// A SQLite file system that gathers the frames of a commit. SQLite writes its write-ahead log with two system calls a
// page; here they go into a buffer, and to the operating system with one call when SQLite synchronises, reads or asks
// for the size. SQLite synchronises before it shows a commit to anybody (synchronous=FULL), so that no other connection
// and no crash can tell the difference: what was not synchronised was never promised.
#pragma once

namespace lindung::store {

// The name of the file system, for sqlite3_open_v2; registered at the first call. All other files are the default's.
// Null when SQLite cannot register it: then the default does.
[[nodiscard]] const char* wal_buffer_vfs() noexcept;

}  // namespace lindung::store
