#include "store/sqlite_wal_buffer.h"

#include <sqlite3.h>

#include <array>
#include <cstddef>
#include <cstring>
#include <new>

namespace lindung::store {

namespace {

constexpr const char* vfs_name = "lindung-wal-buffer";
constexpr std::size_t buffer_size = 65'536;  // SQLite's own writing takes less than 128 KiB at once

using Buffer = std::array<unsigned char, buffer_size>;

// SQLite allocates szOsFile bytes for one; the default's file stands behind it.
struct BufferedFile {
  sqlite3_file base;
  Buffer* buffer;       // owned; null until something is written
  std::size_t filled;   // of the buffer
  sqlite3_int64 begin;  // its place in the file
};

sqlite3_vfs* the_default() noexcept { return sqlite3_vfs_find(nullptr); }

BufferedFile& self(sqlite3_file* file) noexcept { return *reinterpret_cast<BufferedFile*>(file); }
sqlite3_file* real(sqlite3_file* file) noexcept {
  return reinterpret_cast<sqlite3_file*>(reinterpret_cast<unsigned char*>(file) + sizeof(BufferedFile));
}

// What could not be written is dropped: SQLite gives the commit up and writes from an earlier place the next time.
int flush(sqlite3_file* file) noexcept {
  auto& own = self(file);
  if (own.filled == 0) return SQLITE_OK;
  const auto size = static_cast<int>(own.filled);
  own.filled = 0;
  return real(file)->pMethods->xWrite(real(file), own.buffer->data(), size, own.begin);
}

int on_close(sqlite3_file* file) {
  const int flushed = flush(file);
  delete self(file).buffer;
  self(file).buffer = nullptr;
  const int closed = real(file)->pMethods->xClose(real(file));
  return flushed != SQLITE_OK ? flushed : closed;
}

int on_read(sqlite3_file* file, void* out, int size, sqlite3_int64 at) {
  const int flushed = flush(file);
  if (flushed != SQLITE_OK) return flushed;
  return real(file)->pMethods->xRead(real(file), out, size, at);
}

int on_write(sqlite3_file* file, const void* from, int size, sqlite3_int64 at) {
  auto& own = self(file);
  const auto bytes = static_cast<std::size_t>(size);
  const bool follows = own.filled != 0 && at == own.begin + static_cast<sqlite3_int64>(own.filled);
  if (!follows || bytes > buffer_size - own.filled) {
    const int flushed = flush(file);
    if (flushed != SQLITE_OK) return flushed;
  }
  if (own.buffer == nullptr) own.buffer = new (std::nothrow) Buffer;
  if (own.buffer == nullptr || bytes > buffer_size) return real(file)->pMethods->xWrite(real(file), from, size, at);
  if (own.filled == 0) own.begin = at;
  std::memcpy(own.buffer->data() + own.filled, from, bytes);
  own.filled += bytes;
  return SQLITE_OK;
}

int on_truncate(sqlite3_file* file, sqlite3_int64 size) {
  const int flushed = flush(file);
  if (flushed != SQLITE_OK) return flushed;
  return real(file)->pMethods->xTruncate(real(file), size);
}

int on_sync(sqlite3_file* file, int flags) {
  const int flushed = flush(file);
  if (flushed != SQLITE_OK) return flushed;
  return real(file)->pMethods->xSync(real(file), flags);
}

int on_size(sqlite3_file* file, sqlite3_int64* size) {
  const int flushed = flush(file);
  if (flushed != SQLITE_OK) return flushed;
  return real(file)->pMethods->xFileSize(real(file), size);
}

int on_lock(sqlite3_file* file, int level) { return real(file)->pMethods->xLock(real(file), level); }
int on_unlock(sqlite3_file* file, int level) { return real(file)->pMethods->xUnlock(real(file), level); }
int on_check(sqlite3_file* file, int* out) { return real(file)->pMethods->xCheckReservedLock(real(file), out); }
int on_control(sqlite3_file* file, int operation, void* argument) {
  return real(file)->pMethods->xFileControl(real(file), operation, argument);
}
int on_sector_size(sqlite3_file* file) { return real(file)->pMethods->xSectorSize(real(file)); }
int on_characteristics(sqlite3_file* file) { return real(file)->pMethods->xDeviceCharacteristics(real(file)); }

// Version 1: no shared memory and no mapping, which SQLite asks of the database file only.
constexpr sqlite3_io_methods buffered_methods{.iVersion = 1,
                                              .xClose = on_close,
                                              .xRead = on_read,
                                              .xWrite = on_write,
                                              .xTruncate = on_truncate,
                                              .xSync = on_sync,
                                              .xFileSize = on_size,
                                              .xLock = on_lock,
                                              .xUnlock = on_unlock,
                                              .xCheckReservedLock = on_check,
                                              .xFileControl = on_control,
                                              .xSectorSize = on_sector_size,
                                              .xDeviceCharacteristics = on_characteristics,
                                              .xShmMap = nullptr,
                                              .xShmLock = nullptr,
                                              .xShmBarrier = nullptr,
                                              .xShmUnmap = nullptr,
                                              .xFetch = nullptr,
                                              .xUnfetch = nullptr};

int on_open(sqlite3_vfs* /*vfs*/, const char* name, sqlite3_file* file, int flags, int* out_flags) {
  auto* const plain = the_default();
  if ((flags & SQLITE_OPEN_WAL) == 0) return plain->xOpen(plain, name, file, flags, out_flags);
  file->pMethods = nullptr;
  const int opened = plain->xOpen(plain, name, real(file), flags, out_flags);
  if (opened != SQLITE_OK) {
    if (real(file)->pMethods != nullptr) real(file)->pMethods->xClose(real(file));
    return opened;
  }
  self(file) = {.base = {.pMethods = &buffered_methods}, .buffer = nullptr, .filled = 0, .begin = 0};
  return SQLITE_OK;
}

const char* register_vfs() noexcept {
  const auto* const plain = the_default();
  if (plain == nullptr) return nullptr;
  static sqlite3_vfs vfs = *plain;  // everything but opening is the default's
  vfs.pNext = nullptr;
  vfs.zName = vfs_name;
  vfs.szOsFile = plain->szOsFile + static_cast<int>(sizeof(BufferedFile));
  vfs.xOpen = on_open;
  return sqlite3_vfs_register(&vfs, 0) == SQLITE_OK ? vfs_name : nullptr;
}

}  // namespace

const char* wal_buffer_vfs() noexcept {
  static const char* const name = register_vfs();
  return name;
}

}  // namespace lindung::store
